import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { LiveStreams, STREAMS_MAX } from '../../src/http/live-streams.ts';
import { listen } from '../../src/http/server.ts';
import { CountedEvents } from './live-events.ts';

interface Rig {
  readonly events: CountedEvents;
  readonly streams: LiveStreams;
  /** Whether viewers may watch still. */
  readonly allowed: { isStill: boolean };
  /** Opens a stream; resolves with its head. */
  readonly open: () => Promise<IncomingMessage>;
}

async function start(context: TestContext): Promise<Rig> {
  const events = new CountedEvents();
  const streams = new LiveStreams(events);
  const allowed = { isStill: true };
  const server = createServer((_, response) => {
    if (!streams.open(response, () => allowed.isStill)) response.writeHead(503).end();
  });
  const port = await listen(server, '127.0.0.1', 0);
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const open = async (): Promise<IncomingMessage> => {
    const [response] = (await once(get({ port, agent: false }), 'response')) as [IncomingMessage];
    // A stream that is cut is what some of these tests are about.
    response.on('error', () => {});
    return response;
  };
  return { events, streams, open, allowed };
}

const taken = new WeakMap<IncomingMessage, { text: string }>();

/** Reads on until `text` has come; returns all that came since the last time. */
async function readUntil(response: IncomingMessage, text: string): Promise<string> {
  let came = taken.get(response);
  if (came === undefined) {
    const fresh = { text: '' };
    taken.set(response, (came = fresh));
    // Several chunks may come within one turn: none must be missed.
    response.on('data', (chunk: Buffer) => (fresh.text += chunk.toString()));
  }
  while (!came.text.includes(text)) await once(response, 'data');
  const all = came.text;
  came.text = '';
  return all;
}

void test('a viewer gets the whole window first, and then what is new', async (context) => {
  const { events, streams, open } = await start(context);
  const viewer = await open();
  assert.equal(viewer.headers['content-type'], 'text/event-stream; charset=utf-8');
  assert.equal(viewer.headers['cache-control'], 'no-store');
  const first = await readUntil(viewer, '}\n\n');
  assert.match(first, /^retry: 1000\n\ndata: \{"version":"x","nowMs":1,.*"isWhole":true,.*\}\n\n$/);
  streams.tick();
  assert.match(
    await readUntil(viewer, '}\n\n'),
    /^data: \{"version":"x","nowMs":3,.*"isWhole":false,.*\}\n\n$/,
  );
  assert.deepEqual(events.made, ['whole', 'values', 'update']);
});

void test('an update is made once for all viewers, and so is the whole between two updates', async (context) => {
  const { events, streams, open } = await start(context);
  const viewers = await Promise.all([open(), open(), open()]);
  await Promise.all(viewers.map(async (viewer) => readUntil(viewer, '"isWhole":true')));
  streams.tick();
  await Promise.all(viewers.map(async (viewer) => readUntil(viewer, '"isWhole":false')));
  assert.deepEqual(events.made, ['whole', 'values', 'update']);
});

void test('while nobody watches no event is made, and nothing waits to be told', async (context) => {
  const { events, streams, open } = await start(context);
  streams.tick();
  const viewer = await open();
  await readUntil(viewer, '"isWhole":true');
  viewer.destroy();
  while (streams.count > 0) await new Promise(setImmediate);
  streams.tick();
  assert.deepEqual(events.made, ['values', 'dropped', 'whole', 'values', 'dropped']);
});

void test('a viewer that does not read is dropped, and the others go on', async (context) => {
  const { events, streams, open } = await start(context);
  const [slow, quick] = await Promise.all([open(), open()]);
  const closed = new Promise((done) => slow.once('close', done));
  slow.pause();
  await readUntil(quick, '}\n\n');
  events.text = 'y'.repeat(2 * 1024 * 1024);
  // The kernel takes some megabytes before anything waits here.
  for (let ticks = 0; streams.count > 1; ticks++) {
    assert.ok(ticks < 100, 'nobody was dropped');
    const got = readUntil(quick, '}\n\n');
    streams.tick();
    await got;
  }
  slow.resume();
  await closed;
  events.text = 'still here';
  const got = readUntil(quick, 'still here');
  streams.tick();
  assert.match(await got, /still here/);
});

void test(`there are at most ${STREAMS_MAX} viewers; when one goes another may come`, async (context) => {
  const { streams, open } = await start(context);
  const viewers: IncomingMessage[] = [];
  for (let count = 0; count < 200; count++) viewers.push(await open());
  assert.equal(streams.count, 200);
  const refused = await open();
  assert.equal(refused.statusCode, 503);
  viewers[0]?.destroy();
  while (streams.count === 200) await new Promise(setImmediate);
  assert.equal((await open()).statusCode, 200);
});

void test('the end ends every stream in order, and no other begins', async (context) => {
  const { streams, open } = await start(context);
  const viewer = await open();
  const ended = once(viewer, 'end');
  viewer.resume();
  streams.end();
  await ended;
  assert.equal(viewer.complete, true);
  assert.equal((await open()).statusCode, 503);
});

void test('a viewer who is not allowed to watch any more gets nothing new', async (context) => {
  const { streams, open, allowed } = await start(context);
  const viewer = await open();
  const ended = once(viewer, 'end');
  let received = '';
  viewer.on('data', (part: Buffer) => (received += part.toString()));
  allowed.isStill = false;
  streams.tick();
  await ended;
  assert.equal(received.split('data: ').length, 2);
  assert.equal(streams.count, 0);
  streams.tick();
});
