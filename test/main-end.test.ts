// How the monitor as a process ends: in order and in time, whatever holds it.
import assert from 'node:assert/strict';
import { appendFileSync, closeSync, openSync, writeSync } from 'node:fs';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, folderWithLog, linesAt, startMonitor, textOf } from './monitor-process.ts';
import type { Run } from './monitor-process.ts';

/** The promise is two seconds; the rest is for a busy machine to tell us. */
const END_MS_MAX = 2500;
/** Signals that come within a time are one; longer than that in src/main.ts. */
const ONE_WISH_MS = 550;

void describe('the end', { concurrency: 4 }, () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    void test(`by ${signal}: the running report is written, marked as partial, once`, async (context) => {
      const folder = folderWithLog(context);
      const run = startMonitor(context, { folder });
      const url = await run.watches();
      const text = linesAt('22:14:00', 2, '/login/user') + linesAt('22:14:01', 1, '/logout/user', 500);
      appendFileSync(join(folder, 'access.log'), text);
      await eventually('lines read', () => (run.stderr.includes('log format found') ? true : undefined));
      await (await fetch(`${url}/status`)).text();
      assert.equal((await run.end(signal)).code, 0);
      const report = textOf(join(folder, 'data', 'reports.log'));
      assert.match(report, /Report for DATE: [\d-]{10} [\d:]{8} UTC \(partial\)\n/);
      assert.match(report, /\n\/login\/user {21}2\n\/logout\/user {20}1\n\n---ERROR RATE: 33\.33%----\n+$/);
      assert.equal(report.split('Report for DATE').length, 2);
    });
  }

  void test('does not wait for an idle connection, a half-sent request or a slow reader', async (context) => {
    const folder = folderWithLog(context);
    const run = startMonitor(context, { folder });
    const { port } = new URL(await run.watches());
    const sockets = ['', 'GET /status HT', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'].map((text) => {
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('error', () => {});
      socket.write(text);
      context.after(() => socket.destroy());
      return socket;
    });
    await Promise.all(
      sockets.map(async (socket) => {
        if (socket.readyState !== 'open') await new Promise((done) => socket.once('connect', done));
      }),
    );
    await new Promise((done) => sockets[2]?.once('data', done));
    const { code, tookMs } = await run.end();
    assert.equal(code, 0);
    assert.ok(tookMs < END_MS_MAX, `took ${tookMs} ms`);
  });

  void test('comes in time during a backlog, and what was read is in the report', async (context) => {
    const folder = folderWithLog(context);
    writeBacklog(join(folder, 'access.log'), 200_000_000);
    const run = startMonitor(context, { folder, settings: { THRESHOLD: '1000000' } });
    await run.logs('log format found');
    const { code, tookMs } = await run.end();
    assert.equal(code, 0, run.stderr);
    assert.ok(tookMs < END_MS_MAX, `took ${tookMs} ms`);
    assert.match(textOf(join(folder, 'data', 'reports.log')), /\(partial\)[^]*\n\/report\/user {20}\d+\n/);
    assert.doesNotMatch(run.stderr, /clean-up failed/);
  });

  void test('does not wait for a reader of standard output that has stopped reading', async (context) => {
    const run = await startUnread(context);
    const { code, tookMs } = await endUnread(run);
    assert.equal(code, 0, run.stderr);
    assert.ok(tookMs < END_MS_MAX, `took ${tookMs} ms`);
  });

  void test('comes at once at a second signal, and then is a failure', async (context) => {
    const run = await startUnread(context);
    run.child.kill('SIGTERM');
    await sleep(ONE_WISH_MS);
    const { code, tookMs } = await endUnread(run);
    assert.equal(code, 1, run.stderr);
    assert.ok(tookMs < 500, `took ${tookMs} ms`);
  });

  void test('is not hastened by one Ctrl-C that arrives twice, as below npx', async (context) => {
    const folder = folderWithLog(context, linesAt('22:14:00', 2));
    const run = startMonitor(context, { folder });
    await run.logs('log format found');
    run.child.kill('SIGINT');
    run.child.kill('SIGINT');
    run.child.kill('SIGTERM');
    assert.equal((await run.end('SIGINT')).code, 0);
    assert.match(textOf(join(folder, 'data', 'reports.log')), /\(partial\)/);
  });

  void test('by a signal at any moment of the start: an orderly exit, or none of fluffy yet', async (context) => {
    const endAfter = async (delayMs: number): Promise<void> => {
      const run = startMonitor(context, { folder: folderWithLog(context, linesAt('22:14:00', 2)) });
      await sleep(delayMs);
      const { code, signal } = await run.end();
      if (signal === null) assert.equal(code, 0, `after ${delayMs} ms: ${run.stderr}`);
      else assert.deepEqual([signal, run.stderr, run.stdout], ['SIGTERM', '', ''], `after ${delayMs} ms`);
    };
    for (const pair of [
      [20, 60],
      [120, 200],
      [280, 400],
    ])
      await Promise.all(pair.map(endAfter));
  });

  void test('by a bug is told with its stack, and is a failure', async (context) => {
    const folder = folderWithLog(context);
    const script = "process.on('SIGUSR2', () => Promise.reject(new Error('a bug')))";
    const run = startMonitor(context, {
      folder,
      env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(script)}` },
    });
    await run.watches();
    const { code } = await run.end('SIGUSR2');
    assert.equal(code, 1);
    assert.match(run.stderr, /Error: a bug\n {4}at /);
  });
});

/** A monitor with more to tell than its standard output takes, as nobody reads it. */
async function startUnread(context: TestContext): Promise<Run> {
  const busySeconds = Array.from({ length: 450 }, (_, index) => 2 * index);
  const folder = folderWithLog(context, busySeconds.map((second) => linesAt(clockTime(second), 3)).join(''));
  // Each alert is some 400 bytes as JSON.
  const settings = { THRESHOLD: '2', ALERT_WINDOW: '1s', OUTPUT: 'json' };
  const run = startMonitor(context, { folder, settings });
  run.child.stdout.pause();
  const alerts = join(folder, 'data', 'alerts.log');
  await eventually('every alert in its file', () =>
    textOf(alerts).split('\n').length > 900 ? true : undefined,
  );
  return run;
}

async function endUnread(run: Run): Promise<{ code: number | null; tookMs: number }> {
  const sentMs = performance.now();
  const ended = once(run.child, 'exit');
  run.child.kill('SIGTERM');
  await ended;
  run.child.stdout.resume();
  return { code: run.child.exitCode, tookMs: performance.now() - sentMs };
}

/** Lines of ten requests a second. */
function writeBacklog(path: string, bytes: number): void {
  const fd = openSync(path, 'a');
  let block = '';
  for (let second = 0; second < 3600; second++) {
    block += linesAt(clockTime(second), 10);
  }
  for (let written = 0; written < bytes;) written += writeSync(fd, block);
  closeSync(fd);
}

/** `00:01:02` */
function clockTime(second: number): string {
  const parts = [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}
