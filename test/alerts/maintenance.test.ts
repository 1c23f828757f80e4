// Whether it is maintenance, against a walk over every minute; and how seldom the schedule is asked for it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { createMaintenance } from '../../src/alerts/maintenance.ts';
import { createBoundaries } from '../../src/reports/boundaries.ts';
import { takeSeed } from '../seed.ts';

/** 2026-11-23, a Monday. */
const T0 = Date.UTC(2026, 10, 23) / 1000;

const CASES = [
  {
    expression: '0 2 * * *',
    isBegin: (date: Date) => date.getUTCHours() === 2 && date.getUTCMinutes() === 0,
  },
  { expression: '*/15 * * * *', isBegin: (date: Date) => date.getUTCMinutes() % 15 === 0 },
  {
    expression: '30 22 * * 1,3',
    isBegin: (date: Date) =>
      [1, 3].includes(date.getUTCDay()) && date.getUTCHours() === 22 && date.getUTCMinutes() === 30,
  },
];

void test('it is maintenance from a beginning on for as long as it lasts, in any order of asking', (t) => {
  fc.assert(
    fc.property(
      fc.constantFrom(...CASES),
      fc.integer({ min: 1, max: 2 * 86_400 }),
      fc.array(fc.integer({ min: 0, max: 3 * 86_400 }), { minLength: 1, maxLength: 20 }),
      ({ expression, isBegin }, durationSeconds, asked) => {
        const schedule = createBoundaries({ kind: 'cron', expression }, 'UTC');
        const isInside = createMaintenance([{ schedule, durationSeconds, rules: null }]);
        for (const offset of asked) {
          const seconds = T0 + offset;
          // The last beginning by walking back, minute by minute, over a week at most.
          let begin = seconds - (seconds % 60);
          while (!isBegin(new Date(begin * 1000)) && seconds - begin < 7 * 86_400) begin -= 60;
          assert.equal(
            isInside('any', seconds),
            seconds - begin < durationSeconds,
            `${expression} +${offset}`,
          );
        }
      },
    ),
    { seed: takeSeed(t), numRuns: 60 },
  );
});

void test('a window for some rules is none for others; several windows add up', () => {
  const at = (hour: number) => ({
    schedule: createBoundaries({ kind: 'cron', expression: `0 ${hour} * * *` }, 'UTC'),
    durationSeconds: 3600,
  });
  const isInside = createMaintenance([
    { ...at(1), rules: ['a'] },
    { ...at(5), rules: null },
  ]);
  const hours = (rule: string) => [0, 1, 2, 5, 6].filter((hour) => isInside(rule, T0 + hour * 3600 + 1800));
  assert.deepEqual([hours('a'), hours('b')], [[1, 5], [5]]);
  assert.equal(createMaintenance([])('a', T0), false);
});

void test('the hour of a window is that of its time zone, over the change to summer time too', () => {
  const schedule = createBoundaries({ kind: 'cron', expression: '0 4 * * *' }, 'Europe/Berlin');
  const isInside = createMaintenance([{ schedule, durationSeconds: 60, rules: null }]);
  assert.equal(isInside('a', Date.UTC(2026, 2, 28, 3, 0, 0) / 1000), true);
  assert.equal(isInside('a', Date.UTC(2026, 2, 29, 3, 0, 0) / 1000), false);
  assert.equal(isInside('a', Date.UTC(2026, 2, 29, 2, 0, 59) / 1000), true);
  assert.equal(isInside('a', Date.UTC(2026, 2, 29, 2, 1, 0) / 1000), false);
});

void test('second after second the schedule is asked once for each beginning', () => {
  let asked = 0;
  const hourly = createBoundaries({ kind: 'interval', seconds: 3600 }, 'UTC');
  const schedule = {
    last: (seconds: number) => {
      asked++;
      return hourly.last(seconds);
    },
    next: (seconds: number) => hourly.next(seconds),
  };
  const isInside = createMaintenance([{ schedule, durationSeconds: 600, rules: null }]);
  let inside = 0;
  for (let offset = 0; offset < 86_400; offset++) if (isInside('a', T0 + offset)) inside++;
  assert.deepEqual([inside, asked], [24 * 600, 24]);
});
