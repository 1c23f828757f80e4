// When seconds close, and what happens to records that come too late, too early or in too many seconds.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Aggregator } from '../../src/aggregate/aggregator.ts';
import { AGGREGATOR_DEFAULTS } from '../../src/aggregate/aggregator-options.ts';
import { takeSeed } from '../seed.ts';
import type { Second } from '../../src/aggregate/second.ts';
import { recordOf, Transcript } from './records.ts';
import type { Request } from './records.ts';

function run(requests: readonly Request[], options = AGGREGATOR_DEFAULTS) {
  const transcript = new Transcript();
  const aggregator = new Aggregator(transcript, options);
  for (const request of requests) aggregator.add(recordOf(request));
  return { transcript, aggregator };
}

void test('a second is handed on once, when it closes, with every combination counted apart', () => {
  const { transcript, aggregator } = run([
    { time: 100, path: '/a', sent: 10 },
    { time: 100, path: '/a', sent: 5 },
    { time: 100, path: '/a', method: 'POST', status: 500, sent: 1 },
    { time: 101, path: '/b', status: 404, sent: 2 },
  ]);
  assert.deepEqual(transcript.steps, []);
  aggregator.timeline.closeBefore(101);
  assert.deepEqual(transcript.steps, [
    { advanceTo: 100 },
    { second: 100, counts: { 'GET /a 200': 2, 'POST /a 500': 1 }, sent: 16 },
    { advanceTo: 101 },
  ]);
  aggregator.timeline.closeBefore(102);
  assert.deepEqual(transcript.steps.slice(3), [
    { second: 101, counts: { 'GET /b 404': 1 }, sent: 2 },
    { advanceTo: 102 },
  ]);
});

void test('quiet seconds are told by the time that closes them, and time never goes back', () => {
  const { transcript, aggregator } = run([]);
  for (const time of [10, 12, 11, 12, 13]) aggregator.timeline.closeBefore(time);
  assert.deepEqual(transcript.steps, [{ advanceTo: 10 }, { advanceTo: 12 }, { advanceTo: 13 }]);
});

void test('a late record makes one more Second for its second at the next look', () => {
  const { transcript, aggregator } = run([{ time: 100 }, { time: 101 }]);
  aggregator.timeline.closeBefore(101);
  aggregator.add(recordOf({ time: 100, path: '/late' }));
  aggregator.add(recordOf({ time: 99, path: '/later' }));
  assert.equal(aggregator.lateRecords, 2);
  assert.equal(aggregator.timeline.openCount, 3);
  aggregator.timeline.closeBefore(101);
  assert.deepEqual(transcript.steps.slice(3), [
    { second: 99, counts: { 'GET /later 200': 1 }, sent: 1 },
    { second: 100, counts: { 'GET /late 200': 1 }, sent: 1 },
  ]);
  assert.equal(aggregator.timeline.openCount, 1);
});

void test('a record of the future is counted apart, told at the next look, and moves nothing', () => {
  const { transcript, aggregator } = run([{ time: 100 }]);
  aggregator.timeline.futureSeconds = 110;
  aggregator.add(recordOf({ time: 110 }));
  aggregator.add(recordOf({ time: 109 }));
  assert.equal(aggregator.futureRecords, 1);
  assert.equal(aggregator.timeline.newestSeconds, 109);
  aggregator.timeline.closeBefore(100);
  assert.deepEqual(transcript.steps, [
    { second: 110, counts: { 'GET / 200': 1 }, sent: 1 },
    { advanceTo: 100 },
  ]);
  assert.equal(aggregator.timeline.closeAll(), 110);
});

void test('closeAll ends after the newest second, and says -Infinity when there was never one', () => {
  assert.equal(run([]).aggregator.timeline.closeAll(), Number.NEGATIVE_INFINITY);
  const { transcript, aggregator } = run([{ time: 7 }, { time: 3 }]);
  assert.equal(aggregator.timeline.closeAll(), 8);
  assert.deepEqual(
    transcript.seconds.map(({ second }) => second),
    [3, 7],
  );
  assert.equal(aggregator.timeline.closeAll(), 8);
});

void test('too many open seconds close the oldest before their time, and nothing is lost', () => {
  const requests = Array.from({ length: 100 }, (_, i) => ({ time: 1000 + i }));
  const { transcript, aggregator } = run(requests, { ...AGGREGATOR_DEFAULTS, openSecondsMax: 16 });
  assert.ok(aggregator.timeline.openCount <= 16);
  // Two at a time, an eighth of 16, whenever the 17th comes.
  assert.equal(aggregator.timeline.forcedSeconds, 84);
  assert.deepEqual(
    transcript.seconds.map(({ second }) => second),
    Array.from({ length: 84 }, (_, i) => 1000 + i),
  );
  aggregator.add(recordOf({ time: 1000 }));
  assert.equal(aggregator.lateRecords, 1);
  aggregator.timeline.closeAll();
  assert.deepEqual(transcript.sums, { 'GET / 200': 101 });
});

void test('too many series in all open seconds together close the oldest likewise', () => {
  const limits = { ...AGGREGATOR_DEFAULTS, openSeriesMax: 50 };
  const requests = Array.from({ length: 400 }, (_, i) => ({ time: Math.floor(i / 10), path: `/p${i % 10}` }));
  const { transcript, aggregator } = run(requests, limits);
  assert.ok(aggregator.timeline.openCount <= 5, String(aggregator.timeline.openCount));
  assert.equal(aggregator.timeline.forcedSeconds, 35);
  aggregator.timeline.closeAll();
  assert.equal(transcript.seconds.length, 40);
  assert.equal(
    Object.values(transcript.sums).reduce((sum, count) => sum + count, 0),
    400,
  );
});

void test('records shuffled within the lateness give the same Seconds as in order; later ones still count', (t) => {
  const lateness = 3;
  // `delay`: how much later than its own time a record arrives.
  const arrival = fc.record({
    time: fc.integer({ min: 1000, max: 1040 }),
    path: fc.constantFrom('/a', '/b', '/c'),
    status: fc.constantFrom(200, 404),
    delay: fc.double({ min: 0, max: lateness, noNaN: true }),
  });
  const play = (order: readonly (Request & { readonly at: number })[]) => {
    const transcript = new Transcript();
    const aggregator = new Aggregator(transcript, { ...AGGREGATOR_DEFAULTS, pathsMax: 50 });
    for (const request of order) {
      aggregator.timeline.closeBefore(Math.floor(request.at) - lateness);
      aggregator.add(recordOf(request));
    }
    const { lateRecords } = aggregator;
    aggregator.timeline.closeBefore(2000);
    return { seconds: transcript.seconds, sums: transcript.sums, lateRecords };
  };
  fc.assert(
    fc.property(fc.array(arrival, { maxLength: 80 }), (arrivals) => {
      const byTime = arrivals.map((each) => ({ ...each, at: each.time })).toSorted((a, b) => a.at - b.at);
      const delayed = arrivals
        .map((each) => ({ ...each, at: each.time + each.delay }))
        .toSorted((a, b) => a.at - b.at);
      const inOrder = play(byTime);
      assert.deepEqual(play(delayed), inOrder);
      assert.equal(inOrder.lateRecords, 0);
      const late = play([...byTime, ...byTime.map((each) => ({ ...each, at: 5000 }))]);
      for (const [key, count] of Object.entries(inOrder.sums)) assert.equal(late.sums[key], 2 * count);
      assert.equal(late.lateRecords, arrivals.length);
    }),
    { seed: takeSeed(t), numRuns: 200 },
  );
});

void test('while whoever takes seconds has no room they wait, in order, and nothing is lost', () => {
  const transcript = new Transcript();
  let room = 0;
  const picky = {
    add: (second: Second): void => {
      transcript.add(second);
      room--;
    },
    advanceTo: (timeSeconds: number): void => transcript.advanceTo(timeSeconds),
    get isFull(): boolean {
      return room <= 0;
    },
  };
  const aggregator = new Aggregator(picky);
  // More in a second than wait in columns.
  for (let time = 100; time < 110; time++) for (let i = 0; i < 20; i++) aggregator.add(recordOf({ time }));
  const told = (): number[] => transcript.seconds.map(({ second }) => second);
  aggregator.timeline.closeBefore(108);
  assert.deepEqual(told(), []);
  room = 3;
  aggregator.timeline.closeBefore(108);
  assert.deepEqual(told(), [100, 101, 102]);
  assert.deepEqual(transcript.steps.at(-1), { advanceTo: 103 });
  // It is not late.
  aggregator.add(recordOf({ time: 104 }));
  assert.equal(aggregator.lateRecords, 0);
  room = 100;
  aggregator.timeline.closeBefore(108);
  assert.deepEqual(told(), [100, 101, 102, 103, 104, 105, 106, 107]);
  assert.equal(transcript.sums['GET / 200'], 8 * 20 + 1);
  // Late ones wait as well.
  room = 0;
  for (const time of [90, 91]) for (let i = 0; i < 20; i++) aggregator.add(recordOf({ time }));
  aggregator.timeline.closeBefore(108);
  assert.equal(told().length, 8);
  room = 1;
  aggregator.timeline.closeBefore(108);
  assert.deepEqual(told().slice(8), [90]);
  // The end does not wait.
  room = 0;
  assert.equal(aggregator.timeline.closeAll(), 110);
  assert.equal(transcript.sums['GET / 200'], 12 * 20 + 1);
});
