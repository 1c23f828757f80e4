// `fluffy notify --test CHANNEL` sends a test alert through the channel and says what came of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { testChannel } from '../../src/commands/notify.ts';
import type { ChannelConfig } from '../../src/outputs/channel.ts';
import { createChannels } from '../../src/outputs/channels.ts';
import { FakeClock } from '../fake-clock.ts';
import { answering, startReceiver } from '../outputs/receiver.ts';
import { freePort } from './monitor.ts';

const START_MS = Date.UTC(2026, 10, 23, 22, 14, 0);

function configTo(url: string, changes: Partial<ChannelConfig> = {}): ChannelConfig {
  return {
    name: 'ops',
    type: 'webhook',
    severityMin: 'critical',
    isResolvedSent: true,
    url: { from: 'text', url },
    secret: null,
    headers: [],
    template: null,
    ...changes,
  } as ChannelConfig;
}

function run(configs: readonly ChannelConfig[], name: string) {
  const clock = new FakeClock(START_MS);
  const create = async (config: ChannelConfig) => {
    const [output] = await createChannels([config], { clock, environment: {}, firing: () => [] });
    return output ?? assert.fail();
  };
  return testChannel(configs, name, { create, clock, signal: new AbortController().signal });
}

void test('the test alert and its end are sent, marked as a test, as severe as the channel asks for', async (context) => {
  const receiver = await startReceiver(context);
  assert.deepEqual(await run([configTo(receiver.url)], 'ops'), {
    exitCode: 0,
    text: 'channel ops: the test alert was taken\nchannel ops: the end of the test alert was taken',
  });
  const sent = receiver.received.map(({ body }) => JSON.parse(body).alerts[0]);
  assert.deepEqual(
    sent.map(({ id, rule, state, severity, startsAt, endsAt }) => [
      id,
      rule,
      state,
      severity,
      startsAt,
      endsAt,
    ]),
    [
      ['test-1795472040', 'test', 'firing', 'critical', '2026-11-23T22:14:00.000Z', null],
      [
        'test-1795472040',
        'test',
        'resolved',
        'critical',
        '2026-11-23T22:14:00.000Z',
        '2026-11-23T22:14:01.000Z',
      ],
    ],
  );
  assert.match(sent[0].text, /This is a test of the channel/);
});

void test('a channel that is not told of ends gets none', async (context) => {
  const receiver = await startReceiver(context);
  const { text } = await run([configTo(receiver.url, { isResolvedSent: false })], 'ops');
  assert.equal(text, 'channel ops: the test alert was taken');
  assert.equal(receiver.received.length, 1);
});

void test('a refusal is said, and is a failure', async (context) => {
  const receiver = await startReceiver(context, answering(403));
  assert.deepEqual(await run([configTo(receiver.url)], 'ops'), {
    exitCode: 1,
    text: `channel ops: ${receiver.host} answered 403 Forbidden
  it refuses who asks: check the token, the key or the password`,
  });
});

void test('what can be done is said too: of a place that is not there, and of a secret', async () => {
  const { port } = await freePort();
  assert.deepEqual(await run([configTo(`http://127.0.0.1:${port}/`)], 'ops'), {
    exitCode: 1,
    text: `channel ops: cannot reach 127.0.0.1:${port}: connection refused
  nothing listens there: check the host and the port; within a container, this host is the container itself`,
  });
  const { text } = await run([configTo('', { url: { from: 'environment', variable: 'HOOK' } })], 'ops');
  assert.equal(
    text,
    `channel ops: cannot read the secret HOOK: no such environment variable
  set it where fluffy is started; with compose, list it under environment`,
  );
});

void test('a channel that is not configured is a mistake of the command line', async () => {
  const configs = [configTo('http://a/'), configTo('http://a/', { name: 'night' })];
  assert.deepEqual(await run(configs, 'opss\u001B[m'), {
    exitCode: 2,
    text: 'no channel is named opss?[m; there are: ops, night',
  });
  assert.deepEqual(await run([], 'ops'), {
    exitCode: 2,
    text: 'no channel is named ops; none is configured: add it to channels in the configuration',
  });
});
