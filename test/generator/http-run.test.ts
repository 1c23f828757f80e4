import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import { test, type TestContext } from 'node:test';
import { httpPaths, runOverHttp } from '../../generator/http-run.ts';
import type { Surroundings } from '../../generator/surroundings.ts';
import { Truth } from '../../generator/truth.ts';
import { fakeSurroundings, optionsOf, truthJson, type TruthJson } from './runs.ts';

interface Listening {
  readonly server: Server;
  readonly url: string;
}

async function listen(context: TestContext, onRequest: RequestListener): Promise<Listening> {
  const server = createServer(onRequest);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return { server, url: `http://127.0.0.1:${address.port}` };
}

async function runAgainst(
  url: string,
  argv: readonly string[],
  surroundings: Surroundings = fakeSurroundings(Date.now()),
): Promise<TruthJson> {
  const options = optionsOf(['--url', url, ...argv]);
  const { target } = options;
  assert.equal(target.kind, 'url');
  if (target.kind !== 'url') throw new Error('not a URL');
  const truth = new Truth(httpPaths(options.mix));
  await runOverHttp({ target, options, truth, surroundings, stopGraceMs: 50 });
  return truthJson(truth, options);
}

void test('truth is what the server counted, by path and status', async (context) => {
  const counted: Record<string, Record<string, number>> = {};
  const agents = new Set<string | undefined>();
  const methods = new Set<string | undefined>();
  let connections = 0;
  const { server, url } = await listen(context, (request, response) => {
    const path = request.url?.split('?')[0] ?? '';
    const status = path.startsWith('/missing/') ? 404 : 200;
    const statuses = (counted[path] ??= {});
    statuses[status] = (statuses[status] ?? 0) + 1;
    agents.add(request.headers['user-agent']);
    methods.add(request.method);
    request.resume();
    response.writeHead(status, { 'content-length': 7 });
    response.end('1234567');
  });
  server.on('connection', () => connections++);
  const argv = '--fast --lines 400 --error-share 20% --paths 5 --concurrency 4 --methods GET,POST'.split(' ');
  const truth = await runAgainst(url, argv);
  assert.deepEqual(truth.paths, counted);
  assert.equal(truth.totals['requests'], 400);
  assert.equal(truth.totals['bytes'], 2800);
  assert.equal(truth.totals['failedRequests'], 0);
  const errors = truth.totals['errors'] ?? 0;
  assert.ok(errors > 50 && errors < 110, `got ${errors}`);
  assert.equal(connections, 4, 'connections are kept alive, and no more than asked for');
  assert.deepEqual(methods, new Set(['GET', 'POST']));
  assert.ok(agents.size > 5);
});

void test('requests come at the planned rate', async (context) => {
  let requests = 0;
  const { url } = await listen(context, (_request, response) => {
    requests++;
    response.end();
  });
  const surroundings = fakeSurroundings(Date.UTC(2026, 10, 23, 22, 14));
  const truth = await runAgainst(url, '--rate 20 --burst 60@1s+1s --duration 3s'.split(' '), surroundings);
  assert.equal(requests, 100);
  assert.equal(truth.totals['requests'], 100);
  const waitedMs = surroundings.waitsMs.reduce((sum, ms) => sum + ms, 0);
  assert.ok(waitedMs >= 2980 && waitedMs <= 3040, `waited ${waitedMs} ms`);
});

void test('the second of a response is the one its Date header says', async (context) => {
  const { url } = await listen(context, (_request, response) => {
    response.setHeader('date', 'Mon, 23 Nov 2026 22:14:05 GMT');
    response.end();
  });
  const truth = await runAgainst(url, '--fast --lines 10 --error-share 0'.split(' '));
  assert.deepEqual(Object.keys(truth.seconds), ['1795472045']);
});

void test('a response that breaks off and one that never comes are failures, not requests', async (context) => {
  const { url } = await listen(context, (request, response) => {
    if (request.url?.startsWith('/hang')) return;
    response.writeHead(200, { 'content-length': 100 });
    response.write('only half', () => request.socket.destroy());
  });
  const cutOff = await runAgainst(
    url,
    '--fast --lines 5 --error-share 0 --methods GET --path /cut'.split(' '),
  );
  assert.deepEqual([cutOff.totals['requests'], cutOff.failures], [0, { ECONNRESET: 5 }]);
  const hung = await runAgainst(
    url,
    '--fast --lines 3 --error-share 0 --timeout 50ms --path /hang'.split(' '),
  );
  assert.deepEqual([hung.totals['requests'], hung.failures], [0, { ETIMEDOUT: 3 }]);
});

void test('where no one listens every request is a failure', async (context) => {
  const { server, url } = await listen(context, (_request, response) => response.end());
  await new Promise((resolve) => {
    server.close(resolve);
  });
  const truth = await runAgainst(url, '--fast --lines 5'.split(' '));
  assert.deepEqual(truth.failures, { ECONNREFUSED: 5 });
});

void test('a stop lets go of requests that are never answered', async (context) => {
  const surroundings = fakeSurroundings(Date.now());
  const { url } = await listen(context, () => surroundings.stopNow());
  const truth = await runAgainst(url, '--fast --lines 100 --concurrency 3'.split(' '), surroundings);
  assert.deepEqual([truth.totals['requests'], truth.totals['failedRequests']], [0, 3]);
});
