// A token file that changes while fluffy runs.
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Credentials } from '../../src/http/access.ts';
import { openAccess } from '../../src/http/open-access.ts';
import { FakeClock } from '../fake-clock.ts';
import { temporaryFolder } from '../monitor-process.ts';

const [OLD, NEW] = ['0123456789abcdef', 'fedcba9876543210'];

function having(token: string): Credentials {
  return { token, session: null, address: '192.0.2.1' };
}

void test('a new token is good at its first use, and the old one until then or for five seconds', (context) => {
  const [path, clock] = [join(temporaryFolder(context), 'token'), new FakeClock()];
  writeFileSync(path, OLD);
  const { access, close } = openAccess({
    tokenPath: path,
    allowedHosts: [],
    clock,
    problemChanged: () => assert.fail(),
  });
  const old = access.judge(having(OLD));
  writeFileSync(path, NEW);
  assert.equal(access.judge(having(OLD)).isAllowed, true);
  assert.equal(access.judge(having(NEW)).isAllowed, true);
  assert.equal(access.judge(having(OLD)).isAllowed, false);
  assert.equal(old.isAllowed && old.isStill(), false);
  writeFileSync(path, OLD);
  assert.equal(access.judge(having(NEW)).isAllowed, true);
  clock.advance(5000);
  assert.equal(access.judge(having(NEW)).isAllowed, false);
  close();
  assert.equal(clock.timerCount, 0);
});

void test('while the file holds no token the one of before stays good, which is told once', (context) => {
  const [path, clock] = [join(temporaryFolder(context), 'token'), new FakeClock()];
  writeFileSync(path, OLD);
  const told: (string | null)[] = [];
  const { access, look } = openAccess({
    tokenPath: path,
    allowedHosts: [],
    clock,
    problemChanged: (problem) => told.push(problem),
  });
  writeFileSync(path, 'short');
  clock.advance(20_000);
  const short = `http.token-file ${path} must hold a token of at least 16 characters`;
  assert.deepEqual(told, [short]);
  assert.equal(look(), short);
  assert.equal(access.judge(having(OLD)).isAllowed, true);
  assert.equal(access.judge(having('short')).isAllowed, false);
  rmSync(path);
  clock.advance(5000);
  assert.equal(told.at(-1), `http.token-file ${path} cannot be read: no such file or directory`);
  writeFileSync(path, NEW);
  assert.equal(look(), null);
  assert.equal(told.at(-1), null);
  assert.equal(told.length, 3);
});

void test('a file without a token is none to begin with; without a file anybody may ask', (context) => {
  const path = join(temporaryFolder(context), 'token');
  const options = { allowedHosts: [], clock: new FakeClock(), problemChanged: () => assert.fail() };
  assert.throws(() => openAccess({ ...options, tokenPath: path }), {
    message: `http.token-file ${path} cannot be read: no such file or directory`,
  });
  const { access, look } = openAccess({ ...options, tokenPath: null });
  assert.equal(access.isTokenNeeded, false);
  assert.equal(look(), null);
});
