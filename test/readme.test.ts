// The samples of the README are what fluffy says.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { ROOT, Run, temporaryFolder } from './monitor-process.ts';

const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** What stands below `$ command` in the README, to the end of the block. */
function sampleOf(command: string): string {
  const [, rest] = README.split(`\`\`\`console\n$ ${command}\n`);
  assert.ok(rest !== undefined, `no sample of ${command}`);
  return rest.slice(0, rest.indexOf('```'));
}

/** Twenty requests a second, and every three minutes eighty for half a minute. */
function folderWithTraffic(context: TestContext, duration: string): string {
  const folder = temporaryFolder(context);
  const generator = [join(ROOT, 'generator', 'main.ts'), '--file', 'access.log', '--fast', '--quiet'];
  const traffic = ['--rate', '20', '--burst', '80@60s+30s/180s', '--duration', duration];
  const start = ['--start', '2026-11-23T22:14:00Z'];
  execFileSync(process.execPath, [...generator, ...traffic, ...start], { cwd: folder });
  return folder;
}

async function said(context: TestContext, folder: string, ...args: string[]): Promise<Run> {
  const run = new Run(context, { folder, args });
  await run.exit;
  return run;
}

void test('the replay, with why', async (context) => {
  const folder = folderWithTraffic(context, '10m');
  const options = ['--threshold', '40', '--alert-window', '10s', '--top', '3'];
  const { stdout } = await said(context, folder, 'replay', ...options, 'access.log');
  assert.equal(
    `${stdout.trimEnd()}\n`,
    sampleOf(`fluffy replay ${options.join(' ')} /var/log/nginx/access.log*`),
  );
});

void test('the comparison of rules', async (context) => {
  const folder = folderWithTraffic(context, '30m');
  writeFileSync(join(folder, 'old.yml'), 'threshold: 40\nalert-window: 10s\n');
  const rush = '{name: login-rush, metric: request-rate, where: {path: /login/**}, above: 8, window: 30s}';
  writeFileSync(join(folder, 'new.yml'), `threshold: 30\nalert-window: 30s\nalerts:\n  - ${rush}\n`);
  const { stdout } = await said(context, folder, 'replay', '--compare', 'old.yml', 'new.yml', 'access.log');
  const lines = stdout.split('\n').slice(0, 12).join('\n');
  assert.equal(`${lines}\n`, sampleOf('fluffy replay --compare old.yml new.yml access.log | head -12'));
});

void test('the test of rules that fails', async (context) => {
  const folder = temporaryFolder(context);
  const rules = join(ROOT, 'deploy', 'rules');
  copyFileSync(join(rules, 'example.yml'), join(folder, 'example.yml'));
  const tests = readFileSync(join(rules, 'example.test.yml'), 'utf8').replace('at: 5m16s', 'at: 5m30s');
  writeFileSync(join(folder, 'example.test.yml'), tests);
  const { stdout } = await said(context, folder, 'test', 'example.test.yml');
  assert.equal(stdout, sampleOf('fluffy test example.test.yml'));
});

void test('the check of a configuration with two mistakes', async (context) => {
  const folder = temporaryFolder(context);
  const config = readFileSync(join(ROOT, 'config.yml'), 'utf8');
  const mistaken = config
    .replace(/^threshold: 10$/m, 'threshold: fast')
    .replace(/^report-time/m, 'report-tme');
  writeFileSync(join(folder, 'config.yml'), mistaken);
  const { stderr } = await said(context, folder, 'check');
  assert.equal(stderr, sampleOf('fluffy check'));
});
