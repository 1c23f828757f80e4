// What the learner counts for every threshold at once, against the alert engine run with each of them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { AlertEngine } from '../../src/alerts/engine.ts';
import type { Rule } from '../../src/alerts/rule.ts';
import { createTrafficRule } from '../../src/alerts/traffic-rule.ts';
import { createRule } from '../../src/config/rule-defaults.ts';
import type { Level } from '../../src/suggest/crossings.ts';
import { Learner } from '../../src/suggest/learner.ts';
import { secondOf } from '../aggregate/records.ts';
import { takeSeed } from '../seed.ts';

interface Arrival {
  /** When it is known. */
  readonly at: number;
  readonly delay: number;
  readonly good: number;
  readonly bad: number;
}

const END = 400;
const RULES: readonly Rule[] = [
  createTrafficRule(1, 7),
  createRule({
    name: 'errors',
    metric: 'error-rate',
    comparison: 'above',
    threshold: 1,
    windowsSeconds: [20],
    requestsMin: 5,
  }),
  createRule({ name: 'bytes', metric: 'bytes-rate', comparison: 'above', threshold: 1, windowsSeconds: [5] }),
  createRule({ name: 'silence', metric: 'silence', comparison: 'above', threshold: 1 }),
];
/** Some of those that are tried, in the units of the metrics. */
const TRIED: Readonly<Record<string, readonly number[]>> = {
  traffic: [0.1, 0.5, 1, 1.6, 2, 3],
  errors: [1, 10, 20, 26, 50, 75],
  bytes: [100, 200, 340, 500, 800],
  silence: [60, 90, 120],
};

/** What the engine tells of a rule with that level. */
function recount(rule: Rule, level: Level, arrivals: readonly Arrival[]): [alerts: number, seconds: number] {
  let alerts = 0;
  let secondsInAlert = 0;
  let firingSince: number | null = null;
  // There always is a rule about all requests, and its window reaches the late ones.
  const engine = new AlertEngine([createTrafficRule(1e9, 20), { ...rule, ...level }], {
    emit: ({ state, timeSeconds, sinceSeconds }) => {
      if (state === 'firing') alerts++;
      else secondsInAlert += timeSeconds - sinceSeconds;
      firingSince = state === 'firing' ? timeSeconds : null;
    },
  });
  feed(engine, arrivals);
  // The last evaluation is at the end; it counts as one second more.
  return [alerts, secondsInAlert + (firingSince === null ? 0 : END + 1 - firingSince)];
}

function feed(to: Pick<AlertEngine, 'add' | 'advanceTo'>, arrivals: readonly Arrival[]): void {
  to.advanceTo(0);
  for (const { at, delay, good, bad } of arrivals.toSorted((a, b) => a.at - b.at)) {
    to.advanceTo(at);
    const requests = [
      ...Array.from({ length: good }, () => ({ status: 200, sent: 300 })),
      ...Array.from({ length: bad }, () => ({ status: 503, sent: 100 })),
    ];
    to.add(secondOf(Math.max(0, at - delay), requests));
  }
  to.advanceTo(END);
}

const arrivalArbitrary = fc.record({
  at: fc.nat(300),
  delay: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(10)),
  good: fc.nat(9),
  bad: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.nat(5)),
});

void test('every threshold has the alerts, and the time in alert, that the engine has with it', (t) => {
  fc.assert(
    fc.property(fc.array(arrivalArbitrary, { maxLength: 80 }), (arrivals) => {
      const learner = new Learner(RULES, 'UTC');
      feed(learner, arrivals);
      for (const { rule, levels } of learner.learnt()) {
        for (const tried of TRIED[rule.name] ?? []) {
          const level = levels.find(({ threshold }) => threshold === tried);
          assert.ok(level !== undefined, `${rule.name} ${tried}`);
          assert.deepEqual(
            [level.alerts, level.secondsInAlert],
            recount(rule, { threshold: tried, recoverThreshold: level.recoverThreshold }, arrivals),
            `${rule.name} above ${tried}`,
          );
        }
      }
    }),
    { seed: takeSeed(t), numRuns: 60 },
  );
});

void test('an alert of traffic ends at its threshold, one of a share at four fifths of it', () => {
  const arrivals = [{ at: 10, delay: 0, good: 10, bad: 30 }];
  const learner = new Learner(RULES, 'UTC');
  feed(learner, arrivals);
  const [traffic, errors] = learner.learnt();
  const of = (learnt: typeof traffic, tried: number) =>
    learnt?.levels.find(({ threshold }) => threshold === tried);
  // 40 requests are 5.7 a second over 7 s, from the second after theirs on.
  assert.deepEqual(of(traffic, 5), { threshold: 5, recoverThreshold: 5, alerts: 1, secondsInAlert: 7 });
  assert.deepEqual(of(traffic, 6), { threshold: 6, recoverThreshold: 6, alerts: 0, secondsInAlert: 0 });
  assert.deepEqual(of(errors, 75), { threshold: 75, recoverThreshold: 60, alerts: 0, secondsInAlert: 0 });
  assert.deepEqual(of(errors, 70), { threshold: 70, recoverThreshold: 56, alerts: 1, secondsInAlert: 20 });
});

void test('values are of full windows from the first request on, a silence from there on too', () => {
  const [traffic, errors, , silence] = RULES.map((rule) => {
    const learner = new Learner([rule], 'UTC');
    feed(learner, [
      { at: 10, delay: 0, good: 0, bad: 40 },
      { at: 25, delay: 0, good: 120, bad: 0 },
    ]);
    return learner.learnt()[0];
  });
  // Over 7 s from 17 on: none, then 120 until 32. Over 20 s from 30 on: first all that there is, then without the errors.
  assert.deepEqual([traffic?.whole?.seconds, traffic?.whole?.max], [END - 16, 120 / 7]);
  assert.deepEqual([errors?.whole?.seconds, errors?.whole?.max, errors?.maxAtSeconds], [16, 25, 30]);
  assert.deepEqual([silence?.whole?.seconds, silence?.maxAtSeconds], [END - 10, END]);
});

void test('hours are those of the time zone, a second belonging to the hour in which it ends', () => {
  const learner = new Learner([createTrafficRule(1, 1)], 'Asia/Kolkata');
  // 2026-11-23 18:29:50 UTC is ten seconds before midnight there.
  const begin = Date.UTC(2026, 10, 23, 18, 29, 50) / 1000;
  learner.advanceTo(begin);
  for (let second = begin; second < begin + 20; second++) {
    learner.add(secondOf(second, second < begin + 10 ? [{}] : [{}, {}, {}]));
    learner.advanceTo(second + 1);
  }
  const [traffic] = learner.learnt();
  assert.deepEqual(
    traffic?.hours.flatMap((hour, index) => (hour === null ? [] : [[index, hour.seconds, hour.max]])),
    [
      [0, 10, 3],
      [23, 10, 1],
    ],
  );
  assert.equal(traffic?.maxAtSeconds, begin + 11);
});
