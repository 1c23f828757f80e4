// The seed rule second by second: edges of threshold and window, gaps, late records.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AlertEngine } from '../../src/alerts/engine.ts';
import { renderAlertText } from '../../src/alerts/render.ts';
import type { AlertEvent } from '../../src/alerts/rule.ts';
import { createTrafficRule } from '../../src/alerts/traffic-rule.ts';
import { burst } from '../aggregate/records.ts';

const T0 = 1_700_000_000;

function start(windowSeconds: number, threshold: number) {
  const events: AlertEvent[] = [];
  const engine = new AlertEngine([createTrafficRule(threshold, windowSeconds)], {
    emit: (event) => events.push(event),
  });
  engine.advanceTo(T0);
  /** State and seconds after T0, the value with them. */
  const told = () => events.map(({ state, timeSeconds, value }) => `${state} +${timeSeconds - T0} ${value}`);
  const add = (offset: number, count: number): void => {
    engine.advanceTo(T0 + offset);
    engine.add(burst(T0 + offset, count));
  };
  return { engine, events, told, add };
}

void test('exactly the threshold does not fire, one request more does, in the second after', () => {
  const quiet = start(10, 2);
  quiet.add(0, 20);
  quiet.engine.advanceTo(T0 + 100);
  assert.deepEqual(quiet.told(), []);
  const busy = start(10, 2);
  busy.add(0, 21);
  assert.deepEqual(busy.told(), []);
  busy.engine.advanceTo(T0 + 1);
  assert.deepEqual(busy.told(), ['firing +1 2.1']);
});

void test('a burst counts for exactly the window, then the alert recovers without a line', () => {
  const { engine, events, told, add } = start(10, 2);
  add(0, 21);
  engine.advanceTo(T0 + 10);
  assert.deepEqual(told(), ['firing +1 2.1']);
  engine.advanceTo(T0 + 11);
  assert.deepEqual(told(), ['firing +1 2.1', 'resolved +11 0']);
  assert.deepEqual(events.map(renderAlertText), [
    'Monitor on alert 3 requests/sec at time 2023-11-14 22:13:21.000000 +0000 UTC',
    'Monitor out of alert 0 requests/sec at 2023-11-14 22:13:31.000000 +0000 UTC',
  ]);
});

void test('it stays on alert while the rate is at the threshold, and recovers below', () => {
  const { engine, told, add } = start(10, 2);
  add(0, 1);
  add(1, 20);
  engine.advanceTo(T0 + 11);
  assert.deepEqual(told(), ['firing +2 2.1']);
  engine.advanceTo(T0 + 12);
  assert.deepEqual(told(), ['firing +2 2.1', 'resolved +12 0']);
});

void test('a steady stream above the threshold is one alert', () => {
  const { told, add } = start(5, 3);
  for (let i = 0; i < 100; i++) add(i, 4);
  assert.deepEqual(told(), ['firing +4 3.2']);
});

void test('every alert has an id of its own, the same for its end, and says what it was computed from', () => {
  const { engine, events, add } = start(2, 1);
  add(0, 3);
  add(10, 5);
  engine.advanceTo(T0 + 100);
  assert.deepEqual(
    events.map(({ id }) => id),
    ['traffic-1700000001', 'traffic-1700000001', 'traffic-1700000011', 'traffic-1700000011'],
  );
  assert.deepEqual(events[2], {
    id: 'traffic-1700000011',
    rule: 'traffic',
    metric: 'request-rate',
    unit: 'requests/s',
    severity: 'warning',
    state: 'firing',
    isReminder: false,
    value: 2.5,
    comparison: 'above',
    threshold: 1,
    windowSeconds: 2,
    timeSeconds: T0 + 11,
    sinceSeconds: T0 + 11,
    peak: 2.5,
    summary: '2.5 requests/s over 2s (5 requests), above 1 requests/s',
    explanation: null,
    message: null,
    notify: null,
  });
});

void test('a rate just above the threshold is told with the digits that are above it', () => {
  const { engine, events, add } = start(60, 10);
  add(0, 602);
  engine.advanceTo(T0 + 1);
  assert.deepEqual(
    events.map(({ summary }) => summary),
    ['10.03 requests/s over 1m (602 requests), above 10 requests/s'],
  );
});

void test('a gap of days recovers the alert at its time, in no time', () => {
  const { engine, told, add } = start(120, 10);
  add(0, 1201);
  add(86_400 * 30, 1201);
  engine.advanceTo(T0 + 86_400 * 90);
  assert.deepEqual(told(), [
    'firing +1 10.008333333333333',
    'resolved +121 0',
    'firing +2592001 10.008333333333333',
    'resolved +2592121 0',
  ]);
  assert.equal(engine.states()[0]?.value, 0);
});

void test('late records that the window still reaches can tip it, at the next tick; older and future ones can not', () => {
  const { engine, told, add } = start(10, 2);
  add(5, 20);
  engine.advanceTo(T0 + 8);
  engine.add(burst(T0 - 3, 50));
  engine.add(burst(T0 + 9, 50));
  engine.advanceTo(T0 + 9);
  assert.deepEqual(told(), []);
  engine.add(burst(T0 + 6, 1));
  assert.deepEqual(told(), []);
  engine.advanceTo(T0 + 10);
  assert.deepEqual(told(), ['firing +10 2.1']);
  engine.advanceTo(T0 + 30);
  assert.deepEqual(told(), ['firing +10 2.1', 'resolved +16 0.1']);
});

void test('the oldest second that the next window reaches takes late records, the one before does not matter', () => {
  const { engine, told } = start(10, 2);
  engine.advanceTo(T0 + 20);
  engine.add(burst(T0 + 10, 1000));
  engine.advanceTo(T0 + 21);
  assert.deepEqual(told(), []);
  engine.add(burst(T0 + 12, 21));
  engine.advanceTo(T0 + 22);
  assert.deepEqual(told(), ['firing +22 2.1']);
  engine.advanceTo(T0 + 23);
  assert.deepEqual(told(), ['firing +22 2.1', 'resolved +23 0']);
});

void test('a fractional threshold is compared exactly', () => {
  const { engine, told, add } = start(10, 0.3);
  add(0, 3);
  engine.advanceTo(T0 + 9);
  assert.deepEqual(told(), []);
  add(9, 1);
  engine.advanceTo(T0 + 10);
  assert.deepEqual(told(), ['firing +10 0.4']);
});

void test('a window of a day fires and recovers as one of seconds does', () => {
  const { engine, told, add } = start(86_400, 1);
  for (let i = 0; i < 86_400; i += 3600) add(i, 3600);
  add(86_399, 1);
  engine.advanceTo(T0 + 86_400);
  assert.deepEqual(told(), [`firing +86400 ${86_401 / 86_400}`]);
  engine.advanceTo(T0 + 86_401);
  assert.deepEqual(told()[1], `resolved +86401 ${82_801 / 86_400}`);
});

void test('a window of one second judges every second by itself', () => {
  const { engine, told, add } = start(1, 2);
  add(0, 3);
  add(1, 2);
  add(2, 1);
  engine.advanceTo(T0 + 5);
  assert.deepEqual(told(), ['firing +1 3', 'resolved +3 1']);
});

void test('state says how the rule stands and since when', () => {
  const { engine, add } = start(10, 2);
  const rule = createTrafficRule(2, 10);
  assert.deepEqual(engine.states(), [{ rule, standing: 'ok', value: 0, sinceSeconds: null, ending: null }]);
  add(0, 30);
  engine.advanceTo(T0 + 1);
  assert.deepEqual(engine.states(), [
    { rule, standing: 'firing', value: 3, sinceSeconds: T0 + 1, ending: null },
  ]);
  engine.advanceTo(T0 + 11);
  assert.deepEqual(engine.states(), [
    { rule, standing: 'ok', value: 0, sinceSeconds: T0 + 11, ending: 'recovered' },
  ]);
});

void test('seconds at the beginning of the epoch are seconds like others', () => {
  const events: AlertEvent[] = [];
  const engine = new AlertEngine([createTrafficRule(1, 5)], { emit: (event) => events.push(event) });
  engine.advanceTo(-2);
  engine.advanceTo(0);
  engine.add(burst(0, 6));
  engine.advanceTo(10);
  assert.deepEqual(
    events.map(({ state, timeSeconds }) => [state, timeSeconds]),
    [
      ['firing', 1],
      ['resolved', 6],
    ],
  );
});
