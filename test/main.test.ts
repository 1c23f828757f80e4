// The monitor as a process: what is on its standard output, what it says of the log, and when it can't start.
import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import {
  Run,
  eventually,
  folderWithLog,
  linesAt,
  linesNow,
  startMonitor,
  temporaryFolder,
  textOf,
} from './monitor-process.ts';

const ALERT =
  'Monitor on alert 3 requests/sec at time 2026-11-23 22:14:02.000000 +0000 UTC\n' +
  '  why: 2.5 requests/s over 2s (5 requests), above 2 requests/s; /report/user 100 % of requests; ' +
  'one client, 192.0.2.7, sends 100 %\n' +
  'Monitor out of alert 1 requests/sec at 2026-11-23 22:14:03.000000 +0000 UTC\n';
const ALERT_LINES = linesAt('22:14:00', 4) + linesAt('22:14:01', 1) + linesAt('22:14:02', 1);
/** Of six lines of one second, whenever that is, over a window of two. */
const ALERT_NOW =
  /^Monitor on alert 3 requests\/sec at time [\d-]+ [\d:.]+ \+0000 UTC\n {2}why: .*\nMonitor out of alert 0 requests\/sec at [\d-]+ [\d:.]+ \+0000 UTC\n$/;
const ALERT_SETTINGS = { THRESHOLD: '2', ALERT_WINDOW: '2s' };

/** What `url` answers. */
async function statusOf(url: string): Promise<{ status: number; body: string }> {
  const response = await fetch(url);
  return { status: response.status, body: await response.text() };
}

void describe('standard output', { concurrency: 4 }, () => {
  void test('carries the alerts and nothing else, and the alert file the same', async (context) => {
    const folder = folderWithLog(context, ALERT_LINES);
    const run = startMonitor(context, { folder, settings: ALERT_SETTINGS });
    await run.says('out of alert');
    assert.equal((await run.end()).code, 0, run.stderr);
    assert.equal(run.stdout, ALERT);
    assert.equal(textOf(join(folder, 'data', 'alerts.log')), ALERT);
  });

  void test('is one JSON event a line if asked, reports included', async (context) => {
    const folder = folderWithLog(context, ALERT_LINES);
    const settings = { ...ALERT_SETTINGS, OUTPUT: 'json', REPORT_STDOUT: 'true' };
    const run = startMonitor(context, { folder, settings });
    await run.says('"resolved"');
    await run.end();
    const events = run.stdout
      .trimEnd()
      .split('\n')
      .map((line): Record<string, unknown> => JSON.parse(line));
    assert.deepEqual(
      events.map(({ type, state }) => [type, state]),
      [
        ['alert', 'firing'],
        ['alert', 'resolved'],
        ['report', undefined],
      ],
    );
    assert.equal(events[0]?.['time'], '2026-11-23T22:14:02.000Z');
    assert.equal(events[0]?.['id'], events[1]?.['id']);
    assert.deepEqual(events[2]?.['paths'], [{ path: '/report/user', count: 6 }]);
  });

  void test('may go away: the monitor goes on and ends in order', async (context) => {
    const folder = folderWithLog(context);
    const run = startMonitor(context, { folder, settings: { ...ALERT_SETTINGS, LATENESS: '2s' } });
    await run.watches();
    run.child.stdout.destroy();
    appendFileSync(join(folder, 'access.log'), linesNow(6));
    await eventually('alerts in their file', () =>
      ALERT_NOW.test(textOf(join(folder, 'data', 'alerts.log'))) ? true : undefined,
    );
    const { code, signal } = await run.end();
    assert.deepEqual([code, signal], [0, null], run.stderr);
    assert.doesNotMatch(run.stderr, /\n {4}at /);
  });
});

void describe('the log', { concurrency: 4 }, () => {
  void test('may be missing at first; then it is followed from its beginning', async (context) => {
    const folder = temporaryFolder(context);
    const settings = { ...ALERT_SETTINGS, START_FROM: 'end', LATENESS: '2s' };
    const run = startMonitor(context, { folder, settings });
    const url = await run.watches();
    const before = await statusOf(`${url}/health/ready`);
    assert.equal(before.status, 503);
    assert.match(before.body, /access\.log/);
    assert.equal((await statusOf(`${url}/health/live`)).status, 200);
    writeFileSync(join(folder, 'access.log'), linesNow(6));
    await run.says('out of alert');
    assert.match(run.stdout, ALERT_NOW);
    assert.deepEqual(await statusOf(`${url}/health/ready`), { status: 200, body: '{"status":"ok"}' });
    assert.equal((await run.end('SIGINT')).code, 0);
  });

  void test('that cannot be used is a reason not to be ready, in one sentence with the remedy', async (context) => {
    const folder = temporaryFolder(context);
    const run = startMonitor(context, { folder, settings: { FILENAME: '/dev/stdout' } });
    const url = await run.watches();
    const { status, body } = await statusOf(`${url}/health/ready`);
    assert.equal(status, 503);
    assert.match(body, /^\{"status":"error","error":\["[^"]*\/dev\/stdout[^"]*"\]/);
    assert.equal((await statusOf(`${url}/status`)).status, 200);
    assert.equal((await run.end()).code, 0);
  });
});

void describe('what cannot start', { concurrency: 4 }, () => {
  void test('on a port in use says so in one line, with the remedy', async (context) => {
    const folder = folderWithLog(context, ALERT_LINES);
    const other = createServer().listen(0, '127.0.0.1');
    context.after(() => other.close());
    await new Promise((done) => other.once('listening', done));
    const port = portOf(other);
    const run = startMonitor(context, {
      folder,
      settings: { ...ALERT_SETTINGS, HTTP_PORT: String(port) },
    });
    assert.deepEqual(await run.exit, { code: 1, signal: null });
    const reason = `cannot listen on 127.0.0.1:${port}: the port is in use: set http.port to another one`;
    assert.equal(run.stderr, `fluffy cannot start: ${reason}\n`);
    assert.equal(run.stdout, '');
    assert.equal(textOf(join(folder, 'data', 'alerts.log')), '');
  });

  void test('on an address of another machine says so', async (context) => {
    const folder = folderWithLog(context);
    const run = startMonitor(context, { folder, settings: { HTTP_ADDRESS: '192.0.2.1' } });
    assert.equal((await run.exit).code, 1);
    assert.equal(
      run.stderr,
      'fluffy cannot start: cannot listen on 192.0.2.1:0: this machine does not have the address: ' +
        'set http.address to one that it has\n',
    );
  });

  void test('for its configuration names every problem and leaves no trace', async (context) => {
    const folder = temporaryFolder(context);
    writeFileSync(join(folder, 'config.yml'), 'threshold: many\nalert-widow: 3s\n');
    const run = new Run(context, { folder });
    assert.deepEqual(await run.exit, { code: 1, signal: null });
    assert.match(run.stderr, /^config\.yml:1:12 threshold: .*\nconfig\.yml:2:1 .*alert-window.*\n$/);
    assert.equal(run.stdout, '');
    assert.deepEqual(readdirSync(folder), ['config.yml']);
  });
});

void test('the operational log goes to its file as well, as JSON, from its level on', async (context) => {
  const folder = folderWithLog(context, linesAt('22:14:00', 1));
  const settings = { LOG_PATH: 'fluffy.log', LOG_LEVEL: 'info' };
  const run = startMonitor(context, { folder, settings });
  await run.logs('log format found');
  await run.end();
  const lines = textOf(join(folder, 'fluffy.log')).trimEnd().split('\n');
  const records = lines.map((line): Record<string, unknown> => JSON.parse(line));
  assert.deepEqual(records, run.logged());
  assert.ok(records.some(({ msg, level }) => msg === 'fluffy watches' && level === 'info'));
  for (const { time } of records) assert.equal(new Date(String(time)).toISOString(), time);

  appendFileSync(join(folder, 'access.log'), ALERT_LINES);
  const quiet = startMonitor(context, {
    folder,
    settings: { ...settings, ...ALERT_SETTINGS, LOG_LEVEL: 'error', STATE_PATH: 'off' },
  });
  await quiet.says('out of alert');
  await quiet.end();
  assert.equal(quiet.stderr, '');
});

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
