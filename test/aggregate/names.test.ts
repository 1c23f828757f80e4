// Ids of series come to stand for others: whoever counts or keeps by id looks the names up before, and a name that nobody
// has asked for is still the right one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Aggregator } from '../../src/aggregate/aggregator.ts';
import { AGGREGATOR_DEFAULTS } from '../../src/aggregate/aggregator-options.ts';
import { RollUp } from '../../src/aggregate/roll-up.ts';
import type { SecondConsumer } from '../../src/aggregate/second.ts';
import { Recent } from '../../src/alerts/recent.ts';
import { burst, recordOf, secondOf } from './records.ts';

/** Two paths at a time; what was not seen for a minute makes room. */
function read(consumer: SecondConsumer, requests: readonly (readonly [time: number, path: string])[]): void {
  const aggregator = new Aggregator(consumer, {
    ...AGGREGATOR_DEFAULTS,
    pathsMax: 2,
    details: { hasSamples: true, hasClients: false, hasSources: false },
  });
  for (const [time, path] of requests) {
    aggregator.timeline.closeBefore(time);
    aggregator.add(recordOf({ time, path, status: path === '/b' ? 404 : 200 }));
  }
  aggregator.timeline.closeAll();
}

/** `/c`, `/d`, `/é` and `/a` again take the ids of those before them. */
const REQUESTS = [
  [1000, '/a'],
  [1001, '/b'],
  [1002, '/a'],
  [1100, '/c'],
  [1101, '/d'],
  [1200, '/é'],
  [1201, '/a'],
  [1202, '/x'],
] as const;

void test('a roll-up that nobody asks in between counts each path by its own name', () => {
  const rollUp = new RollUp(10);
  read({ add: (second) => rollUp.merge(second), advanceTo: () => {} }, REQUESTS);
  assert.deepEqual(rollUp.topPaths(Infinity), [
    { path: '/a', requests: 3 },
    { path: '(other)', requests: 1 },
    { path: '/b', requests: 1 },
    { path: '/c', requests: 1 },
    { path: '/d', requests: 1 },
    { path: '/é', requests: 1 },
  ]);
  assert.deepEqual(rollUp.statuses(), [
    [200, 7],
    [404, 1],
  ]);
});

void test('a roll-up that is full keeps those that came first, whenever it looks names up', () => {
  for (const isAsked of [false, true]) {
    const rollUp = new RollUp(2);
    const consumer: SecondConsumer = {
      add: (second) => {
        rollUp.merge(second);
        if (isAsked) rollUp.snapshot();
      },
      advanceTo: () => {},
    };
    read(consumer, REQUESTS);
    assert.deepEqual(rollUp.snapshot(), {
      errors: 1,
      bytesSent: 8,
      statuses: [
        [200, 7],
        [404, 1],
      ],
      paths: ['/a', '/b', '(other)'],
      requests: [3, 1, 4],
    });
  }
});

void test('a roll-up that begins anew holds nothing of what waited', () => {
  const rollUp = new RollUp(10);
  rollUp.merge(burst(1, 5));
  rollUp.clear();
  assert.deepEqual(rollUp.snapshot(), { errors: 0, bytesSent: 0, statuses: [], paths: [], requests: [] });
  rollUp.merge(secondOf(2, [{ path: '/b' }]));
  assert.deepEqual([rollUp.requests, rollUp.topPaths(Infinity)], [1, [{ path: '/b', requests: 1 }]]);
});

void test('more requests than can wait are counted all the same', () => {
  const rollUp = new RollUp(10);
  const second = secondOf(1, [{ path: '/a' }]);
  for (const requests of [4_000_000_000, 4_000_000_000, 9_000_000_000_000, 7])
    rollUp.merge({ ...second, requests, seriesRequests: [requests] });
  assert.deepEqual(rollUp.topPaths(Infinity), [{ path: '/a', requests: 9_008_000_000_007 }]);
  assert.deepEqual(rollUp.statuses(), [[200, 9_008_000_000_007]]);
});

void test('requests of late are told with the paths that they had', () => {
  const recent = new Recent();
  read(recent, REQUESTS);
  assert.deepEqual(
    [...recent.between(0, 2000)].map(({ timeSeconds, path }) => [timeSeconds, path]),
    REQUESTS.map(([time, path]) => [time, path === '/x' ? '(other)' : path]),
  );
});

void test('requests of late that have moved to an older level have their paths as well', () => {
  const recent = new Recent();
  const early = Array.from(
    { length: 6000 },
    (_, i) => [1000 + Math.floor(i / 8), `/${'ab'[i % 2] ?? ''}`] as const,
  );
  const late = Array.from(
    { length: 3000 },
    (_, i) => [2000 + Math.floor(i / 8), `/${'cd'[i % 2] ?? ''}`] as const,
  );
  read(recent, [...early, ...late]);
  const weights = new Map<string, number>();
  for (const { timeSeconds, path, weight, code } of recent.between(0, 5000)) {
    const name = `${timeSeconds < 2000 ? 'early' : 'late'} ${path} ${code & 1023}`;
    weights.set(name, (weights.get(name) ?? 0) + weight);
  }
  // The youngest 3,072 one by one; of those before them every second one of each second stands for two.
  assert.deepEqual(Object.fromEntries(weights), {
    'early /a 200': 3000,
    'early /b 404': 3000,
    'late /c 200': 1500,
    'late /d 200': 1500,
  });
});
