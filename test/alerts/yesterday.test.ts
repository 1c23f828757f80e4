// A rule that compares with the same time of the day before.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AlertEngine } from '../../src/alerts/engine.ts';
import type { AlertEvent } from '../../src/alerts/rule.ts';
import { createTrafficRule } from '../../src/alerts/traffic-rule.ts';
import { burst } from '../aggregate/records.ts';

const DAY = 86_400;
const T0 = 1_700_000_000 - (1_700_000_000 % DAY);
const RULE = {
  ...createTrafficRule(3, 60),
  name: 'more-than-yesterday',
  previousSeconds: 600,
  previousOffsetSeconds: DAY,
};

/** Two requests a second in the first hour of the first day, and as many as `second` says in that of the second. */
function run(second: number, hasRestart: boolean): AlertEvent[] {
  const events: AlertEvent[] = [];
  const create = () => new AlertEngine([RULE], { emit: (event) => events.push(event) });
  let engine = create();
  engine.advanceTo(T0);
  for (const [day, count] of [
    [0, 2],
    [1, second],
  ] as const) {
    for (let time = T0 + day * DAY; time < T0 + day * DAY + 3600; time += 10) {
      engine.advanceTo(time);
      engine.add(burst(time, 10 * count));
      if (!hasRestart || time % 600 !== 0) continue;
      const saved: unknown = JSON.parse(JSON.stringify(engine.snapshot()));
      engine = create();
      assert.equal(engine.restore(saved), true);
    }
    engine.advanceTo(T0 + day * DAY + 3600);
  }
  engine.advanceTo(T0 + 2 * DAY);
  return events;
}

void test('nothing is told on the first day, nor while traffic is as it was', () => {
  assert.deepEqual(run(2, false), []);
  assert.deepEqual(run(6, false), []);
});

for (const hasRestart of [false, true]) {
  void test(`more than three times as much is told${hasRestart ? ', over restarts too' : ''}`, () => {
    const [first, ...others] = run(7, hasRestart);
    // Ten minutes of yesterday are known from the first ten minutes on; the window of a minute is full by then.
    assert.equal(first?.timeSeconds, T0 + DAY + 600);
    assert.equal(first.value, 3.5);
    assert.equal(
      first.summary,
      '7 requests/s over 1m (420 requests), 3.5 × the 2 requests/s of 10m yesterday, above 3 ×',
    );
    assert.deepEqual(
      others.map(({ state, timeSeconds }) => [state, timeSeconds - T0 - DAY]),
      [['resolved', 3601]],
    );
  });
}
