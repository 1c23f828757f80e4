import assert from 'node:assert/strict';
import { test } from 'node:test';
import { averageByMinute } from '../../page/minutes.ts';
import { Model, spansOf } from '../../page/model.ts';
import { createState, recentOf, shadesOf, trailingShares } from '../../page/state.ts';
import { classRowsOf, findTops } from '../../page/tops.ts';
import { OVERVIEW } from '../../page/view.ts';
import type { Step } from '../../src/live/event.ts';
import { ALERT, eventOf, secondsOf, T } from './events.ts';

void test('an event that comes twice changes nothing; a later word on a second counts', () => {
  const model = new Model();
  const event = eventOf({ seconds: secondsOf([T - 2, T - 1]), alerts: [ALERT] });
  model.apply(event);
  model.apply(event);
  model.apply(eventOf({ seconds: secondsOf([T - 2], 9, 0) }));
  assert.deepEqual(
    model.rows().map(({ time, requests, values }) => [time, requests, values.get('traffic')]),
    [
      [T - 2, 9, 4],
      [T - 1, 4, 4],
    ],
  );
  assert.equal(model.alerts().length, 1);
});

void test('the whole window takes the place of all that was known', () => {
  const model = new Model();
  model.apply(
    eventOf({ seconds: secondsOf([T - 9]), alerts: [ALERT], steps: [{ timeSeconds: T - 10, cells: [] }] }),
  );
  model.apply(eventOf({ isWhole: true, seconds: secondsOf([T - 1]) }));
  assert.deepEqual([model.rows().length, model.alerts(), model.steps()], [1, [], []]);
});

void test('what is older than 15 minutes is forgotten, and so are the oldest of more than 50 alerts', () => {
  const model = new Model();
  const steps = [T - 910, T - 900].map((timeSeconds) => ({ timeSeconds, cells: [] }));
  const alerts = Array.from({ length: 60 }, (_, i) => ({ ...ALERT, id: `a${i}`, timeSeconds: T + i }));
  model.apply(eventOf({ seconds: secondsOf([T - 900, T - 899]), steps, alerts }));
  assert.deepEqual(
    [model.rows().map(({ time }) => time), model.steps().map(({ timeSeconds }) => timeSeconds)],
    [[T - 899], [T - 900]],
  );
  assert.deepEqual(
    [model.alerts().length, model.alerts()[0]?.id, model.alerts().at(-1)?.id],
    [50, 'a59', 'a10'],
  );
});

void test('clients stay until others are told', () => {
  const model = new Model();
  const clients = { lookedAt: 5, top: [] };
  model.apply(eventOf({ clients }));
  model.apply(eventOf());
  assert.deepEqual(model.clients, clients);
  model.apply(eventOf({ isWhole: true }));
  assert.equal(model.clients, null);
});

void test('an alert is a span from when it fired to when it was over; spans that overlap are one shade', () => {
  const over = { ...ALERT, state: 'resolved', timeSeconds: T - 30 } as const;
  const other = { ...ALERT, id: 'b', rule: 'b', sinceSeconds: T - 40, timeSeconds: T - 40 };
  const later = { ...ALERT, id: 'c', sinceSeconds: T - 5, timeSeconds: T - 5 };
  const spans = spansOf([later, over, other, ALERT]);
  assert.deepEqual(
    spans.map(({ id, startSeconds, endSeconds }) => [id, startSeconds, endSeconds]),
    [
      ['c', T - 5, null],
      ['b', T - 40, null],
      ['traffic-1', T - 60, T - 30],
    ],
  );
  assert.deepEqual(shadesOf({ spans, toldSeconds: T }), [{ from: T - 60, to: T }]);
  assert.deepEqual(shadesOf({ spans, toldSeconds: T }, 'traffic'), [
    { from: T - 60, to: T - 30 },
    { from: T - 5, to: T },
  ]);
});

const STEPS: readonly Step[] = [
  {
    timeSeconds: T - 400,
    cells: [
      ['/a', 200, 9],
      ['/b', 200, 1],
    ],
  },
  {
    timeSeconds: T - 20,
    cells: [
      ['/a', 200, 20],
      ['/a', 500, 20],
      ['/c', 200, 40],
    ],
  },
  { timeSeconds: T, cells: [['/late', 200, 99]] },
];

void test('tops are of five minutes, with the shares of the five before; a filter is for both', () => {
  assert.deepEqual(findTops(STEPS, T, OVERVIEW, 'path'), [
    { name: '/a', requests: 40, share: 0.5, previousShare: 0.9 },
    { name: '/c', requests: 40, share: 0.5, previousShare: 0 },
  ]);
  assert.deepEqual(findTops(STEPS, T, { ...OVERVIEW, path: '/a' }, 'status'), [
    { name: '200', requests: 20, share: 0.5, previousShare: 1 },
    { name: '500', requests: 20, share: 0.5, previousShare: 0 },
  ]);
  assert.deepEqual(findTops(STEPS, T, { ...OVERVIEW, status: 404 }, 'path'), []);
});

void test('a filter gives the steps that are over, as requests a second', () => {
  const watched = { steps: STEPS, rows: [], toldSeconds: T + 5 };
  assert.deepEqual(classRowsOf(watched, { ...OVERVIEW, path: '/a' }), [
    { time: T - 395, classes: [0, 0, 0.9, 0, 0, 0] },
    { time: T - 15, classes: [0, 0, 2, 0, 0, 2] },
  ]);
});

void test('a step that was watched and had no request is zero, one that was not watched is not there', () => {
  const rows = [T - 33, T - 25, T - 1, T + 1].map((time) => ({ time }));
  const none = [0, 0, 0, 0, 0, 0];
  assert.deepEqual(classRowsOf({ steps: STEPS, rows, toldSeconds: T + 5 }, { ...OVERVIEW, path: '/b' }), [
    { time: T - 395, classes: [0, 0, 0.1, 0, 0, 0] },
    { time: T - 35, classes: none },
    { time: T - 25, classes: none },
    { time: T - 15, classes: none },
    { time: T - 5, classes: none },
  ]);
});

void test('rates and shares of late are of the last rows, whatever these reach over', () => {
  const model = new Model();
  assert.equal(createState(model, OVERVIEW), null);
  model.apply(eventOf({ seconds: secondsOf([T - 3, T - 2, T - 1]) }));
  const state = createState(model, OVERVIEW);
  assert.ok(state !== null);
  assert.deepEqual(recentOf(state, 2), { seconds: 2, rate: 4, share4xx: 0, share5xx: 0.25 });
  assert.deepEqual(recentOf(state, 900), { seconds: 3, rate: 4, share4xx: 0, share5xx: 0.25 });
  assert.deepEqual(recentOf({ classRows: [], rowSeconds: 1 }, 10), {
    seconds: 0,
    rate: 0,
    share4xx: null,
    share5xx: null,
  });
  const rows = [1, 0, 0, 4].map((failed, time) => ({ time, classes: [0, 0, 1, 0, 0, failed] }));
  assert.deepEqual(trailingShares(rows, 5, 2), [50, 100 / 3, 0, (100 * 4) / 6]);
  assert.deepEqual(trailingShares([{ time: 0, classes: [0, 0, 0, 0, 0, 0] }], 5, 2), [null]);
});

void test('a table has the average of each minute, of what is known', () => {
  const times = [120, 150, 180];
  assert.deepEqual(
    averageByMinute({
      rowSeconds: 1,
      times,
      values: [
        [1, 3, 5],
        [null, 7, null],
      ],
    }),
    [
      { time: 120, values: [2, 7] },
      { time: 180, values: [5, null] },
    ],
  );
});
