import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createJsonParser } from '../../src/parse/json.ts';
import { readBytes, readFramed } from './reading.ts';

const parser = createJsonParser();
const LINE = { ts: 1_700_000_000, method: 'GET', uri: '/a', status: 200, size: 5, remote_addr: '192.0.2.1' };

/** With a scan and without one. */
function readJson(line: object): ReturnType<typeof readBytes> {
  const bytes = Buffer.from(JSON.stringify(line));
  const reading = readFramed(parser, bytes);
  assert.deepEqual(readBytes(parser, bytes), reading);
  return reading;
}

function valueOf(changes: object, key: 'time' | 'status' | 'bytesSent' | 'path' | 'client'): unknown {
  const reading = readJson({ ...LINE, ...changes });
  return typeof reading === 'string' ? reading : reading[key];
}

void test('an epoch time counts seconds, milliseconds, microseconds or nanoseconds by its size', () => {
  const times = [
    1_700_000_000, 1_700_000_000.9, 1_700_000_000_999, 1_700_000_000_999_999, 1_700_000_000_999_999_000,
  ];
  for (const ts of [...times, '1700000000', '1700000000.25', '1700000000999'])
    assert.equal(valueOf({ ts }, 'time'), '2023-11-14T22:13:20Z', String(ts));
});

void test('a time in text needs a date that exists and an offset', () => {
  const timeOf = (ts: string): unknown => valueOf({ ts }, 'time');
  assert.equal(timeOf('2026-11-23T22:14:05Z'), '2026-11-23T22:14:05Z');
  assert.equal(timeOf('2026-11-23T22:14:05.999999999-12:00'), '2026-11-24T10:14:05Z');
  assert.equal(timeOf('2026-11-23 22:14:05+0530'), '2026-11-23T16:44:05Z');
  assert.equal(timeOf('23/Nov/2026:22:14:05 +0100'), '2026-11-23T21:14:05Z');
  assert.equal(timeOf('2016-12-31T23:59:60Z'), '2017-01-01T00:00:00Z');
  const bad = [
    '2026-02-31T00:00:00Z',
    '2026-11-23T24:00:00Z',
    '2026-11-23T22:14:05',
    '2026-11',
    'now',
    '',
    '-5',
  ];
  for (const ts of [...bad, '1969-12-31T23:59:59Z', '2026-13-01T00:00:00Z', '2026-11-23T22:14:05+15:00'])
    assert.equal(timeOf(ts), 'bad-timestamp at 6', ts);
  for (const ts of [-1, true, {}, []])
    assert.equal(valueOf({ ts, time: undefined }, 'time'), 'bad-timestamp at 6');
  assert.equal(valueOf({ ts: null, time: undefined }, 'time'), 'missing-field at 0');
});

void test('counts are whole numbers, as numbers or as digits; `-` and absence are 0', () => {
  assert.deepEqual(
    [5, '5', 0, '0', '-', '', undefined, null].map((size) => valueOf({ size }, 'bytesSent')),
    [5, 5, 0, 0, 0, 0, 0, 0],
  );
  for (const size of [-1, 1.5, 1e300, '1e3', '0x10', ' ', 'x', true, [], {}])
    assert.match(String(valueOf({ size }, 'bytesSent')), /^bad-size at \d+$/, JSON.stringify(size));
  // HAProxy has no status for a request that was given up.
  for (const status of [-1, '-1']) assert.equal(valueOf({ status }, 'status'), 0);
  for (const status of [1000, -2, 'OK', 20.5])
    assert.match(String(valueOf({ status }, 'status')), /^bad-status at \d+$/);
});

void test('a value that does not fit is told by its place', () => {
  const placeIn = (text: string): unknown => readBytes(parser, Buffer.from(text));
  assert.equal(placeIn('{"ts":1700000000,"status":"2x0"}'), 'bad-status at 26');
  assert.equal(placeIn(' {"ts" : "soon" }'), 'bad-timestamp at 9');
  assert.equal(placeIn('{"é":"status","ts":1700000000,"status":200,"size":[1,2]}'), 'bad-size at 51');
  assert.equal(
    placeIn('{"request":{"status":200,"size":5},"ts":1700000000,"status":-2}'),
    'bad-status at 60',
  );
  // Written otherwise than JSON.stringify would, it is not found.
  assert.equal(placeIn('{"ts":1700000000,"status":2e9}'), 'bad-status at 0');
});

void test('a target is cut like that of a request line, and stale bytes of a longer line do not shine through', () => {
  const paths: [string, string][] = [
    ['/a?b', '/a'],
    ['http://example.org/a', '/a'],
    ['http://example.org', '/'],
    ['example.org:443', 'example.org:443'],
    ['*', '*'],
    ['', ''],
    ['a:', 'a:'],
    ['a:/', 'a:/'],
    ['?q', ''],
    ['/caf\u00e9', Buffer.from('/caf\u00e9').toString('latin1')],
  ];
  for (const [uri, path] of paths) {
    valueOf({ uri: `${uri}${'://'.repeat(20)}` }, 'path');
    assert.equal(valueOf({ uri }, 'path'), path, uri);
  }
});

void test('a target longer than every buffer so far is kept whole', () => {
  const uri = `/${'x'.repeat(20_000)}`;
  assert.equal(valueOf({ uri }, 'path'), uri);
});

void test('what is no object, or says too little, is a failure with its reason', () => {
  const reasonOf = (text: string): unknown => readBytes(parser, Buffer.from(text));
  for (const text of ['', '{', '[]', '{]', '1', 'null', '"a"', '{"a":1} x', `${'{"a":'.repeat(10_000)}1`])
    assert.equal(reasonOf(text), 'bad-json at 0', text.slice(0, 20));
  assert.equal(reasonOf('{}'), 'missing-field at 0');
  assert.equal(reasonOf('{"ts":"soon"}'), 'bad-timestamp at 6');
  assert.equal(reasonOf('{"ts":1,"status":200}'), 'missing-field at 0');
  assert.equal(reasonOf('{"ts":1,"status":200,"method":"GET"}'), 'missing-field at 0');
  assert.equal(reasonOf('{"ts":1,"request":7}'), 'missing-field at 0');
  assert.equal(reasonOf('{"ts":1,"level":"info","msg":"server running"}'), 'missing-field at 0');
});

void test('white space before the object is passed over, and alone it is no object', () => {
  const bytes = Buffer.from(` \t  ${JSON.stringify(LINE)} \t`);
  const expected = {
    time: '2023-11-14T22:13:20Z',
    client: '192.0.2.1',
    method: 'GET',
    path: '/a',
    status: 200,
    bytesSent: 5,
  };
  assert.deepEqual(readFramed(parser, bytes), expected);
  assert.deepEqual(readBytes(parser, bytes), expected);
  for (const text of ['  ', '\t', '  [{}]', ' \u00a0{}', ' x{}'])
    assert.equal(readBytes(parser, Buffer.from(text), '{'), 'bad-json at 0', text);
  assert.equal(readBytes(parser, Buffer.from('  {}')), 'missing-field at 0');
});

void test('keys of the prototype are not fields', () => {
  assert.equal(readBytes(parser, Buffer.from('{"__proto__":{"ts":1},"status":200}')), 'missing-field at 0');
});

void test('a line without a client is a record', () => {
  assert.equal(valueOf({ remote_addr: undefined }, 'client'), '');
  assert.equal(valueOf({ remote_addr: 7 }, 'client'), '');
});
