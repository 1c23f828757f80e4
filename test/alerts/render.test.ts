// An alert as the line of text that people know, and as JSON.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderAlertJson, renderAlertText, renderReason } from '../../src/alerts/render.ts';
import { alertOf } from '../outputs/events.ts';

const FIRING = alertOf({
  id: 'traffic-1609362954',
  timeSeconds: 1_609_362_954,
  sinceSeconds: 1_609_362_954,
  summary: '79.2 requests/s over 2m (9,504 requests), above 10 requests/s',
});

void test('an alert and its end are the two lines that people know, with the rate rounded up', () => {
  assert.equal(
    renderAlertText(FIRING),
    'Monitor on alert 80 requests/sec at time 2020-12-30 21:15:54.000000 +0000 UTC',
  );
  assert.equal(
    renderAlertText({ ...FIRING, state: 'resolved', value: 0.1, timeSeconds: 1_609_362_969 }),
    'Monitor out of alert 1 requests/sec at 2020-12-30 21:16:09.000000 +0000 UTC',
  );
});

void test('a whole rate stays what it is, and no request at all is 0', () => {
  assert.match(renderAlertText({ ...FIRING, value: 80 }), /^Monitor on alert 80 requests/);
  assert.match(
    renderAlertText({ ...FIRING, state: 'resolved', value: 0 }),
    /^Monitor out of alert 0 requests/,
  );
});

void test('as JSON an alert is one line with every field, the times in ISO form and the text', () => {
  assert.equal(
    renderAlertJson(FIRING),
    '{"type":"alert","id":"traffic-1609362954","rule":"traffic","metric":"request-rate","unit":"requests/s",' +
      '"severity":"warning","state":"firing","isReminder":false,"value":79.2,"comparison":"above","threshold":10,' +
      '"windowSeconds":120,"peak":79.2,"explanation":null,"message":null,"notify":null,' +
      '"reason":"79.2 requests/s over 2m (9,504 requests), above 10 requests/s",' +
      '"time":"2020-12-30T21:15:54.000Z","since":"2020-12-30T21:15:54.000Z",' +
      '"text":"Monitor on alert 80 requests/sec at time 2020-12-30 21:15:54.000000 +0000 UTC"}',
  );
});

void test('lines of the log are told as JSON, and not in the text', () => {
  const explanation = { lookedAt: 1, shareError: 0, reasons: [], lines: ['GET /a', 'GET /b'] };
  const json = renderAlertJson({ ...FIRING, explanation });
  assert.ok(
    json.includes('"explanation":{"lookedAt":1,"shareError":0,"reasons":[],"lines":["GET /a","GET /b"]}'),
  );
  const { lines: _, ...without } = explanation;
  const text = renderAlertText({ ...FIRING, explanation });
  assert.equal(text, renderAlertText({ ...FIRING, explanation: without }));
});

void test('reasons stand in a line below: what is new, and who sends most of it', () => {
  const explanation = {
    lookedAt: 100,
    shareError: 0,
    reasons: [
      { dimension: 'path', name: '/login', share: 0.71, previousShare: 0.03 },
      { dimension: 'client', name: '203.0.113.9', share: 0.64, previousShare: null },
      { dimension: 'method', name: 'GET', share: 0.98, previousShare: 0.97 },
      { dimension: 'status', name: '401', share: 0.7, previousShare: 0.004 },
    ],
  } as const;
  assert.equal(
    renderAlertText({ ...FIRING, explanation }),
    'Monitor on alert 80 requests/sec at time 2020-12-30 21:15:54.000000 +0000 UTC\n' +
      '  why: 79.2 requests/s over 2m (9,504 requests), above 10 requests/s; /login 71 % of requests, was 3 %; ' +
      'one client, 203.0.113.9, sends 64 %; status 401 70 %, was 0.4 %',
  );
});

void test('shares of some requests only are told as such', () => {
  const explanation = {
    lookedAt: 100,
    shareError: 0,
    of: 'requests with status 5xx',
    reasons: [
      { dimension: 'client', name: '203.0.113.9', share: 1, previousShare: 0.5 },
      { dimension: 'path', name: '/login', share: 0.71, previousShare: null },
    ],
  } as const;
  assert.equal(
    renderAlertText({ ...FIRING, explanation }).split('\n')[1],
    '  why: 79.2 requests/s over 2m (9,504 requests), above 10 requests/s; ' +
      'one client, 203.0.113.9, sends 100 % of requests with status 5xx, was 50 %; /login 71 % of them',
  );
});

void test('errors that are much of all are a reason, also when it has long been so; a success is none', () => {
  const explanation = {
    lookedAt: 100,
    shareError: 0,
    reasons: [
      { dimension: 'status', name: '500', share: 0.6, previousShare: null },
      { dimension: 'status', name: '502', share: 0.25, previousShare: 0.25 },
      { dimension: 'status', name: '404', share: 0.1, previousShare: null },
      { dimension: 'status', name: '200', share: 0.9, previousShare: null },
    ],
  } as const;
  assert.equal(
    renderAlertText({ ...FIRING, explanation }).split('\n')[1],
    '  why: 79.2 requests/s over 2m (9,504 requests), above 10 requests/s; status 500 60 %; status 502 25 %',
  );
});

void test('other rules are told by their names, each value in its unit', () => {
  const errors = {
    ...FIRING,
    rule: 'server-errors',
    metric: 'error-rate',
    unit: '%',
    value: 7.3219,
  } as const;
  assert.equal(
    renderAlertText(errors),
    'Monitor on alert server-errors: 7.32 % at time 2020-12-30 21:15:54.000000 +0000 UTC',
  );
  assert.equal(
    renderAlertText({ ...errors, state: 'resolved', value: null }),
    'Monitor out of alert server-errors: no verdict at 2020-12-30 21:15:54.000000 +0000 UTC',
  );
  assert.equal(
    renderAlertText({ ...errors, metric: 'silence', unit: 's', value: 330, isReminder: true }),
    'Monitor still on alert server-errors: 5m 30s at time 2020-12-30 21:15:54.000000 +0000 UTC',
  );
  assert.equal(
    renderAlertText({ ...errors, metric: 'latency-p95', unit: '×', value: 2.5 }),
    'Monitor on alert server-errors: 2.5 × at time 2020-12-30 21:15:54.000000 +0000 UTC',
  );
});

void test('what a share was is told when it has changed by more than a point or so', () => {
  const client = { dimension: 'client', name: '192.0.2.7', share: 1 } as const;
  const told = [null, 1, 0.99, 0.98, 0.1].map((previousShare) => renderReason({ ...client, previousShare }));
  assert.deepEqual(told, [
    'one client, 192.0.2.7, sends 100 %',
    'one client, 192.0.2.7, sends 100 %',
    'one client, 192.0.2.7, sends 100 %',
    'one client, 192.0.2.7, sends 100 %, was 98 %',
    'one client, 192.0.2.7, sends 100 %, was 10 %',
  ]);
  assert.equal(
    renderReason({ dimension: 'path', name: '/a', share: 0.3, previousShare: 0.5 }),
    '/a 30 % of requests, was 50 %',
  );
});
