// One POST: what counts as taken, what is refused for good, when to come again, and that no secret is said.
import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { setImmediate as handled } from 'node:timers/promises';
import { inspect } from 'node:util';

import { DeliveryError } from '../../src/outputs/delivery-error.ts';
import { postJson, readRetryAfter } from '../../src/outputs/http-post.ts';
import type { Post } from '../../src/outputs/http-post.ts';
import { FakeClock } from '../fake-clock.ts';
import { answering, stalling, startReceiver } from './receiver.ts';

const START_MS = Date.UTC(2026, 10, 23, 22, 14, 0);

async function failureOf(post: Post, clock = new FakeClock(START_MS)): Promise<DeliveryError> {
  try {
    await postJson(post, clock);
  } catch (error) {
    assert.ok(error instanceof DeliveryError, inspect(error));
    return error;
  }
  return assert.fail('it was taken');
}

void test('the body arrives as it is, as JSON, with the headers given', async (context) => {
  const receiver = await startReceiver(context, answering(202));
  await postJson(
    { url: `${receiver.url}/hook?a=b`, headers: { 'X-Key': 'k' }, body: '{"a":"ü"}' },
    new FakeClock(),
  );
  const [{ method, path, headers, body } = assert.fail()] = receiver.received;
  assert.deepEqual([method, path, body], ['POST', '/hook?a=b', '{"a":"ü"}']);
  assert.equal(headers['content-type'], 'application/json; charset=utf-8');
  assert.equal(headers['content-length'], '10');
  assert.equal(headers['x-key'], 'k');
  assert.equal(headers.connection, 'close');
});

void test('another content type takes the place of JSON', async (context) => {
  const receiver = await startReceiver(context);
  await postJson(
    { url: receiver.url, headers: { 'Content-Type': 'text/plain' }, body: 'a' },
    new FakeClock(),
  );
  assert.equal(receiver.received[0]?.headers['content-type'], 'text/plain');
});

for (const [status, message, isFinal] of [
  [302, '302 Found: it redirects to another path there, and redirects are not followed', false],
  [400, '400 Bad Request', true],
  [401, '401 Unauthorized', false],
  [404, '404 Not Found', false],
  [408, '408 Request Timeout', false],
  [413, '413 Payload Too Large', true],
  [422, '422 Unprocessable Entity', true],
  [425, '425 Too Early', false],
  [429, '429 Too Many Requests', false],
  [500, '500 Internal Server Error', false],
  [599, '599', false],
] as const) {
  void test(`an answer ${status} is ${isFinal ? 'a refusal for good' : 'tried again'}`, async (context) => {
    const receiver = await startReceiver(context, answering(status, { location: '/elsewhere' }));
    const error = await failureOf({ url: `${receiver.url}/secret`, body: '{}' });
    assert.equal(error.message, `${receiver.host} answered ${message}`);
    assert.deepEqual([error.isFinal, error.retryAfterMs], [isFinal, null]);
    assert.equal(receiver.received.length, 1);
  });
}

void test('where a redirect leads to is named, without what may be a secret', async (context) => {
  const receiver = await startReceiver(context);
  const said = async (location?: string): Promise<string> => {
    receiver.behaviour = answering(301, location === undefined ? {} : { location });
    return (await failureOf({ url: `${receiver.url}/s3cret`, body: '{}' })).message;
  };
  const answered = `${receiver.host} answered 301 Moved Permanently`;
  assert.equal(
    await said('https://user:s3cret@chat.example.org:8443/s3cret?key=s3cret'),
    `${answered}: it redirects to https://chat.example.org:8443, and redirects are not followed`,
  );
  assert.equal(
    await said('/s3cret/'),
    `${answered}: it redirects to another path there, and redirects are not followed`,
  );
  for (const location of [undefined, 'mailto:s3cret@example.org', 'http://s3cret:99999999/'])
    assert.equal(await said(location), `${answered}, and redirects are not followed`);
});

void test('Retry-After is told on, in seconds or as a date', async (context) => {
  const receiver = await startReceiver(context, answering(429, { 'retry-after': '30' }));
  assert.equal((await failureOf({ url: receiver.url, body: '' })).retryAfterMs, 30_000);
  receiver.behaviour = answering(503, { 'retry-after': 'Mon, 23 Nov 2026 22:15:00 GMT' });
  assert.equal((await failureOf({ url: receiver.url, body: '' })).retryAfterMs, 60_000);
});

void test('Retry-After is at most an hour, never negative, and nothing when it can not be read', () => {
  const read = (value: string | undefined) => readRetryAfter(value, START_MS);
  assert.equal(read('86400'), 3_600_000);
  assert.equal(read('Tue, 24 Nov 2026 22:15:00 GMT'), 3_600_000);
  assert.equal(read('Mon, 23 Nov 2026 22:13:00 GMT'), 0);
  for (const value of [undefined, '', 'soon', '-1', '1.5', '2026-11-24', '1e3'])
    assert.equal(read(value), null);
});

void test('a place that stalls is given up after 10 s, for now', async (context) => {
  const receiver = await startReceiver(context, stalling);
  const clock = new FakeClock();
  const failure = failureOf({ url: `${receiver.url}/secret`, body: '{}' }, clock);
  await receiver.arrived(1);
  clock.advance(9999);
  clock.advance(1);
  const error = await failure;
  assert.equal(error.message, `${receiver.host} did not answer within 10 s`);
  assert.equal(error.isFinal, false);
});

void test('a signal ends it at once', async (context) => {
  const receiver = await startReceiver(context, stalling);
  const stop = new AbortController();
  const failure = failureOf({ url: receiver.url, body: '{}', signal: stop.signal });
  await receiver.arrived(1);
  stop.abort();
  assert.equal((await failure).message, `${receiver.host} did not answer before the end`);
});

void test('a connection that is reset is tried again', async (context) => {
  const receiver = await startReceiver(context, (answer) => answer.socket?.resetAndDestroy());
  const error = await failureOf({ url: `${receiver.url}/secret`, body: '{}' });
  assert.match(error.message, /^cannot reach 127\.0\.0\.1:\d+: (?:connection reset by peer|socket hang up)$/);
  assert.equal(error.isFinal, false);
});

void test('nobody listens', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  const error = await failureOf({ url: `http://127.0.0.1:${port}/secret`, body: '{}' });
  assert.equal(error.message, `cannot reach 127.0.0.1:${port}: connection refused`);
});

void test('a name that does not exist, and an answer that is not HTTP', async (context) => {
  const error = await failureOf({ url: 'http://fluffy.invalid/secret', body: '{}' });
  assert.match(error.message, /^cannot reach fluffy\.invalid: [a-z ]+$/);
  const receiver = await startReceiver(context, (answer) => answer.socket?.end('SSH-2.0-OpenSSH\r\n\r\n'));
  const other = await failureOf({ url: `${receiver.url}/secret`, body: '{}' });
  assert.match(other.message, /^cannot reach 127\.0\.0\.1:\d+: Parse Error/);
});

void test('a body that breaks off after a good status is taken all the same', async (context) => {
  const receiver = await startReceiver(context, (answer) => {
    answer.writeHead(200, { 'content-length': '1000' }).write('a part', () => answer.socket?.destroy());
  });
  await postJson({ url: receiver.url, body: '{}' }, new FakeClock());
  assert.equal(receiver.received.length, 1);
});

void test('an endless body is read no further than a few KiB, and what it answers stands', async (context) => {
  const receiver = await startReceiver(context, (answer) => {
    const feed = (): void => {
      while (answer.write('x'.repeat(1024)));
    };
    answer.on('drain', feed).on('error', () => {});
    answer.writeHead(400);
    feed();
  });
  const error = await failureOf({ url: receiver.url, body: '{}' });
  assert.equal(error.message, `${receiver.host} answered 400 Bad Request`);
});

void test('a body that stalls costs the deadline and not the delivery', async (context) => {
  const receiver = await startReceiver(context, (answer) => answer.writeHead(200).write('a part'));
  const clock = new FakeClock();
  const isAnswered = new Promise<void>((answered) => {
    const hear = (): void => {
      unsubscribe('http.client.response.finish', hear);
      answered();
    };
    subscribe('http.client.response.finish', hear);
  });
  const post = postJson({ url: receiver.url, body: '{}' }, clock);
  await isAnswered;
  await handled();
  clock.advance(10_000);
  await post;
});

for (const url of ['no url at all, s3cret', 'ftp://s3cret@127.0.0.1/', 'http://s3cret:99999999/', '']) {
  void test(`"${url}" is refused without a word of it`, async () => {
    const error = await failureOf({ url, body: '{}' });
    assert.doesNotMatch(inspect(error, { depth: null, showHidden: true }), /s3cret/);
    assert.equal(error.message, 'the URL is not one of http or https');
  });
}

void test('a header that can not be sent is named without its value', async (context) => {
  const receiver = await startReceiver(context);
  const error = await failureOf({ url: receiver.url, headers: { 'X-Key': 's3cret\nb' }, body: '{}' });
  assert.match(error.message, /x-key/i);
  assert.doesNotMatch(inspect(error, { depth: null, showHidden: true }), /s3cret/);
});
