import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderSnsMessage } from '../../src/outputs/sns-message.ts';
import { NOW_SECONDS, alertWith, resolvedWith } from './alert.ts';

const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:alerts';

void test('an alert is a subject, a text and attributes to filter by', () => {
  const { Message, ...rest } = renderSnsMessage(alertWith(), TOPIC);
  assert.deepEqual(rest, {
    TopicArn: TOPIC,
    Subject: '[firing] traffic: 83 requests/s, above 10 requests/s',
    MessageAttributes: {
      rule: { DataType: 'String', StringValue: 'traffic' },
      state: { DataType: 'String', StringValue: 'firing' },
      severity: { DataType: 'String', StringValue: 'critical' },
    },
  });
  assert.deepEqual(Message.split('\n').slice(1), [
    '83 requests/s over 2 minutes, threshold 10',
    'Call Ada <ada@example.org> & see the runbook',
    '/login 71 % of requests, was 3 %',
    'one client, 203.0.113.9, sends 64 %',
  ]);
});

void test('a subject is ASCII of fewer than 100 characters', () => {
  const event = alertWith({ rule: 'Größe\n', value: 2.5, unit: '×', threshold: 2 });
  assert.equal(renderSnsMessage(event, TOPIC).Subject, '[firing] Gr??e : 2.5 x, above 2 x');
  assert.equal(
    renderSnsMessage(alertWith({ rule: 'r'.repeat(300) }), TOPIC).Subject,
    `[firing] ${'r'.repeat(90)}`,
  );
});

void test('a FIFO topic keeps the messages of a rule in order, and takes none of them twice', () => {
  const idsOf = (event: Parameters<typeof renderSnsMessage>[0]): unknown[] => {
    const { MessageGroupId, MessageDeduplicationId } = renderSnsMessage(event, `${TOPIC}.fifo`);
    return [MessageGroupId, MessageDeduplicationId];
  };
  assert.deepEqual(idsOf(alertWith()), ['traffic', 'traffic-1795471980:firing']);
  assert.deepEqual(idsOf(resolvedWith()), ['traffic', 'traffic-1795471980:resolved']);
  assert.deepEqual(idsOf(alertWith({ isReminder: true, timeSeconds: NOW_SECONDS })), [
    'traffic',
    'traffic-1795471980:firing:1795472040',
  ]);
});

void test('a rule whose name no FIFO topic takes is called by its hash', () => {
  const { MessageGroupId } = renderSnsMessage(alertWith({ rule: 'slow pages' }), `${TOPIC}.fifo`);
  // printf 'slow pages' | sha256sum
  assert.equal(MessageGroupId, 'c7e1301f8dc13c2b39cf2d95858b04c333a105ae93801cce4a7e72c6c65f667d');
});
