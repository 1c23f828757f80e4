// What a person is told of an alert, line by line.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { alertDetails, describeReasons } from '../../src/outputs/alert-text.ts';
import { alertOf } from './events.ts';

void test('the line of the alert, its summary, its message, its reasons; empty lines are left out', () => {
  const alert = alertOf({
    message: 'Call\n\nAda.',
    explanation: {
      lookedAt: 10,
      shareError: 0,
      reasons: [{ dimension: 'status', name: '503', share: 0.5, previousShare: 0 }],
    },
  });
  assert.deepEqual(alertDetails(alert), [
    'Monitor on alert 80 requests/sec at time 2026-11-23 22:14:00.000000 +0000 UTC',
    '9504 requests in the 120 s before, threshold 10/s',
    'Call',
    'Ada.',
    'status 503 50 %, was 0 %',
  ]);
});

void test('each reason says what it is, and shares of a sample how far they may be off', () => {
  const lines = describeReasons({
    lookedAt: 4000,
    shareError: 0.0155,
    reasons: [
      { dimension: 'path', name: '/login', share: 0.714, previousShare: 0.0306 },
      { dimension: 'client', name: '203.0.113.9', share: 0.64, previousShare: null },
      { dimension: 'method', name: 'POST', share: 0.996, previousShare: 0.0995 },
      { dimension: 'agent', name: 'curl/8\u0007', share: 0.004, previousShare: null },
    ],
  });
  assert.deepEqual(lines, [
    '/login 71 % of requests, was 3.1 %',
    'one client, 203.0.113.9, sends 64 %',
    'method POST 100 %, was 10 %',
    'user agent "curl/8?" 0.4 %',
    '(of 4000 requests that were looked at; shares ± 1.6 %)',
  ]);
  assert.deepEqual(describeReasons(null), []);
  assert.deepEqual(describeReasons({ lookedAt: 3, shareError: 0.5, reasons: [] }), []);
});
