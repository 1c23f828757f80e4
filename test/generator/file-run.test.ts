import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runToFile } from '../../generator/file-run.ts';
import { logPaths } from '../../generator/line-source.ts';
import { FORMATS } from '../../generator/lines.ts';
import { Truth } from '../../generator/truth.ts';
import { recount } from './recount.ts';
import { allGenerations, fakeSurroundings, optionsOf, runInside, temporaryFolder } from './runs.ts';
import type { TruthJson } from './runs.ts';

const START = ['--start', '2026-11-23T22:14:00Z'];
const START_MS = Date.UTC(2026, 10, 23, 22, 14);
const FAULTS = '--late-share 5% --partial-share 10% --broken-share 5%'.split(' ');

/** Every number that truth states about the log, held against a count of the log itself. */
function assertSame(truth: TruthJson, log: Buffer): void {
  const counted = recount(log, truth.format ?? '');
  assert.deepEqual(truth.seconds, counted.seconds);
  assert.deepEqual(truth.broken, counted.broken);
  const { lines, requests, errors, bytes, fileBytes } = truth.totals;
  assert.deepEqual(
    { lines, requests, errors, bytes, fileBytes },
    {
      lines: counted.lines,
      requests: counted.requests,
      errors: counted.errors,
      bytes: counted.bytes,
      fileBytes: log.length,
    },
  );
}

for (const format of FORMATS) {
  void test(`truth is what a recount of ${format} finds, late, partial and broken lines included`, async (context) => {
    const folder = temporaryFolder(context);
    const truth = await runInside(folder, [
      ...START,
      ...FAULTS,
      '--fast',
      '--lines',
      '3000',
      '--format',
      format,
    ]);
    assertSame(truth, allGenerations(folder));
    assert.equal(truth.totals['lines'], 3000);
    for (const name of ['lateLines', 'partialLines', 'brokenLines'])
      assert.ok((truth.totals[name] ?? 0) > 50, name);
    for (const [kind, count] of Object.entries(truth.broken)) assert.ok(count > 5, kind);
  });
}

const ROTATIONS = [
  'rename@10s',
  'copytruncate@10s',
  'delete@10s',
  'random@10s',
  'rename@700lines',
  'copytruncate@700lines',
  'delete@700lines',
  'random@150lines',
];

for (const rotation of ROTATIONS) {
  for (const reopenDelay of ['0s', '3s']) {
    void test(`truth is the sum of all generations of ${rotation}, reopened after ${reopenDelay}`, async (context) => {
      const folder = temporaryFolder(context);
      const argv = ['--rotate', rotation, '--reopen-delay', reopenDelay, '--keep', '1000'];
      const truth = await runInside(folder, [
        ...START,
        ...FAULTS,
        ...argv,
        '--fast',
        '--rate',
        '50',
        '--lines',
        '3000',
      ]);
      assertSame(truth, allGenerations(folder));
      const rotationCount = Object.values(truth.rotations).reduce((sum, count) => sum + count, 0);
      assert.equal(
        rotationCount,
        { s: 5, '700lines': 4, '150lines': 20 }[rotation.split('@')[1]?.replace('10s', 's') ?? ''],
      );
      // Each rotation leaves one old generation beside the current file.
      assert.equal(readdirSync(folder).length, rotationCount + 1);
    });
  }
}

void test('random rotation mixes all kinds', async (context) => {
  const folder = temporaryFolder(context);
  const truth = await runInside(folder, [
    ...START,
    '--rotate',
    'random@50lines',
    '--fast',
    '--lines',
    '2000',
  ]);
  assert.deepEqual(Object.keys(truth.rotations).toSorted(), ['copytruncate', 'delete', 'rename']);
});

void test('dated names hold the same lines', async (context) => {
  const folder = temporaryFolder(context);
  const argv = '--rotate rename@500lines --rotated-names dated --keep 100 --fast --lines 2100'.split(' ');
  const truth = await runInside(folder, [...START, ...argv]);
  assertSame(truth, allGenerations(folder));
  assert.match(readdirSync(folder).toSorted()[1] ?? '', /^access\.log-20261123-2214\d\d/);
});

void test('only so many old files are kept', async (context) => {
  const folder = temporaryFolder(context);
  await runInside(folder, [...START, ...'--rotate rename@100lines --keep 2 --fast --lines 1050'.split(' ')]);
  assert.deepEqual(readdirSync(folder).toSorted(), ['access.log', 'access.log.1', 'access.log.2']);
});

void test('the same seed and start give the same bytes, another seed gives others', async (context) => {
  const bytesOf = async (seed: string): Promise<Buffer> => {
    const folder = temporaryFolder(context);
    const argv = [
      ...START,
      ...FAULTS,
      '--rotate',
      'copytruncate@7s',
      '--keep',
      '50',
      '--fast',
      '--lines',
      '1000',
    ];
    await runInside(folder, [...argv, '--seed', seed]);
    return allGenerations(folder);
  };
  const first = await bytesOf('a');
  assert.ok(first.equals(await bytesOf('a')));
  assert.ok(!first.equals(await bytesOf('b')));
});

void test('with a start, a run in real time writes the bytes of a fast one', async (context) => {
  const argv = [...START, '--broken-share', '5%', '--rate', '30', '--burst', '200@2s+2s', '--duration', '6s'];
  const [slow, fast] = [temporaryFolder(context), temporaryFolder(context)];
  await runInside(slow, argv, fakeSurroundings(START_MS + 86_400_123));
  await runInside(fast, [...argv, '--fast']);
  assert.ok(allGenerations(slow).equals(allGenerations(fast)));
});

void test('bursts arrive in the log exactly as planned', async (context) => {
  const argv = [...START, ...'--rate 5 --burst 40@2s+2s/6s --duration 9s --fast'.split(' ')];
  const truth = await runInside(temporaryFolder(context), argv);
  const perSecond = Object.values(truth.seconds).map((paths) =>
    Object.values(paths)
      .flatMap((statuses) => Object.values(statuses))
      .reduce((sum, count) => sum + count, 0),
  );
  assert.deepEqual(perSecond, [5, 5, 40, 40, 5, 5, 5, 5, 40]);
});

void test('in real time a line is written at its event time', async (context) => {
  const folder = temporaryFolder(context);
  const seen: [secondsLater: number, lines: number][] = [];
  const surroundings = fakeSurroundings(START_MS, (nowMs) => {
    if ((nowMs - START_MS) % 1000 !== 0) return;
    const lines = readFileSync(join(folder, 'access.log'), 'latin1').split('\n').length - 1;
    seen.push([(nowMs - START_MS) / 1000, lines]);
  });
  const truth = await runInside(folder, ['--rate', '50', '--duration', '4s'], surroundings);
  // One tick of 20 ms behind, as the next tick writes what this wait made due.
  assert.deepEqual(seen, [
    [1, 49],
    [2, 99],
    [3, 149],
    [4, 199],
  ]);
  assert.deepEqual(Object.keys(truth.seconds), ['1795472040', '1795472041', '1795472042', '1795472043']);
  assert.ok(surroundings.waitsMs.every((ms) => ms === 20));
});

void test('a partial line stands half written until its rest comes', async (context) => {
  const folder = temporaryFolder(context);
  let halves = 0;
  const surroundings = fakeSurroundings(START_MS, () => {
    const log = readFileSync(join(folder, 'access.log'));
    if (log.length > 0 && log.at(-1) !== 0x0a) halves++;
  });
  const truth = await runInside(
    folder,
    '--rate 20 --duration 3s --partial-share 50%'.split(' '),
    surroundings,
  );
  assertSame(truth, allGenerations(folder));
  assert.ok(halves > 10, `saw ${halves}`);
});

void test('copytruncate writes nothing between its copy and its truncation', async (context) => {
  const folder = temporaryFolder(context);
  let windows = 0;
  const surroundings = fakeSurroundings(START_MS, () => {
    if (surroundings.waitsMs.at(-1) !== 700) return;
    windows++;
    assert.ok(readFileSync(join(folder, 'access.log')).equals(readFileSync(join(folder, 'access.log.1'))));
  });
  const argv = '--rate 20 --duration 7s --rotate copytruncate@2s --truncate-delay 700ms --keep 9'.split(' ');
  assertSame(await runInside(folder, argv, surroundings), allGenerations(folder));
  assert.equal(windows, 3);
});

void test('while reopening is delayed the renamed file is written, and the name is free', async (context) => {
  const folder = temporaryFolder(context);
  const names: string[] = [];
  const surroundings = fakeSurroundings(START_MS, (nowMs) => {
    if (nowMs === START_MS + 2500) names.push(...readdirSync(folder));
  });
  const argv = '--rate 20 --duration 5s --rotate rename@2s --reopen-delay 1s'.split(' ');
  assertSame(await runInside(folder, argv, surroundings), allGenerations(folder));
  assert.deepEqual(names, ['access.log.1']);
  const linesOf = (name: string): number => readFileSync(join(folder, name), 'latin1').split('\n').length - 1;
  // Renamed at 2 s and 4 s; let go at 3 s and at the end.
  assert.deepEqual([linesOf('access.log.2'), linesOf('access.log.1'), linesOf('access.log')], [60, 40, 0]);
});

void test('a run that is stopped ends with a whole line and a truth of what is there', async (context) => {
  const folder = temporaryFolder(context);
  const surroundings = fakeSurroundings(START_MS, (nowMs) => {
    if (nowMs >= START_MS + 1500) surroundings.stopNow();
  });
  const argv = '--rate 200 --duration forever --partial-share 50%'.split(' ');
  const truth = await runInside(folder, argv, surroundings);
  assertSame(truth, allGenerations(folder));
  assert.ok((truth.totals['lines'] ?? 0) >= 290 && (truth.totals['lines'] ?? 0) <= 300);
});

void test('requests that are not HTTP are requests with an empty path and status 400', async (context) => {
  const folder = temporaryFolder(context);
  const argv = [...START, ...'--odd-share 20% --error-share 0 --fast --lines 1000 --format main'.split(' ')];
  const truth = await runInside(folder, argv);
  assertSame(truth, allGenerations(folder));
  const odd = truth.paths['']?.['400'] ?? 0;
  assert.ok(odd > 150 && odd < 250, `got ${odd}`);
  assert.equal(truth.totals['errors'], odd);
});

void test('lines in another time zone are of the same seconds', async (context) => {
  const folder = temporaryFolder(context);
  const argv = [...START, ...'--utc-offset -03:30 --fast --lines 100'.split(' ')];
  const truth = await runInside(folder, argv);
  assert.match(allGenerations(folder).toString('latin1'), /\[23\/Nov\/2026:18:44:00 -0330\]/);
  assertSame(truth, allGenerations(folder));
});

void test('late lines are of seconds before they are written, at most as many as told', async (context) => {
  const folder = temporaryFolder(context);
  const argv = [...START, ...'--late-share 1 --late-max 3s --rate 100 --duration 1s --fast'.split(' ')];
  const truth = await runInside(folder, argv);
  assertSame(truth, allGenerations(folder));
  assert.equal(truth.totals['lateLines'], 100);
  assert.deepEqual(Object.keys(truth.seconds), ['1795472037', '1795472038', '1795472039']);
});

void test('more broken lines leave the requests of the other lines as they were', async (context) => {
  const linesOf = async (brokenShare: string): Promise<string[]> => {
    const folder = temporaryFolder(context);
    await runInside(folder, [...START, '--fast', '--lines', '500', '--broken-share', brokenShare]);
    return allGenerations(folder).toString('latin1').split('\n');
  };
  const [whole, damaged] = [await linesOf('0'), await linesOf('20%')];
  const changed = whole.filter((line, index) => line !== damaged[index]).length;
  assert.ok(changed > 70 && changed < 130, `got ${changed}`);
});

void test('a run that ends before its file was opened anew opens it at the end', async (context) => {
  const folder = temporaryFolder(context);
  const argv = [
    ...START,
    ...'--rate 20 --duration 3s --rotate rename@2s --reopen-delay 1900ms --fast'.split(' '),
  ];
  assertSame(await runInside(folder, argv), allGenerations(folder));
  assert.equal(readFileSync(join(folder, 'access.log'), 'utf8'), '');
});

void test('a run that catches up after a pause deletes no log that nobody could have seen', async () => {
  const options = optionsOf(
    '--file access.log --rate 1000 --duration 4s --rotate delete@125ms --reopen-delay 20ms'.split(' '),
  );
  const { target } = options;
  if (target.kind !== 'file') throw new Error('not a file');
  let nowMs = START_MS;
  // The machine stands still for a second at one of the waits.
  const wait = async (ms: number): Promise<void> => {
    nowMs += ms;
    if (nowMs >= START_MS + 1000 && nowMs < START_MS + 2000) nowMs += 1000;
  };
  const steps: [string, number][] = [['reopen', START_MS]];
  const writer = {
    bytesWritten: 0,
    write: async (bytes: Buffer) => void (writer.bytesWritten += bytes.length),
    rotate: async (step: string) => void steps.push([step, nowMs]),
  };
  const truth = new Truth(logPaths(options.mix));
  const surroundings = { ...fakeSurroundings(START_MS), now: () => nowMs, wait };
  await runToFile({ target, options, writer, truth, surroundings });
  assert.equal(truth.lines, 4000);
  const lives = steps.flatMap(([step, ms], index) =>
    step === 'delete' ? [ms - (steps[index - 1]?.[1] ?? 0)] : [],
  );
  assert.equal(lives.length, 32);
  assert.ok(Math.min(...lives) >= 250, `shortest life: ${Math.min(...lives)} ms`);
});
