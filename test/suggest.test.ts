// Thresholds learnt from a log, and the promise that goes with them: the configuration that is suggested has, in a replay
// of the same log, the alerts that were told.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { test } from 'node:test';
import { systemClock } from '../src/clock.ts';
import { loadConfig } from '../src/config/load.ts';
import { replayLogs } from '../src/replay.ts';
import { isCronExpression } from '../src/reports/cron-judge.ts';
import { suggestRules } from '../src/suggest.ts';
import { DEFAULT_CONFIG } from './config/default-config.ts';
import { temporaryFolder } from './monitor-process.ts';

const BEGIN = Date.UTC(2026, 10, 23) / 1000;
const HOUR = 3600;
const MONTH = 'Nov';

function lineAt(seconds: number, status: number): string {
  const time = new Date(seconds * 1000);
  const day = String(time.getUTCDate()).padStart(2, '0');
  const stamp = `${day}/${MONTH}/2026:${time.toISOString().slice(11, 19)} +0000`;
  return `192.0.2.${seconds % 50} - - [${stamp}] "GET /a HTTP/1.1" ${status} 100\n`;
}

/** Each hour begins with six minutes of a request in three seconds; in three of them there are 10/s more for a minute. */
function writeLog(folder: string, hours: number): string {
  const lines: string[] = [];
  for (let hour = 0; hour < hours; hour++) {
    for (let second = 0; second < 360; second++) {
      const now = BEGIN + hour * HOUR + second;
      if (second % 3 === 0) lines.push(lineAt(now, second % 30 === 0 ? 404 : 200));
      if ([3, 9, 15].includes(hour) && second >= 120 && second < 180)
        for (let i = 0; i < 10; i++) lines.push(lineAt(now, i < 5 ? 500 : 200));
      if (second % 100 === 50) lines.push('no record\n');
    }
  }
  const path = join(folder, 'access.log');
  writeFileSync(path, lines.join(''));
  return path;
}

interface Given {
  readonly alertsPerWeek?: number;
  readonly isText?: boolean;
  readonly columns?: number;
  readonly from?: string;
}

async function suggest(names: readonly string[], { alertsPerWeek = 1, isText, columns, from }: Given = {}) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const exitCode = await suggestRules({
    ...around(names, stdout, stderr),
    from,
    alertsPerWeek,
    isJson: isText !== true,
    columns: columns ?? null,
  });
  const text = String(stdout.read() ?? '');
  return {
    exitCode,
    text,
    said: String(stderr.read() ?? ''),
    json: isText === true || text === '' ? null : JSON.parse(text),
  };
}

function around(names: readonly string[], stdout: PassThrough, stderr: PassThrough) {
  return {
    config: DEFAULT_CONFIG,
    names,
    from: undefined,
    to: undefined,
    clock: systemClock,
    stdin: Readable.from([]),
    stdout,
    stderr,
    isInterrupted: () => false,
  };
}

/** How often each rule of a configuration fires. */
async function replay(folder: string, yaml: string, log: string): Promise<Record<string, number>> {
  const file = join(folder, 'config.yml');
  writeFileSync(file, yaml);
  const loaded = loadConfig({ configPath: file, env: {}, cwd: folder, isCronExpression });
  assert.ok(loaded.ok, JSON.stringify(loaded));
  assert.deepEqual(loaded.warnings, []);
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  await replayLogs({
    ...around([log], stdout, stderr),
    config: loaded.config,
    hasReports: false,
    isJson: true,
    isSummary: false,
    isTopGiven: false,
    threads: 1,
    ruleSets: [],
    failSeverity: null,
  });
  const counts: Record<string, number> = { traffic: 0 };
  for (const { name } of loaded.config.alerts) counts[name] = 0;
  for (const line of String(stdout.read()).trim().split('\n')) {
    const event = JSON.parse(line);
    if (event.type === 'alert' && event.state === 'firing')
      counts[event.rule] = (counts[event.rule] ?? 0) + 1;
  }
  return counts;
}

void test('a replay with the suggested configuration has the alerts that were promised', async (t) => {
  const folder = temporaryFolder(t);
  const log = writeLog(folder, 25);
  // Of 25 hours, three alerts.
  const { json, exitCode } = await suggest([log], { alertsPerWeek: 20 });
  assert.equal(exitCode, 0);
  assert.equal(json.isShort, false);
  const promised = Object.fromEntries(
    json.metrics
      .filter(({ suggested }: { suggested: unknown }) => suggested !== null)
      .map(({ rule, suggested }: { rule: string; suggested: { alerts: number } }) => [
        rule,
        suggested.alerts,
      ]),
  );
  assert.deepEqual(promised, {
    traffic: 3,
    'many-server-errors': 3,
    'many-client-errors': 0,
    'many-bytes': 3,
    'many-clients': 0,
    'many-unread-lines': 0,
    'no-requests': 0,
  });
  assert.deepEqual(await replay(folder, json.configuration, log), promised);
  // Twenty and six hundred in two minutes: the highest is 640 requests in 120 s.
  const [traffic] = json.metrics;
  assert.equal(traffic.max, 640 / 120);
  assert.equal(traffic.maxAt, '2026-11-23T03:03:00.000Z');
});

void test('hours in which far more requests failed than usual are told, as they are learnt from', async (t) => {
  const log = writeLog(temporaryFolder(t), 16);
  const { text } = await suggest([log], { isText: true });
  assert.ok(
    text.includes(
      [
        'In some hours far more requests had a status of 5xx than in the median one (0 %), and what is suggested takes that for usual:',
        '  2026-11-23 03:00 to 2026-11-23 04:00 UTC: 41.7 %',
        '  2026-11-23 09:00 to 2026-11-23 10:00 UTC: 41.7 %',
        '  2026-11-23 15:00 to 2026-11-23 16:00 UTC: 41.7 %',
        'If these were incidents, ask again for the time before or after them, by --to or --from.',
      ].join('\n'),
    ),
    text,
  );
  const { json } = await suggest([log]);
  assert.deepEqual(json['incidents'][0], {
    from: '2026-11-23T03:00:00.000Z',
    to: '2026-11-23T04:00:00.000Z',
    requests: 720,
    failed: 300,
    usualShare: 0,
  });
  // Of three hours nobody can say which is usual.
  const short = await suggest([writeLog(temporaryFolder(t), 3)]);
  assert.deepEqual(short.json['incidents'], []);
});

void test('for fewer alerts the threshold is above all there was, by a margin', async (t) => {
  const folder = temporaryFolder(t);
  const log = writeLog(folder, 25);
  const { json } = await suggest([log], { alertsPerWeek: 1 });
  const [traffic] = json.metrics;
  assert.deepEqual(
    [traffic.suggested.threshold, traffic.suggested.alerts, traffic.suggested.secondsInAlert],
    [6.5, 0, 0],
  );
  const silence = json.metrics.at(-1);
  // The longest lasts from the last request at 5:57 of an hour to the first of the next.
  assert.equal(silence.max, 3600 - 357);
  assert.equal(silence.suggested.threshold, 1.5 * HOUR);
});

void test('less than a day is told, in the text and in the configuration', async (t) => {
  const folder = temporaryFolder(t);
  const { text, said, exitCode } = await suggest([writeLog(folder, 4)], { isText: true });
  assert.equal(exitCode, 0);
  assert.match(text, /^History: 2026-11-23 00:00 to 2026-11-23 03:05 UTC, 3h 5m; /);
  const shortness = 'less than a day of history: treat it all as a guess, and ask again when there is more';
  assert.ok(text.includes(`\nThis is ${shortness}.\n`), text);
  assert.ok(text.includes(`\n# That is ${shortness}.\n`), text);
  assert.match(
    text,
    /\nlatency-p95 over 5m, of at least 20 requests: no request in these logs tells how long it took\n/,
  );
  assert.match(
    said,
    /^read 1,096 lines of 1 file in [\d.]+ s\n16 lines could not be read\nthis is less than a day of history: /,
  );
});

void test('windows that were never full are told as such, with a request in each second no silence', async (t) => {
  const folder = temporaryFolder(t);
  const log = join(folder, 'access.log');
  writeFileSync(log, Array.from({ length: 180 }, (_, second) => lineAt(BEGIN + second, 500)).join(''));
  const { json } = await suggest([log]);
  assert.deepEqual(
    json.metrics.map(({ rule, remark, max }: Record<string, unknown>) => [rule, remark, max]),
    [
      ['traffic', 'flat', 1],
      ['many-server-errors', 'never-full', null],
      ['many-client-errors', 'never-full', null],
      ['many-bytes', 'flat', 100],
      ['slow-p95', 'never-full', null],
      ['slow-p99', 'never-full', null],
      ['many-clients', 'never-full', null],
      ['many-unread-lines', 'never-full', null],
      ['no-requests', 'flat', 1],
    ],
  );
  assert.doesNotMatch(json.configuration, /many-server-errors|many-clients/);
  const { text } = await suggest([log], { isText: true });
  assert.match(
    text,
    /\nerror-rate 5xx over 5m, of at least 20 requests: history spans 3m, less than the window of 5m: the window was never full\n/,
  );
});

void test('less than a week is told, as a weekend may not be in it', async (t) => {
  const folder = temporaryFolder(t);
  const { text, said } = await suggest([writeLog(folder, 25)], { isText: true });
  const shortness = 'less than a week of history: days that differ, such as weekends, may not be in it';
  assert.ok(text.includes(`\nThis is ${shortness}.\n`), text);
  assert.ok(said.endsWith(`\nthis is ${shortness}\n`), said);
});

void test('without a terminal the report is ASCII and at most 100 columns wide', async (t) => {
  const folder = temporaryFolder(t);
  const log = writeLog(folder, 4);
  const plain = await suggest([log], { isText: true });
  assert.match(plain.text, /^[\n -~]*$/);
  const wide = await suggest([log], { isText: true, columns: 200 });
  assert.match(wide.text, /░/);
  for (const line of `${plain.text}${wide.text}`.split('\n')) assert.ok(line.length <= 140, line);
});

void test('a log without a request inside the span has no suggestion, and it is told of when it is', async (t) => {
  const { exitCode, text, said } = await suggest([writeLog(temporaryFolder(t), 1)], { from: '2026-11-24' });
  assert.deepEqual([exitCode, text], [1, '']);
  assert.match(
    said,
    /\nnone of the 120 requests is inside --from and --to: they are from 2026-11-23 00:00:00 to 2026-11-23 00:05:57 UTC\n$/,
  );
});

void test('a log without a request has no suggestion and exit code 1', async (t) => {
  const folder = temporaryFolder(t);
  const log = join(folder, 'access.log');
  writeFileSync(log, 'nothing\nof the kind\n');
  const { exitCode, text, said } = await suggest([log]);
  assert.deepEqual([exitCode, text], [1, '']);
  assert.match(said, /none of it is a record of an access log; fluffy check FILE tells more/);
});
