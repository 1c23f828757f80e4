// What the page knows of alerts right after a restart.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinAlerts } from '../../src/live/past-alerts.ts';
import type { LiveAlert } from '../../src/live/event.ts';
import type { AlertRow } from '../../src/store/store.ts';

function pastAt(timeSeconds: number, changes: Partial<AlertRow> = {}): AlertRow {
  return {
    timeSeconds,
    id: `a-${timeSeconds}`,
    rule: 'traffic',
    metric: 'request-rate',
    severity: 'warning',
    state: 'firing',
    value: 12,
    unit: 'requests/s',
    threshold: 10,
    sinceSeconds: timeSeconds,
    peak: 12,
    summary: 'too many',
    ...changes,
  };
}

const STILL: LiveAlert = {
  id: 'a-20',
  rule: 'traffic',
  state: 'firing',
  isReminder: true,
  timeSeconds: 50,
  sinceSeconds: 20,
  summary: 'still too many',
  message: 'Look at the login.',
  explanation: { lookedAt: 1, shareError: 0, reasons: [] },
};

void test('an alert of the past is told as it was, without lines of the log', () => {
  const over = pastAt(30, { id: 'a-10', state: 'resolved', sinceSeconds: 10, lines: ['GET /'] });
  assert.deepEqual(joinAlerts([over], [], 50), [
    {
      id: 'a-10',
      rule: 'traffic',
      state: 'resolved',
      isReminder: false,
      timeSeconds: 30,
      sinceSeconds: 10,
      summary: 'too many',
      message: null,
      explanation: null,
    },
  ]);
});

void test('what an alert of the past had for reasons is told, long names shortened', () => {
  const reason = { dimension: 'path', name: `/${'a'.repeat(300)}`, share: 0.5, previousShare: null } as const;
  const explanation = { lookedAt: 9, shareError: 0.1, reasons: [reason] };
  const [told] = joinAlerts([pastAt(10, { explanation })], [], 50);
  const shortened = { ...reason, name: `/${'a'.repeat(255)}…` };
  assert.deepEqual(told?.explanation, { ...explanation, reasons: [shortened] });
});

void test('an alert that fires still is there once, with its reasons, at its place in time', () => {
  const joined = joinAlerts([pastAt(10), pastAt(20), pastAt(60)], [STILL], 50);
  assert.deepEqual(
    joined.map(({ id, timeSeconds }) => [id, timeSeconds]),
    [
      ['a-10', 10],
      ['a-20', 50],
      ['a-60', 60],
    ],
  );
  assert.deepEqual(joined[1], STILL);
});

void test('the newest are kept, and what fires in any case', () => {
  const past = [60, 70, 80, 90].map((time) => pastAt(time));
  const timesOf = (max: number): number[] =>
    joinAlerts(past, [STILL], max).map(({ timeSeconds }) => timeSeconds);
  assert.deepEqual(timesOf(3), [50, 80, 90]);
  assert.deepEqual(timesOf(1), [50]);
  assert.deepEqual(timesOf(0), [50]);
});
