// A running fluffy with a token: what its own commands do, how it is changed, and that nobody gets to read it.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { askAt, cookieOf, logIn } from './http/gated-server.ts';
import { folderWithLog, linesAt, Run, startMonitor } from './monitor-process.ts';

const TOKEN = 's3cret-0123456789';
/** As it is, and in base64 wherever it begins. */
const SECRET = /s3cret|czNjcmV0|MzY3JldC|zM2NyZXQt/i;

async function command(
  context: TestContext,
  folder: string,
  url: string,
  args: readonly string[],
  tokenFile = 'token',
): Promise<{ readonly code: number | null; readonly said: string }> {
  const settings = { HTTP_PORT: new URL(url).port, HTTP_TOKEN_FILE: tokenFile };
  const run = new Run(context, { folder, args, settings });
  const { code } = await run.exit;
  return { code, said: `${run.stdout}${run.stderr}` };
}

void test('it does not start without a token in the file, and says why', async (context) => {
  const folder = folderWithLog(context);
  writeFileSync(join(folder, 'token'), 's3cret');
  const run = startMonitor(context, { folder, settings: { HTTP_TOKEN_FILE: 'token' } });
  assert.equal((await run.exit).code, 1);
  assert.equal(
    run.stderr,
    'fluffy cannot start: http.token-file token must hold a token of at least 16 characters\n',
  );
});

void test('check finds that there is no token too', async (context) => {
  const folder = folderWithLog(context, linesAt('22:14:00', 3));
  const settings = { FILENAME: 'access.log', HTTP_TOKEN_FILE: 'token' };
  const without = new Run(context, { folder, args: ['check'], settings });
  assert.equal((await without.exit).code, 1);
  assert.match(
    without.stdout,
    /access\.log.*\nhttp\.token-file token cannot be read: no such file or directory\n\nnot ok: see above\n$/s,
  );
  writeFileSync(join(folder, 'token'), TOKEN);
  const having = new Run(context, { folder, args: ['check'], settings });
  assert.equal((await having.exit).code, 0);
  assert.doesNotMatch(having.stdout, /token/);
});

void test('the commands send the token; the health check needs none', async (context) => {
  const folder = folderWithLog(context, linesAt('22:14:00', 3));
  writeFileSync(join(folder, 'token'), `${TOKEN}\n`);
  const run = startMonitor(context, { folder, settings: { HTTP_TOKEN_FILE: 'token' } });
  const url = await run.watches();
  const ask = async (args: readonly string[], tokenFile?: string) =>
    command(context, folder, url, args, tokenFile);

  const status = await ask(['status']);
  assert.equal(status.code, 0, status.said);
  assert.match(status.said, /^fluffy .*: healthy\n/);
  const silence = await ask(['silence', 'traffic', '--for', '1h']);
  assert.match(silence.said, /^traffic is silenced until /);
  assert.match((await ask(['silence'])).said, /^traffic until /);
  assert.equal((await ask(['unsilence', 'traffic'])).said, 'the silence of traffic is over\n');
  assert.equal((await ask(['reload'])).said, 'the rules of the configuration are in force\n');

  const needed = 'this needs the token of http.token-file: Authorization: Bearer TOKEN';
  for (const args of [['status'], ['silence'], ['unsilence', 'traffic'], ['reload']])
    assert.deepEqual(await ask(args, 'off'), { code: 1, said: `${needed}\n` }, args.join(' '));
  assert.deepEqual(JSON.parse((await ask(['status', '--json'], 'off')).said), {
    healthy: false,
    problems: [needed],
  });
  assert.deepEqual(await ask(['health'], 'off'), { code: 0, said: 'healthy\n' });
  const missing = 'http.token-file missing cannot be read: no such file or directory\n';
  assert.deepEqual(await ask(['status'], 'missing'), { code: 1, said: missing });
  assert.deepEqual(await ask(['health'], 'missing'), { code: 0, said: 'healthy\n' });

  // A new token is good for the next command; a file without one is no reload.
  writeFileSync(join(folder, 'token'), 'another-0123456789\n');
  assert.equal((await ask(['status'])).code, 0);
  writeFileSync(join(folder, 'new'), 'another-0123456789\n');
  writeFileSync(join(folder, 'token'), 'short');
  const reload = await ask(['reload'], 'new');
  assert.deepEqual(reload, {
    code: 1,
    said: 'http.token-file token must hold a token of at least 16 characters\n',
  });
  assert.equal((await ask(['status'], 'new')).code, 0);
});

void test('nothing that fluffy says, writes or answers has the token in it', async (context) => {
  const folder = folderWithLog(context, linesAt('22:14:00', 30));
  const tokenPath = join(folder, 'token');
  writeFileSync(tokenPath, TOKEN);
  const settings = { HTTP_TOKEN_FILE: 'token', LOG_LEVEL: 'trace', LOG_PATH: 'data/own.log' };
  const run = startMonitor(context, { folder, settings });
  const { port: text } = new URL(await run.watches());
  const port = Number(text);
  const said: string[] = [];
  const ask = async (...asking: Parameters<typeof askAt> extends [number, ...infer Rest] ? Rest : never) => {
    const answer = await askAt(port, ...asking);
    said.push(JSON.stringify(answer.headers), answer.body);
    return answer;
  };
  const authorization = `Bearer ${TOKEN}`;
  const bearer = { headers: { authorization } };
  const cookie = cookieOf(await ask('/api/session', logIn(TOKEN)));
  assert.match(cookie, /^fluffy_session_\d+=./);
  for (const path of [
    '/',
    '/status',
    '/metrics',
    '/api/session',
    '/api/openapi.json',
    '/nothing',
    '/health/ready',
  ])
    assert.ok([200, 404].includes((await ask(path, bearer)).status ?? 0), path);
  await ask('/status', { headers: { cookie } });
  await ask('/status', { headers: { authorization: `Bearer ${TOKEN}-wrong` } });
  await ask('/api/session', logIn(`${TOKEN}-wrong`));
  await ask('/api/silences', {
    method: 'POST',
    body: TOKEN,
    headers: { authorization, 'x-fluffy-control': '1' },
  });
  writeFileSync(tokenPath, 's3cret-2 s3cret-2 s3cret-2');
  const headers = { authorization, 'x-fluffy-control': '1' };
  assert.equal((await ask('/api/reload', { method: 'POST', headers })).status, 409);
  for (let i = 0; i < 12; i++) await ask('/status', { headers: { authorization: `Bearer ${TOKEN}-${i}` } });
  assert.equal((await ask('/status', bearer)).status, 429);
  await run.logs('the token file holds no token: the one of before stays good');
  assert.equal((await run.end()).code, 0);

  assert.match(run.stderr, /token file/);
  assert.doesNotMatch([...said, run.stdout, run.stderr].join('\n'), SECRET);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => path !== tokenPath && statSync(path).isFile());
  assert.ok(
    files.some((path) => path.endsWith('own.log')) && files.some((path) => path.endsWith('fluffy.db')),
  );
  for (const path of files) assert.doesNotMatch(readFileSync(path, 'latin1'), SECRET, path);
});

void test('the search finds a token that is said', () => {
  for (const at of [0, 1, 2]) {
    const text = `${'x'.repeat(at)}${TOKEN}`;
    assert.match(Buffer.from(text).toString('base64'), SECRET);
    assert.match(text.toUpperCase(), SECRET);
  }
});
