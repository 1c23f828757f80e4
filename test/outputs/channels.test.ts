// The channels webhook, slack and pagerduty against a place on loopback, by themselves and behind the outbox.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { test } from 'node:test';
import type { TestContext } from 'node:test';

import type { ChannelConfig } from '../../src/outputs/channel.ts';
import { createChannels } from '../../src/outputs/channels.ts';
import { Outbox } from '../../src/outputs/outbox.ts';
import type { Output, OutputEvent } from '../../src/outputs/output.ts';
import { FakeClock } from '../fake-clock.ts';
import { alertEvent, alertOf, NEVER } from './events.ts';
import { answering, stalling, startReceiver } from './receiver.ts';

const COMMON = { severityMin: 'info', isResolvedSent: true } as const;

function webhookTo(url: string, changes: Partial<Extract<ChannelConfig, { type: 'webhook' }>> = {}) {
  return {
    ...COMMON,
    name: 'hook',
    type: 'webhook',
    url: { from: 'text', url },
    secret: null,
    headers: [],
    template: null,
    ...changes,
  } as const satisfies ChannelConfig;
}

async function createChannel(
  config: ChannelConfig,
  environment: Record<string, string> = {},
  clock = new FakeClock(),
): Promise<Output> {
  const [output = assert.fail()] = await createChannels([config], { clock, environment, firing: () => [] });
  return output;
}

function alerts(...times: number[]): OutputEvent[] {
  return times.map((time) => alertEvent(time));
}

void test('a webhook gets a group in one POST, signed, with its headers', async (context) => {
  const receiver = await startReceiver(context);
  const output = await createChannel(
    webhookTo(`${receiver.url}/hook`, {
      secret: { from: 'environment', variable: 'KEY' },
      headers: [
        { name: 'X-Team', value: 'ops' },
        { name: 'Authorization', value: { from: 'environment', variable: 'TOKEN' } },
      ],
    }),
    { KEY: 'k', TOKEN: 'Bearer t' },
  );
  await output.open();
  assert.equal(receiver.received.length, 0);
  await output.deliver(alerts(1, 2), NEVER);
  const [{ path, headers, body } = assert.fail(), second] = receiver.received;
  assert.equal(second, undefined);
  assert.equal(path, '/hook');
  assert.equal(headers['content-type'], 'application/json; charset=utf-8');
  assert.deepEqual([headers['x-team'], headers.authorization], ['ops', 'Bearer t']);
  assert.equal(
    headers['x-fluffy-signature-256'],
    `sha256=${createHmac('sha256', 'k').update(body).digest('hex')}`,
  );
  assert.deepEqual(
    JSON.parse(body).alerts.map(({ id }: { id: string }) => id),
    ['traffic-1', 'traffic-2'],
  );
});

void test('a webhook without a secret is not signed', async (context) => {
  const receiver = await startReceiver(context);
  await (await createChannel(webhookTo(receiver.url))).deliver(alerts(1), NEVER);
  assert.equal(receiver.received[0]?.headers['x-fluffy-signature-256'], undefined);
});

void test('a template goes out once for each alert, as text or as JSON', async (context) => {
  const receiver = await startReceiver(context);
  const text = await createChannel(webhookTo(receiver.url, { template: '{id} {state}' }));
  assert.equal(text.batchMax, 1);
  await text.deliver(alerts(1), NEVER);
  const json = await createChannel(
    webhookTo(receiver.url, {
      template: '{"id": "{id}"}',
      headers: [{ name: 'Content-Type', value: 'application/vnd.x+json' }],
    }),
  );
  await json.deliver(alerts(2), NEVER);
  assert.deepEqual(
    receiver.received.map(({ headers, body }) => [headers['content-type'], body]),
    [
      ['text/plain; charset=utf-8', 'traffic-1 firing'],
      ['application/vnd.x+json', '{"id": "traffic-2"}'],
    ],
  );
});

void test('a secret that was put right is found without a restart', async (context) => {
  const receiver = await startReceiver(context);
  const environment: Record<string, string> = {};
  const output = await createChannel(
    { ...COMMON, name: 'chat', type: 'slack', url: { from: 'environment', variable: 'HOOK' } },
    environment,
  );
  await assert.rejects(output.deliver(alerts(1), NEVER), {
    message: 'channel chat: cannot read the secret HOOK: no such environment variable',
  });
  environment['HOOK'] = `${receiver.url}/services/T0`;
  await output.open();
  await output.deliver(alerts(1, 2), NEVER);
  const [{ path, body } = assert.fail()] = receiver.received;
  assert.equal(path, '/services/T0');
  assert.equal(JSON.parse(body).attachments.length, 2);
});

void test('PagerDuty gets one event for each alert, in order', async (context) => {
  const receiver = await startReceiver(context, answering(202));
  const output = await createChannel(
    {
      ...COMMON,
      name: 'duty',
      type: 'pagerduty',
      routingKey: { from: 'environment', variable: 'KEY' },
      url: `${receiver.url}/v2/enqueue`,
    },
    { KEY: 'R0UT1NG' },
  );
  assert.equal(output.batchMax, 1);
  await output.deliver(alerts(1), NEVER);
  await output.deliver([{ type: 'alert', alert: alertOf({ id: 'traffic-1', state: 'resolved' }) }], NEVER);
  assert.deepEqual(
    receiver.received.map(({ path, body }) => {
      const { routing_key: key, dedup_key: dedup, event_action: action } = JSON.parse(body);
      return [path, key, dedup, action];
    }),
    [
      ['/v2/enqueue', 'R0UT1NG', 'traffic-1', 'trigger'],
      ['/v2/enqueue', 'R0UT1NG', 'traffic-1', 'resolve'],
    ],
  );
});

void test('every channel can be cut off', async (context) => {
  const receiver = await startReceiver(context, stalling);
  const hook = { from: 'environment', variable: 'HOOK' } as const;
  const configs: readonly ChannelConfig[] = [
    webhookTo(receiver.url),
    { ...COMMON, name: 'chat', type: 'slack', url: hook },
    { ...COMMON, name: 'duty', type: 'pagerduty', routingKey: hook, url: receiver.url },
  ];
  for (const [index, config] of configs.entries()) {
    const output = await createChannel(config, { HOOK: receiver.url });
    const stop = new AbortController();
    const delivery = assert.rejects(output.deliver(alerts(1), stop.signal), /did not answer before the end$/);
    await receiver.arrived(index + 1);
    stop.abort();
    await delivery;
  }
});

/** An outbox before channels; `said` resolves with the next thing that it says of a channel's problem. */
async function createRig(context: TestContext, configs: readonly ChannelConfig[]) {
  const clock = new FakeClock();
  const news = new EventEmitter();
  const outputs = await createChannels(configs, { clock, environment: {}, firing: () => [] });
  const outbox = new Outbox({
    outputs,
    clock,
    added: () => {},
    problemChanged: (output, problem) => news.emit(output, problem),
    random: () => 0,
  });
  context.after(() => {
    const closing = outbox.close();
    clock.advance(10_000);
    return closing;
  });
  return {
    clock,
    outbox,
    said: async (channel: string): Promise<unknown> => (await once(news, `channel ${channel}`))[0],
    tell: (...events: readonly OutputEvent[]) => {
      for (const event of events) outbox.add(event);
      outbox.release();
      clock.advance(1000);
    },
  };
}

void test('alerts that come together go together, and the same way and with the same id again', async (context) => {
  const receiver = await startReceiver(context, answering(500));
  const { clock, said, tell, outbox } = await createRig(context, [webhookTo(receiver.url)]);
  const problem = said('hook');
  tell(...alerts(1, 2));
  assert.equal(await problem, `channel hook: ${receiver.host} answered 500 Internal Server Error`);
  receiver.behaviour = answering(200);
  outbox.add(alertEvent(3));
  outbox.release();
  const end = said('hook');
  clock.advance(1000);
  assert.equal(await end, null);
  await receiver.arrived(3);
  const [first, again, third] = receiver.received;
  assert.equal(first?.body, again?.body);
  assert.match(String(first?.headers['x-fluffy-delivery']), /^[0-9a-f]{32}$/);
  assert.equal(first?.headers['x-fluffy-delivery'], again?.headers['x-fluffy-delivery']);
  assert.notEqual(first?.headers['x-fluffy-delivery'], third?.headers['x-fluffy-delivery']);
});

void test('a place that says when to come again is asked then', async (context) => {
  const receiver = await startReceiver(context, answering(429, { 'retry-after': '120' }));
  const { clock, said, tell } = await createRig(context, [webhookTo(receiver.url)]);
  const problem = said('hook');
  tell(alertEvent(1));
  await problem;
  receiver.behaviour = answering(200);
  const end = said('hook');
  clock.advance(119_999);
  assert.equal(receiver.received.length, 1);
  clock.advance(1);
  assert.equal(await end, null);
  assert.equal(receiver.received.length, 2);
});

void test('a place that stalls is given up after 10 s, delays no other, and gets its alert later', async (context) => {
  const hanging = await startReceiver(context, stalling);
  const well = await startReceiver(context);
  const { clock, said, tell } = await createRig(context, [
    webhookTo(hanging.url),
    webhookTo(well.url, { name: 'well' }),
  ]);
  const problem = said('hook');
  tell(alertEvent(1));
  await Promise.all([hanging.arrived(1), well.arrived(1)]);
  clock.advance(10_000);
  assert.equal(await problem, `channel hook: ${hanging.host} did not answer within 10 s`);
  hanging.behaviour = answering(200);
  const end = said('hook');
  clock.advance(1000);
  assert.equal(await end, null);
  assert.equal(hanging.received.length, 2);
});

void test('what a place refuses as such is a dead letter, and the next alert is sent', async (context) => {
  const receiver = await startReceiver(context, answering(422));
  const { said, tell, outbox } = await createRig(context, [webhookTo(receiver.url)]);
  const problem = said('hook');
  tell(alertEvent(1));
  const reason = `channel hook: ${receiver.host} answered 422 Unprocessable Entity`;
  assert.equal(await problem, reason);
  receiver.behaviour = answering(200);
  const end = said('hook');
  tell(alertEvent(2));
  assert.equal(await end, null);
  const [state] = outbox.states();
  assert.equal(state?.deadLetters.count, 1);
  assert.deepEqual(
    state?.deadLetters.last.map(({ id, rule, reason: why }) => [id, rule, why]),
    [['traffic-1', 'traffic', reason]],
  );
});

void test('the end does not wait for a place that hangs, and what it was sent stays owed', async (context) => {
  const receiver = await startReceiver(context, stalling);
  const { clock, tell, outbox } = await createRig(context, [webhookTo(receiver.url)]);
  tell(alertEvent(1));
  await receiver.arrived(1);
  const closing = outbox.close();
  clock.advance(500);
  await closing;
  assert.deepEqual(
    outbox.changes().owed.map(({ pending }) => pending),
    [['channel hook']],
  );
});
