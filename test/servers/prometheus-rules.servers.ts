// The rules that `fluffy export prometheus-rules` prints, in front of Prometheus' own checker and its tester of rules
// (Debian: package `prometheus`). What each configuration's rules must do is in prometheus-rules/.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { ROOT, Run, temporaryFolder } from '../monitor-process.ts';

const CASES = join(import.meta.dirname, 'prometheus-rules');

/** Writes the rules of a configuration to `rules.yml` in `folder`. */
async function exportRules(context: TestContext, folder: string, config: string): Promise<void> {
  const run = new Run(context, { folder, args: ['export', 'prometheus-rules', '--config', config] });
  assert.deepEqual([(await run.exit).code, run.stderr], [0, '']);
  writeFileSync(join(folder, 'rules.yml'), run.stdout);
}

function promtool(folder: string, ...args: string[]): string {
  const { error, status, stdout, stderr } = spawnSync('promtool', args, { cwd: folder, encoding: 'utf8' });
  assert.equal(error, undefined);
  assert.equal(status, 0, `${stdout}${stderr}`);
  return stdout;
}

for (const [name, ruleCount] of [
  ['default-rules', 16],
  ['own-rules', 13],
] as const) {
  void test(`promtool accepts and tests the rules of ${name}`, async (context) => {
    const folder = temporaryFolder(context);
    await exportRules(context, folder, join(CASES, `${name}.config.yml`));
    assert.match(
      promtool(folder, 'check', 'rules', 'rules.yml'),
      new RegExp(`SUCCESS: ${ruleCount} rules found`),
    );
    copyFileSync(join(CASES, `${name}.test.yml`), join(folder, 'test.yml'));
    assert.match(promtool(folder, 'test', 'rules', 'test.yml'), /SUCCESS/);
  });
}

void test('promtool accepts the rules of the shipped configuration, for a slower scrape too', async (context) => {
  const folder = temporaryFolder(context);
  const args = [
    'export',
    'prometheus-rules',
    '--config',
    join(ROOT, 'config.yml'),
    '--scrape-interval',
    '1m',
  ];
  const run = new Run(context, { folder, args });
  assert.equal((await run.exit).code, 0);
  assert.match(run.stdout, /# Judged by fluffy, as a window of 1m is shorter than four scrapes, 4m\.\n/);
  writeFileSync(join(folder, 'rules.yml'), run.stdout);
  assert.match(promtool(folder, 'check', 'rules', 'rules.yml'), /SUCCESS: 8 rules found/);
});

void test('amtool accepts the shipped routes of Alertmanager', () => {
  const args = ['check-config', join(ROOT, 'deploy', 'alertmanager', 'alertmanager.yml')];
  const { error, status, stderr } = spawnSync('amtool', args, { encoding: 'utf8' });
  assert.deepEqual([error, status], [undefined, 0], stderr);
});

const hasDocker = spawnSync('docker', ['compose', 'version']).status === 0;

void test('docker compose accepts the profile observability', { skip: !hasDocker }, () => {
  const args = ['compose', '--profile', 'observability', 'config', '--services'];
  const { status, stdout, stderr } = spawnSync('docker', args, { cwd: ROOT, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  for (const name of ['prometheus', 'alertmanager', 'grafana'])
    assert.match(stdout, new RegExp(`^${name}$`, 'm'));
});
