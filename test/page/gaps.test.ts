// Where the lines of a chart are broken.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { breakLines } from '../../page/gaps.ts';

const LINE = {};
const NOTED = { isNoted: true };
const AROUND = { threshold: null, shades: [], from: 0, to: 100 };

void test('between rows that do not follow each other there is nothing', () => {
  const frame = { ...AROUND, rowSeconds: 10, times: [5, 15, 45, 55], values: [[1, 0, 0, 2], []] };
  assert.deepEqual(breakLines(frame, [LINE, LINE]), {
    ...frame,
    times: [5, 15, 25, 45, 55],
    values: [[1, 0, null, 0, 2], []],
  });
  const whole = { ...AROUND, rowSeconds: 1, times: [1, 2, 3], values: [[1, 0, 2]] };
  assert.deepEqual(breakLines(whole, [LINE]), whole);
});

void test('a line goes on over rows without a value, as percentiles have none without requests', () => {
  const times = [1, 2, 3, 60, 61];
  const frame = { ...AROUND, rowSeconds: 100, times, values: [[1, null, null, null, 2]] };
  assert.deepEqual(breakLines(frame, [LINE]).values, [[1, undefined, undefined, undefined, 2]]);
});

void test('what is noted while time is watched ends where it was not noted for longer than that takes', () => {
  const times = [1, 2, 11, 12, 13, 30, 31];
  const frame = { ...AROUND, rowSeconds: 100, times, values: [[1, null, 2, null, null, 3, null]] };
  assert.deepEqual(breakLines(frame, [NOTED]).values, [[1, undefined, 2, null, null, 3, undefined]]);
});
