// Which alerts are for a channel, and what its failures say.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';

import type { AlertEvent } from '../../src/alerts/rule.ts';
import type { ChannelConfig } from '../../src/outputs/channel.ts';
import { createChannelOutput } from '../../src/outputs/channel-output.ts';
import { DeliveryError } from '../../src/outputs/delivery-error.ts';
import { alertOf, NEVER, reportEvent } from './events.ts';

const CONFIG: ChannelConfig = {
  name: 'ops',
  type: 'slack',
  url: { from: 'environment', variable: 'HOOK' },
  severityMin: 'warning',
  isResolvedSent: true,
};

function createOutput(send: () => Promise<void> = async () => {}, changes: Partial<ChannelConfig> = {}) {
  return createChannelOutput({ ...CONFIG, ...changes } as ChannelConfig, {
    batchMax: 7,
    check: async () => {
      throw new DeliveryError('cannot read the secret HOOK: no such environment variable');
    },
    send,
  });
}

function isTaken(alert: Partial<AlertEvent>, changes: Partial<ChannelConfig> = {}): boolean {
  return createOutput(undefined, changes).takes({ type: 'alert', alert: alertOf(alert) });
}

void test('a channel takes alerts that are for all, or that name it', () => {
  assert.equal(isTaken({ notify: null }), true);
  assert.equal(isTaken({ notify: ['night', 'ops'] }), true);
  assert.equal(isTaken({ notify: ['night'] }), false);
  assert.equal(isTaken({ notify: [] }), false);
});

void test('a channel takes alerts that are severe enough', () => {
  assert.equal(isTaken({ severity: 'info' }), false);
  assert.equal(isTaken({ severity: 'warning' }), true);
  assert.equal(isTaken({ severity: 'critical' }), true);
  assert.equal(isTaken({ severity: 'info' }, { severityMin: 'info' }), true);
  assert.equal(isTaken({ severity: 'warning' }, { severityMin: 'critical' }), false);
});

void test('a channel takes the end of an alert unless that is off', () => {
  assert.equal(isTaken({ state: 'resolved' }), true);
  assert.equal(isTaken({ state: 'resolved' }, { isResolvedSent: false }), false);
  assert.equal(isTaken({ state: 'firing' }, { isResolvedSent: false }), true);
});

void test('a channel takes no report', () => {
  assert.equal(createOutput().takes(reportEvent(1)), false);
});

void test('a failure is said with the name of the channel', async () => {
  const output = createOutput(async () => {
    throw new DeliveryError('chat answered 429 Too Many Requests', { retryAfterMs: 5, cause: 'S3CRET' });
  });
  assert.deepEqual([output.name, output.reach, output.batchMax], ['channel ops', 'network', 7]);
  await assert.rejects(output.open(), {
    message: 'channel ops: cannot read the secret HOOK: no such environment variable',
  });
  await assert.rejects(output.deliver([{ type: 'alert', alert: alertOf() }], NEVER), {
    message: 'channel ops: chat answered 429 Too Many Requests',
    isFinal: false,
    retryAfterMs: 5,
    cause: undefined,
  });
});

void test('of an error that nobody foresaw only the kind is said', async () => {
  const output = createOutput(async () => {
    throw new RangeError('http://S3CRET/');
  });
  const error = await output
    .deliver([{ type: 'alert', alert: alertOf() }], NEVER)
    .catch((reason: unknown) => reason);
  assert.ok(error instanceof DeliveryError);
  assert.equal(error.message, 'channel ops: sending failed with an unexpected RangeError');
  assert.doesNotMatch(inspect(error, { depth: null, showHidden: true }), /S3CRET/);
});
