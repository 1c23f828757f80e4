// Who is let in over HTTP, and how everybody else is answered.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { ROUTES } from '../../src/http/routes.ts';
import { cookieOf, logIn, startGated } from './gated-server.ts';

const TOKEN = 's3cret-0123456789';
const BEARER = { authorization: `Bearer ${TOKEN}` };
const CONTROL = { 'x-fluffy-control': '1' };
const NEEDED = {
  ok: false,
  problems: ['this needs the token of http.token-file: Authorization: Bearer TOKEN'],
};

void test('with a token nothing but the health checks is served without it, whatever the method or the path', async (context) => {
  const { ask, orders } = await startGated(context, { token: TOKEN });
  const paths = Object.keys(ROUTES).map((path) => path.replace('{rule}', 'traffic'));
  for (const path of [...paths, '/nothing', '/page-1.js', '//status', '/status?x']) {
    for (const method of ['GET', 'POST', 'DELETE', 'PUT', 'OPTIONS']) {
      if (path === '/api/session' && method === 'POST') continue;
      const answer = await ask(path, { method, headers: CONTROL });
      assert.equal(answer.status, 401, `${method} ${path}`);
      assert.equal(answer.headers['www-authenticate'], 'Bearer realm="fluffy"');
      assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
      assert.equal(answer.headers['cache-control'], 'no-store');
      assert.deepEqual(JSON.parse(answer.body), NEEDED);
    }
  }
  assert.deepEqual(orders, []);
});

void test('with the token everything is served, orders included', async (context) => {
  const { ask, orders } = await startGated(context, { token: TOKEN });
  for (const path of ['/', '/status', '/metrics', '/api/openapi.json'])
    assert.equal((await ask(path, { headers: BEARER })).status, 200, path);
  assert.equal((await ask('/status', { headers: { authorization: `bearer   ${TOKEN} ` } })).status, 200);
  const headers = { ...BEARER, ...CONTROL };
  assert.equal((await ask('/api/reload', { method: 'POST', headers })).status, 200);
  assert.deepEqual(orders, ['reload']);
  assert.equal((await ask('/nothing', { headers: BEARER })).status, 404);
  assert.deepEqual(JSON.parse((await ask('/api/session', { headers: BEARER })).body), { by: 'token' });
});

void test('what is not quite the token is not the token', async (context) => {
  const { ask } = await startGated(context, { token: TOKEN });
  for (const authorization of [
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.slice(1)}`,
    `Bearer ${TOKEN.toUpperCase()}`,
    `Bearer x`,
  ]) {
    const answer = await ask('/status', { headers: { authorization } });
    assert.equal(answer.status, 401, authorization);
    assert.equal(answer.headers['www-authenticate'], 'Bearer realm="fluffy", error="invalid_token"');
    assert.deepEqual(JSON.parse(answer.body), {
      ok: false,
      problems: ['the token is not that of http.token-file'],
    });
  }
  // No tries: there is no token in them.
  for (const authorization of [TOKEN, `Basic ${TOKEN}`, 'Bearer', `Bearer ${TOKEN} ${TOKEN}`])
    assert.deepEqual(JSON.parse((await ask('/status', { headers: { authorization } })).body), NEEDED);
  assert.equal((await ask(`/status?token=${TOKEN}`)).status, 401);
});

void test('the eleventh wrong token of an address is not looked at, and neither is the right one, for six seconds', async (context) => {
  const { ask, clock } = await startGated(context, { token: TOKEN });
  const wrong = { headers: { authorization: 'Bearer wrong' } };
  const session = cookieOf(await ask('/api/session', logIn(TOKEN)));
  for (let i = 0; i < 10; i++) assert.equal((await ask('/status', wrong)).status, 401);
  for (const headers of [wrong.headers, BEARER]) {
    const answer = await ask('/status', { headers });
    assert.equal(answer.status, 429);
    assert.equal(answer.headers['retry-after'], '6');
    assert.deepEqual(JSON.parse(answer.body), {
      ok: false,
      problems: ['too many wrong tokens: the next try is in 6 s'],
    });
  }
  const form = await ask('/api/session', logIn(TOKEN));
  assert.equal(form.status, 429);
  assert.equal(form.headers['retry-after'], '6');
  assert.match(form.body, /role="alert">Too many wrong tokens: the next try is in 6 seconds\./);
  // Whoever is in already is not held up.
  assert.equal((await ask('/status', { headers: { cookie: session } })).status, 200);
  clock.advance(6000);
  assert.equal((await ask('/status', { headers: BEARER })).status, 200);
});

void test('a browser gets a form in place of the page, which asks nobody for anything', async (context) => {
  const { ask } = await startGated(context, { token: TOKEN });
  const headers = { accept: 'text/html,application/xhtml+xml;q=0.9' };
  const form = await ask('/', { headers });
  assert.equal(form.status, 401);
  assert.equal(form.headers['content-type'], 'text/html; charset=utf-8');
  assert.match(
    form.headers['content-security-policy'] as string,
    /^default-src 'none'; style-src 'sha256-[^']{44}'; script-src 'sha256-[^']{44}'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'$/,
  );
  assert.match(form.body, /<form method="post" action="\/api\/session">/);
  assert.match(form.body, /type="password" autocomplete="current-password" required autofocus \/>/);
  assert.doesNotMatch(form.body, /alert|(?:src|href)="(?!data:,")/);
  assert.equal((await ask('/api/session', { headers })).headers['content-type'], 'text/html; charset=utf-8');
  assert.match((await ask('/status', { headers })).body, /^\{/);
});

void test('the form says when the token is wrong, and never what was given', async (context) => {
  const { ask } = await startGated(context, { token: TOKEN });
  const form = await ask('/api/session', logIn('wr0ng"><b>'));
  assert.equal(form.status, 401);
  assert.equal(form.headers['set-cookie'], undefined);
  assert.match(form.body, /<p id="problem" class="problem" role="alert">This is not the token\.<\/p>/);
  assert.match(form.body, /aria-invalid="true" aria-describedby="problem"/);
  assert.doesNotMatch(form.body, /wr0ng|s3cret/);
  const program = await ask('/api/session', logIn('wrong', { accept: '*/*' }));
  assert.deepEqual([program.status, JSON.parse(program.body).ok], [401, false]);
});

void test('the right token begins a session in a cookie that no script reads and no other site sends', async (context) => {
  const { ask, port } = await startGated(context, { token: TOKEN });
  const answer = await ask('/api/session', logIn(` ${TOKEN}\n`));
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.location, '/');
  assert.match(
    answer.headers['set-cookie']?.join() ?? '',
    new RegExp(`^fluffy_session_${port}=[\\w-]{43}; Max-Age=604800; HttpOnly; SameSite=Strict; Path=/$`),
  );
  const headers = { cookie: `a=b; ${cookieOf(answer)}; c=d` };
  assert.equal((await ask('/status', { headers })).status, 200);
  assert.deepEqual(JSON.parse((await ask('/api/session', { headers })).body), { by: 'session' });
});

void test('behind a proxy that speaks https the cookie is for https only', async (context) => {
  const { ask } = await startGated(context, { token: TOKEN });
  for (const headers of [
    { 'x-forwarded-proto': 'https' },
    { host: 'fluffy.example.org', origin: 'https://fluffy.example.org' },
  ]) {
    const answer = await ask('/api/session', logIn(TOKEN, headers));
    assert.match(answer.headers['set-cookie']?.join() ?? '', /; Path=\/; Secure$/);
  }
});

void test('a session ends by logging out, with its time, and with the token that it was begun with', async (context) => {
  const { ask, access, clock } = await startGated(context, { token: TOKEN });
  const begin = async () => ({ headers: { cookie: cookieOf(await ask('/api/session', logIn(TOKEN))) } });
  const [first, second] = [await begin(), await begin()];
  const out = await ask('/api/session', { method: 'DELETE', ...first });
  assert.equal(out.status, 200);
  assert.match(out.headers['set-cookie']?.join() ?? '', /^fluffy_session_\d+=; Max-Age=0; HttpOnly/);
  assert.equal((await ask('/status', first)).status, 401);
  assert.equal((await ask('/status', second)).status, 200);
  access.changeToken(TOKEN);
  assert.equal((await ask('/status', second)).status, 200);
  access.changeToken('another-0123456789');
  assert.equal((await ask('/status', second)).status, 401);
  assert.equal((await ask('/status', { headers: BEARER })).status, 401);
  access.changeToken(TOKEN);
  const third = await begin();
  clock.advance(7 * 86_400_000);
  assert.equal((await ask('/status', third)).status, 401);
});

void test('a cookie that is none is no try: pages that are open over a restart lock nobody out', async (context) => {
  const { ask, port } = await startGated(context, { token: TOKEN });
  const headers = { cookie: `fluffy_session_${port}=${'x'.repeat(43)}` };
  for (let i = 0; i < 30; i++) assert.equal((await ask('/api/live', { headers })).status, 401);
  assert.equal((await ask('/status', { headers: BEARER })).status, 200);
});

void test('a log-in that is no form with a token is refused, however long it is', async (context) => {
  const { ask } = await startGated(context, { token: TOKEN });
  for (const body of ['', 'token=', 'token=%20', '{"token": "x"}', `token=${'x'.repeat(5000)}`]) {
    const answer = await ask('/api/session', { method: 'POST', body });
    assert.equal(answer.status, 400);
    assert.deepEqual(JSON.parse(answer.body), {
      ok: false,
      problems: ['a log-in is a form with the field token, of at most 4096 bytes'],
    });
  }
});

void test('a stream ends when its session does', async (context) => {
  const { ask, port, streams, access } = await startGated(context, { token: TOKEN });
  const watch = async (headers: Record<string, string>): Promise<IncomingMessage> => {
    const [response] = (await once(get({ port, path: '/api/live', headers, agent: false }), 'response')) as [
      IncomingMessage,
    ];
    return response.resume();
  };
  const cookie = cookieOf(await ask('/api/session', logIn(TOKEN)));
  const byCookie = await watch({ cookie });
  const byToken = await watch(BEARER);
  streams.tick();
  assert.equal(streams.count, 2);
  const firstEnd = once(byCookie, 'end');
  await ask('/api/session', { method: 'DELETE', headers: { cookie } });
  streams.tick();
  await firstEnd;
  assert.equal(streams.count, 1);
  const secondEnd = once(byToken, 'end');
  access.changeToken('another-0123456789');
  streams.tick();
  await secondEnd;
});

void test('without a token a name that may be that of a page elsewhere is answered 421, and its orders are not obeyed', async (context) => {
  const { ask, orders } = await startGated(context, { token: null, allowedHosts: ['fluffy.example.org'] });
  for (const path of ['/', '/status', '/metrics', '/api/live', '/api/session', '/nothing']) {
    const answer = await ask(path, { headers: { host: 'evil.example:9180', accept: 'text/html' } });
    assert.equal(answer.status, 421, path);
    assert.deepEqual(JSON.parse(answer.body), {
      ok: false,
      problems: [
        'fluffy is not asked under this name: put it into http.allowed-hosts, or set http.token-file',
      ],
    });
  }
  const headers = { host: 'evil.example:9180', origin: 'http://evil.example:9180', ...CONTROL };
  assert.equal((await ask('/api/reload', { method: 'POST', headers })).status, 421);
  assert.deepEqual(orders, []);
  assert.equal((await ask('/status', { headers: { host: 'fluffy.example.org' } })).status, 200);
  assert.deepEqual(JSON.parse((await ask('/api/session')).body), { by: 'nothing' });
});

void test('with a token the name does not matter', async (context) => {
  const { ask } = await startGated(context, { token: TOKEN });
  assert.equal((await ask('/status', { headers: { host: 'any.example', ...BEARER } })).status, 200);
  assert.equal((await ask('/status', { headers: { host: 'any.example' } })).status, 401);
});

void test('a page of another origin gives no order, logs nobody in and nobody out', async (context) => {
  for (const token of [null, TOKEN]) {
    const { ask, orders, port } = await startGated(context, { token });
    for (const [method, path] of [
      ['POST', '/api/silences'],
      ['DELETE', '/api/silences/traffic'],
      ['POST', '/api/reload'],
      ['POST', '/api/session'],
      ['DELETE', '/api/session'],
    ] as const) {
      for (const origin of ['http://evil.example', 'http://127.0.0.1:1', 'null']) {
        const answer = await ask(path, { method, headers: { ...BEARER, ...CONTROL, origin } });
        assert.equal(answer.status, 403, `${method} ${path} ${origin}`);
        assert.match(answer.body, /a page of another origin may not do this: behind a proxy /);
      }
    }
    assert.deepEqual(orders, []);
    const origin = `http://127.0.0.1:${port}`;
    const headers = { ...BEARER, ...CONTROL, origin };
    assert.equal((await ask('/api/reload', { method: 'POST', headers })).status, 200);
    assert.deepEqual(orders, ['reload']);
  }
});
