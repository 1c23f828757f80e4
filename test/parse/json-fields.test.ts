// The field map of JSON logs: the keys it names, the ones it leaves as they are, and the unit of latencies.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keysOf } from '../../src/parse/json-fields.ts';
import type { JsonFields } from '../../src/parse/json-fields.ts';
import { readJsonPath } from '../../src/parse/json-keys.ts';
import { createJsonLineReader } from '../../src/parse/json-line.ts';
import { JsonObjectReader } from '../../src/parse/json-object.ts';
import { createJsonTimeReader } from '../../src/parse/json-time.ts';
import { createLogParser } from '../../src/parse/log-parser.ts';
import { createRecord } from '../../src/parse/record.ts';
import type { LineParser } from '../../src/parse/record.ts';
import { UTC } from '../../src/parse/zone.ts';
import { read, readFramed } from './reading.ts';
import type { Reading } from './reading.ts';

const OPTIONS = {
  logFormat: 'json',
  jsonFields: {},
  timezone: 'UTC',
  realClientFrom: 'off',
  trustedProxies: [],
  anonymiseIp: false,
} as const;

const EVERY: JsonFields = {
  time: ['when'],
  client: ['ip'],
  method: ['req', 'verb'],
  target: ['req', 'url'],
  status: ['res', 'code'],
  bytes: ['res', 'size'],
  latency: ['took'],
  'user-agent': ['ua'],
  'forwarded-for': ['xff'],
  'latency-unit': 'ms',
};
const OWN_KEYS =
  '{"when":"2026-11-23T22:14:05Z","ip":"192.0.2.7","req":{"verb":"PUT","url":"/a?b=1"},"res":{"code":204,"size":17},"took":12.5,"ua":"curl/8","xff":["203.0.113.9"]}';
const OWN_READING: Reading = {
  time: '2026-11-23T22:14:05Z',
  client: '192.0.2.7',
  method: 'PUT',
  path: '/a',
  status: 204,
  bytesSent: 17,
  latencyMs: 12.5,
  forwarded: '203.0.113.9',
  agent: 'curl/8',
};

function parserOf(jsonFields: JsonFields, logFormat = 'json'): LineParser {
  return createLogParser({ ...OPTIONS, logFormat, jsonFields });
}

/** The line by its bytes and by JSON.parse, which must agree. */
function readBoth(jsonFields: JsonFields, line: string): Reading | string {
  const times = createJsonTimeReader(UTC);
  const lines = createJsonLineReader(keysOf(jsonFields), times);
  const objects = new JsonObjectReader(keysOf(jsonFields), times);
  const byObject: LineParser = { name: '', saved: '', parse: (...to) => objects.read(...to) };
  const byLine: LineParser = {
    name: '',
    saved: '',
    parse: (...to) => lines?.read(...to) ?? { ok: false, reason: 'bad-json', column: -1 },
  };
  const reading = read(byObject, line);
  const byBytes = readFramed(byLine, Buffer.from(line, 'latin1'));
  assert.deepEqual(byBytes, typeof reading === 'string' ? 'bad-json at -1' : reading, line);
  return reading;
}

void test('every value is found under the key that was named for it', () => {
  assert.deepEqual(readBoth(EVERY, OWN_KEYS), OWN_READING);
  for (const name of ['json', 'caddy', 'traefik-json', 'nginx-json', 'auto'])
    assert.deepEqual(read(parserOf(EVERY, name), OWN_KEYS), OWN_READING, name);
});

void test('without the map such a line is none that is known', () => {
  assert.equal(read(parserOf({}), OWN_KEYS), 'missing-field at 0');
});

void test('a key that was named replaces the known ones, the other values keep theirs', () => {
  const line =
    '{"ts":1,"when":1795472045,"status":500,"code":"201","method":"GET","uri":"/x","bytes":9,"client_ip":"192.0.2.8","duration":0.25}';
  assert.deepEqual(readBoth({ time: ['when'], status: ['code'] }, line), {
    time: '2026-11-23T22:14:05Z',
    client: '192.0.2.8',
    method: 'GET',
    path: '/x',
    status: 201,
    bytesSent: 9,
    latencyMs: 250,
  });
  assert.equal(readBoth({ time: ['at'] }, line), 'missing-field at 0');
});

void test('a request line that was named goes before a method and a target that were not', () => {
  const line = '{"ts":1,"method":"rpc","path":"/log","line":"HEAD /b HTTP/1.1"}';
  const requestOf = (fields: JsonFields): unknown => {
    const reading = readBoth(fields, line);
    return typeof reading === 'string' ? reading : `${reading.method} ${reading.path}`;
  };
  assert.equal(requestOf({}), 'rpc /log');
  assert.equal(requestOf({ request: ['line'] }), 'HEAD /b');
  assert.equal(requestOf({ request: ['line'], target: ['path'] }), 'rpc /log');
  assert.equal(requestOf({ request: ['lines'] }), 'missing-field at 0');
});

void test('a latency has the unit that was named, else that of its key, else seconds; text has its own', () => {
  const latencyOf = (fields: JsonFields, value: string): unknown => {
    const line = `{"ts":1,"method":"GET","uri":"/","took":${value},"Duration":${value}}`;
    const reading = readBoth(fields, line);
    return typeof reading === 'string' ? reading : reading.latencyMs;
  };
  assert.equal(latencyOf({ latency: ['took'] }, '1500'), 1_500_000);
  assert.equal(latencyOf({ latency: ['took'], 'latency-unit': 's' }, '1500'), 1_500_000);
  assert.equal(latencyOf({ latency: ['took'], 'latency-unit': 'ms' }, '1500'), 1500);
  assert.equal(latencyOf({ latency: ['took'], 'latency-unit': 'us' }, '"1500"'), 1.5);
  assert.equal(latencyOf({ latency: ['took'], 'latency-unit': 'ns' }, '1500'), 0.0015);
  assert.equal(latencyOf({ latency: ['Duration'] }, '1500'), 0.0015);
  assert.equal(latencyOf({ 'latency-unit': 'ms' }, '1500'), 1500);
  assert.equal(latencyOf({ latency: ['took'], 'latency-unit': 'ns' }, '"2.5ms"'), 2.5);
});

void test('times of several upstreams in one text are added up, in the unit of their key', () => {
  const latencyOf = (fields: JsonFields, name: string, value: string): unknown => {
    const reading = read(parserOf(fields), `{"ts":1,"method":"GET","uri":"/","${name}":"${value}"}`);
    return typeof reading === 'string' ? reading : reading.latencyMs;
  };
  assert.equal(latencyOf({}, 'upstream_response_time', '0.020, 0.200 : 0.001, -'), 221);
  assert.equal(latencyOf({}, 'Duration', '1000000, 2000000'), 3);
  assert.equal(latencyOf({ latency: ['took'], 'latency-unit': 'ms' }, 'took', '20, 1'), 21);
  assert.equal(latencyOf({}, 'upstream_response_time', 'soon'), undefined);
});

void test('a list of latencies is added up as well, whatever way its items are written in', () => {
  const latencyOf = (fields: JsonFields, value: string): unknown => {
    const reading = read(parserOf(fields), `{"ts":1,"method":"GET","uri":"/","took":${value}}`);
    return typeof reading === 'string' ? reading : reading.latencyMs;
  };
  const ms: JsonFields = { latency: ['took'], 'latency-unit': 'ms' };
  assert.equal(latencyOf(ms, '[20, 1.5]'), 21.5);
  assert.equal(latencyOf(ms, '["20", "1"]'), 21);
  assert.equal(latencyOf(ms, '["2.5ms", "1s"]'), 1002.5);
  assert.equal(latencyOf(ms, '["-", null, 3]'), 3);
  for (const none of ['[]', '["-"]', '[null]', '[1, -1]', '[1, "soon"]', '[1, [2]]', '[1, {}]', '[true]'])
    assert.equal(latencyOf(ms, none), undefined, none);
});

void test("Caddy's duration_format ms is read with the unit alone", () => {
  const line =
    '{"level":"info","ts":1795472045.5,"request":{"client_ip":"192.0.2.7","method":"GET","uri":"/"},"duration":3.25,"size":5,"status":200}';
  const reading = read(parserOf({ 'latency-unit': 'ms' }, 'caddy'), line);
  assert.deepEqual(reading, {
    time: '2026-11-23T22:14:05Z',
    client: '192.0.2.7',
    method: 'GET',
    path: '/',
    status: 200,
    bytesSent: 5,
    latencyMs: 3.25,
  });
});

void test('two values may share a key, and a key may stand for a value and hold another', () => {
  const line = '{"ts":1,"method":"GET","uri":"/","who":"192.0.2.7","res":{"n":204}}';
  const fields: JsonFields = {
    client: ['who'],
    'user-agent': ['who'],
    latency: ['res'],
    status: ['res', 'n'],
    bytes: ['res', 'n'],
  };
  assert.deepEqual(readBoth({ ...fields, latency: ['took'] }, line), {
    time: '1970-01-01T00:00:01Z',
    client: '192.0.2.7',
    method: 'GET',
    path: '/',
    status: 204,
    bytesSent: 204,
    agent: '192.0.2.7',
  });
  // An object is no latency: the line is read by JSON.parse, which passes it over.
  assert.deepEqual(read(parserOf(fields), line), readBoth({ ...fields, latency: ['took'] }, line));
});

void test('auto uses the map for JSON alone, also in a log of several formats and after a restart', () => {
  const common = '192.0.2.7 - - [23/Nov/2026:22:14:05 +0000] "GET /c HTTP/1.1" 200 512';
  const parser = parserOf(EVERY, 'auto');
  const paths = [OWN_KEYS, common, OWN_KEYS].map((line) => {
    const reading = read(parser, line);
    return [parser.name, typeof reading === 'string' ? reading : reading.path];
  });
  assert.deepEqual(paths, [
    ['json', '/a'],
    ['common', '/c'],
    ['json', '/a'],
  ]);
  const later = createLogParser({ ...OPTIONS, logFormat: 'auto', jsonFields: EVERY }, parser.saved);
  assert.equal(later.name, 'json');
  assert.deepEqual(read(later, OWN_KEYS), OWN_READING);
});

void test('a failure says which value is missing', () => {
  const fieldOf = (line: string): unknown => {
    const bytes = Buffer.from(line);
    const result = parserOf(EVERY).parse(bytes, 0, bytes.length, createRecord());
    return !result.ok && result.reason === 'missing-field' ? result.field : result;
  };
  assert.equal(fieldOf('{"ts":1,"req":{"verb":"GET","url":"/"}}'), 'time');
  assert.equal(fieldOf('{"when":1,"req":{"verb":"GET"}}'), 'target');
  assert.equal(fieldOf('{"when":1,"req":{"url":"/"}}'), 'method');
  assert.equal(fieldOf('{"when":1}'), 'request');
});

void test('a dot leads into an object, a backslash keeps it in the name', () => {
  const cases: readonly (readonly [string, readonly string[] | null])[] = [
    ['a', ['a']],
    ['a.b-c.@d', ['a', 'b-c', '@d']],
    [String.raw`http\.status.x\\y`, ['http.status', String.raw`x\y`]],
    [String.raw`a\\.b`, ['a\\', 'b']],
    ['', null],
    ['.a', null],
    ['a.', null],
    ['a..b', null],
    [String.raw`a\b`, null],
    ['a\\', null],
    ['a\tb', null],
    ['x'.repeat(256), ['x'.repeat(256)]],
    ['x'.repeat(257), null],
  ];
  for (const [text, path] of cases) assert.deepEqual(readJsonPath(text), path, text);
  const line = '{"ts":1,"method":"GET","uri":"/","http.status":418,"status":200}';
  const reading = readBoth({ status: ['http.status'] }, line);
  assert.equal(typeof reading === 'string' ? reading : reading.status, 418);
});
