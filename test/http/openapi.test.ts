// The description of the API is valid, has every route and no other, and real answers are as it says.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import type { Explanation } from '../../src/alerts/rule.ts';
import type { OutputState } from '../../src/outputs/output.ts';
import { ROUTES } from '../../src/http/routes.ts';
import { findFreePort } from '../free-port.ts';
import { folderWithLog, linesNow, ROOT, startMonitor, temporaryFolder } from '../monitor-process.ts';
import type { Run } from '../monitor-process.ts';
import { answering, startReceiver } from '../outputs/receiver.ts';
import { at, DOCUMENT, mustBeDescribed, mustFitSchema } from './described.ts';
import { askAt, cookieOf, logIn, startGated } from './gated-server.ts';
import type { Answered, Asking } from './gated-server.ts';

const TOKEN = '0123456789abcdef';
const CONTROL = { 'x-fluffy-control': '1' };

/** Asks a running monitor, and holds every answer against the description. `path` of the description stands first. */
async function asker(run: Run) {
  const { port } = new URL(await run.watches());
  return async (route: string, status: number, asking: Asking = {}, path = route): Promise<Answered> => {
    const answered = await askAt(Number(port), path, asking);
    const { method = 'GET' } = asking;
    assert.equal(answered.status, status, `${method} ${path}: ${answered.body}`);
    mustBeDescribed(method, route, answered);
    return answered;
  };
}

/** The first events of the stream. */
async function eventsOf(run: Run, count: number): Promise<readonly Record<string, unknown>[]> {
  const { port } = new URL(await run.watches());
  const [response] = (await once(get({ port, path: '/api/live', agent: false }), 'response')) as [
    IncomingMessage,
  ];
  response.setEncoding('utf8');
  let text = '';
  for await (const part of response) {
    text += String(part);
    if (text.split('data: ').length > count && text.endsWith('\n\n')) break;
  }
  return [...text.matchAll(/^data: (.*)$/gm)].map(([, data]): Record<string, unknown> =>
    JSON.parse(data ?? ''),
  );
}

function startWith(context: TestContext, log: string, config: string): { run: Run; configPath: string } {
  const folder = folderWithLog(context, log);
  const configPath = join(folder, 'config.yml');
  writeFileSync(configPath, config);
  return { run: startMonitor(context, { folder }), configPath };
}

function hasFailed({ problem, deadLetters }: OutputState): boolean {
  return problem !== null || deadLetters.count > 0;
}

void test('the description is valid OpenAPI 3.1', async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(DOCUMENT));
  assert.equal(valid, true, JSON.stringify(errors));
  assert.equal(validator.version, '3.1');
});

void test('it has every route with its methods, and no other', () => {
  const methods = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']);
  const described = Object.entries(at(DOCUMENT, ['paths']) ?? {}).map(([path, item]) => [
    path,
    Object.keys(item as object)
      .filter((key) => methods.has(key))
      .map((method) => method.toUpperCase()),
  ]);
  assert.deepEqual(Object.fromEntries(described), ROUTES);
});

void test('docs/API.md names every route, but for the page', () => {
  const text = readFileSync(join(ROOT, 'docs', 'API.md'), 'utf8');
  for (const path of Object.keys(ROUTES).filter((each) => each !== '/'))
    assert.match(text, new RegExp(`^\\| .*${path.replace('{rule}', 'RULE')}\``, 'm'), path);
});

void test('a route that is described is there, and a method that is not is refused', async (context) => {
  const { ask } = await startGated(context, { token: null });
  for (const [route, methods] of Object.entries(ROUTES)) {
    // Whoever owns the process answers these.
    if (route.startsWith('/health/') || route === '/api/live') continue;
    const path = route.replace('{rule}', 'traffic');
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']) {
      const answer = await ask(path, { method, headers: CONTROL });
      const isDescribed = (methods as readonly string[]).includes(method);
      assert.equal(answer.status === 405, !isDescribed, `${method} ${path}: ${answer.status}`);
      if (isDescribed) mustBeDescribed(method, route, answer);
    }
  }
});

void test('a monitor without a log answers as described: not ready, nothing read', async (context) => {
  const run = startMonitor(context, { folder: temporaryFolder(context), settings: { STATE_PATH: 'off' } });
  const ask = await asker(run);
  await ask('/health/live', 200);
  await ask('/health/ready', 503);
  const { body } = await ask('/status', 200);
  assert.deepEqual(JSON.parse(body).sources[0].problem.code, 'missing');
  await ask('/metrics', 200);
  await ask('/', 200);
  await ask('/api/session', 200);
  await ask('/api/openapi.json', 200);
  for (const event of await eventsOf(run, 2)) mustFitSchema('LiveEvent', event, 'an event without a log');
});

void test('an alert that fires and is silenced, lines that are no records, and a channel that fails are described', async (context) => {
  const receiver = await startReceiver(context, answering(400));
  const config = `
alerts:
  - { name: share, metric: error-rate, above: 1, window: 1m, where: { path: /report/**, method: GET, status: 4xx }, message: "{rule}" }
  - { name: unjudged, metric: error-rate, above: 1, min-requests: 100000, window: 1m }
default-rules: on
objective: 99
channels:
  - { name: ops, type: webhook, url: "http://127.0.0.1:${await findFreePort()}/" }
  - { name: desk, type: webhook, url-env: NO_SUCH_VARIABLE }
  - { name: strict, type: webhook, url: "${receiver.url}/" }
`;
  const { run } = startWith(
    context,
    `${linesNow(400)}${linesNow(40).replaceAll(' 200 ', ' 404 ')}not a line\n`,
    config,
  );
  const ask = await asker(run);
  await run.says('Monitor on alert share');
  const silence = JSON.stringify({ rule: 'share', seconds: 60, reason: 'a release' });
  await ask('/api/silences', 200, { method: 'POST', headers: CONTROL, body: silence });
  let said = JSON.parse((await ask('/status', 200)).body);
  // One that is away, one whose address is not known, one that refuses.
  while (said.outputs.filter(hasFailed).length < 3) said = JSON.parse((await ask('/status', 200)).body);
  assert.equal(said.silences.length, 1);
  assert.equal(said.totals.parseFailures, 1);
  assert.ok(
    said.alerts.some(({ state, muted }: Record<string, unknown>) => state === 'firing' && muted === true),
  );
  assert.ok(said.alerts.some(({ value }: Record<string, unknown>) => value === null));
  await ask('/health/ready', 503);
  await ask('/metrics', 200);
  const [whole, update] = await eventsOf(run, 2);
  assert.deepEqual([whole?.['isWhole'], update?.['isWhole']], [true, false]);
  const alerts = whole?.['alerts'] as Record<string, unknown>[];
  assert.ok(alerts.some(({ explanation }) => explanation !== null));
  assert.ok(alerts.some(({ explanation }) => (explanation as Explanation | null)?.lines !== undefined));
  assert.ok(alerts.some(({ message }) => message !== null));
  mustFitSchema('LiveEvent', whole, 'the whole window');
  mustFitSchema('LiveEvent', update, 'an update');
  await ask('/api/silences/{rule}', 200, { method: 'DELETE', headers: CONTROL }, '/api/silences/share');
});

void test('orders that are refused are described', async (context) => {
  const { run, configPath } = startWith(context, '', 'threshold: 10\nwatch-config: off\n');
  const ask = await asker(run);
  const post = { method: 'POST', headers: CONTROL };
  await ask('/api/silences', 400, { ...post, body: '{}' });
  await ask('/api/silences', 403, { method: 'POST' });
  await ask('/api/silences', 403, { ...post, headers: { ...CONTROL, origin: 'http://evil.example' } });
  const unknown = JSON.stringify({ rule: 'none', seconds: 1, reason: '' });
  await ask('/api/silences', 404, { ...post, body: unknown });
  await ask('/api/silences/{rule}', 404, { method: 'DELETE', headers: CONTROL }, '/api/silences/none');
  await ask('/api/silences/{rule}', 403, { method: 'DELETE' }, '/api/silences/none');
  await ask('/api/reload', 403, { method: 'POST' });
  await ask('/api/reload', 200, post);
  writeFileSync(configPath, 'threshold: fast\n');
  await ask('/api/reload', 409, post);
  rmSync(configPath);
  await ask('/api/reload', 409, post);
  const other = { host: 'evil.example' };
  for (const path of ['/', '/status', '/metrics', '/api/live', '/api/openapi.json', '/api/session'])
    await ask(path, 421, { headers: other });
  await ask('/api/session', 421, { ...logIn(TOKEN), headers: other });
  await ask('/api/session', 200, { method: 'DELETE' });
});

void test('with a token: refusals, the form, a session and its end, and too many tries are described', async (context) => {
  const folder = folderWithLog(context);
  writeFileSync(join(folder, 'token'), TOKEN);
  const run = startMonitor(context, { folder, settings: { HTTP_TOKEN_FILE: 'token' } });
  const ask = await asker(run);
  const html = { headers: { accept: 'text/html' } };
  for (const path of ['/', '/status', '/metrics', '/api/live', '/api/openapi.json', '/api/session'])
    await ask(path, 401);
  await ask('/', 401, html);
  await ask('/api/session', 401, html);
  await ask('/health/ready', 200);
  await ask('/api/session', 400, { method: 'POST' });
  await ask('/api/session', 401, logIn('wrong'));
  await ask('/api/session', 401, logIn('wrong', { accept: '*/*' }));
  await ask('/api/session', 403, logIn(TOKEN, { origin: 'http://evil.example' }));
  const headers = { cookie: cookieOf(await ask('/api/session', 303, logIn(TOKEN))) };
  await ask('/api/session', 200, { headers });
  await ask('/status', 200, { headers });
  await ask('/api/session', 200, { method: 'DELETE', headers });
  await ask('/api/session', 401, { method: 'DELETE' });
  await ask('/api/reload', 401, { method: 'POST', headers: CONTROL });
  const wrong = { headers: { authorization: 'Bearer wrong' } };
  for (let i = 0; i < 8; i++) await ask('/status', 401, wrong);
  for (const path of ['/', '/status', '/metrics', '/api/live', '/api/openapi.json', '/api/session'])
    await ask(path, 429, wrong);
  await ask('/api/session', 429, logIn(TOKEN));
  await ask('/api/session', 429, logIn(TOKEN, { accept: '*/*' }));
  await ask(
    '/api/silences/{rule}',
    429,
    { method: 'DELETE', headers: { ...CONTROL, ...wrong.headers } },
    '/api/silences/a',
  );
});
