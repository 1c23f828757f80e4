// An alert as the line of text that people know, and as JSON.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderAlertJson, renderAlertText } from '../../src/alerts/render.ts';
import type { AlertEvent } from '../../src/alerts/rule.ts';

const FIRING: AlertEvent = {
  id: 'traffic-1609362954',
  rule: 'traffic',
  state: 'firing',
  value: 79.2,
  threshold: 10,
  windowSeconds: 120,
  timeSeconds: 1_609_362_954,
  reason: '9504 requests in the 120 s before, threshold 10/s',
};

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

void test('as JSON an alert is one line with every field, the time in ISO form and the text', () => {
  assert.equal(
    renderAlertJson(FIRING),
    '{"type":"alert","id":"traffic-1609362954","rule":"traffic","state":"firing","value":79.2,"threshold":10,' +
      '"windowSeconds":120,"reason":"9504 requests in the 120 s before, threshold 10/s",' +
      '"time":"2020-12-30T21:15:54.000Z",' +
      '"text":"Monitor on alert 80 requests/sec at time 2020-12-30 21:15:54.000000 +0000 UTC"}',
  );
});
