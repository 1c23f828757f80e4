// What a webhook is sent, to the byte.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Explanation } from '../../src/alerts/rule.ts';
import {
  deliveryIdOf,
  isJsonTemplate,
  renderTemplate,
  renderWebhookJson,
  signatureOf,
} from '../../src/outputs/webhook-body.ts';
import { alertOf } from './events.ts';

const EXPLANATION: Explanation = {
  lookedAt: 9504,
  shareError: 0,
  reasons: [
    { dimension: 'path', name: '/login', share: 0.714, previousShare: 0.03 },
    { dimension: 'client', name: '203.0.113.9', share: 0.64, previousShare: null },
  ],
};

const TITLE = 'Monitor on alert 80 requests/sec at time 2026-11-23 22:14:00.000000 +0000 UTC';

void test('the body has every alert with its times and a text', () => {
  const firing = alertOf({ explanation: EXPLANATION, message: 'See the runbook.' });
  const resolved = alertOf({ state: 'resolved', value: 0.5, timeSeconds: 1_795_472_100 });
  assert.deepEqual(JSON.parse(renderWebhookJson([firing, resolved])), {
    version: '1',
    alerts: [
      {
        ...firing,
        startsAt: '2026-11-23T22:14:00.000Z',
        endsAt: null,
        text:
          `${TITLE}\n9504 requests in the 120 s before, threshold 10/s\nSee the runbook.\n` +
          '/login 71 % of requests, was 3 %\none client, 203.0.113.9, sends 64 %',
      },
      {
        ...resolved,
        startsAt: '2026-11-23T22:14:00.000Z',
        endsAt: '2026-11-23T22:15:00.000Z',
        text:
          'Monitor out of alert 1 requests/sec at 2026-11-23 22:15:00.000000 +0000 UTC\n' +
          '9504 requests in the 120 s before, threshold 10/s',
      },
    ],
  });
});

void test('lines of the log are a field of the reasons, and not in the text', () => {
  const alert = alertOf({ explanation: { ...EXPLANATION, lines: ['GET /login "a"\\u001b'] } });
  const body = renderWebhookJson([alert]);
  assert.ok(body.includes(String.raw`"lines":["GET /login \"a\"\\u001b"]`));
  assert.equal(body.split('GET /login').length, 2);
});

void test('a template of text has its placeholders filled in as they are', () => {
  const template =
    '{rule} is {state} ({severity}) since {starts-at}: {value} {unit}, {comparison} {threshold} for {window} s; ' +
    '{top-path} {top-client} [{message}] {id} {metric} {peak} {time}{ends-at}';
  assert.equal(
    renderTemplate(template, alertOf({ explanation: EXPLANATION })),
    'traffic is firing (warning) since 2026-11-23T22:14:00.000Z: 79.2 requests/s, above 10 for 120 s; ' +
      '/login 203.0.113.9 [] traffic-1795472040 request-rate 79.2 2026-11-23T22:14:00.000Z',
  );
  assert.equal(
    renderTemplate('{summary}\n{reasons}', alertOf({ explanation: EXPLANATION })),
    '9504 requests in the 120 s before, threshold 10/s\n' +
      '/login 71 % of requests, was 3 %\none client, 203.0.113.9, sends 64 %',
  );
});

void test('a value that there is not is a dash in text and null in JSON', () => {
  const alert = alertOf({ value: null });
  assert.equal(renderTemplate('now {value}', alert), 'now -');
  assert.equal(renderTemplate('{"now": {value}}', alert), '{"now": null}');
});

void test('in a template of JSON values are escaped, so that it stays JSON', () => {
  const message = 'a "quote", a \\ and\na line';
  const body = renderTemplate(' {"text": "{message}: {value}", "n": {value}}', alertOf({ message }));
  assert.deepEqual(JSON.parse(body), { text: `${message}: 79.2`, n: 79.2 });
  assert.deepEqual(JSON.parse(renderTemplate('["{message}"]', alertOf({ message }))), [message]);
});

void test('only what is JSON as a whole is JSON', () => {
  for (const template of ['{"a": {value}}', ' [{value}, "{rule}"]', '{}', '{"a": "{nothing}"}'])
    assert.equal(isJsonTemplate(template), true, template);
  for (const template of ['{summary}', '[{state}] {rule}', '{value}', 'a {"b": 1}', '{"a": 1', ''])
    assert.equal(isJsonTemplate(template), false, template);
});

void test('what a value holds is not filled in again, and other braces stay', () => {
  const alert = alertOf({ message: '{rule} $& $1' });
  assert.equal(
    renderTemplate('{message} {nothing} {} {constructor}', alert),
    '{rule} $& $1 {nothing} {} {constructor}',
  );
});

void test('the signature is the HMAC of RFC 4231', () => {
  assert.equal(
    signatureOf('what do ya want for nothing?', 'Jefe'),
    'sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  );
});

void test('an id of a delivery is that of its alerts and of their state', () => {
  const id = deliveryIdOf([alertOf()]);
  assert.match(id, /^[0-9a-f]{32}$/);
  assert.equal(deliveryIdOf([alertOf({ explanation: EXPLANATION })]), id);
  const others = [
    [alertOf({ state: 'resolved' })],
    [alertOf({ timeSeconds: 1_795_472_041 })],
    [alertOf({ id: 'b' })],
    [alertOf(), alertOf({ id: 'b' })],
  ].map((alerts) => deliveryIdOf(alerts));
  assert.equal(new Set([id, ...others]).size, 5);
});
