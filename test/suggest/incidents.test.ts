// Hours that are told as far from usual, at the borders of what that is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HourlyFailures } from '../../src/suggest/incidents.ts';
import type { Incidents } from '../../src/suggest/incidents.ts';
import { secondOf } from '../aggregate/records.ts';

const HOUR = 3600;

/** Of each hour, how many requests there were, and how many of them with a status of 5xx. */
function find(hours: readonly (readonly [requests: number, failed: number])[]): Incidents {
  const failures = new HourlyFailures();
  for (const [hour, [requests, failed]] of hours.entries()) {
    const time = hour * HOUR + 1800;
    const ofStatus = (status: number, count: number) =>
      Array.from({ length: count }, () => ({ time, status }));
    failures.add(secondOf(time, [...ofStatus(200, requests - failed), ...ofStatus(503, failed)]));
  }
  return failures.find();
}

void test('an hour with enough requests, of which enough fail, against the median one', () => {
  const usual = [100, 1] as const;
  assert.deepEqual(find([usual, usual, usual, [100, 5], usual]), {
    found: [{ fromSeconds: 3 * HOUR, toSeconds: 4 * HOUR, requests: 100, failed: 5 }],
    usualShare: 0.01,
  });
  assert.deepEqual(find([usual, usual, usual, [100, 4]]).found, [], 'fewer than 5 %');
  assert.deepEqual(
    find([
      [100, 2],
      [100, 2],
      [100, 2],
      [100, 9],
    ]).found,
    [],
    'not five times as many',
  );
  assert.deepEqual(find([usual, usual, usual, usual, [49, 49]]).found, [], 'too few requests');
  assert.deepEqual(find([usual, usual, [100, 99]]).found, [], 'too few hours');
});

void test('hours one behind the other are one time; a log that always fails has none', () => {
  const usual = [60, 0] as const;
  const { found } = find([usual, [50, 25], [150, 75], usual, usual, usual, [60, 60]]);
  assert.deepEqual(found, [
    { fromSeconds: HOUR, toSeconds: 3 * HOUR, requests: 200, failed: 100 },
    { fromSeconds: 6 * HOUR, toSeconds: 7 * HOUR, requests: 60, failed: 60 },
  ]);
  assert.deepEqual(find(Array.from({ length: 9 }, () => [100, 60] as const)), { found: [], usualShare: 0.6 });
  assert.deepEqual(find([]), { found: [], usualShare: 0 });
});
