import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findUnwatched, firstCounted, resolveSeries } from '../../src/history/series-resolution.ts';
import type { SeriesQuery } from '../../src/http/series-answer.ts';

const HOUR = 3600;
const DAY = 86_400;
/** A midnight, 2026-11-24. */
const T = Date.UTC(2026, 10, 24) / 1000;
const NEVER = Number.NEGATIVE_INFINITY;
const ALL = [NEVER, NEVER, NEVER];

/** `steps × seconds from level`, and where the span then begins and ends, against `T`. */
function resolve(from: number, to: number, everySeconds: number | null = null, keptFrom = ALL): string {
  const query: SeriesQuery = {
    fromSeconds: T + from,
    toSeconds: T + to,
    everySeconds,
    path: null,
    status: null,
    method: null,
    source: null,
    nowSeconds: T + to,
  };
  const found = resolveSeries(query, keptFrom);
  const steps = (found.toSeconds - found.fromSeconds) / found.everySeconds;
  const complete =
    found.completeFromSeconds === null ? '' : `, complete from ${found.completeFromSeconds - T}`;
  return `${steps} x ${found.everySeconds} from ${found.level.name}, ${found.fromSeconds - T} to ${found.toSeconds - T}${complete}`;
}

void test('a span is told in at most 600 steps, from the coarsest counts that make them', () => {
  assert.equal(resolve(-HOUR, 0), '360 x 10 from 10s, -3600 to 0');
  assert.equal(resolve(-6000, 0), '600 x 10 from 10s, -6000 to 0');
  assert.equal(resolve(-6001, 0), '201 x 30 from 10s, -6030 to 0');
  assert.equal(resolve(-6 * HOUR, 0), '360 x 60 from 1m, -21600 to 0');
  assert.equal(resolve(-DAY, 0), '480 x 180 from 1m, -86400 to 0');
  assert.equal(resolve(-2 * DAY, 0), '576 x 300 from 1m, -172800 to 0');
  assert.equal(resolve(-3 * DAY, 0), '72 x 3600 from 1h, -259200 to 0');
  assert.equal(resolve(-14 * DAY, 0), '336 x 3600 from 1h, -1209600 to 0');
  assert.equal(resolve(-730 * DAY, 0), '366 x 172800 from 1h, -63158400 to 86400');
  assert.equal(resolve(-7, -3), '1 x 10 from 10s, -10 to 0');
});

void test('a span that does not begin and end with a step is extended to whole ones', () => {
  assert.equal(resolve(-HOUR - 1, 1), '362 x 10 from 10s, -3610 to 10');
  // 600 steps and a part of one at both ends would be 601.
  assert.equal(resolve(-6005, -5), '201 x 30 from 10s, -6030 to 0');
  assert.equal(resolve(-14 * DAY + 90, 90), '337 x 3600 from 1h, -1209600 to 3600');
});

void test('what the finer counts have let go comes from the coarser ones, in longer steps', () => {
  const kept = [T - DAY, T - 14 * DAY, NEVER];
  assert.equal(resolve(-3 * DAY, -3 * DAY + HOUR, null, kept), '60 x 60 from 1m, -259200 to -255600');
  assert.equal(resolve(-20 * DAY, -20 * DAY + 7200, null, kept), '2 x 3600 from 1h, -1728000 to -1720800');
  assert.equal(resolve(-20 * DAY, -20 * DAY + 60, null, kept), '1 x 3600 from 1h, -1728000 to -1724400');
});

void test('finer counts are taken when only they have all of the time; when none has, those that reach back furthest', () => {
  assert.equal(resolve(-3 * DAY, 0, null, [NEVER, NEVER, T - DAY]), '72 x 3600 from 1m, -259200 to 0');
  assert.equal(
    resolve(-9 * DAY, 0, null, [T - DAY, T - 2 * DAY, T - 8 * DAY]),
    '216 x 3600 from 1h, -777600 to 0, complete from -691200',
  );
});

void test('the steps that were asked for are taken, or the shortest above them that there are', () => {
  assert.equal(resolve(-HOUR, 0, 600), '6 x 600 from 1m, -3600 to 0');
  assert.equal(resolve(-HOUR, 0, 90), '40 x 90 from 10s, -3600 to 0');
  assert.equal(resolve(-HOUR, 0, 90, [T, NEVER, NEVER]), '30 x 120 from 1m, -3600 to 0');
  assert.equal(resolve(-7 * DAY, 0, 10_800), '56 x 10800 from 1h, -604800 to 0');
});

void test('counting began with the finest row within the first coarse one', () => {
  assert.equal(firstCounted([null, null, null]), null);
  assert.equal(firstCounted([T + 40, null, null]), T + 40);
  assert.equal(firstCounted([T + 640, T + 600, T]), T + 640);
  assert.equal(firstCounted([T + 5 * HOUR, T + 600, T]), T + 600);
  assert.equal(firstCounted([T + 5 * HOUR, T + 2 * HOUR, T]), T);
});

void test('between stored logs and the first start of the monitor nothing was watched', () => {
  const HOUR_SECONDS = 3600;
  const live = 100 * HOUR_SECONDS + 1234;
  const unwatched = (ends: readonly (number | null)[], keptFrom = ALL): string | null => {
    const found = findUnwatched(live, ends, keptFrom);
    return found === null ? null : `${found.fromSeconds} ${found.toSeconds - 100 * HOUR_SECONDS}`;
  };
  assert.equal(unwatched([360_000, 360_000, 360_000]), '360000 1230');
  assert.equal(unwatched([3610, 3660, 7200]), '3610 1230');
  assert.equal(unwatched([3600, 3600, 7200]), '7200 1230');
  // To the row in which the monitor began.
  assert.equal(unwatched([live - 4, live, 360_000]), null);
  assert.equal(unwatched([null, null, null]), null);
  assert.equal(findUnwatched(null, [3600, null, null], ALL), null);
  // Only hours are left of then: the one in which it began may hold both.
  const onlyHours = [live + HOUR_SECONDS, live + HOUR_SECONDS, 0];
  assert.equal(unwatched([null, null, 360_000], onlyHours), null);
  assert.equal(unwatched([null, null, 3600], onlyHours), '3600 0');
});
