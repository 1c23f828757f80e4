// The merge laws: however the records of a log are ordered, grouped and cut into Seconds, the sums are the same.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Aggregator } from '../../src/aggregate/aggregator.ts';
import { AGGREGATOR_DEFAULTS } from '../../src/aggregate/aggregator-options.ts';
import { RollUp } from '../../src/aggregate/roll-up.ts';
import type { Second, SecondConsumer } from '../../src/aggregate/second.ts';
import { Totals } from '../../src/aggregate/totals.ts';
import { takeSeed } from '../seed.ts';
import { copyOf, recordOf, secondOf } from './records.ts';
import type { Request } from './records.ts';

const requestArbitrary = fc.record({
  time: fc.integer({ min: 0, max: 20 }),
  path: fc.constantFrom('/', '/a', '/b', '/c/d', '/é'),
  method: fc.constantFrom('GET', 'POST', 'BREW'),
  status: fc.constantFrom(0, 200, 204, 301, 404, 499, 500, 999),
  sent: fc.integer({ min: 0, max: 1_000_000 }),
});

/** Everything that can be asked of a RollUp and of Totals. */
function tell(seconds: Iterable<Second>) {
  const rollUp = new RollUp(100);
  const totals = new Totals();
  for (const second of seconds) {
    rollUp.merge(second);
    totals.add(second);
  }
  return describe(rollUp, totals);
}

function describe(rollUp: RollUp, totals: Totals) {
  return {
    rollUp: [rollUp.requests, rollUp.errors, rollUp.bytesSent, rollUp.topPaths(Infinity)],
    totals: [totals.requests, totals.errors, totals.bytesSent, [...totals.statuses()]],
    classes: totals
      .methodClasses()
      .map(({ method, statusClass, requests }) => `${method} ${statusClass} ${requests}`)
      .toSorted(),
  };
}

/** Counted anew from the requests themselves. */
function expected(requests: readonly Request[]) {
  const count = (names: readonly string[]) =>
    [...new Set(names)].map((name) => [name, names.filter((each) => each === name).length] as const);
  const statuses = requests.map(({ status = 0 }) => status);
  const errors = statuses.filter((status) => status >= 400).length;
  const sent = requests.reduce((sum, request) => sum + (request.sent ?? 0), 0);
  const classOf = (status: number) => (status >= 100 && status < 600 ? `${String(status)[0]}xx` : 'unknown');
  return {
    rollUp: [
      requests.length,
      errors,
      sent,
      count(requests.map(({ path = '' }) => path))
        .map(([path, found]) => ({ path, requests: found }))
        .toSorted((a, b) => b.requests - a.requests || (a.path < b.path ? -1 : 1)),
    ],
    totals: [
      requests.length,
      errors,
      sent,
      count(statuses.map(String))
        .map(([status, found]) => [Number(status), found])
        .toSorted(([a = 0], [b = 0]) => a - b),
    ],
    classes: count(
      requests.map(({ method, status = 0 }) => `${method === 'BREW' ? 'OTHER' : method} ${classOf(status)}`),
    )
      .map(([name, found]) => `${name} ${found}`)
      .toSorted(),
  };
}

/** The Seconds that an aggregator makes of `requests`, closing at random. */
function aggregate(requests: readonly Request[], closes: readonly boolean[]): Second[] {
  const seconds: Second[] = [];
  const consumer: SecondConsumer = { add: (second) => seconds.push(copyOf(second)), advanceTo: () => {} };
  const aggregator = new Aggregator(consumer, { ...AGGREGATOR_DEFAULTS, pathsMax: 50 });
  for (const [i, request] of requests.entries()) {
    aggregator.add(recordOf(request));
    if (closes[i] === true) aggregator.timeline.closeBefore(request.time);
  }
  aggregator.timeline.closeBefore(100);
  return seconds;
}

void test('any order and any cutting of records into Seconds gives the sums of the records', (t) => {
  fc.assert(
    fc.property(
      fc.array(requestArbitrary, { maxLength: 60 }),
      fc.array(fc.boolean(), { maxLength: 60 }),
      fc.infiniteStream(fc.nat(1000)),
      (requests, closes, ranks) => {
        const wanted = expected(requests);
        assert.deepEqual(tell(aggregate(requests, closes)), wanted);
        const shuffled = requests
          .map((request) => ({ request, rank: ranks.next().value ?? 0 }))
          .toSorted((a, b) => a.rank - b.rank)
          .map(({ request }) => request);
        assert.deepEqual(tell(aggregate(shuffled, closes)), wanted);
        assert.deepEqual(tell(aggregate(shuffled, closes).toReversed()), wanted);
        const oneByOne = requests.map((request) =>
          secondOf(request.time, [
            { ...request, method: request.method === 'BREW' ? 'OTHER' : request.method },
          ]),
        );
        assert.deepEqual(tell(oneByOne), wanted);
      },
    ),
    { seed: takeSeed(t), numRuns: 200 },
  );
});

void test('groups merged apart and then together, through their snapshots, give the same as all at once', (t) => {
  fc.assert(
    fc.property(
      fc.array(requestArbitrary, { maxLength: 60 }),
      fc.array(fc.nat(3), { minLength: 60, maxLength: 60 }),
      (requests, groupOf) => {
        const together = new RollUp(100);
        for (const group of [2, 0, 3, 1]) {
          const apart = new RollUp(100);
          for (const second of aggregate(
            requests.filter((_, i) => groupOf[i] === group),
            [],
          ))
            apart.merge(second);
          together.mergeSaved(apart.snapshot());
        }
        const { rollUp } = describe(together, new Totals());
        assert.deepEqual(rollUp, expected(requests).rollUp);
      },
    ),
    { seed: takeSeed(t), numRuns: 200 },
  );
});

void test('above its cap a roll-up counts further paths as (other), and the sums stay equal', () => {
  const rollUp = new RollUp(3);
  rollUp.merge(
    secondOf(
      1,
      ['/a', '/b', '/c', '/d', '/e', '/a', '/d'].map((path) => ({ path })),
    ),
  );
  assert.deepEqual(rollUp.topPaths(Infinity), [
    { path: '(other)', requests: 3 },
    { path: '/a', requests: 2 },
    { path: '/b', requests: 1 },
    { path: '/c', requests: 1 },
  ]);
  assert.equal(rollUp.requests, 7);
});
