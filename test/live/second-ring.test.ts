import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latencyBinOf } from '../../src/aggregate/latency.ts';
import { SecondRing } from '../../src/live/second-ring.ts';
import { burst, secondOf } from '../aggregate/records.ts';

const T = 1_795_472_000;

void test('every second of the window is told, quiet ones as zeros, and none from before the start', () => {
  const ring = new SecondRing();
  assert.deepEqual(ring.whole([]).times, []);
  ring.advanceTo(T);
  ring.add(
    secondOf(T, [
      { status: 200, sent: 10 },
      { status: 404, sent: 5 },
      { status: 503, sent: 1 },
      { status: 0, sent: 2 },
    ]),
  );
  ring.advanceTo(T + 3);
  assert.deepEqual(ring.whole([]), {
    times: [T, T + 1, T + 2],
    requests: [4, 0, 0],
    classes: [
      [1, 0, 0],
      [0, 0, 0],
      [1, 0, 0],
      [0, 0, 0],
      [1, 0, 0],
      [1, 0, 0],
    ],
    bytes: [18, 0, 0],
    p50: [null, null, null],
    p95: [null, null, null],
    p99: [null, null, null],
    values: [],
  });
});

void test('what has changed is told once: closed seconds, and old ones that a late record has reached', () => {
  const ring = new SecondRing();
  ring.advanceTo(T);
  ring.add(burst(T, 2));
  ring.advanceTo(T + 1);
  assert.deepEqual(ring.takeChanged([]).times, [T]);
  assert.deepEqual(ring.takeChanged([]).times, []);
  ring.advanceTo(T + 2);
  ring.add(burst(T, 3));
  const { times, requests } = ring.takeChanged([]);
  assert.deepEqual(
    [times, requests],
    [
      [T, T + 1],
      [5, 0],
    ],
  );
  ring.add(burst(T, 1));
  ring.dropChanges();
  assert.deepEqual(ring.takeChanged([]).times, []);
});

void test('the window is 15 minutes: what is older is forgotten, however far time jumps', () => {
  const ring = new SecondRing();
  ring.advanceTo(T);
  ring.add(burst(T, 7));
  ring.advanceTo(T + 899);
  assert.equal(ring.whole([]).requests[0], 7);
  ring.advanceTo(T + 900);
  const { times, requests } = ring.whole([]);
  assert.deepEqual([times.length, times[0], requests[0]], [899, T + 1, 0]);
  ring.add(burst(T + 900, 4));
  ring.advanceTo(T + 50_000);
  assert.equal(
    ring.whole([]).requests.reduce((sum, one) => sum + one, 0),
    0,
  );
  ring.add(burst(T + 900, 4));
  ring.add(burst(T + 60_000, 4));
  assert.ok(ring.takeChanged([]).requests.every((one) => one === 0));
});

void test('a record of before the start is shown, with quiet seconds up to it', () => {
  const ring = new SecondRing();
  ring.advanceTo(T);
  ring.add(burst(T - 2, 3));
  ring.advanceTo(T + 1);
  const { times, requests } = ring.whole([]);
  assert.deepEqual(
    [times, requests],
    [
      [T - 2, T - 1, T],
      [3, 0, 0],
    ],
  );
});

void test('values of rules are under the last second that was told; rules that go are forgotten', () => {
  const ring = new SecondRing();
  ring.advanceTo(T);
  ring.advanceTo(T + 1);
  ring.noteValue('a', 1.234_56);
  ring.noteValue('b', null);
  ring.advanceTo(T + 2);
  ring.noteValue('b', 7);
  assert.deepEqual(ring.whole(['b', 'a', 'c']).values, [
    [null, 7],
    [1.235, null],
    [null, null],
  ]);
  ring.keepRules(new Set(['b']));
  assert.deepEqual(ring.whole(['a']).values, [[null, null]]);
});

void test('percentiles are over ten seconds, and null where there was no request', () => {
  const ring = new SecondRing();
  const secondWith = (time: number, ms: number[]): Parameters<SecondRing['add']>[0] => ({
    ...burst(time, ms.length),
    latencies: { count: ms.length, ids: ms.map(() => 0), values: ms.map(latencyBinOf) },
  });
  ring.advanceTo(T);
  ring.add(secondWith(T, [1000, 1000, 1000]));
  ring.advanceTo(T + 5);
  ring.add(secondWith(T + 5, [10]));
  ring.advanceTo(T + 10);
  ring.add(secondWith(T + 10, [10]));
  ring.advanceTo(T + 11);
  const { p50, p95 } = ring.whole([]);
  const near = (value: number | null | undefined, ms: number): void =>
    assert.ok(Math.abs((value ?? 0) - ms) <= ms * 0.01, `${value} is not ${ms}`);
  near(p50[0], 1000);
  near(p50[5], 1000);
  near(p95[10], 10);
  assert.deepEqual(p50.slice(1, 5), [null, null, null, null]);
});
