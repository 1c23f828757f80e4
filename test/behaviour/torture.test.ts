// Everything at once, at random. A failure names its seed; `TORTURE_SEED=… node --test test/behaviour/torture.test.ts`
// repeats it, and TORTURE_RUNS asks for more runs with the seeds that follow.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { isEmptyPrint, isPrintOfSame } from '../../src/source/head.ts';
import { parsePositions } from '../../src/source/positions.ts';
import { createRandom, difference, Torturer } from './torture.ts';
import { createRig } from './rig.ts';
import type { Checkpoint, Rig } from './rig.ts';

const stepsOfARun = 150;
/** Time stands still, but waiting for reads makes polls fall due: old files must not be let go by that. */
const graceForEverMs = 86_400_000;
const firstSeed = Number(process.env['TORTURE_SEED'] ?? Date.now() % 1_000_000);
const runs = Number(process.env['TORTURE_RUNS'] ?? (process.env['TORTURE_SEED'] === undefined ? 4 : 1));

/** What is followed, and how rotated logs are called: some of them are found by the pattern as well. */
const setups = [
  { pattern: 'access.log', isDated: false },
  { pattern: 'access.log*', isDated: false },
  { pattern: '*.log', isDated: true },
];

for (let seed = firstSeed; seed < firstSeed + runs; seed += 1) {
  const { pattern, isDated } = setups[seed % setups.length] ?? { pattern: 'access.log', isDated: true };

  void test(`with seed ${seed} every line of ${pattern} is counted once, whatever is done to it`, async (t) => {
    const rig = createRig(t);
    const isPollingOnly = createRandom(seed + 1)() < 0.5;
    const torturer = new Torturer(rig, { seed, isDated });
    rig.start({ filename: [rig.path(pattern)], isPollingOnly, graceMs: graceForEverMs });
    for (let step = 0; step < stepsOfARun; step += 1) await torturer.step();
    torturer.finish();
    await rig.caughtUp();
    await rig.source.stop(2000);
    assert.deepEqual(
      difference(torturer.written, rig.lines),
      { missing: [], repeated: [] },
      torturer.diary.join(', '),
    );
  });

  void test(`with seed ${seed} so it is although the monitor crashes now and then`, async (t) => {
    const rig = createRig(t);
    const random = createRandom(seed + 2);
    let last: Checkpoint = { lines: [], positions: '' };
    const commit = () => {
      last = rig.checkpoint();
    };
    const canUnpack = (name: string) => isTraceable(rig, last, name);
    const torturer = new Torturer(rig, { seed, isDated, commit, canUnpack });
    const isPollingOnly = random() < 0.5;
    const unpackFolder = rig.path('unpacked');
    rig.start({
      filename: [rig.path(pattern)],
      isPollingOnly,
      graceMs: graceForEverMs,
      isResumable: true,
      unpackFolder,
    });
    commit();
    for (let step = 0; step < stepsOfARun; step += 1) {
      await torturer.step();
      const choice = random();
      if (choice < 0.15) commit();
      if (choice < 0.9) continue;
      torturer.diary.push(`crash, back to ${last.lines.length}`);
      await rig.crash(last);
      for (let down = Math.floor(random() * 8); down > 0; down -= 1) await torturer.step();
      torturer.diary.push('resume');
      rig.resume(last);
    }
    torturer.finish();
    await rig.caughtUp();
    await rig.source.stop(2000);
    const found = difference(torturer.written, rig.lines);
    assert.deepEqual(found, { missing: [], repeated: [] }, torturer.diary.join(', '));
  });
}

/**
 * Some file begins as the newest generation of the log did, and `name` is none that was empty then: of an empty log, or one that was
 * truncated since, nothing tells what it has become.
 */
function isTraceable(rig: Rig, { positions }: Checkpoint, name: string): boolean {
  const paths = parsePositions(JSON.parse(positions))?.paths ?? [];
  const { ino } = fs.statSync(rig.path(name));
  const generations = paths.flatMap((path) => path.generations);
  if (generations.some((each) => each.ino === ino && isEmptyPrint(each.head))) return false;
  const print = paths.find(({ path }) => path === rig.path('access.log'))?.generations.at(-1)?.head;
  if (print === undefined || isEmptyPrint(print)) return false;
  return fs.readdirSync(rig.folder).some((each) => {
    const bytes = fs.readFileSync(rig.path(each));
    return isPrintOfSame(print, each.endsWith('.gz') ? gunzipSync(bytes) : bytes);
  });
}
