// The engine against a recount: for every second, how many of the requests known by then lie in the window before it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { AlertEngine } from '../../src/alerts/engine.ts';
import { createTrafficRule } from '../../src/alerts/traffic-rule.ts';
import { burst } from '../aggregate/records.ts';
import { takeSeed } from '../seed.ts';

interface Arrival {
  /** When it is known; a second is judged before what arrives in it. */
  readonly at: number;
  readonly time: number;
  readonly count: number;
}

function recount(
  arrivals: readonly Arrival[],
  windowSeconds: number,
  threshold: number,
  end: number,
): string[] {
  const changes: string[] = [];
  let isFiring = false;
  for (let now = 1; now <= end; now++) {
    const known = arrivals.filter(({ at, time }) => at < now && time >= now - windowSeconds && time < now);
    const rate = known.reduce((sum, { count }) => sum + count, 0) / windowSeconds;
    if (!isFiring && rate > threshold) changes.push(`firing ${now} ${rate}`);
    else if (isFiring && rate < threshold) changes.push(`resolved ${now} ${rate}`);
    else continue;
    isFiring = !isFiring;
  }
  return changes;
}

const END = 150;
const arrivalArbitrary = fc
  .record({
    at: fc.nat(100),
    delay: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(30)),
    count: fc.nat(9),
  })
  .map(({ at, delay, count }): Arrival => ({ at, time: Math.max(0, at - delay), count }));
const ruleArbitrary = fc.record({
  window: fc.integer({ min: 1, max: 40 }),
  threshold: fc.oneof(fc.constantFrom(0.1, 0.5, 1, 2), fc.double({ min: 0.01, max: 5, noNaN: true })),
});

void test('every event is where a recount of the window says, in order, late and with gaps', (t) => {
  fc.assert(
    fc.property(
      fc.array(arrivalArbitrary, { maxLength: 60 }),
      ruleArbitrary,
      (arrivals, { window, threshold }) => {
        const told: string[] = [];
        const rule = createTrafficRule(threshold, window);
        let engine = new AlertEngine([rule], { emit });
        function emit({
          state,
          timeSeconds,
          value,
        }: {
          state: string;
          timeSeconds: number;
          value: number | null;
        }): void {
          told.push(`${state} ${timeSeconds} ${value}`);
        }
        engine.advanceTo(0);
        for (const { at, time, count } of arrivals.toSorted((a, b) => a.at - b.at)) {
          engine.advanceTo(at);
          engine.add(burst(time, count));
          // A crash at every moment must change nothing.
          const saved: unknown = JSON.parse(JSON.stringify(engine.snapshot()));
          engine = new AlertEngine([rule], { emit });
          assert.equal(engine.restore(saved), true);
          assert.deepEqual(engine.snapshot(), saved);
        }
        engine.advanceTo(END);
        assert.deepEqual(told, recount(arrivals, window, threshold, END));
      },
    ),
    { seed: takeSeed(t), numRuns: 300 },
  );
});

void test('the recount itself knows a burst', () => {
  assert.deepEqual(recount([{ at: 3, time: 3, count: 11 }], 5, 2, 20), ['firing 4 2.2', 'resolved 9 0']);
});
