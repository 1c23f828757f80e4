// A real Prometheus with the shipped configuration scrapes a real monitor: the shipped rules fire on a burst and reach an
// Alertmanager, and every query of the shipped Grafana dashboard gives data.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startReceiver } from '../outputs/receiver.ts';
import { folderWithLog, ROOT, startMonitor } from '../monitor-process.ts';
import { Alertmanager } from './alertmanager.ts';
import { Prometheus } from './prometheus.ts';

const DASHBOARD = join(ROOT, 'deploy', 'grafana', 'dashboards', 'fluffy.json');
const FORMAT = '$remote_addr - - [$time_local] "$request" $status $body_bytes_sent $request_time';

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly targets: readonly { readonly expr: string }[];
  }[];
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
  readonly templating: { readonly list: readonly { readonly definition: string }[] };
}

/** Lines of this very second: of each hundred 80 are answered with 200, 15 with 404, 5 with 503. */
function hundreds(count: number): string {
  const [, , day = '', month = '', year = '', time = ''] =
    /(\w+), (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date().toUTCString()) ?? [];
  const line = (method: string, status: number, seconds: string): string =>
    `192.0.2.7 - - [${day}/${month}/${year}:${time} +0000] "${method} /a HTTP/1.1" ${status} 512 ${seconds}\n`;
  const hundred =
    line('GET', 200, '0.020').repeat(60) +
    line('POST', 200, '0.300').repeat(20) +
    line('GET', 404, '0.004').repeat(15) +
    line('GET', 503, '4.000').repeat(5);
  return hundred.repeat(count);
}

/** Looks until there is something: what is asked for comes with a later scrape. */
async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const endMs = Date.now() + 30_000;
  while (Date.now() < endMs) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(100);
  }
  throw new Error(`waited in vain: ${what}`);
}

/** Every expression of the dashboard, as Grafana would ask it, with the place where it is. */
function queriesOf({
  panels,
  annotations,
  templating,
}: Dashboard): (readonly [place: string, query: string])[] {
  const targets = panels.flatMap(({ title, targets: all }) => all.map(({ expr }) => [title, expr] as const));
  const variables = templating.list.map(
    ({ definition }) => ['variable', definition.replace(/^label_values\((\w+), \w+\)$/, '$1')] as const,
  );
  return [...targets, ...annotations.list.map(({ expr }) => ['annotation', expr] as const), ...variables].map(
    ([place, expr]) => [place, expr.replaceAll('$instance', '.*').replaceAll('$__rate_interval', '1m')],
  );
}

void test('a burst fires the shipped rule, and every query of the dashboard has an answer', async (context) => {
  const folder = folderWithLog(context);
  const log = join(folder, 'access.log');
  const settings = { LOG_FORMAT: FORMAT, THRESHOLD: '10', ALERT_WINDOW: '1m' };
  const monitorUrl = await startMonitor(context, { folder, settings }).watches();
  const fluffy = new URL(monitorUrl).host;
  const receiver = await startReceiver(context);
  await using alertmanager = await Alertmanager.start(receiver.url);
  await using prometheus = await Prometheus.start({
    fluffy,
    alertmanager: new URL(alertmanager.url).host,
  });
  const until503 = (what: string, isWanted: (value: number) => boolean): Promise<true> =>
    until(what, async () => {
      const [sample] = await prometheus.query('fluffy_http_responses_total{code="503"}');
      return sample !== undefined && isWanted(sample.value) ? true : undefined;
    });

  await until('a scrape', async () => ((await prometheus.targets())['fluffy'] === 'up' ? true : undefined));
  assert.deepEqual(
    [...(await prometheus.rules()).values()].filter((state) => state !== 'inactive'),
    [],
  );
  appendFileSync(log, `${hundreds(1)}no record\n`);
  await until503('the first lines', (value) => value === 5);
  appendFileSync(log, hundreds(20));
  await until503('the burst', (value) => value === 105);

  const [alert] = await until('the alert', async () => {
    const found = await alertmanager.alerts();
    return found.length > 0 ? found : undefined;
  });
  assert.deepEqual(alert?.labels, {
    alertname: 'traffic',
    instance: fluffy,
    job: 'fluffy',
    severity: 'warning',
    source: 'fluffy',
  });
  assert.match(alert.annotations['summary'] ?? '', /^\d+\.\d\d requests\/s over 1m, above 10 requests\/s$/);
  assert.equal((await prometheus.rules()).get('traffic'), 'firing');

  const input = await (await fetch(`${monitorUrl}/metrics`)).text();
  const checked = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' });
  assert.deepEqual([checked.status, `${checked.stdout}${checked.stderr}`], [0, '']);

  const queries = queriesOf(JSON.parse(readFileSync(DASHBOARD, 'utf8')) as Dashboard);
  assert.ok(queries.length >= 30, `${queries.length} queries`);
  for (const [place, query] of queries)
    await until(`data for "${place}": ${query}`, async () => {
      const samples = await prometheus.query(query);
      return samples.some(({ value }) => !Number.isNaN(value)) ? true : undefined;
    });
  const [p95] = await prometheus.query(
    'histogram_quantile(0.95, fluffy_http_request_duration_seconds_bucket)',
  );
  assert.equal(p95?.value, 0.5, '95 of 100 requests took at most 0.5 s');
});

void test('a fluffy with a token is scraped with it, as soon as the file that Prometheus has says the same', async (context) => {
  const folder = folderWithLog(context);
  const [own, theirs] = [join(folder, 'own'), join(folder, 'theirs')];
  writeFileSync(own, 'a-token-0123456789\n');
  writeFileSync(theirs, 'another-0123456789\n');
  const run = startMonitor(context, { folder, settings: { HTTP_TOKEN_FILE: own } });
  const fluffy = new URL(await run.watches()).host;
  await using prometheus = await Prometheus.start({ fluffy, alertmanager: '127.0.0.1:1', tokenPath: theirs });
  const untilTarget = async (health: string): Promise<true> =>
    until(`a target that is ${health}`, async () =>
      (await prometheus.targets())['fluffy'] === health ? true : undefined,
    );
  await untilTarget('down');
  writeFileSync(own, 'another-0123456789\n');
  await untilTarget('up');
});
