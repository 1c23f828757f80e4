import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkFiles } from '../../src/commands/check.ts';
import { DEFAULT_CONFIG } from '../config/default-config.ts';
import type { LogSample } from '../../src/source/sample.ts';

const OPTIONS = DEFAULT_CONFIG;
const COMMON = '192.0.2.7 - - [23/Nov/2026:22:14:05 +0000] "GET /a HTTP/1.1" 200 512';

function sample(lines: readonly string[], path = 'a.log'): LogSample {
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''), 'latin1');
  return { path, size: bytes.length, bytes, problem: null };
}

void test('any file is read without a configuration; latencies get a column when there are any', () => {
  const lines = [
    '#Fields: date time cs-method cs-uri-stem sc-status sc-bytes time-taken c-ip',
    '2022-11-07 14:29:06 GET /us 404 17 130 192.0.2.7',
  ];
  assert.deepEqual(checkFiles([sample(lines)], OPTIONS), {
    exitCode: 0,
    text: `a.log: format w3c, 1 of the last 1 lines fit
  TIME (UTC)           CLIENT     METHOD  PATH  STATUS  BYTES  MS
  2022-11-07 14:29:06  192.0.2.7  GET     /us   404     17     130

ok`,
  });
});

void test('a log of several formats: the most frequent one, and how many lines each has', () => {
  const lines = [COMMON, `${COMMON} "-" "curl"`, COMMON, `${COMMON} "-" "curl"`, COMMON, 'junk'];
  const { text, exitCode } = checkFiles([sample(lines)], OPTIONS);
  assert.match(
    text,
    /^a\.log: format common, 5 of the last 6 lines fit\n {2}lines by format: common 3, combined 2\n/,
  );
  assert.equal(exitCode, 0);
});

void test('when no format fits, the nearest one explains the first line that fails', () => {
  const line =
    '10.0.1.2:33317 [06/Feb/2009:12:14:14.655] http-in static/srv1 1/2/3/4/5 2x0 17 - - ---- 1/1 0/0 "-"';
  assert.deepEqual(checkFiles([sample([line])], OPTIONS), {
    exitCode: 1,
    text: `a.log: format auto, 0 of the last 1 lines fit
  a line that does not fit, a.log:1:73 (bad-status; the nearest format is haproxy):
  ${line}
  ${' '.repeat(72)}^

not ok: see above`,
  });
});

void test('the reason that most lines have is told first, by the first of them, and not the one of a banner or a stray line', () => {
  const lines = [
    'Listening on 0.0.0.0:8000 (http://0.0.0.0:8000/) ...',
    '192.0.2.7 - - [30-Nov-2026 18:56:39] "GET /a HTTP/1.1" 200 -',
    '192.0.2.7 - - [30-Nov-2026 18:56:39] code 404, message File not found',
    '2001:db8::7 - - [30-Nov-2026 18:56:40] "GET / HTTP/1.1" 200 -',
  ];
  assert.match(
    checkFiles([sample(lines)], { ...OPTIONS, logFormat: 'combined' }).text,
    /^a\.log: format combined, 0 of the last 4 lines fit\n {2}the first of 2 lines that do not fit for the same reason, a\.log:2:16 \(bad-timestamp\):\n {2}192\.0\.2\.7 - - .* 200 -\n {17}\^\n/,
  );
  const named = { ...OPTIONS, logFormat: '%h - - [%{%d-%b-%Y %H:%M:%S}t] "%r" %s %b' };
  assert.match(
    checkFiles([sample(lines)], named).text,
    /, 2 of the last 4 lines fit\n[^]* {2}a line that does not fit, a\.log:1:1 \(format-mismatch\):\n.*\n {2}\^\n {2}a line that does not fit, a\.log:3:34 /,
  );
});

void test('a log that is known not to be read is named, without a mark that would explain nothing', () => {
  const lines = [
    'INFO:     Started server process [7]',
    'INFO:     192.0.2.7:1234 - "GET /a HTTP/1.1" 200 OK',
    'INFO:     Waiting for the application',
    'INFO:     [2001:db8::7]:1234 - "POST /a?b HTTP/1.1" 404 Not Found',
    'INFO:     192.0.2.7:1236 - "GET /a HTTP/1.1" 200 OK',
  ];
  assert.deepEqual(checkFiles([sample(lines)], OPTIONS), {
    exitCode: 1,
    text: `a.log: format auto, 0 of the last 5 lines fit
  the first of 3 lines that do not fit for the same reason, a.log:2:8 (format-mismatch):
  ${lines[1]}
  it is the access log of uvicorn, without a time, which fluffy needs: let uvicorn write one, and give the format as log-format
  a line that does not fit, a.log:1:35 (format-mismatch; the nearest format is combined):
  ${lines[0]}
  ${' '.repeat(34)}^
  a line that does not fit, a.log:3:8 (format-mismatch; the nearest format is combined):
  ${lines[2]}
  ${' '.repeat(7)}^

not ok: see above`,
  });
});

void test('a log of which most lines do not fit is not read as it should be', () => {
  const half = checkFiles([sample([COMMON, 'junk'])], OPTIONS);
  assert.equal(half.exitCode, 0);
  const most = checkFiles([sample([COMMON, 'junk', 'junk'])], OPTIONS);
  assert.equal(most.exitCode, 1);
  assert.match(
    most.text,
    /, 1 of the last 3 lines fit\n[^]*\n {2}most lines do not fit: is it another format\?\n\nnot ok: see above$/,
  );
});

void test('the three most frequent reasons are told, each with its lines and the first of them', () => {
  const of = (count: number, line: string): string[] => Array.from({ length: count }, () => line);
  const lines = [
    ...of(1, 'junk'),
    ...of(2, COMMON.replace(' 200 ', ' 2x0 ')),
    ...of(60, COMMON),
    ...of(1, `${COMMON}x`),
    ...of(3, COMMON.replace('Nov', 'Nxv')),
    ...of(1, 'half of 192.0.2.7'),
  ];
  const { exitCode, text } = checkFiles([sample(lines)], OPTIONS);
  assert.equal(exitCode, 1);
  const told = text.split('\n');
  assert.equal(told[0], 'a.log: format common, 60 of the last 68 lines fit');
  assert.deepEqual(
    told.slice(5).filter((line) => !/^ *\^$|192\.0\.2\.7|junk$/.test(line)),
    [
      '  the first of 3 lines that do not fit for the same reason, a.log:65:16 (bad-timestamp):',
      '  the first of 2 lines that do not fit for the same reason, a.log:2:62 (bad-status):',
      '  a line that does not fit, a.log:1:1 (format-mismatch):',
      '  2 more lines do not fit for other reasons',
      '  more than a tenth of the lines do not fit: the requests in them are not counted',
      '',
      'not ok: see above',
    ],
  );
});

void test('a tenth of the lines may be broken, and as many as others of fewer than three', () => {
  const exitCodeOf = (good: number, bad: number): number =>
    checkFiles([sample([...Array(good).fill(COMMON), ...Array(bad).fill('junk')])], OPTIONS).exitCode;
  assert.deepEqual([exitCodeOf(27, 3), exitCodeOf(26, 3)], [0, 1]);
  assert.deepEqual([exitCodeOf(2, 2), exitCodeOf(1, 2)], [0, 1]);
});

void test('a format that is named explains by itself', () => {
  const options = { ...OPTIONS, logFormat: '$remote_addr [$time_local] "$request" $status' };
  const good = '192.0.2.7 [23/Nov/2026:22:14:05 +0000] "GET /a HTTP/1.1" 200';
  const { text } = checkFiles([sample([good, `${good} more`])], options);
  assert.match(text, /^a\.log: format custom, 1 of the last 2 lines fit\n/);
  assert.match(text, / fit, a\.log:2:58 \(bad-status\):\n/);
});

void test('of a packed log the first lines are told', () => {
  const { text } = checkFiles(
    [{ ...sample([COMMON, COMMON], 'a.gz'), packing: 'gzip', isBeginning: true }],
    OPTIONS,
  );
  assert.match(text, /^a\.gz \(packed by gzip\): format common, 2 of the first 2 lines fit\n/);
});

void test('local times are of the given time zone', () => {
  const line =
    '10.0.1.2:33317 [06/Aug/2026:12:14:14.655] http-in static/srv1 1/2/3/4/5 200 17 - - ---- 1/1 0/0 "GET / HTTP/1.1"';
  const { text } = checkFiles([sample([line])], { ...OPTIONS, timezone: 'Asia/Tokyo' });
  assert.match(text, /\n {2}2026-08-06 03:14:14 {2}10\.0\.1\.2 /);
});

void test('JSON with keys of its own: the map is used, and what it does not find is named', () => {
  const options = { ...OPTIONS, jsonFields: { time: ['when'], request: ['line'], latency: ['took'] } };
  const good = '{"when":"2026-11-23T22:14:05Z","line":"GET /a HTTP/1.1","status":200,"size":5,"took":0.25}';
  const started = '{"when":"2026-11-23T22:14:06Z","msg":"started"}';
  assert.deepEqual(checkFiles([sample([good, started])], options), {
    exitCode: 0,
    text: `a.log: format json, 1 of the last 2 lines fit
  TIME (UTC)           CLIENT  METHOD  PATH  STATUS  BYTES  MS
  2026-11-23 22:14:05  -       GET     /a    200     5      250
  a line that does not fit, a.log:2:1 (missing-field: request):
  ${started}
  ^

ok`,
  });
  const { text } = checkFiles([sample([good])], OPTIONS);
  assert.match(text, / fit, a\.log:1:1 \(missing-field: time; the nearest format is json\):\n/);
});

void test('fields behind a format that was recognised are said to be passed over, and what names them', () => {
  const text = (logFormat: string): string =>
    checkFiles([sample([`${COMMON} "-" "curl" 1543`])], { ...OPTIONS, logFormat }).text;
  assert.equal(
    text('auto'),
    `a.log: format combined+, 1 of the last 1 lines fit
  TIME (UTC)           CLIENT     METHOD  PATH  STATUS  BYTES
  2026-11-23 22:14:05  192.0.2.7  GET     /a    200     512
  fields behind combined were passed over: the server's own format as log-format names them, such as the time taken

ok`,
  );
  assert.doesNotMatch(text('combined+'), /passed over/);
  assert.doesNotMatch(text('%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %D'), /passed over/);
});

void test('JSON in which no client and no time taken is found: what names their keys is said', () => {
  const line = (more: string): string =>
    `{"time":"2026-11-23T22:14:05Z","request":"GET /a HTTP/1.1","status":200,"size":5${more}}`;
  const text = (more: string): string => checkFiles([sample([line(''), line(more)])], OPTIONS).text;
  assert.equal(
    text(',"ip":"192.0.2.7","took":5'),
    `a.log: format json, 2 of the last 2 lines fit
  TIME (UTC)           CLIENT  METHOD  PATH  STATUS  BYTES
  2026-11-23 22:14:05  -       GET     /a    200     5
  2026-11-23 22:14:05  -       GET     /a    200     5
  no line has a client or a time taken under a known key: json-fields names theirs

ok`,
  );
  assert.doesNotMatch(text(',"duration":5'), /json-fields/);
  assert.doesNotMatch(text(',"remote_addr":"192.0.2.7"'), /json-fields/);
});

void test('a key that json-fields names and no line has is told', () => {
  const line =
    '{"time":"2026-11-23T22:14:05Z","request":"GET /a HTTP/1.1","res":{"code":500},"size":5,"ip":"::1"}';
  const text = (code: string): string =>
    checkFiles([sample([line])], { ...OPTIONS, jsonFields: { status: ['res', code], client: ['ip'] } }).text;
  assert.match(
    text('cod'),
    /^a\.log: format json, 1 of [^]*\n {2}no line has a value under res\.cod, which json-fields names for status\n\nok$/,
  );
  assert.match(text('code'), / \/a +500 +5\n\nok$/);
});

void test('columns that hold no date are named as what is missing, where nothing else tells the date', () => {
  const { text, exitCode } = checkFiles(
    [sample(['#Fields: time cs-method cs-uri sc-status', '22:14:05 GET /a 200'])],
    OPTIONS,
  );
  assert.match(text, / fit, a\.log:2:20 \(missing-field: date; the nearest format is w3c\):\n/);
  assert.equal(exitCode, 1);
});

void test('a line that does not fit is told with its place in the log, where that is known', () => {
  const lines = ['#Remark: one', COMMON, '', `${COMMON}${'x'.repeat(70_000)}`];
  const placeOf = (log: LogSample): string | undefined =>
    /a line that does not fit.*/.exec(checkFiles([log], OPTIONS).text)?.[0];
  const whole = sample(lines, 'logs/\u001b.log');
  assert.equal(placeOf(whole), 'a line that does not fit, logs/?.log:3:1 (empty-line)');
  const long = sample([...lines.slice(0, 2), ...lines.slice(3)]);
  assert.equal(placeOf(long), 'a line that does not fit, a.log:3:65537 (line-too-long):');
  assert.equal(
    placeOf({ ...whole, lineNumberOf: (line) => line + 7000 }),
    'a line that does not fit, logs/?.log:7003:1 (empty-line)',
  );
  assert.equal(
    placeOf({ ...whole, lineNumberOf: () => null }),
    'a line that does not fit (empty-line, column 1)',
  );
});
