// Whatever a place does, nothing that fluffy says, saves or throws has a secret in it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setImmediate as settled } from 'node:timers/promises';
import { test } from 'node:test';
import { inspect } from 'node:util';

import { testChannel } from '../../src/commands/notify.ts';
import type { ChannelConfig, Secret } from '../../src/outputs/channel.ts';
import { createChannels } from '../../src/outputs/channels.ts';
import { Outbox } from '../../src/outputs/outbox.ts';
import { FakeClock } from '../fake-clock.ts';
import { alertEvent, NEVER } from './events.ts';
import { answering, startReceiver } from './receiver.ts';
import type { Behaviour } from './receiver.ts';

/** Each secret has this in it, in one way of writing or another: as it is, base64 and percent-encoded. */
const SECRET = /s3cret|czNjcmV0|s%33cret/i;

const COMMON = { severityMin: 'info', isResolvedSent: true } as const;

function variable(name: string): Secret {
  return { from: 'environment', variable: name };
}

function configsTo(base: string): ChannelConfig[] {
  return [
    {
      ...COMMON,
      name: 'hook',
      type: 'webhook',
      url: variable('HOOK'),
      secret: variable('KEY'),
      headers: [{ name: 'Authorization', value: variable('TOKEN') }],
      template: null,
    },
    { ...COMMON, name: 'chat', type: 'slack', url: variable('HOOK') },
    { ...COMMON, name: 'duty', type: 'pagerduty', routingKey: variable('KEY'), url: base },
  ];
}

function environmentOf(base: string): Record<string, string> {
  const url = new URL('/services/s3cret?token=s3cret', base);
  url.username = 's3cret';
  url.password = 's3cret';
  return { HOOK: url.href, KEY: 's3cret', TOKEN: 'Bearer s3cret' };
}

/** Everything that is said of two alerts and a test alert to all channels. */
async function sayAll(base: string, environment: Record<string, string>): Promise<string> {
  const clock = new FakeClock();
  const said: unknown[] = [];
  const configs = configsTo(base);
  const context = { clock, environment, firing: () => [] };
  const outputs = await createChannels(configs, context);
  for (const output of outputs) {
    await output.open().catch((error: unknown) => said.push(error));
    await output.deliver([alertEvent(1)], NEVER).catch((error: unknown) => said.push(error));
  }
  const problems = new Set<string>();
  const outbox = new Outbox({
    outputs,
    clock,
    added: () => {},
    problemChanged: (...problem) => {
      problems.add(problem[0]);
      said.push(problem);
    },
  });
  outbox.add(alertEvent(2));
  outbox.release();
  clock.advance(1000);
  while (problems.size < outputs.length) await settled();
  said.push(outbox.states(), outbox.deadLetters.snapshot(), outbox.changes());
  for (const { name } of configs) {
    const create = async (config: ChannelConfig) =>
      (await createChannels([config], context)).at(0) ?? assert.fail();
    said.push(await testChannel(configs, name, { create, clock, signal: NEVER }));
  }
  await outbox.close();
  const texts = said.map(
    (item) => `${inspect(item, { depth: null, showHidden: true })}\n${JSON.stringify(item)}`,
  );
  const stacks = said.map((item) => (item instanceof Error ? `${item.stack}\n${String(item)}` : ''));
  return [...texts, ...stacks].join('\n');
}

const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  'refuses for good': answering(400),
  'does not know the address': answering(404),
  'is busy': answering(429, { 'retry-after': '1' }),
  'is broken': answering(500),
  'redirects to where it was asked': (answer, { url = '' }) =>
    answer.writeHead(302, { location: `http://s3cret@127.0.0.1${url}` }).end(),
  'repeats what it was asked': (answer, { url = '', headers }) =>
    answer.writeHead(403, `no ${url}`, { 'x-url': url }).end(`${url} ${JSON.stringify(headers)}`),
  'resets the connection': (answer) => answer.socket?.resetAndDestroy(),
  'talks something else': (answer, { url = '' }) => answer.socket?.end(`${url} ${url}\r\n\r\n`),
};

for (const [what, behaviour] of Object.entries(BEHAVIOURS)) {
  void test(`a place that ${what} makes nobody say a secret`, async (context) => {
    const receiver = await startReceiver(context, behaviour);
    const text = await sayAll(receiver.url, environmentOf(receiver.url));
    // So that the search is known to look at something, and the secrets to have been sent.
    assert.match(text, /channel chat: /);
    assert.match(JSON.stringify(receiver.received), SECRET);
    assert.doesNotMatch(text, SECRET);
  });
}

void test('a place where nobody listens makes nobody say a secret', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  const base = `http://127.0.0.1:${port}`;
  const text = await sayAll(base, environmentOf(base));
  assert.match(text, /channel duty: cannot reach 127\.0\.0\.1:\d+: connection refused/);
  assert.doesNotMatch(text, SECRET);
});

void test('secrets that can not be used are not said either', async () => {
  const environment = { HOOK: 's3cret is no URL', KEY: 's3cret', TOKEN: 's3cret\nwith a line break' };
  const text = await sayAll('s3cret is no URL', environment);
  assert.match(text, /channel chat: the URL is not one of http or https/);
  assert.doesNotMatch(text, SECRET);
});

void test('the search finds a secret that is said', () => {
  for (const text of ['s3cret', 'S3CRET', 'Basic czNjcmV0OnMzY3JldA==', 's%33cret'])
    assert.match(text, SECRET);
});
