// Events that wait in the state database, also those that an earlier version has left there.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderAlertText } from '../../src/alerts/render.ts';
import { restoreEvent, saveEvent } from '../../src/outputs/saved-event.ts';
import { alertEvent, alertOf, reportEvent } from './events.ts';

const NOW_MS = 1_795_472_100_000;

void test('an event comes back with the time at which it came', () => {
  for (const event of [alertEvent(1_795_472_040), reportEvent(1_795_472_040)]) {
    const saved: unknown = JSON.parse(JSON.stringify(saveEvent(event, NOW_MS - 5000)));
    assert.deepEqual(restoreEvent(saved, NOW_MS), { event, addedMs: NOW_MS - 5000 });
  }
});

void test('an alert that version 0.1.0 has left untold is told', () => {
  const saved = {
    type: 'alert',
    alert: {
      id: 'traffic-1609362954',
      rule: 'traffic',
      state: 'resolved',
      value: 0.1,
      threshold: 10,
      windowSeconds: 120,
      timeSeconds: 1_609_362_969,
      reason: '12 requests in the 120 s before, threshold 10/s',
    },
  };
  const restored = restoreEvent(saved, NOW_MS);
  assert.ok(restored?.event.type === 'alert');
  const { alert } = restored.event;
  assert.equal(
    renderAlertText(alert),
    'Monitor out of alert 1 requests/sec at 2020-12-30 21:16:09.000000 +0000 UTC',
  );
  assert.deepEqual(
    [alert.sinceSeconds, alert.summary, restored.addedMs],
    [1_609_362_954, '12 requests in the 120 s before, threshold 10/s', NOW_MS],
  );
});

void test('an alert comes back with its lines, and one of a version that had none without', () => {
  const older = { lookedAt: 1, shareError: 0, reasons: [] };
  for (const explanation of [{ ...older, lines: ['GET / <b>'] }, older]) {
    const saved: unknown = JSON.parse(
      JSON.stringify(saveEvent({ type: 'alert', alert: alertOf({ explanation }) }, 1)),
    );
    const restored = restoreEvent(saved, NOW_MS);
    assert.ok(restored?.event.type === 'alert');
    assert.deepEqual(restored.event.alert.explanation, explanation);
  }
});

void test('what is no event is refused', () => {
  for (const saved of [null, 1, [], {}, { type: 'alert' }, { type: 'alert', alert: { id: 'a' } }])
    assert.equal(restoreEvent(saved, NOW_MS), null);
});
