// Entries of Caddy's loggers in one file with its access log.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createParser } from '../../src/parse/detect.ts';
import { createJsonParser } from '../../src/parse/json.ts';
import { readBytes, readStream } from './reading.ts';
import type { Reading } from './reading.ts';

const PASSED_OVER = 'directive at 0';
const REQUEST = '"request":{"client_ip":"192.0.2.1","method":"GET","uri":"/a?b=1","headers":{}}';

const entry = (logger: string, rest: string): string =>
  `{"level":"info","ts":1795472045.25,"logger":"${logger}","msg":"m",${rest}}`;
const access = (status: number, logger = 'http.log.access'): string =>
  entry(logger, `${REQUEST},"duration":0.25,"size":12,"status":${status}`);
const error = (status: number, logger = 'http.log.error'): string =>
  entry(logger, `${REQUEST},"duration":0.25,"status":${status},"err_id":"58ddqetbg"`);

const readingOf = (status: number): Reading => ({
  time: '2026-11-23T22:14:05Z',
  client: '192.0.2.1',
  method: 'GET',
  path: '/a',
  status,
  bytesSent: 12,
  latencyMs: 250,
});

function readAll(lines: readonly string[], parser = createParser('auto')): (Reading | string)[] {
  return readStream(parser, [Buffer.from(`${lines.join('\n')}\n`)]);
}

void test('a request whose handler failed is told of twice, and counts once', () => {
  for (const logger of ['http.log.error', 'http.log.error.log0', 'http.log.error.shop']) {
    assert.equal(readBytes(createJsonParser(), Buffer.from(error(502, logger))), PASSED_OVER);
    assert.deepEqual(
      readAll([error(502, logger), access(502), access(200), error(500, logger), access(500), access(200)]),
      [PASSED_OVER, readingOf(502), readingOf(200), PASSED_OVER, readingOf(500), readingOf(200)],
    );
  }
});

void test('errors count once wherever they stand among any number of other lines', () => {
  for (const first of [access(502), error(502)]) {
    const lines = [first, ...Array.from({ length: 200 }, (_, i) => (i % 7 === 0 ? error(502) : access(502)))];
    const readings = readAll(lines);
    for (const [i, line] of lines.entries())
      assert.deepEqual(readings[i], line === error(502) ? PASSED_OVER : readingOf(502), String(i));
  }
  const errors = Array.from({ length: 50 }, () => error(502));
  assert.deepEqual(
    readAll(errors),
    errors.map(() => PASSED_OVER),
  );
});

void test('the access log has loggers of any name, and lines of other servers may have one', () => {
  const loggers = ['http.log.access', 'http.log.access.log0', 'http.log.access.error', 'http', 'app', ''];
  const lines = [...loggers, ...loggers].map((logger) => access(200, logger));
  assert.deepEqual(
    readAll(lines),
    lines.map(() => readingOf(200)),
  );
});

void test('a logger whose name has an escape is the same one', () => {
  const escaped = String.raw`http\u002elog.error`;
  assert.deepEqual(readAll([error(502, escaped), error(502, escaped), access(200)]), [
    PASSED_OVER,
    PASSED_OVER,
    readingOf(200),
  ]);
});

void test('handlers tell of requests while they are debugged, which are in the access log too', () => {
  const logger = 'http.handlers.reverse_proxy';
  const line = entry(logger, `"upstream":"10.0.0.2:80","duration":0.2,${REQUEST},"status":200`);
  assert.deepEqual(readAll([access(200), line, access(200)]), [readingOf(200), PASSED_OVER, readingOf(200)]);
});

void test('what the server says of itself is passed over, also before the first request', () => {
  const lines = [
    entry('admin', '"address":"localhost:2019"'),
    entry('http', '"server_name":"srv0"'),
    entry('http.log', '"name":"srv0","protocols":["h1","h2","h3"]'),
    entry('tls.cache.maintenance', '"cache":"0xc000"'),
  ];
  assert.deepEqual(readAll([...lines, access(200), ...lines]), [
    ...lines.map(() => PASSED_OVER),
    readingOf(200),
    ...lines.map(() => PASSED_OVER),
  ]);
});

void test('an entry of an unknown logger, or with half a request, is missed', () => {
  for (const line of [
    entry('app', '"x":1'),
    entry('tlsx', '"x":1'),
    entry('http', '"status":200'),
    entry('http', '"method":"GET"'),
    entry('http.log.access', '"size":1'),
  ])
    assert.equal(readBytes(createJsonParser(), Buffer.from(line)), 'missing-field at 0', line);
});

void test('what is passed over says nothing of how well a format fits', () => {
  const parser = createParser('auto');
  readAll([error(502), access(502), error(500), entry('tls', '"x":1'), access(500)], parser);
  assert.deepEqual(parser.fit, { looked: 2, fitted: 2 });
});

void test('entries of Caddy itself have no logger, and are passed over; those of others are not', () => {
  const core = (rest: string): string => `{"level":"info","ts":1796077258.59,"msg":"m"${rest}}`;
  for (const rest of ['', ',"signal":"SIGTERM","exit_code":0', ',"file":"/config/caddy/autosave.json"'])
    assert.equal(readBytes(createJsonParser(), Buffer.from(core(rest))), PASSED_OVER);
  assert.deepEqual(readAll([core(''), access(200), core('')]), [PASSED_OVER, readingOf(200), PASSED_OVER]);
  for (const line of [
    core(',"status":200'),
    core(',"method":"GET"'),
    '{"level":"info","ts":"2026-11-30T22:21:00Z","msg":"m"}',
    '{"ts":1796077258.59,"level":"info","msg":"m"}',
    '{"level":"info","ts":1796077258.59,"msg":1}',
    '{"level":"info","ts":1796077258.59}',
    '{"level":"info","ts":1796077258.59,"logger":"shop","msg":"m"}',
  ])
    assert.equal(readBytes(createJsonParser(), Buffer.from(line)), 'missing-field at 0', line);
});
