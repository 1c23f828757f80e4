// What deploy/ ships belongs together: the rules are those of config.yml, the dashboard asks for metrics that there are.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { renderMetrics } from '../src/http/metrics.ts';
import { readExposition } from './http/exposition.ts';
import { SNAPSHOT } from './http/snapshot.ts';
import { ROOT, Run, temporaryFolder } from './monitor-process.ts';

const RULES = readFileSync(join(ROOT, 'deploy/prometheus/fluffy.rules.yml'), 'utf8');
const DASHBOARD = readFileSync(join(ROOT, 'deploy/grafana/dashboards/fluffy.json'), 'utf8');

void test('the shipped rules are those of the shipped configuration', async (context) => {
  const args = ['export', 'prometheus-rules', '--config', join(ROOT, 'config.yml')];
  const run = new Run(context, { folder: temporaryFolder(context), args });
  assert.equal((await run.exit).code, 0);
  assert.equal(run.stdout, RULES);
});

void test('wrong options of the export are told on standard error, and are wrong use', async (context) => {
  const wrong = [
    ['--scrape-interval', '10m', 'error: --scrape-interval must be a duration from 1s to 5m\n'],
    ['--job', 'a"b', 'error: --job must be the name of a scrape job\n'],
  ] as const;
  for (const [option, value, message] of wrong) {
    const args = ['export', 'prometheus-rules', option, value];
    const run = new Run(context, { folder: temporaryFolder(context), args });
    assert.equal((await run.exit).code, 2);
    assert.deepEqual([run.stdout, run.stderr], ['', message]);
  }
});

void test('what is no known export is wrong use', async (context) => {
  const run = new Run(context, { folder: temporaryFolder(context), args: ['export', 'grafana'] });
  assert.equal((await run.exit).code, 2);
  assert.match(
    run.stderr,
    /'grafana' is invalid for argument 'what'\. Allowed choices are prometheus-rules\./,
  );
});

void test('an export of a configuration that is not valid prints its problems and no rules', async (context) => {
  const args = ['export', 'prometheus-rules'];
  const settings = { THRESHOLD: 'fast' };
  const run = new Run(context, { folder: temporaryFolder(context), args, settings });
  assert.equal((await run.exit).code, 1);
  assert.equal(run.stdout, '');
  assert.match(run.stderr, /FLUFFY_THRESHOLD[^]*must be a number above 0/);
});

void test('rules and dashboard name no metric that the page does not have', () => {
  const known = new Set(readExposition(renderMetrics(SNAPSHOT)).keys());
  const named = `${RULES}${DASHBOARD}`.matchAll(/\b(?:fluffy|process|nodejs)_[a-z_]+\b/g);
  const names = new Set(Array.from(named, ([name]) => name.replace(/_(?:bucket|sum|count)$/, '')));
  assert.ok(names.size >= 20, `${names.size} metrics are named`);
  assert.deepEqual(
    [...names].filter((name) => !known.has(name)),
    [],
  );
});

interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly datasource: { readonly uid: string };
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  }[];
}

void test('the panels of the dashboard have an id and a place of their own, and the provisioned source', () => {
  const { panels } = JSON.parse(DASHBOARD) as Dashboard;
  const provisioned = readFileSync(
    join(ROOT, 'deploy/grafana/provisioning/datasources/prometheus.yml'),
    'utf8',
  );
  const { datasources } = parse(provisioned) as { readonly datasources: readonly { readonly uid: string }[] };
  const taken = new Map<string, string>();
  for (const { title, datasource, gridPos } of panels) {
    assert.equal(datasource.uid, datasources[0]?.uid, title);
    assert.ok(gridPos.x + gridPos.w <= 24, `${title} is wider than the page`);
    for (let { x } = gridPos; x < gridPos.x + gridPos.w; x++)
      for (let { y } = gridPos; y < gridPos.y + gridPos.h; y++) {
        assert.equal(taken.get(`${x} ${y}`), undefined, `${title} lies on another`);
        taken.set(`${x} ${y}`, title);
      }
  }
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
});

interface Service {
  readonly profiles?: readonly string[];
  readonly image: string;
  readonly read_only: boolean;
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
}

void test('the profile observability is pinned, hardened, on loopback, and mounts what is there', () => {
  const compose = parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
    readonly services: Readonly<Record<string, Service>>;
    readonly volumes: Readonly<Record<string, unknown>>;
  };
  const services = Object.entries(compose.services).filter(
    ([, { profiles }]) => profiles?.includes('observability') === true,
  );
  assert.deepEqual(
    services.map(([name]) => name),
    ['prometheus', 'alertmanager', 'grafana'],
  );
  for (const [name, service] of services) {
    assert.match(service.image, /^[a-z]+\/[a-z]+:v?\d+\.\d+\.\d+$/, name);
    assert.equal(service.read_only, true, name);
    assert.deepEqual([service.cap_drop, service.security_opt], [['ALL'], ['no-new-privileges:true']], name);
    for (const port of service.ports) assert.match(port, /^127\.0\.0\.1:\$\{[A-Z_]+:-\d+\}:\d+$/, name);
    for (const volume of service.volumes) {
      const [from = '', , mode] = volume.split(':');
      if (!from.startsWith('./')) assert.ok(Object.hasOwn(compose.volumes, from), volume);
      else assert.deepEqual([existsSync(join(ROOT, from)), mode], [true, 'ro'], volume);
    }
  }
});
