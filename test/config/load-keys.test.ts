// Only some keys of a configuration: what is wrong beside them does not count.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { loadKeys } from '../../src/config/load-keys.ts';
import { formatProblem } from '../../src/config/problem.ts';

const KEYS = ['http.address', 'http.port', 'http.token-file'] as const;

/** `address port token place` of what is found, or the problems. */
function found(context: TestContext, text: string | Buffer | null, env: NodeJS.ProcessEnv = {}): string {
  const cwd = mkdtempSync(join(tmpdir(), 'fluffy-config-'));
  context.after(() => rmSync(cwd, { recursive: true, force: true }));
  if (text !== null) writeFileSync(join(cwd, 'config.yml'), text);
  const loaded = loadKeys(KEYS, { env, cwd, systemPath: join(cwd, 'none.yml') });
  if (!loaded.ok) return loaded.problems.map(formatProblem).join('\n');
  const { address, port, tokenPath } = loaded.config.http;
  return [address, port, tokenPath, loaded.mistakenPlace].map(String).join(' ');
}

const HTTP = 'http:\n  port: 9999\n  token-file: token\n';

void test('a whole configuration without mistakes is taken as it is', (context) => {
  assert.equal(found(context, `threshold: 10\n${HTTP}`), '127.0.0.1 9999 token null');
  assert.equal(found(context, null, { FLUFFY_HTTP: '9998' }), '127.0.0.1 9998 null null');
});

void test('mistakes in other keys do not hide where the monitor listens', (context) => {
  const expected = '127.0.0.1 9999 token config.yml';
  assert.equal(found(context, `threshold: fast\n${HTTP}`), expected);
  assert.equal(found(context, `treshold: 1\n${HTTP}  prot: 1\n  allowed-hosts: "http://x"\n`), expected);
  assert.equal(found(context, `http: 0.0.0.0:9999\nalerts:\n- name: x\n`), '0.0.0.0 9999 null config.yml');
  assert.equal(found(context, 'threshold: fast\n'), '127.0.0.1 9180 null config.yml');
  assert.equal(found(context, HTTP, { FLUFFY_THRESHOLD: 'fast' }), '127.0.0.1 9999 token the environment');
  assert.equal(
    found(context, `threshold: fast\n${HTTP}`, { FLUFFY_HTTP_PORT: '9998', FLUFFY_LATENESS: 'x' }),
    '127.0.0.1 9998 token config.yml',
  );
});

void test('neither does a text that is no YAML as a whole', (context) => {
  const expected = '127.0.0.1 9999 token config.yml';
  assert.equal(found(context, `threshold: "10\n${HTTP}alerts: [\n`), expected);
  assert.equal(found(context, `alerts:\n\t- name: x\n# of the page\n${HTTP}output json\n`), expected);
  assert.equal(found(context, Buffer.from(`# für alle\n${HTTP}`, 'latin1')), expected);
  assert.equal(found(context, ''), '127.0.0.1 9180 null config.yml');
});

void test('a mistake in the keys themselves is told, alone and at its place', (context) => {
  const wrong = 'config.yml:3:9 http.port: must be a whole number from 0 to 65535, got "x"';
  assert.equal(found(context, 'threshold: fast\nhttp:\n  port: x\n'), wrong);
  assert.equal(found(context, 'threshold: "10\nhttp:\n  port: x\n'), wrong);
  assert.equal(
    found(context, 'threshold: fast\nhttp:\n  port: 1\n  port: 2\n'),
    'config.yml:4:3 duplicate key "port", first given on line 3',
  );
  assert.equal(
    found(context, 'threshold: fast\nhttp.port: 9999\n'),
    'config.yml:2:1 unknown key "http.port"; write "port" on a line of its own below "http:"',
  );
  assert.equal(
    found(context, 'threshold: fast\n', { FLUFFY_HTTP: 'x' }),
    'FLUFFY_HTTP: must be a port, or an address and a port such as 0.0.0.0:9180 or [::1]:9180, got "x"',
  );
});

void test('a file that is named and is not there is told', (context) => {
  assert.equal(
    found(context, null, { FLUFFY_CONFIG: 'x.yml' }),
    'x.yml: cannot be read: there is no such file',
  );
});
