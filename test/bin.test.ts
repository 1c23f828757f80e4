// The launcher: on a Node.js that is too old it runs fluffy with the one among the packages, and stays in between.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { ROOT, Run, linesAt, startMonitor, temporaryFolder, textOf } from './monitor-process.ts';

const LAUNCHER = join(ROOT, 'bin', 'fluffy.js');
const VERSION: unknown = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version;

/** A Node.js of this machine that is too old for fluffy; null when there is none. */
const oldNode = findOldNode();
const skip = oldNode === null && 'no Node.js older than 24.15 is on the PATH';

void test('on a recent Node.js it is fluffy itself', async (context) => {
  const run = new Run(context, { folder: temporaryFolder(context), entry: LAUNCHER, args: ['version'] });
  assert.deepEqual(await run.exit, { code: 0, signal: null });
  assert.deepEqual([run.stdout, run.stderr], [`${String(VERSION)}\n`, '']);
});

void test('works through a link, as npx makes one', async (context) => {
  const folder = temporaryFolder(context);
  symlinkSync(LAUNCHER, join(folder, 'fluffy'));
  const run = new Run(context, { folder, entry: join(folder, 'fluffy'), args: ['version'] });
  assert.equal((await run.exit).code, 0);
  assert.equal(run.stdout, `${String(VERSION)}\n`);
});

void test(
  'on an old Node.js it passes on exit codes, arguments and both outputs',
  { skip },
  async (context) => {
    const folder = temporaryFolder(context);
    const common = { folder, entry: LAUNCHER, node: oldNode ?? '' };
    const version = new Run(context, { ...common, args: ['version'] });
    const wrong = new Run(context, { ...common, args: ['start', '--no-such-option'] });
    assert.deepEqual(await version.exit, { code: 0, signal: null });
    assert.deepEqual([version.stdout, version.stderr], [`${String(VERSION)}\n`, '']);
    assert.deepEqual(await wrong.exit, { code: 2, signal: null });
    assert.match(wrong.stderr, /^error: unknown option '--no-such-option'\n/);
  },
);

void test('on an old Node.js a signal ends the monitor in order', { skip }, async (context) => {
  const folder = temporaryFolder(context);
  writeFileSync(join(folder, 'access.log'), linesAt('22:14:00', 1));
  const run = startMonitor(context, { folder, entry: LAUNCHER, node: oldNode ?? '' });
  await run.logs('log format found');
  const { code, signal } = await run.end();
  assert.deepEqual([code, signal], [0, null], run.stderr);
  assert.match(textOf(join(folder, 'data', 'reports.log')), /\(partial\)/);
});

void test(
  'on an old Node.js the monitor ends in order when its starter is killed',
  { skip },
  async (context) => {
    const folder = temporaryFolder(context);
    writeFileSync(join(folder, 'access.log'), linesAt('22:14:00', 1));
    const run = startMonitor(context, { folder, entry: LAUNCHER, node: oldNode ?? '' });
    await run.logs('log format found');
    run.child.kill('SIGKILL');
    // The monitor holds the outputs of the starter open, so this is the end of both.
    assert.deepEqual(await run.exit, { code: null, signal: 'SIGKILL' });
    assert.match(textOf(join(folder, 'data', 'reports.log')), /\(partial\)/);
  },
);

void test('on an old Node.js, with none among the packages, it says what is missing', { skip }, (context) => {
  const folder = temporaryFolder(context);
  for (const name of ['bin', 'src']) mkdirSync(join(folder, name));
  cpSync(LAUNCHER, join(folder, 'bin', 'fluffy.js'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const result = spawnSync(oldNode ?? '', [join(folder, 'bin', 'fluffy.js'), 'start'], { encoding: 'utf8' });
  assert.equal(result.status, 1);
  assert.match(result.stderr, /^fluffy needs Node\.js 24\.15 or later; this is v\d+\.\d+\.\d+\.\nOn Linux /);
  assert.equal(result.stdout, '');
});

function findOldNode(): string | null {
  const candidates = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'node'));
  return candidates.find((path) => existsSync(path) && isOld(path)) ?? null;
}

function isOld(node: string): boolean {
  const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  const [, major, minor] = /^v(\d+)\.(\d+)\./.exec(stdout ?? '') ?? [];
  // Older than 20 would not even read the launcher.
  if (major === undefined || Number(major) < 20) return false;
  return Number(major) < 24 || (Number(major) === 24 && Number(minor) < 15);
}
