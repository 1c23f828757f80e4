import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latestOf, renderAlert } from '../../src/outputs/alertmanager-alerts.ts';
import { NOW_SECONDS, alertWith, resolvedWith } from './alert.ts';

const surroundings = { hostName: 'web-1', nowMs: NOW_SECONDS * 1000, labels: {} };

void test('a firing alert lasts four minutes from now on', () => {
  const alert = renderAlert(alertWith(), surroundings);
  assert.deepEqual(alert.labels, {
    alertname: 'traffic',
    severity: 'critical',
    instance: 'web-1',
    source: 'fluffy',
  });
  assert.equal(alert.annotations['summary'], '83 requests/s over 2 minutes, threshold 10');
  assert.equal(alert.annotations['id'], 'traffic-1795471980');
  const description = alert.annotations['description']?.split('\n').slice(1);
  assert.deepEqual(description, [
    'Call Ada <ada@example.org> & see the runbook',
    '/login 71 % of requests, was 3 %',
    'one client, 203.0.113.9, sends 64 %',
  ]);
  assert.equal(alert.startsAt, '2026-11-23T22:13:00.000Z');
  assert.equal(alert.endsAt, '2026-11-23T22:18:00.000Z');
});

void test('a resolved alert ends at its event time, but not in the future and not before its start', () => {
  const endOf = (timeSeconds: number, sinceSeconds: number): string =>
    renderAlert(resolvedWith({ timeSeconds, sinceSeconds }), surroundings).endsAt;
  assert.equal(endOf(NOW_SECONDS - 30, NOW_SECONDS - 60), '2026-11-23T22:13:30.000Z');
  assert.equal(endOf(NOW_SECONDS + 5, NOW_SECONDS - 60), '2026-11-23T22:14:00.000Z');
  assert.equal(endOf(NOW_SECONDS + 5, NOW_SECONDS + 3), '2026-11-23T22:14:03.000Z');
});

void test('configured labels stand beside the own ones, and may replace instance and source but not the rule', () => {
  const labels = { team: 'shop', instance: 'shop', alertname: 'other', severity: 'none' };
  assert.deepEqual(renderAlert(alertWith(), { ...surroundings, labels }).labels, {
    alertname: 'traffic',
    severity: 'critical',
    instance: 'shop',
    source: 'fluffy',
    team: 'shop',
  });
});

void test('the last word on a rule counts', () => {
  const first = alertWith();
  const over = resolvedWith();
  const second = alertWith({ id: 'traffic-2', sinceSeconds: NOW_SECONDS });
  const other = alertWith({ id: 'errors-1', rule: 'errors' });
  assert.deepEqual(latestOf([first, over], []), [over]);
  assert.deepEqual(latestOf([first, over, second], []), [second]);
  assert.deepEqual(latestOf([first, over], [second, other]), [second, other]);
  // It fires no more, and who is asked what fires does not know it yet.
  assert.deepEqual(latestOf([over], [first]), [over]);
  assert.deepEqual(latestOf([], []), []);
});
