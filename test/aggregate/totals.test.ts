// Totals since the first start, and their snapshot.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latencyBinOf } from '../../src/aggregate/latency.ts';
import { Totals } from '../../src/aggregate/totals.ts';
import { secondOf } from './records.ts';

function example(): Totals {
  const totals = new Totals();
  totals.add(
    secondOf(5, [{ status: 200, sent: 10 }, { status: 404 }, { method: 'POST', status: 503, sent: 4 }]),
  );
  totals.add({
    ...secondOf(3, [{ status: 0 }, { status: 700 }]),
    latencies: { count: 3, ids: [0, 1, 1], values: [2, 32, 12_000].map((ms) => latencyBinOf(ms)) },
  });
  return totals;
}

void test('totals count requests, errors, bytes, statuses and methods, whatever the time', () => {
  const totals = example();
  assert.deepEqual([totals.requests, totals.errors, totals.bytesSent], [5, 3, 17]);
  assert.deepEqual(
    [...totals.statuses()],
    [
      [0, 1],
      [200, 1],
      [404, 1],
      [503, 1],
      [700, 1],
    ],
  );
  assert.deepEqual(
    totals.methodClasses().map(({ method, statusClass, requests }) => `${method} ${statusClass} ${requests}`),
    ['GET unknown 2', 'GET 2xx 1', 'GET 4xx 1', 'POST 5xx 1'],
  );
});

void test('a snapshot is plain JSON, the same object while nothing changes, and goes on where it was taken', () => {
  const totals = example();
  const saved = totals.snapshot();
  assert.deepEqual(saved, {
    version: 2,
    requests: 5,
    errors: 3,
    bytesSent: 17,
    methods: [
      {
        method: 'GET',
        statuses: [
          [0, 1],
          [200, 1],
          [404, 1],
          [700, 1],
        ],
      },
      { method: 'POST', statuses: [[503, 1]] },
    ],
    latencies: { counts: [1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1], sumMs: saved.latencies.sumMs },
  });
  assert.ok(Math.abs(saved.latencies.sumMs - 12_034) < 120, String(saved.latencies.sumMs));
  assert.equal(totals.snapshot(), saved);
  const next = new Totals();
  assert.equal(next.restore(JSON.parse(JSON.stringify(saved))), true);
  assert.deepEqual(next.snapshot(), saved);
  next.add(secondOf(9, [{}]));
  totals.add(secondOf(9, [{}]));
  assert.notEqual(totals.snapshot(), saved);
  assert.deepEqual(next.snapshot(), totals.snapshot());
  assert.deepEqual(next.methodClasses(), totals.methodClasses());
});

void test('a snapshot of version 1, which had no latencies, is gone on from', () => {
  const totals = new Totals();
  const saved = {
    version: 1,
    requests: 3,
    errors: 1,
    bytesSent: 30,
    methods: [
      {
        method: 'PUT',
        statuses: [
          [200, 2],
          [404, 1],
        ],
      },
    ],
  };
  assert.equal(totals.restore(saved), true);
  assert.deepEqual(totals.snapshot(), {
    ...saved,
    version: 2,
    latencies: { counts: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], sumMs: 0 },
  });
});

void test('what is no snapshot is refused, and the totals stay', () => {
  const totals = example();
  const good = totals.snapshot();
  for (const saved of [
    null,
    1,
    { ...good, version: 0 },
    { ...good, requests: -1 },
    { ...good, errors: 0.5 },
    { ...good, bytesSent: null },
    { ...good, methods: [{ method: 'GET', statuses: [[1000, 1]] }] },
    { ...good, methods: [{ method: 'GET', statuses: [[200]] }] },
    { ...good, methods: {} },
    { ...good, version: 1 },
    { ...good, latencies: { counts: [1, 2], sumMs: 3 } },
    { ...good, latencies: { ...good.latencies, sumMs: -1 } },
  ]) {
    assert.equal(totals.restore(saved), false, JSON.stringify(saved));
    assert.deepEqual(totals.snapshot(), good);
  }
});
