// Alerts as a message of Slack.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { escapeSlack, renderSlackMessage } from '../../src/outputs/slack-message.ts';
import { alertOf } from './events.ts';

void test('an alert is an attachment with its colour, its text and its fields', () => {
  const alert = alertOf({ message: 'See <runbook> & call @channel' });
  assert.deepEqual(JSON.parse(renderSlackMessage([alert])), {
    text: 'Firing: traffic',
    attachments: [
      {
        color: '#daa038',
        fallback: 'Monitor on alert 80 requests/sec at time 2026-11-23 22:14:00.000000 +0000 UTC',
        title: 'Monitor on alert 80 requests/sec at time 2026-11-23 22:14:00.000000 +0000 UTC',
        text:
          '9504 requests in the 120 s before, threshold 10/s\n' +
          'See &lt;runbook&gt; &amp; call @\u200Bchannel',
        fields: [
          { title: 'Rule', value: 'traffic', short: true },
          { title: 'Severity', value: 'warning', short: true },
          { title: 'State', value: 'firing', short: true },
        ],
        mrkdwn_in: [],
        ts: 1_795_472_040,
      },
    ],
  });
});

void test('several alerts go together, each with the colour of its state', () => {
  const alerts = [
    alertOf({ severity: 'critical' }),
    alertOf({ severity: 'info', isReminder: true }),
    alertOf({ severity: 'critical', state: 'resolved' }),
  ];
  const { text, attachments } = JSON.parse(renderSlackMessage(alerts));
  assert.equal(text, '3 alerts: 2 firing, 1 resolved');
  assert.deepEqual(
    attachments.map(({ color }: { color: string }) => color),
    ['#a30200', '#439fe0', '#2eb886'],
  );
  assert.equal(attachments[1].fields[2].value, 'firing (reminder)');
  assert.equal(JSON.parse(renderSlackMessage([alertOf({ state: 'resolved' })])).text, 'Resolved: traffic');
});

void test('nothing of what strangers send is markup or calls everybody', () => {
  assert.equal(
    escapeSlack('<!here> a&b @HERE @all me@example.org'),
    '&lt;!here&gt; a&amp;b @\u200BHERE @\u200Ball me@example.org',
  );
  const explanation = {
    lookedAt: 1,
    shareError: 0,
    reasons: [{ dimension: 'path', name: '/\u001B[31m\u202E<!channel>', share: 1, previousShare: null }],
  } as const;
  const { attachments } = JSON.parse(renderSlackMessage([alertOf({ explanation })]));
  assert.match(attachments[0].text, /\/\?\[31m\?&lt;!channel&gt; 100 % of requests$/);
});
