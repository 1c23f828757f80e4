// The page's ranges: what is asked of history, and what is made of the answer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findFigures } from '../../page/figures.ts';
import { averageByMinute } from '../../page/minutes.ts';
import { Model } from '../../page/model.ts';
import { questionOf } from '../../page/question.ts';
import { countedSeconds, listAlerts, rowsOfSpan } from '../../page/span.ts';
import type { RangeState } from '../../page/span.ts';
import { createState, findGap, reachOf, shadesOf } from '../../page/state.ts';
import type { State } from '../../page/state.ts';
import { hashOf, OVERVIEW, overviewOf, readView } from '../../page/view.ts';
import type { View } from '../../page/view.ts';
import { formatLarge, formatWhen } from '../../page/wording.ts';
import type { SeriesAlert, SeriesFound } from '../../src/http/series-answer.ts';
import { ALERT, eventOf, secondsOf, T } from './events.ts';

/** An hour in three steps, of which the first was counted from its half on and the last has just begun. */
const FOUND: SeriesFound = {
  available: true,
  fromSeconds: T - 2400,
  toSeconds: T + 1200,
  everySeconds: 1200,
  resolution: '1m',
  firstSeconds: T - 1800,
  completeFromSeconds: null,
  steps: {
    times: [T - 2400, T - 1200, T],
    seconds: [600, 1200, 30],
    requests: [600, 2400, 5],
    classes: [
      [0, 0, 0],
      [0, 0, 0],
      [300, 2400, 5],
      [0, 0, 0],
      [0, 0, 0],
      [300, 0, 0],
    ],
    errors: [300, 0, 0],
    bytes: [6000, 0, 0],
    p50: [10, null, null],
    p95: [20, null, null],
    p99: [30, null, null],
  },
  whole: {
    requests: 3005,
    classes: [0, 0, 2705, 0, 0, 300],
    errors: 300,
    bytes: 6000,
    p50: 10,
    p95: 20,
    p99: 30,
  },
  paths: [{ name: '/a', requests: 3005, share: 1, previousShare: 0.5 }],
  statuses: [],
  clients: null,
  alerts: [],
  hasMoreAlerts: false,
};
const READY: RangeState = { found: FOUND, isOld: false, problem: null };
const WAITING: RangeState = { found: null, isOld: false, problem: null };

function stateOf(range: RangeState | null, view: View = { ...OVERVIEW, range: '1h' }): State {
  const model = new Model();
  model.apply(eventOf({ seconds: secondsOf([T - 1]), alerts: [ALERT] }));
  const state = createState(model, view, range);
  assert.ok(state !== null);
  return state;
}

void test('a range and a span are in the URL, beside the filter and the rule', () => {
  for (const view of [
    { ...OVERVIEW, range: '24h' },
    { ...OVERVIEW, path: '/a', status: 404, from: T, to: T + 60 },
    { ...OVERVIEW, rule: 'traffic', range: '14d' },
  ] as const)
    assert.deepEqual(readView(hashOf(view)), view);
  assert.equal(hashOf({ ...OVERVIEW, path: '/a', range: '1h' }), '#path=%2Fa&range=1h');
  assert.equal(hashOf({ ...OVERVIEW, from: 60, to: 120 }), '#from=60&to=120');
  assert.deepEqual(readView('#from=2026-11-23T22:14Z&to=2026-11-23T22:15Z'), {
    ...OVERVIEW,
    from: 1_795_472_040,
    to: 1_795_472_100,
  });
  assert.deepEqual(overviewOf({ ...OVERVIEW, path: '/a', rule: 'x', range: '1h' }), {
    ...OVERVIEW,
    range: '1h',
  });
});

void test('what is no range, and no span, is live', () => {
  for (const hash of [
    '#range=1y',
    '#range=toString',
    '#from=120',
    '#to=120',
    '#from=120&to=60',
    '#from=120&to=120',
    '#from=-5&to=60',
    '#from=soon&to=later',
  ])
    assert.deepEqual(readView(hash), OVERVIEW, hash);
});

/** What is asked `secondsAfter` T, against it. */
function asked(view: Partial<View>, secondsAfter: number): string | null {
  const url = questionOf({ ...OVERVIEW, ...view }, T + secondsAfter)?.url ?? null;
  return url?.replaceAll(/\d{10}/g, (seconds) => `(${Number(seconds) - T})`) ?? null;
}

void test('an hour is asked for anew every ten seconds, what is longer every minute, once it is in the database', () => {
  assert.equal(asked({}, 0), null);
  assert.equal(asked({ range: '1h' }, 1), '/api/series?from=(-3610)&to=(-10)');
  assert.equal(asked({ range: '1h' }, 2), '/api/series?from=(-3600)&to=(0)');
  assert.equal(asked({ range: '1h' }, 11), '/api/series?from=(-3600)&to=(0)');
  assert.equal(asked({ range: '1h' }, 12), '/api/series?from=(-3590)&to=(10)');
  // T is 20 s after a minute.
  assert.equal(asked({ range: '24h' }, 41), '/api/series?from=(-86420)&to=(-20)');
  assert.equal(asked({ range: '24h' }, 42), '/api/series?from=(-86360)&to=(40)');
  assert.equal(
    asked({ range: '14d', path: '/a b', status: 404 }, 42),
    '/api/series?from=(-1209560)&to=(40)&path=%2Fa+b&status=404',
  );
});

void test('a chosen span is asked for until it is over, and then no more', () => {
  const span = { from: T, to: T + 600 };
  assert.equal(asked(span, 312), '/api/series?from=(0)&to=(310)');
  assert.equal(asked(span, 602), '/api/series?from=(0)&to=(600)');
  assert.equal(asked(span, 9999), '/api/series?from=(0)&to=(600)');
  assert.equal(asked(span, -100), '/api/series?from=(0)&to=(1)');
});

void test('the subject of a question is the same while only time goes on', () => {
  const subject = (view: Partial<View>, after: number): string | undefined =>
    questionOf({ ...OVERVIEW, ...view }, T + after)?.subject;
  assert.equal(subject({ range: '1h' }, 0), subject({ range: '1h' }, 500));
  assert.notEqual(subject({ range: '1h' }, 0), subject({ range: '24h' }, 0));
  assert.notEqual(subject({ range: '1h' }, 0), subject({ range: '1h', path: '/a' }, 0));
  assert.notEqual(subject({ range: '1h' }, 0), subject({ range: '1h', status: 200 }, 0));
});

void test('steps become requests a second, by what was counted of them; half a minute gives none', () => {
  assert.deepEqual(rowsOfSpan(FOUND), {
    classRows: [
      { time: T - 1800, classes: [0, 0, 0.5, 0, 0, 0.5] },
      { time: T - 600, classes: [0, 0, 2, 0, 0, 0] },
    ],
    latencies: [
      { time: T - 1800, p50: 10, p95: 20, p99: 30 },
      { time: T - 600, p50: null, p95: null, p99: null },
    ],
    rowSeconds: 1200,
  });
  assert.equal(countedSeconds(FOUND), 1830);
  const short = { ...FOUND, everySeconds: 10, steps: { ...FOUND.steps, seconds: [10, 9, 10] } };
  assert.deepEqual(
    rowsOfSpan(short).classRows.map(({ time }) => time),
    [T - 2395, T + 5],
  );
});

void test('charts are of the span, rules and the view of a rule stay live', () => {
  const state = stateOf(READY);
  assert.deepEqual(reachOf(state), { from: T - 2400, to: T + 1200, rowSeconds: 1200 });
  assert.deepEqual(
    [state.classRows.length, state.rows.length, state.alerts.length, state.listed.length, findGap(state)],
    [2, 1, 1, 0, null],
  );
  const rule = stateOf(READY, { ...OVERVIEW, rule: 'traffic', range: '1h' });
  assert.deepEqual(
    [rule.range, reachOf(rule), rule.classRows.length],
    [null, { from: T - 900, to: T, rowSeconds: 1 }, 1],
  );
});

void test('why there is nothing to draw is said', () => {
  assert.equal(findGap(stateOf(null, OVERVIEW)), null);
  assert.equal(findGap(stateOf(WAITING)), 'Loading…');
  assert.equal(findGap(stateOf({ ...WAITING, problem: 'too many ask' })), 'No history: too many ask.');
  const steps = { ...FOUND.steps, times: [], seconds: [] };
  const empty = { ...READY, found: { ...FOUND, steps } };
  assert.equal(findGap(stateOf(empty)), 'Nothing was counted in this time.');
  assert.deepEqual(
    findFigures(stateOf(empty)).map(({ value }) => value),
    ['–', '–', '–', '–', '–'],
  );
});

void test('the figures of a span are of all of it', () => {
  assert.deepEqual(findFigures(stateOf(READY)), [
    { label: 'Requests', value: '3,005', note: '1.64/s on average' },
    { label: 'Server errors', value: '10 %', note: '5xx, of the whole time' },
    { label: 'Client errors', value: '0 %', note: '4xx, of the whole time' },
    { label: 'Latency p95', value: '20 ms', note: 'p50 10 ms, p99 30 ms' },
    { label: 'Sent', value: '6 kB', note: '3.28 B/s on average' },
  ]);
  const noLatency = { ...FOUND, whole: { ...FOUND.whole, p50: null, p95: null, p99: null } };
  assert.equal(findFigures(stateOf({ ...READY, found: noLatency }))[3]?.note, 'not in the log');
  assert.equal(formatLarge(9_999_999), '9,999,999');
  assert.equal(formatLarge(282_686_400), '283M');
});

void test('alerts of history have the reasons that the monitor still knows, and shade their time', () => {
  const { id, rule, metric, severity, value, unit, threshold, timeSeconds, sinceSeconds, peak, summary } =
    ALERT;
  const kept = {
    id,
    rule,
    metric,
    severity,
    value,
    unit,
    threshold,
    timeSeconds,
    sinceSeconds,
    peak,
    summary,
  };
  const fired: SeriesAlert = { ...kept, state: 'firing' };
  const older = { ...fired, id: 'old', timeSeconds: T - 900, sinceSeconds: T - 900 };
  const over = { ...older, timeSeconds: T - 800, state: 'resolved' } as const;
  const listed = listAlerts([fired, over, older], [ALERT]);
  assert.equal(listed[0], ALERT);
  assert.deepEqual(listed[2], {
    id: 'old',
    rule: 'traffic',
    state: 'firing',
    timeSeconds: T - 900,
    sinceSeconds: T - 900,
    summary: ALERT.summary,
    isReminder: false,
    message: null,
    explanation: null,
  });
  const state = stateOf({ ...READY, found: { ...FOUND, alerts: [fired, over, older] } });
  assert.deepEqual(shadesOf(state), [
    { from: T - 900, to: T - 800 },
    { from: T - 60, to: T },
  ]);
});

void test('the table of a span has a row for each step; times of another day have their day', () => {
  // Whole steps since the epoch: T is 800 s after one.
  assert.deepEqual(
    averageByMinute({ rowSeconds: 1200, times: [T - 200, T + 1000], values: [[1, 2]] }).map(
      ({ time, values }) => [time - T, values],
    ),
    [
      [-800, [1]],
      [400, [2]],
    ],
  );
  assert.match(formatWhen(T, T + 60), /^\d\d:\d\d:\d\d$/);
  assert.match(formatWhen(T, T + 3 * 86_400), /^2[34] Nov \d\d:\d\d$/);
});
