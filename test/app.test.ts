// The monitor inside this process, without signals and exit codes: started, asked and stopped by a test.
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { createTrafficRule } from '../src/alerts/traffic-rule.ts';
import { startApp } from '../src/app.ts';
import type { App } from '../src/app.ts';
import { systemClock } from '../src/clock.ts';
import type { Config } from '../src/config/schema.ts';
import { DEFAULT_CONFIG, DEFAULT_HTTP } from './config/default-config.ts';
import { eventually, folderWithLog, linesAt, temporaryFolder, textOf } from './monitor-process.ts';

class Collector extends Writable {
  text = '';

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** Everything below `folder`, on any free port, silent. */
function configFor(folder: string, changes: Partial<Config> = {}): Config {
  return {
    ...DEFAULT_CONFIG,
    alertPath: join(folder, 'data', 'alerts.log'),
    reportPath: join(folder, 'data', 'reports.log'),
    statePath: join(folder, 'data', 'fluffy.db'),
    filename: [join(folder, 'access.log')],
    startFrom: 'beginning',
    latenessSeconds: 0,
    alertWindowSeconds: 2,
    threshold: 2,
    reportTime: { kind: 'interval', seconds: 3600 },
    logLevel: 'silent',
    http: { ...DEFAULT_HTTP, port: 0 },
    ...changes,
  };
}

async function start(
  context: TestContext,
  folder: string,
  changes: Partial<Config> = {},
  clock = systemClock,
): Promise<{ app: App; stdout: Collector }> {
  const stdout = new Collector();
  const config = configFor(folder, changes);
  const app = await startApp(config, {
    clock,
    stdout,
    isTerminal: false,
    environment: {},
    configFile: null,
    loadConfig: () => ({ ok: true, config, file: null, warnings: [] }),
  });
  context.after(() => app.stop());
  return { app, stdout };
}

async function status(app: App): Promise<Record<string, unknown>> {
  const response = await fetch(`http://127.0.0.1:${app.port}/status`);
  return JSON.parse(await response.text());
}

async function requestsOf(app: App): Promise<unknown> {
  const { totals } = (await status(app)) as { totals: { requests: unknown } };
  return totals.requests;
}

void test('from bytes in the log to alerts, reports and status', async (context) => {
  const folder = folderWithLog(
    context,
    linesAt('22:14:00', 4) + 'not a request\n' + linesAt('22:14:01', 1, '/a', 404),
  );
  const { app, stdout } = await start(context, folder);
  await eventually('both alerts', () => (stdout.text.split('\n').length > 2 ? true : undefined));
  const alerts =
    'Monitor on alert 3 requests/sec at time 2026-11-23 22:14:02.000000 +0000 UTC\n' +
    '  why: 2.5 requests/s over 2s (5 requests), above 2 requests/s; one client, 192.0.2.7, sends 100 %; ' +
    '/report/user 80 % of requests\n' +
    'Monitor out of alert 1 requests/sec at 2026-11-23 22:14:03.000000 +0000 UTC\n';
  assert.equal(stdout.text, alerts);
  assert.deepEqual(app.problems(), []);
  const { totals, statuses, healthy } = await status(app);
  assert.deepEqual(totals, {
    lines: 6,
    requests: 5,
    errors: 1,
    bytes: 2560,
    parseFailures: 1,
    lateRecords: 0,
  });
  assert.deepEqual([statuses, healthy], [{ 200: 4, 404: 1 }, true]);
  await app.stop();
  assert.equal(textOf(join(folder, 'data', 'alerts.log')), alerts);
  assert.match(
    textOf(join(folder, 'data', 'reports.log')),
    /\n\/report\/user {20}4\n\/a {30}1\n\n---ERROR RATE: 20\.00%----/,
  );
});

void test('a JSON log with keys of its own is read by the field map', async (context) => {
  const folder = temporaryFolder(context);
  const line = (code: number, tookUs: number): string =>
    `{"when":"2026-11-23T22:14:01Z","req":{"verb":"GET","url":"/a"},"res":{"code":${code},"size":7},"took":${tookUs}}\n`;
  appendFileSync(join(folder, 'access.log'), line(200, 900) + line(503, 1100) + '{"when":1}\n');
  const { app } = await start(context, folder, {
    jsonFields: {
      time: ['when'],
      method: ['req', 'verb'],
      target: ['req', 'url'],
      status: ['res', 'code'],
      bytes: ['res', 'size'],
      latency: ['took'],
      'latency-unit': 'us',
    },
  });
  const deadlineMs = Date.now() + 20_000;
  while ((await requestsOf(app)) !== 2) assert.ok(Date.now() < deadlineMs, 'two requests in vain');
  const { totals, statuses } = await status(app);
  assert.deepEqual(totals, {
    lines: 3,
    requests: 2,
    errors: 1,
    bytes: 14,
    parseFailures: 1,
    lateRecords: 0,
  });
  assert.deepEqual(statuses, { 200: 1, 503: 1 });
});

void test('reports come at their boundaries while it runs', async (context) => {
  const folder = folderWithLog(context);
  const { app } = await start(context, folder, { reportTime: { kind: 'interval', seconds: 1 } });
  appendFileSync(join(folder, 'access.log'), linesAt('22:14:00', 3));
  const reports = join(folder, 'data', 'reports.log');
  await eventually('a report with the requests', () =>
    textOf(reports).includes('/report/user') ? true : undefined,
  );
  await eventually('a report after it', () =>
    textOf(reports).split('Report for').length > 3 ? true : undefined,
  );
  await app.stop();
  const pages = textOf(reports);
  assert.equal(pages.split('/report/user').length, 2);
  assert.match(pages, /\nNo requests in this period\.\n/);
  assert.equal(pages.split('(partial)').length, 2);
});

void test('what was written just before the end is read, without a newline too if no later process will', async (context) => {
  const folder = folderWithLog(context);
  const { app } = await start(context, folder, { statePath: null });
  appendFileSync(join(folder, 'access.log'), `${linesAt('22:14:00', 5)}${linesAt('22:14:00', 1).trimEnd()}`);
  await app.stop();
  assert.match(textOf(join(folder, 'data', 'reports.log')), /\n\/report\/user {20}6\n/);
});

void test('a line that is not complete at the end is read by the next process, once it is', async (context) => {
  const folder = folderWithLog(context);
  const log = join(folder, 'access.log');
  const first = await start(context, folder);
  appendFileSync(log, `${linesAt('22:14:00', 5)}${linesAt('22:14:00', 1).trimEnd()}`);
  await first.app.stop();
  const reports = join(folder, 'data', 'reports.log');
  assert.match(textOf(reports), /\n\/report\/user {20}5\n/);
  appendFileSync(log, '\n');
  const second = await start(context, folder);
  await second.app.stop();
  assert.match(textOf(reports), /\n\/report\/user {20}1\n/);
});

void test('a second one on the same state is refused in one sentence, and the first goes on', async (context) => {
  const folder = folderWithLog(context, linesAt('22:14:00', 3));
  const { app } = await start(context, folder);
  const path = join(folder, 'data', 'fluffy.db');
  await assert.rejects(start(context, folder), {
    message: `another fluffy is using ${path}: stop it, or give this one a state-path of its own`,
  });
  assert.equal((await fetch(`http://127.0.0.1:${app.port}/status`)).status, 200);
});

void test('a state that cannot be written is a problem, and the alerts come all the same', async (context) => {
  const folder = folderWithLog(context, linesAt('22:14:00', 6) + linesAt('22:14:05', 1));
  const { app, stdout } = await start(context, folder, {
    statePath: join(folder, 'access.log', 'fluffy.db'),
  });
  await eventually('an alert', () => (stdout.text.includes('Monitor on alert') ? true : undefined));
  assert.match(app.problems().join(), /cannot open .*fluffy\.db: (?:ENOTDIR|EEXIST)/);
});

void test('after a restart totals go on and an open alert is not announced again', async (context) => {
  const folder = folderWithLog(context, linesAt('22:14:00', 6));
  const changes = { alertWindowSeconds: 86_400, threshold: 0.00001 };
  const first = await start(context, folder, changes);
  await eventually('an alert', () => (first.stdout.text.includes('on alert') ? true : undefined));
  await first.app.stop();
  appendFileSync(join(folder, 'access.log'), linesAt('22:14:01', 2));
  const second = await start(context, folder, changes);
  const deadlineMs = Date.now() + 20_000;
  while ((await requestsOf(second.app)) !== 8) assert.ok(Date.now() < deadlineMs, 'eight requests in vain');
  assert.doesNotMatch(second.stdout.text, /on alert/);
});

void test('each second that was written while no process ran is in the report of its own', async (context) => {
  // Their time is that of the day that the clock shows.
  const begin = Date.parse('2026-11-23T22:14:00.500Z');
  let offsetMs = begin - Date.now();
  const clock = { ...systemClock, now: () => Date.now() + offsetMs };
  const changes: Partial<Config> = { reportTime: { kind: 'interval', seconds: 1 } };
  const folder = folderWithLog(context, linesAt('22:14:00', 1, '/first'));
  const reports = (): string[] =>
    textOf(join(folder, 'data', 'reports.log'))
      .split('Report for')
      .slice(1);
  const hasReport = (path: string) => () =>
    reports().some((text) => text.includes(path)) ? true : undefined;
  const first = await start(context, folder, changes, clock);
  await eventually('a first report', hasReport('/first'));
  await first.app.stop();
  offsetMs = Date.parse('2026-11-23T22:20:05.500Z') - Date.now();
  const paths = ['/one', '/two', '/three', '/four'];
  for (const [i, path] of paths.entries())
    appendFileSync(join(folder, 'access.log'), linesAt(`22:20:0${i}`, 1, path));
  await start(context, folder, changes, clock);
  await eventually('the last report', hasReport('/four'));
  assert.deepEqual(
    reports().flatMap((text) => {
      const named = paths.filter((path) => text.includes(`\n${path} `));
      return named.length === 0 ? [] : [named.join(' ')];
    }),
    paths,
  );
});

void test('stopping it twice, or at the same time, stops it once', async (context) => {
  const folder = folderWithLog(context, linesAt('22:14:00', 1));
  const { app } = await start(context, folder);
  await Promise.all([app.stop(), app.stop()]);
  await app.stop();
  assert.equal(textOf(join(folder, 'data', 'reports.log')).split('Report for').length, 2);
  await assert.rejects(fetch(`http://127.0.0.1:${app.port}/status`));
});

void test('an output that cannot be written is a problem, and the alerts on stdout come all the same', async (context) => {
  const folder = folderWithLog(context, linesAt('22:14:00', 6));
  const alertPath = join(folder, 'access.log', 'alerts.log');
  const { app, stdout } = await start(context, folder, { alertPath });
  await eventually('both alerts', () => (stdout.text.split('\n').length > 2 ? true : undefined));
  await eventually('the problem', () => (app.problems().length > 0 ? true : undefined));
  assert.match(app.problems().join(' '), /alerts\.log/);
  assert.equal((await status(app))['healthy'], false);
});

void test('a configuration file that is gone changes nothing at a reload', async (context) => {
  const folder = folderWithLog(context);
  const config = configFor(folder, { threshold: 77 });
  const app = await startApp(config, {
    clock: systemClock,
    stdout: new Collector(),
    isTerminal: false,
    environment: {},
    configFile: 'config.yml',
    // As loadConfig does when it finds no file: the defaults.
    loadConfig: () => ({ ok: true, config: DEFAULT_CONFIG, file: null, warnings: [] }),
  });
  context.after(() => app.stop());
  const url = `http://127.0.0.1:${app.port}/api/reload`;
  const answer = await fetch(url, { method: 'POST', headers: { 'x-fluffy-control': '1' } });
  assert.equal(answer.status, 409);
  assert.deepEqual(await answer.json(), { ok: false, problems: ['config.yml: is gone'] });
  const { alerts } = (await status(app)) as { alerts: { threshold: number }[] };
  assert.deepEqual(
    alerts.map(({ threshold }) => threshold),
    [77],
  );
});

void test('what is owed is told before the end of an alert whose rule is gone', async (context) => {
  const folder = folderWithLog(context, linesAt('22:14:00', 6));
  const blocked = join(folder, 'blocked');
  writeFileSync(blocked, '');
  const alertPath = join(blocked, 'alerts.log');
  const rule = { ...createTrafficRule(2, 2), name: 'held', recoverForSeconds: 86_400 * 3650 };
  const first = await start(context, folder, { alertPath, alerts: [rule] });
  await eventually('three alerts', () =>
    first.stdout.text.match(/^Monitor/gm)?.length === 3 ? true : undefined,
  );
  await first.app.stop();
  rmSync(blocked);
  const second = await start(context, folder, { alertPath });
  await eventually('the end of the alert', () =>
    second.stdout.text.includes('out of alert held') ? true : undefined,
  );
  await second.app.stop();
  const told = textOf(alertPath).match(/^Monitor (?:on|out of) alert (?:held: )?/gm);
  assert.deepEqual(told?.toSorted(), [
    'Monitor on alert ',
    'Monitor on alert held: ',
    'Monitor out of alert ',
    'Monitor out of alert held: ',
  ]);
  assert.equal(told?.at(-1), 'Monitor out of alert held: ');
});

void test('several monitors can follow one log, each with a folder of its own', async (context) => {
  const folder = folderWithLog(context, linesAt('22:14:00', 6));
  const filename = [join(folder, 'access.log')];
  const both = await Promise.all(
    [0, 1].map(async () => start(context, temporaryFolder(context), { filename })),
  );
  for (const { stdout } of both) {
    await eventually('both alerts', () => (stdout.text.split('\n').length > 2 ? true : undefined));
  }
  assert.equal(both[0]?.stdout.text, both[1]?.stdout.text);
});

void test('it cannot start on a port in use, and then nothing of it is left running', async (context) => {
  const first = await start(context, folderWithLog(context));
  const folder = folderWithLog(context, linesAt('22:14:00', 9));
  const http = { ...DEFAULT_HTTP, port: first.app.port };
  await assert.rejects(start(context, folder, { http }), {
    message: `cannot listen on 127.0.0.1:${http.port}: the port is in use: set http.port to another one`,
  });
  // The folder and the state are free again for the next one.
  const { stdout } = await start(context, folder);
  await eventually('both alerts', () => (stdout.text.split('\n').length > 2 ? true : undefined));
  assert.ok(existsSync(join(folder, 'data')));
});

void test('outputs that are off leave no file', async (context) => {
  const folder = folderWithLog(context, linesAt('22:14:00', 6));
  const off = { alertPath: null, reportPath: null, statePath: null };
  const { app, stdout } = await start(context, folder, off);
  await eventually('both alerts', () => (stdout.text.split('\n').length > 2 ? true : undefined));
  await app.stop();
  assert.deepEqual(readdirSync(folder), ['access.log']);
});

void test('a start that fails changes nothing: the next one goes on where the last one was', async (context) => {
  const other = await start(context, folderWithLog(context));
  const folder = folderWithLog(context, linesAt('22:14:00', 9));
  const first = await start(context, folder);
  await eventually('both alerts', () => (first.stdout.text.split('\n').length > 2 ? true : undefined));
  await first.app.stop();
  const http = { ...DEFAULT_HTTP, port: other.app.port };
  await assert.rejects(start(context, folder, { http }), /the port is in use/);
  appendFileSync(join(folder, 'access.log'), linesAt('22:15:00', 1));
  const { app } = await start(context, folder);
  // Those that were counted before are part of it, and not there twice.
  const counted = await eventually('the new line', async () => {
    const requests = await requestsOf(app);
    return Number(requests) > 9 ? requests : undefined;
  });
  assert.equal(counted, 10);
});

void test('after a first start that failed a log is still read from its end, if so it shall be', async (context) => {
  const other = await start(context, folderWithLog(context));
  const folder = folderWithLog(context, linesAt('22:14:00', 9));
  const http = { ...DEFAULT_HTTP, port: other.app.port };
  await assert.rejects(start(context, folder, { http, startFrom: 'end' }), /the port is in use/);
  const { app, stdout } = await start(context, folder, { startFrom: 'end' });
  appendFileSync(join(folder, 'access.log'), linesAt('22:15:00', 1));
  const counted = await eventually('the new line', async () => {
    const requests = await requestsOf(app);
    return Number(requests) > 0 ? requests : undefined;
  });
  assert.equal(counted, 1);
  assert.equal(stdout.text, '');
});
