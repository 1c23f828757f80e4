// Rules under trial: what a replay says of each rule of a file, what changes from one file to another, and the exit code
// that checks wait for.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import * as actions from '../src/actions.ts';
import { MAIN, temporaryFolder } from './monitor-process.ts';

/** 22:14:00 on, ten minutes of 2 requests a second; for a minute each from 22:16:00 and 22:18:00, 10 more for /login. */
function logLines(): string {
  const begin = Date.UTC(2026, 10, 23, 22, 14) / 1000;
  const lines: string[] = [];
  for (let second = 0; second < 600; second++) {
    const clock = new Date((begin + second) * 1000).toISOString().slice(11, 19);
    const line = (path: string): string =>
      `192.0.2.1 - - [23/Nov/2026:${clock} +0000] "GET ${path} HTTP/1.1" 200 10`;
    lines.push(line('/'), line('/'));
    const minute = Math.floor(second / 60);
    if (minute === 2 || minute === 4) for (let i = 0; i < 10; i++) lines.push(line('/login'));
  }
  return `${lines.join('\n')}\n`;
}

const FILES = {
  'access.log': logLines(),
  'config.yml': 'threshold: 1000\n',
  'old.yml': 'alerts:\n  - { name: rush, metric: request-rate, above: 4, window: 20s }\n',
  'new.yml': [
    'threshold: 11',
    'alert-window: 30s',
    'alerts:',
    '  - { name: rush, metric: request-rate, above: 4, window: 20s, recover-for: 2m, severity: critical }',
    '  - { name: quiet, metric: request-rate, below: 1, severity: critical }',
    '',
  ].join('\n'),
  'unknown.yml': [
    'alerts:',
    '  - { name: slow, metric: latency-p95, above: 500 }',
    '  - { name: logins-fail, metric: error-rate, above: 5, where: { path: /log-in } }',
    '  - { name: hourly, metric: request-rate, below: 1, window: 1h }',
    '',
  ].join('\n'),
  'bad.yml': 'alerts: [{ name: a }]\n',
};

function folderOf(context: TestContext): string {
  const folder = temporaryFolder(context);
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
  return folder;
}

function replay(context: TestContext, ...args: readonly string[]) {
  const cwd = folderOf(context);
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'replay', ...args], {
    cwd,
    encoding: 'utf8',
    input: '',
  });
  return { code: status, lines: stdout.trimEnd().split('\n'), stdout, stderr };
}

void test('a replay with rules tells each alert once, then the sums of each rule, then the report', (context) => {
  const { code, lines, stdout, stderr } = replay(context, '--rules', 'new.yml', 'access.log');
  assert.equal(code, 0, stderr);
  const from = lines.indexOf('Rules, times in UTC');
  // 2 × 20 = 40 in a quiet window; 80 with 4 s of 10 more, above that at 5 s.
  assert.match(lines[0] ?? '', /^Monitor on alert rush: 5 requests\/sec at time 2026-11-23 22:16:05/);
  assert.deepEqual(lines.slice(from, lines.indexOf('         (__)')), [
    'Rules, times in UTC',
    '  traffic (warning, request-rate above 11 requests/s): 2 alerts, 1m 12s in alert, 1 flap',
    '  rush (critical, request-rate above 4 requests/s): 1 alert, 5m 12s in alert',
    '  quiet (critical, request-rate below 1 requests/s): no alert',
    '  A flap is an alert that begins within 5m of the end of the one before, or within its window if that is longer.',
  ]);
  assert.equal(stdout.split('; /login 56 % of requests').length, 2);
});

void test('a summary is what each rule has found and nothing else', (context) => {
  const { code, lines, stderr } = replay(context, '--summary', '--rules', 'new.yml', 'access.log');
  assert.equal(code, 0, stderr);
  assert.deepEqual(lines, [
    'Rules, times in UTC',
    '  traffic (warning, request-rate above 11 requests/s): 2 alerts, 1m 12s in alert, 1 flap',
    '    2026-11-23 22:16:28 to 22:17:04  36s  peak 12 requests/s',
    '      11.3 requests/s over 30s (340 requests), above 11 requests/s; /login 82 % of requests, was 0 %; one client, 192.0.2.1, sends 100 %',
    '    2026-11-23 22:18:28 to 22:19:04  36s  peak 12 requests/s',
    '      11.3 requests/s over 30s (340 requests), above 11 requests/s; /login 82 % of requests, was 14 %; one client, 192.0.2.1, sends 100 %',
    '  rush (critical, request-rate above 4 requests/s): 1 alert, 5m 12s in alert',
    '    2026-11-23 22:16:05 to 22:21:17  5m 12s  peak 12 requests/s',
    '      4.5 requests/s over 20s (90 requests), above 4 requests/s; /login 56 % of requests, was 0 %; one client, 192.0.2.1, sends 100 %',
    '  quiet (critical, request-rate below 1 requests/s): no alert',
    '  A flap is an alert that begins within 5m of the end of the one before, or within its window if that is longer.',
  ]);
});

void test('a summary has no use for reports, and needs no rules of its own', (context) => {
  const { lines } = replay(context, '--summary', 'access.log');
  assert.deepEqual(lines, [
    'Rules, times in UTC',
    '  traffic (warning, request-rate above 1,000 requests/s): no alert',
  ]);
  const json = replay(context, '--summary', '--json', '--rules', 'new.yml', 'access.log').lines;
  assert.deepEqual(
    json.map((line) => [JSON.parse(line).type, JSON.parse(line).rule]),
    [
      ['rule', 'traffic'],
      ['rule', 'rush'],
      ['rule', 'quiet'],
    ],
  );
  const { code, stderr } = replay(context, '--summary', '--reports', 'access.log');
  assert.deepEqual([code, stderr], [2, 'error: --summary and --reports exclude each other\n']);
});

void test('JSON has a line for each rule before the report, which stays the last one', (context) => {
  const { code, lines } = replay(context, '--rules', 'new.yml', '--json', 'access.log');
  assert.equal(code, 0);
  const events = lines.map((line) => JSON.parse(line));
  assert.deepEqual(
    events
      .slice(-4)
      .map(({ type, rule, alerts, flaps, alertSeconds }) => [type, rule, alerts, flaps, alertSeconds]),
    [
      ['rule', 'traffic', 2, 1, 72],
      ['rule', 'rush', 1, 0, 312],
      ['rule', 'quiet', 0, 0, 0],
      ['report', undefined, undefined, undefined, undefined],
    ],
  );
});

void test('a rule that no line could be judged by is not told as one without an alert', (context) => {
  const why = [
    ['slow', 'no request in these logs tells how long it took'],
    ['logins-fail', 'no request in these logs matches its where'],
    ['hourly', 'these logs are shorter than the time that it looks back'],
  ];
  const { code, lines, stderr } = replay(context, '--rules', 'unknown.yml', 'access.log');
  assert.equal(code, 0);
  const from = lines.indexOf('Rules, times in UTC') + 2;
  assert.deepEqual(
    lines.slice(from, from + 3).map((line) => [line.split(' ')[2], line.split('never known: ')[1]]),
    why,
  );
  assert.match(stderr, /^no alert would have fired; 3 rules were never known$/m);
  const { lines: json } = replay(context, '--compare', 'old.yml', 'unknown.yml', '--json', 'access.log');
  const told = json.slice(0, -1).map((line) => JSON.parse(line));
  assert.deepEqual(
    told.flatMap(({ rule, new: renewed }) => (renewed === null ? [] : [[rule, renewed.neverKnown]])),
    [['traffic', null], ...why],
  );
});

void test('without rules of their own logs are told of as ever', (context) => {
  const { code, lines, stderr } = replay(context, 'access.log');
  assert.equal(code, 0);
  assert.equal(lines[0], '         (__)');
  assert.match(stderr, /^no alert would have fired$/m);
});

void test('a comparison shows both files side by side, and the alerts that only one of them has', (context) => {
  const { code, lines } = replay(context, '--compare', 'old.yml', 'new.yml', 'access.log');
  assert.equal(code, 0);
  assert.deepEqual(lines.slice(0, lines.indexOf('         (__)')), [
    'old: old.yml',
    'new: new.yml',
    'times in UTC',
    '',
    '                                ALERTS          IN ALERT             FLAPS         ONLY IN',
    'RULE                               old     new       old       new     old     new     old     new',
    'traffic                              0       2        0s    1m 12s       0       1       0       2',
    'rush                                 2       1    2m 24s    5m 12s       1       0       0       0',
    'quiet                                -       0         -        0s       -       0       0       0',
    '',
    'traffic, only in new:',
    '  2026-11-23 22:16:28 to 22:17:04  36s  peak 12 requests/s',
    '  2026-11-23 22:18:28 to 22:19:04  36s  peak 12 requests/s',
  ]);
  const { lines: json } = replay(context, '--json', 'access.log', '--compare', 'old.yml', 'new.yml');
  assert.deepEqual(
    json
      .map((line) => JSON.parse(line))
      .map(({ type, rule, old, new: renewed }) => [type, rule, old?.alerts, renewed?.alerts]),
    [
      ['comparison', 'traffic', 0, 2],
      ['comparison', 'rush', 2, 1],
      ['comparison', 'quiet', undefined, 0],
      ['report', undefined, undefined, undefined],
    ],
  );
});

void test('an alert gives exit code 4 if that is asked for, of the severity that is asked for', async (context) => {
  const codeOf = (...args: readonly string[]) => replay(context, ...args).code;
  assert.equal(codeOf('--rules', 'old.yml', 'access.log', '--fail-on-alert'), 4);
  // The new rules decide: the old ones have no critical alert.
  assert.equal(codeOf('access.log', '--fail-on-alert', 'critical', '--compare', 'new.yml', 'old.yml'), 0);
  const cwd = folderOf(context);
  for (const [options, expected] of [
    [{ rules: 'old.yml', failOnAlert: 'warning' }, 4],
    [{ rules: 'old.yml', failOnAlert: 'critical' }, 0],
    [{ rules: 'new.yml', failOnAlert: 'critical' }, 4],
    [{ failOnAlert: 'info' }, 0],
    [{ threshold: '5', alertWindow: '10s', failOnAlert: true }, 4],
  ] as const) {
    const [stdout, stderr] = [new PassThrough().resume(), new PassThrough().resume()];
    const around = { cwd, env: {}, stdin: Readable.from([]), stdout, stderr, onInterrupt: () => {} };
    const code = await actions.replay([join(cwd, 'access.log')], options, around);
    assert.equal(code, expected, JSON.stringify(options));
  }
});

void test('what the command line says of the threshold goes before what the file says', (context) => {
  const { stdout } = replay(context, '--rules', 'new.yml', '--threshold', '11.5', 'access.log');
  assert.match(stdout, /^ {2}traffic \(warning, request-rate above 11\.5 requests\/s\): 2 alerts/m);
  assert.doesNotMatch(stdout, /above 11 requests/);
});

void test('wrong use of the options of rules is told', (context) => {
  const wrong = (...args: readonly string[]) => {
    const { code, stderr } = replay(context, ...args);
    return [code, stderr.trimEnd()];
  };
  assert.deepEqual(wrong('--rules', 'old.yml', 'access.log', '--compare', 'old.yml', 'new.yml'), [
    2,
    'error: --rules and --compare exclude each other',
  ]);
  assert.deepEqual(wrong('access.log', '--compare', 'old.yml'), [
    2,
    'error: --compare needs two files of rules, the old and the new one',
  ]);
  assert.deepEqual(wrong('--fail-on-alert', 'access.log'), [
    2,
    'error: --fail-on-alert must be info, warning or critical, got "access.log"; for any of them, put it behind the names of the logs',
  ]);
  assert.deepEqual(wrong('--rules', 'bad.yml', 'access.log'), [
    1,
    'bad.yml:1:10 alerts[0]: needs a metric\nbad.yml:1:10 alerts[0]: needs above or below',
  ]);
});
