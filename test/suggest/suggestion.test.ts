// Which threshold is suggested for what was learnt, and what is said where none can be.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTrafficRule } from '../../src/alerts/traffic-rule.ts';
import type { LevelCount } from '../../src/suggest/crossings.ts';
import type { Learnt } from '../../src/suggest/learner.ts';
import { suggest } from '../../src/suggest/suggestion.ts';

const DAY = 86_400;
const FORTNIGHT = { fromSeconds: 0, toSeconds: 14 * DAY };

function learntOf(
  levels: readonly (readonly [threshold: number, alerts: number, secondsInAlert: number])[],
  whole: Learnt['whole'] = { seconds: 14 * DAY, median: 10, p99: 40, max: 88 },
): Learnt {
  return {
    rule: createTrafficRule(1, 120),
    whole,
    hours: [],
    maxAtSeconds: 1,
    untold: null,
    levels: levels.map(([threshold, alerts, secondsInAlert]) => ({
      threshold,
      recoverThreshold: threshold,
      alerts,
      secondsInAlert,
    })),
  };
}

function thresholdOf({ suggested }: { suggested: LevelCount | null }): number | null {
  return suggested?.threshold ?? null;
}

/** Always firing below 10; 19 alerts at 40, 2 from 60 on, none from 90 on. */
const LEVELS = [
  [1, 1, 14 * DAY],
  [5, 1, 13 * DAY],
  [10, 30, 7 * DAY],
  [40, 19, 3 * 3600],
  [60, 2, 1200],
  [65, 2, 900],
  [80, 2, 600],
  [85, 1, 300],
  [90, 0, 0],
  [100, 0, 0],
  [110, 0, 0],
] as const;

void test('the lowest that alerts seldom enough, a fifth further where that costs no alert', () => {
  assert.equal(thresholdOf(suggest(learntOf(LEVELS), FORTNIGHT, 1)), 65);
  assert.equal(thresholdOf(suggest(learntOf(LEVELS), FORTNIGHT, 10)), 40);
  assert.equal(thresholdOf(suggest(learntOf(LEVELS), FORTNIGHT, 0.5)), 85);
});

void test('where nothing may alert, a fifth above all there was', () => {
  assert.equal(thresholdOf(suggest(learntOf(LEVELS), FORTNIGHT, 0)), 110);
});

void test('the one alert that lasts all the time is none that is seldom enough', () => {
  const steady = [
    [1, 1, 14 * DAY],
    [5, 1, 14 * DAY],
    [11, 0, 0],
    [13, 0, 0],
  ] as const;
  const whole = { seconds: 14 * DAY, median: 10, p99: 10, max: 10 };
  const found = suggest(learntOf(steady, whole), FORTNIGHT, 1);
  assert.deepEqual([thresholdOf(found), found.remark], [13, 'flat']);
});

void test('what was always 0, never known, or never seldom has no suggestion, and says which', () => {
  const zero = suggest(learntOf([[1, 0, 0]], { seconds: 9, median: 0, p99: 0, max: 0 }), FORTNIGHT, 1);
  assert.deepEqual([zero.suggested, zero.remark], [null, 'zero']);
  const absent = suggest(learntOf([[1, 0, 0]], null), FORTNIGHT, 1);
  assert.deepEqual([absent.suggested, absent.remark], [null, 'absent']);
  const usual = suggest(learntOf([[95, 50, 3600]]), FORTNIGHT, 1);
  assert.deepEqual([usual.suggested, usual.remark], [null, 'unusual-is-usual']);
});

void test('without a verdict it is told whether history was long enough for one', () => {
  const remarkOf = (toSeconds: number): unknown =>
    suggest(learntOf(LEVELS, null), { fromSeconds: 0, toSeconds }, 1).remark;
  assert.deepEqual([remarkOf(119), remarkOf(120)], ['never-full', 'absent']);
});

void test('the table goes from one that alerts often to the lowest that never does', () => {
  const { table } = suggest(learntOf(LEVELS), FORTNIGHT, 1);
  assert.deepEqual(
    table.map(({ threshold, alerts }) => [threshold, alerts]),
    [
      [40, 19],
      [60, 2],
      [65, 2],
      [80, 2],
      [85, 1],
      [90, 0],
    ],
  );
});
