import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkLogs } from '../../src/commands/check.ts';
import { createRule } from '../../src/config/rule-defaults.ts';
import type { Config } from '../../src/config/schema.ts';
import type { LogSample } from '../../src/source/sample.ts';
import { DEFAULT_CONFIG } from '../config/default-config.ts';

const CONFIGURATION = `configuration: valid
alerts:  above 10 requests/s over 2m, to stdout and data/alerts.log
reports: every 10s, to data/reports.log
http:    127.0.0.1:9180

`;

function sample(text: string, path = 'logs/access.log'): LogSample {
  const bytes = Buffer.from(text, 'latin1');
  return { path, size: bytes.length, bytes, problem: null };
}

function line(second: string, request: string, client = '192.0.2.7'): string {
  return `${client} - - [24/Nov/2026:00:14:${second} +0200] "${request}" 200 512 "-" "curl/8"\n`;
}

const GOOD = ['01', '02', '03', '04'].map((second) => line(second, `GET /s${second}?q HTTP/1.1`)).join('');

void test('a log that fits: its format and its last three lines as they are read, exit code 0', () => {
  const { exitCode, text } = checkLogs(DEFAULT_CONFIG, [sample(GOOD)]);
  assert.equal(
    text,
    `${CONFIGURATION}logs/access.log: format combined, 4 of the last 4 lines fit
  TIME (UTC)           CLIENT     METHOD  PATH  STATUS  BYTES
  2026-11-23 22:14:02  192.0.2.7  GET     /s02  200     512
  2026-11-23 22:14:03  192.0.2.7  GET     /s03  200     512
  2026-11-23 22:14:04  192.0.2.7  GET     /s04  200     512

ok`,
  );
  assert.equal(exitCode, 0);
});

void test('a path is shown as it is counted, and beside it as it was logged where that differs', () => {
  const log = ['/user/42?q', '/blog/2026/a', '/a%2Fb', '/%63'].map((path) =>
    line('01', `GET ${path} HTTP/1.1`),
  );
  const tableOf = (config: Config, lines = log): string[] =>
    checkLogs(config, [sample(lines.join(''))])
      .text.split('\n')
      .slice(6, -2);
  const config = { ...DEFAULT_CONFIG, pathPatterns: ['/blog/**'] };
  assert.deepEqual(tableOf(config, log.slice(0, 3)), [
    '  TIME (UTC)           CLIENT     METHOD  PATH       AS LOGGED     STATUS  BYTES',
    '  2026-11-23 22:14:01  192.0.2.7  GET     /user/:id  /user/42      200     512',
    '  2026-11-23 22:14:01  192.0.2.7  GET     /blog/**   /blog/2026/a  200     512',
    '  2026-11-23 22:14:01  192.0.2.7  GET     /a%2Fb                   200     512',
  ]);
  assert.equal(
    tableOf(config)[3],
    '  2026-11-23 22:14:01  192.0.2.7  GET     /c        /%63          200     512',
  );
  assert.deepEqual(tableOf({ ...config, templatePaths: false }, log.slice(0, 1)), [
    '  TIME (UTC)           CLIENT     METHOD  PATH      STATUS  BYTES',
    '  2026-11-23 22:14:01  192.0.2.7  GET     /user/42  200     512',
  ]);
});

void test('a line that does not fit is shown with a caret below the place', () => {
  const broken = line('05', 'GET / HTTP/1.1').replace('Nov', 'Nxv');
  const { exitCode, text } = checkLogs(DEFAULT_CONFIG, [sample(GOOD + broken)]);
  const lines = text.split('\n');
  const shown = lines.indexOf(`  ${broken.trimEnd()}`);
  assert.ok(shown > 0, text);
  assert.match(
    lines[shown - 1] ?? '',
    /^ {2}a line that does not fit, logs\/access\.log:5:\d+ \(bad-timestamp\):$/,
  );
  const caret = lines[shown + 1] ?? '';
  assert.match(caret, /^ +\^$/);
  const place = caret.indexOf('^') - 2;
  assert.ok(place >= broken.indexOf('24/Nxv') && place <= broken.indexOf('/2026'), caret);
  assert.equal(lines[shown - 1]?.includes(`:${place + 1} (`), true);
  assert.match(text, /4 of the last 5 lines fit/);
  assert.equal(exitCode, 0);
});

void test('a long line is cut around the place, the caret stays below it', () => {
  const long = line('05', `GET /${'a'.repeat(300)} HTTP/1.1`).replace('" 200 ', '" 2x0 ');
  const lines = checkLogs(DEFAULT_CONFIG, [sample(GOOD + long)]).text.split('\n');
  const shown = lines.findIndex((text) => text.includes('aaaaaaaa'));
  const caret = (lines[shown + 1] ?? '').indexOf('^');
  assert.ok((lines[shown] ?? '').length <= 112);
  assert.match((lines[shown] ?? '').slice(caret - 1, caret + 3), /2x0/);
});

void test('a line is shown as the text that it is, and places are counted in characters', () => {
  // U+1F980 takes two units of a string, and two columns of a terminal.
  const broken = Buffer.from(
    line('05', 'GET /caf\u00e9\u{1f980} HTTP/1.1').replace('" 200 ', '" 2x0 '),
  ).toString('latin1');
  const lines = checkLogs(DEFAULT_CONFIG, [sample(GOOD + broken)]).text.split('\n');
  const shown = lines.findIndex((text) => text.includes('/caf\u00e9\u{1f980} HTTP/1.1" 2x0'));
  const place = (lines[shown + 1] ?? '').indexOf('^');
  assert.equal(lines[shown]?.slice(place, place + 3), '2x0');
  assert.match(lines[shown - 1] ?? '', new RegExp(`access\\.log:5:${place - 2} \\(bad-status\\):$`));
});

void test('a log of which no line fits is not ok, exit code 1', () => {
  const { exitCode, text } = checkLogs(DEFAULT_CONFIG, [sample('hello\nworld\n')]);
  assert.equal(exitCode, 1);
  assert.match(
    text,
    /: format auto, 0 of the last 2 lines fit\n[^]*\n {2}hello\n {2}\^\n {2}log-format takes [^\n]*\n\nnot ok: see above$/,
  );
});

void test('a line without a character is told as such, as a replay does', () => {
  const { text } = checkLogs(DEFAULT_CONFIG, [sample(`${GOOD}\n`)]);
  const [said, next] = text.split('\n').slice(-3);
  assert.match(said ?? '', /^ {2}a line that does not fit, logs\/access\.log:\d:1 \(empty-line\)$/);
  assert.equal(next, '');
});

void test('a log that is empty, or has no whole line yet, is ok', () => {
  for (const text of ['', '192.0.2.7 - -']) {
    const result = checkLogs(DEFAULT_CONFIG, [sample(text)]);
    assert.equal(result.exitCode, 0);
    assert.match(result.text, /logs\/access\.log: can be read, and holds no whole line yet\n\nok$/);
  }
});

void test('of a log that no line of the named format is in, it says what auto reads in it', () => {
  const config = { ...DEFAULT_CONFIG, logFormat: 'haproxy' };
  const { exitCode, text } = checkLogs(config, [sample(GOOD)]);
  assert.equal(exitCode, 1);
  assert.match(text, /: format haproxy, 0 of the last 4 lines fit\n/);
  assert.match(text, /\n {2}with log-format auto they are combined: 4 of 4 lines fit\n\nnot ok: see above$/);
  for (const log of ['hello\nworld\n', '#Version: 1.0\n#Fields: date time\n'])
    assert.doesNotMatch(checkLogs(config, [sample(log)]).text, /log-format auto/);
});

void test('a log whose lines tell of no request is ok, and said to be such a one', () => {
  const { exitCode, text } = checkLogs(DEFAULT_CONFIG, [sample('#Version: 1.0\n#Fields: date time\n')]);
  assert.equal(exitCode, 0);
  assert.match(text, /: can be read, and no line of it tells of a request\n\nok$/);
});

void test('a log that cannot be read is not ok, and the others are shown all the same', () => {
  const problem = { code: 'missing', message: 'logs/b.log does not exist.' } as const;
  const bad: LogSample = { path: 'logs/b.log', size: 0, bytes: Buffer.alloc(0), problem };
  const { exitCode, text } = checkLogs(DEFAULT_CONFIG, [bad, sample(GOOD, 'logs/c.log')]);
  assert.equal(exitCode, 1);
  assert.match(
    text,
    /\nlogs\/b\.log does not exist\.\n\nlogs\/c\.log: format combined, 4 of the last 4 lines fit\n/,
  );
  assert.match(text, /not ok: see above$/);
});

void test('nothing in a log steers the terminal', () => {
  const evil = line('01', 'GET /\u009b31mred HTTP/1.1', '::1').replace('/8', '/\u001b[2J\u0007');
  const texts = [sample(evil), sample(`${evil.slice(0, 30)}\u001b]0;x\u0007\n${evil}`)];
  for (const one of texts) {
    assert.doesNotMatch(checkLogs(DEFAULT_CONFIG, [one]).text, /[\p{Cf}\p{Zl}\p{Zp}]|(?!\n)\p{Cc}/u);
  }
  const bidi = Buffer.from(line('01', 'GET /a\u202eb HTTP/1.1'), 'utf8').toString('latin1');
  assert.match(checkLogs(DEFAULT_CONFIG, [sample(bidi)]).text, / \/a\?b /);
});

void test('a long cell is cut', () => {
  const text = checkLogs(DEFAULT_CONFIG, [sample(line('01', `GET /${'b'.repeat(80)} HTTP/1.1`))]).text;
  assert.match(text, / \/b{38}… {2}200 /);
});

void test('what is off and what is a cron expression is said', () => {
  const reportTime = { kind: 'cron', expression: '0 8 * * *' } as const;
  const { text } = checkLogs({ ...DEFAULT_CONFIG, alertPath: null, reportTime }, []);
  assert.match(
    text,
    /\nalerts: {2}above 10 requests\/s over 2m, to stdout\nreports: at 0 8 \* \* \*, to data/,
  );
  assert.match(checkLogs({ ...DEFAULT_CONFIG, reportPath: null }, []).text, /\nreports: to no file\n/);
});

void test('rules, channels and times of maintenance are named, when there are any', () => {
  const rule = createRule({ name: 'login-errors', metric: 'error-rate', comparison: 'above', threshold: 5 });
  const ops = {
    name: 'ops',
    type: 'slack',
    severityMin: 'info',
    isResolvedSent: true,
    url: { from: 'environment', variable: 'SLACK_URL' },
  } as const;
  const config: Config = {
    ...DEFAULT_CONFIG,
    alerts: [rule],
    hasDefaultRules: true,
    objective: 99.9,
    channels: [ops, { ...ops, name: 'desk' }],
    maintenance: [{ expression: '0 3 * * 0', durationSeconds: 7200, rules: null }],
  };
  assert.ok(
    checkLogs(config, []).text.includes(
      `and data/alerts.log
rules:   login-errors, the default ones, burn rates of an objective of 99.9 %
sent to: ops (slack), desk (slack)
quiet:   2h from each 0 3 * * 0
reports: `,
    ),
  );
});
