// The channel `alertmanager` in front of an HTTP server: what is posted when, and what is said when it is not taken.
// Debian's Alertmanager has a test of its own in test/servers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { AlertEvent } from '../../src/alerts/rule.ts';
import type { AlertmanagerConfig } from '../../src/outputs/alertmanager.ts';
import { createAlertmanager } from '../../src/outputs/alertmanager.ts';
import { createChannels } from '../../src/outputs/channels.ts';
import { DeliveryError } from '../../src/outputs/delivery-error.ts';
import { Outbox } from '../../src/outputs/outbox.ts';
import type { Environment } from '../../src/outputs/secret.ts';
import { FakeClock } from '../fake-clock.ts';
import { NOW_SECONDS, alertWith, contextWith, resolvedWith } from './alert.ts';
import { NEVER } from './events.ts';
import { answering, stalling, startReceiver } from './receiver.ts';
import type { Receiver } from './receiver.ts';

/** A post that never comes is waited for in vain. */
const WAITING = { timeout: 20_000 };

function configOf(url: string, changes: Partial<AlertmanagerConfig> = {}): AlertmanagerConfig {
  return {
    name: 'ops',
    type: 'alertmanager',
    severityMin: 'info',
    isResolvedSent: true,
    url: { from: 'text', url },
    labels: {},
    ...changes,
  };
}

/** Rule, start and end of every alert, post by post. */
function postsOf({ received }: Receiver): string[][] {
  return received.map(({ body }) =>
    (JSON.parse(body) as { labels: Record<string, string>; startsAt: string; endsAt: string }[]).map(
      ({ labels, startsAt, endsAt }) =>
        `${labels['alertname']} ${startsAt.slice(11, 19)} ${endsAt.slice(11, 19)}`,
    ),
  );
}

void test('what fires is posted with what is told, and each rule once', async (context) => {
  const receiver = await startReceiver(context);
  const other = alertWith({ id: 'errors-1', rule: 'errors', sinceSeconds: NOW_SECONDS - 10 });
  const sender = createAlertmanager(
    configOf(receiver.url),
    contextWith(new FakeClock(), { firing: () => [other] }),
    'web-1',
  );
  await sender.send([alertWith(), resolvedWith()], NEVER);
  assert.deepEqual(postsOf(receiver), [['traffic 22:13:00 22:13:30', 'errors 22:13:50 22:18:00']]);
  assert.deepEqual(
    receiver.received.map(({ method, path, headers }) => [method, path, headers['content-type']]),
    [['POST', '/api/v2/alerts', 'application/json; charset=utf-8']],
  );
});

void test('the API stands below the path of the URL', async (context) => {
  const receiver = await startReceiver(context);
  for (const path of ['', '/', '/prefix', '/prefix/'])
    await createAlertmanager(configOf(receiver.url + path), contextWith(new FakeClock())).check();
  assert.deepEqual(
    receiver.received.map(({ path }) => path),
    ['/api/v2/alerts', '/api/v2/alerts', '/prefix/api/v2/alerts', '/prefix/api/v2/alerts'],
  );
});

/** The channel as the monitor has it, with its lane. */
async function rigWith(
  config: AlertmanagerConfig,
  {
    firing = () => [],
    environment = {},
  }: { firing?: () => readonly AlertEvent[]; environment?: Environment },
) {
  const clock = new FakeClock();
  const problems: (string | null)[] = [];
  const rig = { clock, problems, ended: 0 };
  const counted = async (work: Promise<void>): Promise<void> => {
    try {
      await work;
    } finally {
      rig.ended++;
    }
  };
  const channels = await createChannels([config], { clock, environment, firing });
  const outbox = new Outbox({
    outputs: channels.map((output) => ({
      ...output,
      open: () => counted(output.open()),
      deliver: (events, signal) => counted(output.deliver(events, signal)),
    })),
    clock,
    added: () => {},
    problemChanged: (_output, problem) => problems.push(problem),
    random: () => 0.999,
  });
  /** Resolves once so many attempts have come to an end, and the lane knows. */
  const ended = async (count: number): Promise<void> => {
    while (rig.ended < count) await turn();
    await turn();
  };
  return { ...rig, outbox, ended };
}

void test(
  'from the start on, what fires and is for the channel is posted each minute',
  WAITING,
  async (context) => {
    const receiver = await startReceiver(context);
    let firing = [alertWith(), alertWith({ id: 'a', rule: 'for others', notify: ['chat'] })];
    const config = configOf(receiver.url, { severityMin: 'warning' });
    const { clock, outbox, problems, ended } = await rigWith(config, { firing: () => firing });
    outbox.open();
    await ended(1);
    firing = [...firing, alertWith({ id: 'b', rule: 'unheard', severity: 'info' })];
    clock.advance(60_000);
    await ended(2);
    firing = [];
    clock.advance(60_000);
    await ended(3);
    assert.deepEqual(postsOf(receiver), [['traffic 22:13:00 22:18:00'], ['traffic 22:13:00 22:19:00'], []]);
    assert.deepEqual(problems, []);
    await outbox.close();
    clock.advance(600_000);
    await turn();
    assert.equal(receiver.received.length, 3);
  },
);

void test(
  'a place that is gone is tried each minute, or alerts would end there before it is asked',
  WAITING,
  async (context) => {
    const receiver = await startReceiver(context, answering(503));
    const { clock, outbox, problems, ended } = await rigWith(configOf(receiver.url), {});
    outbox.open();
    await ended(1);
    for (let count = 2; count <= 15; count++) {
      clock.advance(60_000);
      await ended(count);
    }
    receiver.behaviour = answering(200);
    clock.advance(60_000);
    await ended(16);
    assert.deepEqual(problems, [`channel ops: ${receiver.host} answered 503 Service Unavailable`, null]);
    await outbox.close();
  },
);

void test('a keep-alive that hangs does not hold up the end', WAITING, async (context) => {
  const receiver = await startReceiver(context, stalling);
  const { clock, outbox, ended } = await rigWith(configOf(receiver.url), {});
  outbox.open();
  await receiver.arrived(1);
  const closed = outbox.close();
  clock.advance(500);
  await closed;
  await ended(1);
});

void test(
  'alerts that Alertmanager refuses become dead letters; nothing that is said has the URL in it',
  WAITING,
  async (context) => {
    const receiver = await startReceiver(context);
    const url = `http://ada:secret-word@${receiver.host}/secret-path`;
    const { clock, outbox, problems, ended } = await rigWith(
      configOf('', { url: { from: 'environment', variable: 'ALERTMANAGER' } }),
      { environment: { ALERTMANAGER: url } },
    );
    outbox.open();
    await ended(1);
    receiver.behaviour = answering(400);
    outbox.add({ type: 'alert', alert: alertWith() });
    outbox.release();
    clock.advance(1000);
    await ended(2);
    const states = outbox.states();
    const problem = `channel ops: ${receiver.host} answered 400 Bad Request`;
    assert.deepEqual(
      states.map(({ waiting, deadLetters }) => [waiting, deadLetters.count, deadLetters.last[0]?.reason]),
      [[0, 1, problem]],
    );
    assert.deepEqual(problems.slice(0, 1), [problem]);
    assert.equal(receiver.received[1]?.headers.authorization, `Basic ${btoa('ada:secret-word')}`);
    assert.doesNotMatch(JSON.stringify([states, problems]), /secret/);
    await outbox.close();
  },
);

void test('a URL that is none is said to be none, and not repeated', async () => {
  const sender = createAlertmanager(configOf('secret-word'), contextWith(new FakeClock()));
  await assert.rejects(sender.check(), (error) => {
    assert.ok(error instanceof DeliveryError);
    assert.equal(error.message, 'the URL is not one of http or https');
    return true;
  });
});
