// When reports of a finished log were due, and what stands before them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BoundaryTeller, createBoundaries, isEndless } from '../../src/reports/boundaries.ts';

const at = (text: string): number => Date.parse(text) / 1000;
const shown = (seconds: number | null): string | null =>
  seconds === null ? null : new Date(seconds * 1000).toISOString().slice(0, 19);

void test('an interval is counted from the epoch', () => {
  const boundaries = createBoundaries({ kind: 'interval', seconds: 90 }, 'UTC');
  assert.deepEqual([boundaries.next(0), boundaries.next(89), boundaries.next(90)], [90, 90, 180]);
  assert.deepEqual([boundaries.last(0), boundaries.last(89), boundaries.last(90)], [0, 0, 90]);
});

void test('a cron expression is read in its zone, over the change of clocks as well', () => {
  const boundaries = createBoundaries({ kind: 'cron', expression: '30 6 * * *' }, 'Europe/Berlin');
  assert.equal(shown(boundaries.next(at('2026-10-24T12:00:00Z'))), '2026-10-25T05:30:00');
  assert.equal(shown(boundaries.last(at('2026-10-25T04:00:00Z'))), '2026-10-24T04:30:00');
  assert.equal(shown(boundaries.last(at('2026-10-25T05:30:00Z'))), '2026-10-25T05:30:00');
  assert.equal(shown(boundaries.next(at('2026-10-25T05:30:00Z'))), '2026-10-26T05:30:00');
});

void test('a cron expression with seconds', () => {
  const boundaries = createBoundaries({ kind: 'cron', expression: '*/20 * * * * *' }, 'UTC');
  assert.equal(shown(boundaries.next(at('2026-11-23T22:14:20Z'))), '2026-11-23T22:14:40');
  assert.equal(shown(boundaries.last(at('2026-11-23T22:14:39Z'))), '2026-11-23T22:14:20');
});

void test('what lasts from one time of a cron expression to the next is never over', () => {
  const hours = (count: number): number => count * 3600;
  for (const [expression, seconds] of [
    ['0 3 * * *', hours(24)],
    ['0 3 * * 0', hours(7 * 24)],
    ['*/5 * * * *', 300],
    ['0 9-17 * * *', hours(16)],
  ] as const) {
    assert.ok(isEndless(expression, seconds), expression);
    assert.ok(!isEndless(expression, seconds - 1), expression);
  }
  // Over at weekends, or for eleven months.
  assert.ok(!isEndless('0 3 * * mon-fri', hours(24)));
  assert.ok(!isEndless('0 3 * 2 *', hours(24)));
  // Over at night, but for one day a week, or for most of the year, however often it begins before.
  assert.ok(!isEndless('* 9-17 * * *', hours(15)));
  assert.ok(isEndless('* 9-17 * * *', hours(16)));
  assert.ok(!isEndless('* * * * sat', 60));
  assert.ok(!isEndless('* * * * 0-5', 60));
  assert.ok(!isEndless('* * * 1-11 *', hours(7 * 24)));
  assert.ok(isEndless('* * * * *', 60));
  assert.ok(isEndless('* * * * * *', 60));
  // There may be no next time at all.
  assert.ok(!isEndless('0 3 30 2 *', hours(24)));
});

void test('a gap is told by its first and its last boundary, a beginning by the boundary before it', () => {
  const told: string[] = [];
  const teller = new BoundaryTeller(createBoundaries({ kind: 'interval', seconds: 10 }, 'UTC'), {
    begin: (seconds) => told.push(`begin ${seconds}`),
    cutAt: (seconds) => told.push(`cut ${seconds}`),
  });
  for (const seconds of [103, 104, 110, 119, 121, 5000]) {
    told.push(`${seconds}:`);
    teller.advanceTo(seconds);
  }
  assert.equal(told.join(' '), '103: begin 100 104: 110: cut 110 119: 121: cut 120 5000: cut 130 cut 5000');
});
