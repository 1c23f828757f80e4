// The logger writes to the process's own standard error, so it is looked at from another process.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { createLogger } from '../src/logger.ts';
import { ROOT } from './monitor-process.ts';

const LOGGER = JSON.stringify(join(ROOT, 'src', 'logger.ts'));

/** What is on both outputs after `script`, in which `logger` is one on standard error. */
function run(isTerminal: boolean, script: string): { stdout: string; stderr: string; status: number | null } {
  const code = `const { createLogger } = await import(${LOGGER});
    const logger = await createLogger({ level: 'info', isTerminal: ${isTerminal}, file: null });
    ${script}`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
    env: { ...process.env, TZ: 'UTC', FORCE_COLOR: undefined, NO_COLOR: undefined },
  });
  return { stdout, stderr, status };
}

void test('one JSON object a line on standard error: level and time as text, no process, no host', () => {
  const { stdout, stderr } = run(false, "logger.warn({ path: 'a' }, 'cannot read');");
  assert.equal(stdout, '');
  assert.match(
    stderr,
    /^\{"level":"warn","time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","path":"a","msg":"cannot read"\}\n$/,
  );
});

void test('on a terminal a line for people', () => {
  const { stderr } = run(true, "logger.warn({ path: 'a' }, 'cannot read');");
  assert.match(stderr, /\d\d:\d\d:\d\d/);
  assert.match(stderr, /WARN[^]*cannot read[^]*path[^]*"a"\n$/);
  assert.ok(!stderr.startsWith('{'));
});

void test('the last words before an exit are not lost', () => {
  for (const isTerminal of [false, true]) {
    const { stderr, status } = run(
      isTerminal,
      "logger.info('a'); logger.error('last words'); process.exit(3);",
    );
    assert.match(stderr, /last words/);
    assert.equal(status, 3);
  }
});

void test('what is below the level is neither on standard error nor in the file', async () => {
  const lines: string[] = [];
  const options = { isTerminal: false, file: { write: (line: string) => void lines.push(line) } };
  const silent = await createLogger({ ...options, level: 'silent' });
  silent.fatal('nothing');
  assert.deepEqual(lines, []);
  assert.equal(run(false, "logger.debug('nothing'); logger.child({ a: 1 }).trace('nothing');").stderr, '');
});

void test('the file gets the same lines', () => {
  const script = `
    const lines = [];
    const both = await createLogger({ level: 'debug', isTerminal: false, file: { write: (line) => lines.push(line) } });
    both.debug('a');
    both.child({ part: 'source' }).error({ err: new Error('b') }, 'c');
    process.stdout.write(lines.join(''));`;
  const { stdout, stderr } = run(false, script);
  assert.equal(stdout, stderr);
  const records = stdout
    .trimEnd()
    .split('\n')
    .map((line): Record<string, unknown> => JSON.parse(line));
  assert.deepEqual(
    records.map(({ level, part, msg }) => [level, part, msg]),
    [
      ['debug', undefined, 'a'],
      ['error', 'source', 'c'],
    ],
  );
});
