// `fluffy replay` as the program that people start: its standard streams, signals and exit codes.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { MAIN, Run, eventually, linesAt, temporaryFolder } from './monitor-process.ts';

const ALERT_LINES = linesAt('22:14:00', 4) + linesAt('22:14:01', 1) + linesAt('22:14:02', 1);
const RULE = ['--threshold', '2', '--alert-window', '2s', '--lateness', '0s'];
const ALERT =
  'Monitor on alert 3 requests/sec at time 2026-11-23 22:14:02.000000 +0000 UTC\n' +
  '  why: 2.5 requests/s over 2s (5 requests), above 2 requests/s; /report/user 100 % of requests; ' +
  'one client, 192.0.2.7, sends 100 %\n' +
  'Monitor out of alert 1 requests/sec at 2026-11-23 22:14:03.000000 +0000 UTC\n';

/** Every other second is an alert: much more than a pipe holds. */
function alertsOfADay(): string {
  const times = Array.from({ length: 86_400 }, (_, i) => new Date(i * 1000).toISOString().slice(11, 19));
  return times.map((time, i) => linesAt(time, i % 2 === 0 ? 5 : 1)).join('');
}

function start(context: TestContext, args: readonly string[]): Run {
  return new Run(context, { folder: temporaryFolder(context), args: ['replay', ...args] });
}

void describe('fluffy replay', { concurrency: 4 }, () => {
  void test('reads what is piped in, packed or not, and prints the alerts and the report', async (context) => {
    for (const bytes of [Buffer.from(ALERT_LINES), gzipSync(ALERT_LINES)]) {
      const run = start(context, RULE);
      run.child.stdin.end(bytes);
      assert.equal((await run.exit).code, 0, run.stderr);
      assert.equal(run.stdout.slice(0, ALERT.length), ALERT);
      assert.match(
        run.stdout,
        /\n\/report\/user {20}6\n\n---ERROR RATE: 0\.00%----\n6 requests from .* UTC to .* UTC\n\n$/,
      );
      assert.match(run.stderr, /^read 6 lines of 1 file in /);
    }
  });

  void test('ends at once when it is interrupted while nothing comes in, with what it has read', async (context) => {
    const run = start(context, [...RULE, '--json']);
    run.child.stdin.write(`${ALERT_LINES}half a li`);
    await run.says('"firing"');
    assert.equal((await run.end('SIGINT')).code, 130);
    const last: Record<string, unknown> = JSON.parse(run.stdout.trimEnd().split('\n').at(-1) ?? '');
    assert.deepEqual(
      [last['type'], last['isPartial'], last['lines'], last['requests'], last['parseFailures']],
      ['report', true, 6, 6, 0],
    );
    assert.match(run.stderr, /^interrupted: this is what was read so far\n/);
  });

  void test('ends quietly when its reader has seen enough', (context) => {
    const folder = temporaryFolder(context);
    writeFileSync(join(folder, 'a.log'), alertsOfADay());
    const command = `"$1" "$2" replay --threshold 2 --alert-window 1s a.log 2>err | head -1; echo "$\{PIPESTATUS[0]}"; cat err`;
    const out = execFileSync('bash', ['-c', command, 'bash', process.execPath, MAIN], { cwd: folder });
    assert.equal(
      out.toString(),
      'Monitor on alert 5 requests/sec at time 2026-11-23 00:00:01.000000 +0000 UTC\n0\n',
    );
  });

  void test('ends when its reader has gone, although its own input has not ended', async (context) => {
    const run = start(context, ['--threshold', '2', '--alert-window', '1s']);
    // The writer of a pipe that is read no more is told so.
    run.child.stdin.on('error', () => {});
    run.child.stdin.write(alertsOfADay());
    await run.says('Monitor on alert');
    run.child.stdout.destroy();
    assert.deepEqual(await run.exit, { code: 0, signal: null });
    assert.equal(run.stderr, '');
  });

  void test('a full disk behind standard output is told, and fails', async (context) => {
    const folder = temporaryFolder(context);
    writeFileSync(join(folder, 'a.log'), ALERT_LINES);
    const child = spawn(process.execPath, [MAIN, 'replay', ...RULE, 'a.log'], {
      cwd: folder,
      stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    });
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const code = await new Promise((resolve) => {
      child.on('close', resolve);
    });
    assert.equal(code, 1);
    assert.equal(stderr, 'cannot write to standard output: ENOSPC: no space left on device, write\n');
  });

  void test('a log of which no line can be read fails, with a way on', async (context) => {
    const run = start(context, ['--json']);
    run.child.stdin.end('no log\nat all\n');
    assert.equal((await run.exit).code, 1);
    assert.match(run.stderr, /\nnone of it is a record of an access log; fluffy check FILE tells more\n/);
  });

  void test('a log of which no line can be read fails beside others that can, and is named', async (context) => {
    const folder = temporaryFolder(context);
    writeFileSync(join(folder, 'a.log'), ALERT_LINES);
    writeFileSync(join(folder, 'b.log'), 'no log\nat all\n');
    writeFileSync(join(folder, 'c.log'), '#Version: 1.0\n#Fields: date time\nnot so\n');
    const run = new Run(context, { folder, args: ['replay', '--json', 'a.log', 'b.log', 'c.log'] });
    assert.equal((await run.exit).code, 1);
    assert.match(
      run.stderr,
      /\nb\.log: none of its 2 lines is a record of an access log; fluffy check FILE tells more\nc\.log: none of its 3 lines is /,
    );
    assert.doesNotMatch(run.stderr, /a\.log: /);
    const last: Record<string, unknown> = JSON.parse(run.stdout.trimEnd().split('\n').at(-1) ?? '');
    assert.deepEqual([last['requests'], last['unreadLogs']], [6, ['b.log', 'c.log']]);
    const suggest = new Run(context, { folder, args: ['suggest', 'a.log', 'b.log'] });
    assert.equal((await suggest.exit).code, 1);
    assert.match(suggest.stderr, /\nb\.log: none of its 2 lines is a record of an access log; /);
  });

  void test('an option that is wrong is named as it was given', async (context) => {
    const run = start(context, ['--threshold', 'much', 'a.log']);
    await run.exit;
    await eventually('a message', () => (run.stderr.includes('--threshold') ? true : undefined));
    assert.match(run.stderr, /--threshold:? must be a number above 0, got "much"/);
  });
});
