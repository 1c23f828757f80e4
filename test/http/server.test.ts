import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { LiveStreams } from '../../src/http/live-streams.ts';
import { createHttpServer, listen } from '../../src/http/server.ts';
import type { HttpOptions } from '../../src/http/server.ts';
import { OPEN_TO_ALL } from './access.ts';
import { EVENTS } from './live-events.ts';
import { SNAPSHOT } from './snapshot.ts';

const OPTIONS: HttpOptions = {
  snapshot: () => SNAPSHOT,
  control: {
    silence: ({ rule }) => (rule === 'traffic' ? { ok: true } : { ok: false, known: ['traffic'] }),
    unsilence: (rule) => rule === 'traffic',
    reload: () => ({ ok: true, needRestart: [] }),
  },
  access: OPEN_TO_ALL,
  streams: new LiveStreams(EVENTS),
  page: null,
  series: null,
};

async function start(context: TestContext): Promise<number> {
  const server = createHttpServer(OPTIONS);
  const port = await listen(server, '127.0.0.1', 0);
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return port;
}

async function get(port: number, path: string, method = 'GET'): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}${path}`, { method });
}

void test('the pages: text, JSON and metrics', async (context) => {
  const port = await start(context);
  const status = await get(port, '/status');
  assert.equal(status.status, 200);
  assert.equal(status.headers.get('content-type'), 'application/json; charset=utf-8');
  assert.equal(status.headers.get('cache-control'), 'no-store');
  assert.match(await status.text(), /^\{\n {2}"version": "1\.2\.3",\n/);
  const metrics = await get(port, '/metrics');
  assert.equal(metrics.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  assert.match(await metrics.text(), /^# HELP fluffy_/);
  assert.match(
    await (await get(port, '/')).text(),
    /^fluffy: the page was not built \(npm run build:page\)\n[^]*\/status[^]*\/metrics[^]*\/health\/ready/,
  );
});

void test('a query string makes no other page', async (context) => {
  const port = await start(context);
  assert.equal((await get(port, '/status?a=/b')).status, 200);
  assert.equal((await get(port, '/metrics?')).status, 200);
});

void test('a page that is not there is 404, another method 405 with what is allowed', async (context) => {
  const port = await start(context);
  for (const path of ['/nothing', '/status/', '//status', '/STATUS', '/toString', '/__proto__']) {
    assert.equal((await get(port, path)).status, 404, path);
  }
  const post = await get(port, '/status', 'POST');
  assert.equal(post.status, 405);
  assert.equal(post.headers.get('allow'), 'GET, HEAD');
  assert.equal((await get(port, '/nothing', 'POST')).status, 404);
});

void test('HEAD gives the head of GET without its body', async (context) => {
  const port = await start(context);
  const [head, full] = [await get(port, '/status', 'HEAD'), await get(port, '/status')];
  const body = await full.text();
  assert.equal(head.status, 200);
  assert.equal(head.headers.get('content-length'), String(Buffer.byteLength(body)));
  assert.equal(await head.text(), '');
});

void test('what is not HTTP is answered with 400 and harms nobody', async (context) => {
  const port = await start(context);
  const socket = connect(port, '127.0.0.1', () => socket.write('\u0000\u0001 hello\r\n\r\n'));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  assert.match(answer.toString(), /^HTTP\/1\.1 400 /);
  assert.equal((await get(port, '/status')).status, 200);
});

void test('of more than 320 connections at a time the next one is closed at once', async (context) => {
  const port = await start(context);
  const sockets: Socket[] = [];
  context.after(() => sockets.forEach((socket) => socket.destroy()));
  const open = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    await once(socket, 'connect');
    return socket;
  };
  for (let count = 0; count < 320; count++) await open();
  const tooMany = await open();
  tooMany.resume();
  await once(tooMany, 'close');
  const [first = tooMany] = sockets;
  first.write('GET /status HTTP/1.1\r\nHost: x\r\n\r\n');
  const [answer] = (await once(first, 'data')) as [Buffer];
  assert.match(answer.toString(), /^HTTP\/1\.1 200 OK\r\n/);
});

void test('it listens once: a port in use, or an address of others, is a sentence with the remedy', async (context) => {
  const port = await start(context);
  const message = `cannot listen on 127.0.0.1:${port}: the port is in use: set http.port to another one`;
  const second = createHttpServer(OPTIONS);
  await assert.rejects(listen(second, '127.0.0.1', port), { message });
  assert.equal(second.listening, false);
  await assert.rejects(listen(createHttpServer(OPTIONS), '192.0.2.1', 0), {
    message:
      'cannot listen on 192.0.2.1:0: this machine does not have the address: set http.address to one that it has',
  });
});

void test('a connection that could not be taken does not end the process', async (context) => {
  const server = createHttpServer(OPTIONS);
  await listen(server, '127.0.0.1', 0);
  context.after(() => server.close());
  assert.equal(server.emit('error', new Error('too many open files')), true);
});
