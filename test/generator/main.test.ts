import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { recount } from './recount.ts';
import { startMain, temporaryFolder, type TruthJson } from './runs.ts';

function readTruth(path: string): TruthJson {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** Resolves once the log has more than `size` bytes. */
async function grown(folder: string, name: string, size: number): Promise<void> {
  const watcher = watch(folder);
  const path = join(folder, name);
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (existsSync(path) && readFileSync(path).length > size) resolve();
    };
    watcher.on('change', look);
    look();
  });
  watcher.close();
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  void test(`${signal} ends a run cleanly with a complete truth`, async (context) => {
    const folder = temporaryFolder(context);
    const truthPath = join(folder, 'truth.json');
    const argv = ['--file', join(folder, 'access.log'), '--truth', truthPath, '--rate', '500'];
    const run = startMain([...argv, '--partial-share', '20%', '--duration', 'forever']);
    await grown(folder, 'access.log', 20_000);
    run.process.kill(signal);
    const exit = await run.exit;
    assert.equal(exit.code, 0, exit.stderr);
    const truth = readTruth(truthPath);
    const counted = recount(readFileSync(join(folder, 'access.log')), 'combined');
    assert.equal(truth.ending, 'stopped');
    assert.deepEqual(truth.seconds, counted.seconds);
    assert.equal(truth.totals['lines'], counted.lines);
    assert.deepEqual(readdirSync(folder).toSorted(), ['access.log', 'truth.json']);
    assert.match(exit.stderr, /^generator: \d+ lines in \d+\.\d s \(\d+ lines\/s\), \d+ errors, 0 broken\n$/);
  });
}

void test('a fast run is stopped by a signal as well', async (context) => {
  const folder = temporaryFolder(context);
  const truthPath = join(folder, 'truth.json');
  const argv = [
    '--file',
    join(folder, 'access.log'),
    '--fast',
    '--lines',
    '1000000000',
    '--truth',
    truthPath,
  ];
  const run = startMain(argv);
  await grown(folder, 'access.log', 100_000);
  run.process.kill('SIGTERM');
  const exit = await run.exit;
  assert.equal(exit.code, 0, exit.stderr);
  assert.equal(readTruth(truthPath).totals['fileBytes'], readFileSync(join(folder, 'access.log')).length);
});

void test('bad options: every problem on its own line, exit code 2, nothing written', async (context) => {
  const folder = temporaryFolder(context);
  const exit = await startMain(['--file', join(folder, 'a.log'), '--rate', 'fast', '--keep', '-1']).exit;
  assert.equal(exit.code, 2);
  assert.equal(
    exit.stderr,
    'generator: --keep: must be a whole number from 0 to 1000000, not "-1"\n' +
      'generator: --rate: must be 0 or a number of requests a second from 0.001 to 1000000, not "fast"\n' +
      'generator: see --help\n',
  );
  assert.deepEqual(readdirSync(folder), []);
});

void test('standard output gets the lines and nothing else', async () => {
  const exit = await startMain('--file - --fast --lines 5000 --format main --quiet'.split(' ')).exit;
  assert.equal(exit.code, 0);
  assert.equal(exit.stderr, '');
  const counted = recount(exit.stdout, 'main');
  assert.deepEqual([counted.lines, counted.requests], [5000, 5000]);
});

void test('a reader that goes away is told in one sentence', async () => {
  const run = startMain('--file - --fast --lines 1000000'.split(' '));
  run.process.stdout?.once('data', () => run.process.stdout?.destroy());
  const exit = await run.exit;
  assert.deepEqual(
    [exit.code, exit.stderr],
    [1, 'generator: cannot write to standard output: the reader went away\n'],
  );
});

void test('a reader that has stopped reading does not hold the run against a signal', async (context) => {
  const truthPath = join(temporaryFolder(context), 'truth.json');
  const run = startMain(['--file', '-', '--fast', '--lines', '1000000', '--truth', truthPath]);
  const { stdout } = run.process;
  await new Promise((resolve) => {
    stdout?.once('data', resolve);
  });
  stdout?.pause();
  run.process.kill('SIGTERM');
  await new Promise((resolve) => {
    run.process.once('exit', resolve);
  });
  stdout?.resume();
  const exit = await run.exit;
  assert.equal(exit.code, 0, exit.stderr);
  assert.equal(readTruth(truthPath).totals['fileBytes'], exit.stdout.length);
});

void test(
  'a full disk is told with a remedy, and the truth says that the run failed',
  { skip: !existsSync('/dev/full') },
  async (context) => {
    const truthPath = join(temporaryFolder(context), 'truth.json');
    const exit = await startMain(['--file', '/dev/full', '--fast', '--lines', '10', '--truth', truthPath])
      .exit;
    assert.equal(exit.code, 1);
    assert.match(exit.stderr, /^generator: cannot write \/dev\/full: no space left on the device; free some/);
    const truth = readTruth(truthPath);
    assert.deepEqual([truth.ending, truth.totals['lines'], truth.totals['fileBytes']], ['failed', 0, 0]);
  },
);

void test('what cannot be opened is told in one sentence', async (context) => {
  const folder = temporaryFolder(context);
  writeFileSync(join(folder, 'plain'), '');
  const asFolder = await startMain(['--file', folder, '--lines', '1']).exit;
  assert.deepEqual(
    [asFolder.code, asFolder.stderr],
    [1, `generator: cannot open ${folder}: it is a folder; name a file inside it\n`],
  );
  const truthPath = join(folder, 'plain', 'truth.json');
  const noTruth = await startMain(['--file', join(folder, 'a.log'), '--lines', '1', '--truth', truthPath])
    .exit;
  assert.equal(noTruth.code, 1);
  assert.match(noTruth.stderr, /^generator: cannot write .*truth\.json: /);
  assert.deepEqual(readdirSync(folder), ['plain']);
});

void test('a device is not rotated', { skip: !existsSync('/dev/null') }, async () => {
  const exit = await startMain('--file /dev/null --rotate rename@5lines --lines 10 --fast'.split(' ')).exit;
  assert.deepEqual(
    [exit.code, exit.stderr],
    [1, 'generator: cannot rotate /dev/null: it is not a regular file\n'],
  );
});

void test('a server that is not there: exit code 1 and the reason', async () => {
  const exit = await startMain('--url http://127.0.0.1:1 --fast --lines 3'.split(' ')).exit;
  assert.equal(exit.code, 1);
  assert.match(
    exit.stderr,
    /3 failed\ngenerator: cannot reach http:\/\/127\.0\.0\.1:1: none of 3 requests was answered\n$/,
  );
});
