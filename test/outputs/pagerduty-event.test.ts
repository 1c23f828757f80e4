// An alert as an event of PagerDuty.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { renderPagerdutyEvent } from '../../src/outputs/pagerduty-event.ts';
import { alertOf } from './events.ts';

void test('an alert that fires is a trigger with all that is known', () => {
  assert.deepEqual(JSON.parse(renderPagerdutyEvent(alertOf({ severity: 'critical' }), 'R0UT1NG')), {
    routing_key: 'R0UT1NG',
    dedup_key: 'traffic-1795472040',
    event_action: 'trigger',
    client: 'fluffy',
    payload: {
      summary: 'traffic: 9504 requests in the 120 s before, threshold 10/s',
      source: 'fluffy',
      severity: 'critical',
      timestamp: '2026-11-23T22:14:00.000Z',
      component: 'traffic',
      class: 'request-rate',
      custom_details: {
        value: 79.2,
        unit: 'requests/s',
        peak: 79.2,
        comparison: 'above',
        threshold: 10,
        window_seconds: 120,
        message: null,
        reasons: [],
        text:
          'Monitor on alert 80 requests/sec at time 2026-11-23 22:14:00.000000 +0000 UTC\n' +
          '9504 requests in the 120 s before, threshold 10/s',
      },
    },
  });
});

void test('its end has the same key, and resolves', () => {
  const event = JSON.parse(renderPagerdutyEvent(alertOf({ state: 'resolved' }), 'R0UT1NG'));
  assert.deepEqual([event.event_action, event.dedup_key], ['resolve', 'traffic-1795472040']);
});

void test('a summary and a key that are longer than the API takes are shortened, the key without doubles', () => {
  const keyOf = (id: string): string => JSON.parse(renderPagerdutyEvent(alertOf({ id }), 'k')).dedup_key;
  assert.equal(keyOf('a'.repeat(255)), 'a'.repeat(255));
  assert.match(keyOf('a'.repeat(256)), /^[0-9a-f]{64}$/);
  assert.notEqual(keyOf('a'.repeat(256)), keyOf('a'.repeat(257)));
  const event = JSON.parse(renderPagerdutyEvent(alertOf({ summary: 'x'.repeat(2000) }), 'k'));
  assert.equal(event.payload.summary.length, 1024);
});
