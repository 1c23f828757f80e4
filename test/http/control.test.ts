// Orders over HTTP: who may give them, and what is refused with which words.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { CONTROL_HEADER } from '../../src/http/control.ts';
import type { Control } from '../../src/http/control.ts';
import { LiveStreams } from '../../src/http/live-streams.ts';
import { RELOAD_PATH, SILENCES_PATH } from '../../src/http/routes.ts';
import { createHttpServer, listen } from '../../src/http/server.ts';
import { OPEN_TO_ALL } from './access.ts';
import { EVENTS } from './live-events.ts';
import { SNAPSHOT } from './snapshot.ts';

const USAGE =
  'a silence is {"rule": NAME, "seconds": 1 to 2592000, "reason": TEXT of at most 500 characters}';

interface Answer {
  readonly status: number | undefined;
  readonly body: unknown;
}

/** A monitor with the rules `traffic` and `a/b %`, of which the latter is silenced; what it was ordered. */
async function start(
  context: TestContext,
  reload: Control['reload'] = () => ({ ok: true, needRestart: [] }),
) {
  const orders: unknown[] = [];
  const control: Control = {
    silence: (order) => {
      orders.push(order);
      return order.rule === 'traffic' ? { ok: true } : { ok: false, known: ['traffic', 'a/b %'] };
    },
    unsilence: (rule) => {
      orders.push(rule);
      return rule === 'a/b %';
    },
    reload,
  };
  const server = createHttpServer({
    snapshot: () => SNAPSHOT,
    control,
    access: OPEN_TO_ALL,
    streams: new LiveStreams(EVENTS),
    page: null,
    series: null,
  });
  const port = await listen(server, '127.0.0.1', 0);
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const order = async (
    method: string,
    path: string,
    body?: string,
    headers: Readonly<Record<string, string>> = { [CONTROL_HEADER]: '1' },
  ): Promise<Answer> => {
    const arrived = Promise.withResolvers<IncomingMessage>();
    request({ host: '127.0.0.1', port, path, method, headers }, arrived.resolve)
      .on('error', arrived.reject)
      .end(body);
    const response = await arrived.promise;
    let text = '';
    for await (const part of response) text += String(part);
    return { status: response.statusCode, body: JSON.parse(text) };
  };
  return { orders, order };
}

const refused = (status: number, problem: string): Answer => ({
  status,
  body: { ok: false, problems: [problem] },
});

void test('a silence is taken as it was ordered', async (context) => {
  const { orders, order } = await start(context);
  const silence = { rule: 'traffic', seconds: 3600, reason: 'deploy' };
  assert.deepEqual(await order('POST', SILENCES_PATH, JSON.stringify(silence)), {
    status: 200,
    body: { ok: true },
  });
  assert.deepEqual(orders, [silence]);
});

void test('without the header, as from a form of another site, no order is obeyed', async (context) => {
  let reloads = 0;
  const { orders, order } = await start(context, () => {
    reloads++;
    return { ok: true, needRestart: [] };
  });
  const silence = JSON.stringify({ rule: 'traffic', seconds: 1, reason: '' });
  const form = { 'content-type': 'text/plain' };
  for (const [method, path, body] of [
    ['POST', SILENCES_PATH, silence],
    ['DELETE', `${SILENCES_PATH}/traffic`, undefined],
    ['POST', RELOAD_PATH, undefined],
  ] as const) {
    assert.deepEqual(
      await order(method, path, body, form),
      refused(403, 'an order needs the header x-fluffy-control: 1'),
    );
  }
  assert.deepEqual([orders, reloads], [[], 0]);
});

void test('a page of another site may not send the header: it is not allowed what it asks for before', async (context) => {
  const { order } = await start(context);
  const { status } = await order('OPTIONS', SILENCES_PATH, undefined, {
    origin: 'http://evil.example',
    'access-control-request-method': 'POST',
    'access-control-request-headers': CONTROL_HEADER,
  });
  assert.equal(status, 403);
});

void test('what is no silence is refused with what one looks like', async (context) => {
  const { orders, order } = await start(context);
  const good = { rule: 'traffic', seconds: 60, reason: '' };
  const bodies: unknown[] = [
    null,
    [],
    'traffic',
    {},
    { ...good, rule: '' },
    { ...good, rule: 'x'.repeat(101) },
    { ...good, seconds: 0 },
    { ...good, seconds: 2_592_001 },
    { ...good, seconds: 1.5 },
    { ...good, seconds: '60' },
    { ...good, reason: 'x'.repeat(501) },
    { rule: 'traffic', seconds: 60 },
    { ...good, more: 1 },
  ];
  for (const body of [...bodies.map((each) => JSON.stringify(each)), '', '{', '\u0000'])
    assert.deepEqual(await order('POST', SILENCES_PATH, body), refused(400, USAGE), body);
  assert.deepEqual(orders, []);
});

void test('a body that is too long is refused with an answer, and not read to its end', async (context) => {
  const { orders, order } = await start(context);
  const body = JSON.stringify({ rule: 'traffic', seconds: 60, reason: '', rest: 'x'.repeat(5000) });
  assert.deepEqual(await order('POST', SILENCES_PATH, body), refused(400, USAGE));
  assert.deepEqual(orders, []);
  const spaced = `${JSON.stringify({ rule: 'traffic', seconds: 60, reason: '' })}${' '.repeat(5000)}`;
  assert.deepEqual(await order('POST', SILENCES_PATH, spaced), refused(400, USAGE));
  assert.deepEqual(await order('POST', SILENCES_PATH, 'x'.repeat(3_000_000)), refused(400, USAGE));
  assert.deepEqual(orders, []);
});

void test('a rule that does not exist is refused with those that do', async (context) => {
  const { order } = await start(context);
  const body = JSON.stringify({ rule: 'trafic', seconds: 60, reason: '' });
  assert.deepEqual(
    await order('POST', SILENCES_PATH, body),
    refused(404, 'there is no rule trafic; known: traffic, a/b %'),
  );
});

void test('a silence is taken back by the name of its rule, whatever is in that', async (context) => {
  const { orders, order } = await start(context);
  const name = encodeURIComponent('a/b %');
  assert.deepEqual(await order('DELETE', `${SILENCES_PATH}/${name}`), { status: 200, body: { ok: true } });
  assert.deepEqual(
    await order('DELETE', `${SILENCES_PATH}/traffic`),
    refused(404, 'traffic is not silenced'),
  );
  // What is no encoding is taken as it stands.
  assert.deepEqual(
    await order('DELETE', `${SILENCES_PATH}/%E0%A4%A`),
    refused(404, '%E0%A4%A is not silenced'),
  );
  assert.deepEqual(orders, ['a/b %', 'traffic', '%E0%A4%A']);
});

void test('a reload says what needs a restart, or all that is wrong', async (context) => {
  const good = await start(context, () => ({ ok: true, needRestart: ['lateness'] }));
  assert.deepEqual(await good.order('POST', RELOAD_PATH), {
    status: 200,
    body: { ok: true, needRestart: ['lateness'] },
  });
  const bad = await start(context, () => ({ ok: false, problems: ['one', 'two'] }));
  assert.deepEqual(await bad.order('POST', RELOAD_PATH), {
    status: 409,
    body: { ok: false, problems: ['one', 'two'] },
  });
});

void test('other methods are refused, and nothing is done', async (context) => {
  const { orders, order } = await start(context);
  for (const [method, path] of [
    ['GET', SILENCES_PATH],
    ['PUT', SILENCES_PATH],
    ['DELETE', SILENCES_PATH],
    ['POST', `${SILENCES_PATH}/traffic`],
    ['GET', RELOAD_PATH],
    ['DELETE', RELOAD_PATH],
  ] as const) {
    assert.deepEqual(
      await order(method, path),
      refused(405, 'POST /api/silences, DELETE /api/silences/RULE or POST /api/reload'),
      `${method} ${path}`,
    );
  }
  assert.deepEqual(orders, []);
});
