import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSeriesQuery } from '../../src/http/series-query.ts';

/** 2026-11-24 at noon. */
const NOW = 1_795_521_600;

function messageOf(search: string): string {
  const reading = readSeriesQuery(search, NOW);
  return reading.ok ? 'ok' : reading.message;
}

void test('without parameters it is the last hour of everything', () => {
  assert.deepEqual(readSeriesQuery('', NOW), {
    ok: true,
    value: {
      fromSeconds: NOW - 3600,
      toSeconds: NOW,
      everySeconds: null,
      path: null,
      status: null,
      method: null,
      source: null,
      nowSeconds: NOW,
    },
  });
});

void test('times are seconds since the epoch, times of day, or how long ago', () => {
  for (const [search, fromSeconds, toSeconds] of [
    [`from=${NOW - 60}&to=${NOW - 30}`, NOW - 60, NOW - 30],
    ['from=2026-11-24T11:00Z&to=2026-11-24T12:30%2B01:00', NOW - 3600, NOW - 1800],
    ['from=2026-11-24T11:00', NOW - 3600, NOW],
    ['from=14d&to=1h', NOW - 14 * 86_400, NOW - 3600],
    // Nobody has counted what is yet to come.
    [`from=1h&to=${NOW + 500}`, NOW - 3600, NOW],
    ['from=0', 0, NOW],
  ] as const) {
    const reading = readSeriesQuery(search, NOW);
    assert.ok(reading.ok, search);
    assert.deepEqual([reading.value.fromSeconds, reading.value.toSeconds], [fromSeconds, toSeconds], search);
  }
});

void test('what is asked for is told apart', () => {
  const reading = readSeriesQuery('every=5m&path=%2Fa%3Fb%26c&status=5xx&method=post&source=a%2Flog', NOW);
  assert.ok(reading.ok);
  assert.deepEqual(reading.value, {
    fromSeconds: NOW - 3600,
    toSeconds: NOW,
    everySeconds: 300,
    path: '/a?b&c',
    status: { first: 500, last: 599 },
    method: 'POST',
    source: 'a/log',
    nowSeconds: NOW,
  });
  const single = readSeriesQuery('status=0', NOW);
  assert.ok(single.ok);
  assert.deepEqual(single.value.status, { first: 0, last: 0 });
});

void test('a parameter that makes no sense gives a sentence', () => {
  assert.equal(
    messageOf('form=1h'),
    'there is no form, but from, to, every, path, status, method and source',
  );
  assert.equal(messageOf('from=1h&from=2h'), 'from is there twice');
  assert.match(messageOf('from=yesterday'), /^from must be a time such as .*, or seconds since the epoch$/);
  assert.equal(messageOf(`to=${NOW}000`), `to must be in seconds since the epoch, got ${NOW}000`);
  assert.equal(messageOf('from=1h&to=2h'), 'from must be before to, and before now');
  assert.equal(messageOf(`from=${NOW + 10}&to=${NOW + 20}`), 'from must be before to, and before now');
  assert.equal(messageOf('every=15s'), 'every must be a multiple of 10s');
  assert.equal(messageOf('every=0'), 'every must be a multiple of 10s');
  assert.match(messageOf('every=often'), /^every must be a duration such as /);
  assert.equal(messageOf('from=14d&every=1m'), 'every must be longer: that would be more than 600 steps');
  assert.equal(messageOf('from=100m&every=10s'), 'ok');
  assert.equal(messageOf('status=6xx'), 'status must be a number such as 404, or a class such as 5xx');
  assert.equal(messageOf('path='), 'path must not be empty');
  assert.equal(messageOf(`path=/${'a'.repeat(8192)}`), 'path is too long');
  assert.equal(
    messageOf('__proto__=1'),
    'there is no __proto__, but from, to, every, path, status, method and source',
  );
});
