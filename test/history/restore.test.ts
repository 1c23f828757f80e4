// Killed at any moment and begun anew, history is the same as without, and the same as a recount of what was counted.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { takeSeed } from '../seed.ts';
import { HistoryRig, lineAt, T0 } from './rig.ts';

const logArbitrary = fc.constantFrom('a.log', 'b.log');
const stepArbitrary = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      log: logArbitrary,
      at: fc.oneof(
        { weight: 5, arbitrary: fc.integer({ min: -2, max: 0 }) },
        { weight: 1, arbitrary: fc.integer({ min: -9000, max: 60 }) },
      ),
      path: fc.nat(3),
      status: fc.constantFrom(200, 404, 500),
      latency: fc.constantFrom('0.001', '0.020', '1.5', '-'),
      count: fc.integer({ min: 1, max: 5 }),
    }),
  },
  { weight: 6, arbitrary: fc.record({ wait: fc.constantFrom(0.3, 1, 4, 11, 65, 3700) }) },
  { weight: 4, arbitrary: fc.constant('commit' as const) },
);
type Step = typeof stepArbitrary extends fc.Arbitrary<infer T> ? T : never;

const LEVELS = [
  ['10s', 10],
  ['1m', 60],
  ['1h', 3600],
] as const;

const DAY = 86_400;
const KEPT_LONG: readonly number[] = [DAY, 14 * DAY, 730 * DAY];
/** Most of what comes late is too old for ten seconds, and some for minutes. */
const KEPT_SHORT: readonly number[] = [600, 3600, 730 * DAY];

interface Run {
  readonly keepSeconds: readonly number[];
  readonly crashes: ReadonlySet<number>;
}

function run(steps: readonly Step[], { keepSeconds, crashes }: Run): Record<string, string[]> {
  const rig = new HistoryRig({ keepSeconds });
  try {
    for (const [i, step] of steps.entries()) {
      if (crashes.has(i)) rig.crash();
      if (step === 'commit') rig.commit();
      else if ('wait' in step) rig.advance(step.wait);
      else {
        const { log, at, path, status, latency, count } = step;
        const offset = Math.floor(rig.nowMs / 1000) - T0 + at;
        rig.write(log, lineAt(offset, { target: `/${path}`, status, latency }).repeat(count));
      }
    }
    rig.finish();
    // What is left to be summed up is so with the next commits.
    rig.advance(20);
    rig.commit();
    if (crashes.size === 0) checkAgainstRecount(rig, keepSeconds);
    return Object.fromEntries(LEVELS.map(([level]) => [level, rig.rows(level)]));
  } finally {
    rig.close();
  }
}

function checkAgainstRecount(rig: HistoryRig, keepSeconds: readonly number[]): void {
  for (const [i, [level, seconds]] of LEVELS.entries()) {
    const kept = Math.floor(rig.nowMs / 1000) - (keepSeconds[i] ?? 0);
    const counted = rig.rows(level).map((row) => row.replace(/ requests,.*/, ' requests'));
    assert.deepEqual(counted, rig.expected(seconds, Math.floor(kept / seconds) * seconds), level);
  }
}

for (const [name, keepSeconds] of [
  ['', KEPT_LONG],
  [', when little is kept', KEPT_SHORT],
] as const)
  void test(`killed anywhere, every row is that of a run without a crash, which is that of a recount${name}`, (t) => {
    fc.assert(
      fc.property(
        fc.array(stepArbitrary, { minLength: 1, maxLength: 50 }),
        fc.array(fc.nat(50), { minLength: 1, maxLength: 8 }),
        (steps, crashes) => {
          const undisturbed = run(steps, { keepSeconds, crashes: new Set() });
          assert.deepEqual(run(steps, { keepSeconds, crashes: new Set(crashes) }), undisturbed);
        },
      ),
      { seed: takeSeed(t), numRuns: 20 },
    );
  });
