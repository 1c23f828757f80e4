import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSchedule, isEndless, rateAt, type TrafficPlan } from '../../generator/traffic.ts';

function countsPerSecond(plan: TrafficPlan, seconds: number): number[] {
  const counts = Array<number>(seconds).fill(0);
  const schedule = createSchedule(plan);
  for (;;) {
    const offsetMs = schedule.takeBefore(seconds * 1000);
    if (offsetMs === null) return counts;
    const second = Math.floor(offsetMs / 1000);
    counts[second] = (counts[second] ?? 0) + 1;
  }
}

void test('a burst replaces the rate from its first second to its last, exactly', () => {
  const burst = { rate: 200, fromSecond: 3, lengthSeconds: 2, periodSeconds: null };
  assert.deepEqual(countsPerSecond({ rate: 5, bursts: [burst] }, 8), [5, 5, 5, 200, 200, 5, 5, 5]);
});

void test('a burst with a period comes again, and of two bursts the higher rate counts', () => {
  const again = { rate: 9, fromSecond: 1, lengthSeconds: 1, periodSeconds: 3 };
  const long = { rate: 7, fromSecond: 4, lengthSeconds: 3, periodSeconds: null };
  assert.deepEqual(countsPerSecond({ rate: 1, bursts: [again, long] }, 9), [1, 9, 1, 1, 9, 7, 7, 9, 1]);
});

void test('a burst of rate 0 is a silence', () => {
  const silence = { rate: 0, fromSecond: 1, lengthSeconds: 2, periodSeconds: null };
  assert.deepEqual(countsPerSecond({ rate: 3, bursts: [silence] }, 4), [3, 0, 0, 3]);
});

void test('fractions of a request are carried over, so that no request is lost or early', () => {
  assert.deepEqual(countsPerSecond({ rate: 0.5, bursts: [] }, 6), [0, 1, 0, 1, 0, 1]);
  assert.deepEqual(countsPerSecond({ rate: 2.5, bursts: [] }, 4), [2, 3, 2, 3]);
  const tenth = countsPerSecond({ rate: 0.1, bursts: [] }, 1000);
  assert.equal(
    tenth.reduce((sum, count) => sum + count),
    100,
  );
});

void test('requests are spread over their second', () => {
  const schedule = createSchedule({ rate: 4, bursts: [] });
  const offsets = [1, 2, 3, 4, 5].map(() => schedule.takeBefore(2000));
  assert.deepEqual(offsets, [125, 375, 625, 875, 1125]);
});

void test('nothing is taken off the plan before it is due', () => {
  const schedule = createSchedule({ rate: 2, bursts: [] });
  assert.equal(schedule.takeBefore(250), null);
  assert.equal(schedule.takeBefore(251), 250);
  assert.equal(schedule.takeBefore(750), null);
  assert.equal(schedule.takeBefore(1000), 750);
  assert.equal(schedule.takeBefore(1000), null);
});

void test('a plan ends when neither its rate nor a repeated burst goes on', () => {
  const once = { rate: 5, fromSecond: 0, lengthSeconds: 1, periodSeconds: null };
  assert.equal(isEndless({ rate: 0, bursts: [once] }), false);
  assert.equal(isEndless({ rate: 0, bursts: [{ ...once, periodSeconds: 10 }] }), true);
  assert.equal(isEndless({ rate: 0.1, bursts: [] }), true);
  assert.equal(rateAt({ rate: 0, bursts: [once] }, 1), 0);
});
