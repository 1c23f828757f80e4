// What a token file may hold, and the sentence for everything else.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readTokenFile } from '../../src/http/token-file.ts';
import { temporaryFolder } from '../monitor-process.ts';

void test('a token is what stands in the file, without white space around it', (context) => {
  const path = join(temporaryFolder(context), 'token');
  for (const [text, token] of [
    ['0123456789abcdef', '0123456789abcdef'],
    [' \t0123456789abcdef\r\n\n', '0123456789abcdef'],
    ['AZaz09-._~+/====\n', 'AZaz09-._~+/===='],
    ['x'.repeat(1024), 'x'.repeat(1024)],
  ] as const) {
    writeFileSync(path, text);
    assert.deepEqual(readTokenFile(path), { ok: true, token });
  }
});

void test('anything else is refused by the name of the file, and not shown', (context) => {
  const folder = temporaryFolder(context);
  const path = join(folder, 'token');
  const charset = 'must hold a token of letters, digits and any of . _ ~ + / = - only, on one line';
  for (const [text, problem] of [
    ['', 'is empty: it must hold a token'],
    [' \n', 'is empty: it must hold a token'],
    ['s3cret789abcdef', 'must hold a token of at least 16 characters'],
    ['s3cret789 abcdefgh', charset],
    ['s3cret789abcdefgh\ns3cret789abcdefgh', charset],
    ['s3cret789abcdefgü', charset],
    ['s3cret789abcdefg\u0000', charset],
    [`s3cret${'x'.repeat(1019)}`, 'must hold a token of at most 1024 characters'],
    ['s'.repeat(1_000_000), 'must hold a token of at most 1024 characters'],
  ] as const) {
    writeFileSync(path, text);
    assert.deepEqual(readTokenFile(path), { ok: false, problem: `http.token-file ${path} ${problem}` });
  }
});

void test('what can not be read says why, and what is no file holds nothing up', (context) => {
  const folder = temporaryFolder(context);
  const problemOf = (path: string): string => {
    const reading = readTokenFile(path);
    return reading.ok ? 'none' : reading.problem;
  };
  const missing = join(folder, 'missing');
  assert.equal(problemOf(missing), `http.token-file ${missing} cannot be read: no such file or directory`);
  mkdirSync(join(folder, 'directory'));
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  for (const path of [join(folder, 'directory'), pipe, '/dev/zero'])
    assert.equal(problemOf(path), `http.token-file ${path} cannot be read: it is not a regular file`);
  const closed = join(folder, 'closed');
  writeFileSync(closed, 'x'.repeat(20));
  chmodSync(closed, 0);
  // Root may read everything.
  if (process.getuid?.() !== 0) assert.match(problemOf(closed), /cannot be read: permission denied$/);
});
