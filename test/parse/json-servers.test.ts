// JSON lines as people have their servers write them, and those of Tomcat and of older versions of Caddy, by both ways.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keysOf } from '../../src/parse/json-fields.ts';
import type { JsonFields } from '../../src/parse/json-fields.ts';
import { createJsonParser } from '../../src/parse/json.ts';
import { createRecord } from '../../src/parse/record.ts';
import { UTC } from '../../src/parse/zone.ts';
import { BASE, readBytes, readFramed } from './reading.ts';
import type { Reading } from './reading.ts';

function read(values: object, fields: JsonFields = {}): Reading | string {
  const line = Buffer.from(JSON.stringify(values));
  const parser = createJsonParser(UTC, 'json', keysOf(fields));
  const reading = readFramed(parser, line);
  assert.deepEqual(readBytes(parser, line), reading, line.toString());
  return reading;
}

const REQUEST = { method: 'GET', url: '/a?b', status: 200, bytes: 12 };

void test('a time may stand in brackets', () => {
  for (const time of [
    '[23/Nov/2026:22:14:05 +0000]',
    '[23/Nov/2026:23:14:05 +0100]',
    '[2026-11-23T22:14:05Z]',
    '[2026/11/23 22:14:05]',
  ]) {
    assert.deepEqual(read({ time, client: '192.0.2.1', ...REQUEST }), BASE, time);
    assert.deepEqual(read({ when: time, client: '192.0.2.1', ...REQUEST }, { time: ['when'] }), BASE, time);
  }
  for (const time of ['[23/Nov/2026:22:14:05 +0000', '23/Nov/2026:22:14:05 +0000]', '[]', '[', ']', '[[]]'])
    assert.equal(read({ time, ...REQUEST }), 'bad-timestamp at 8', time);
});

void test("a line of Gunicorn, of Tomcat's JSON valve, and of Apache with its own time", () => {
  assert.deepEqual(
    read({
      time: '[23/Nov/2026:22:14:05 +0000]',
      remote_addr: '-',
      method: 'GET',
      path: '/a',
      status: 200,
      bytes: '12',
      request_time: 0.001264,
      http_user_agent: 'curl/8.0',
    }),
    { ...BASE, client: '', latencyMs: 1.264, agent: 'curl/8.0' },
  );
  assert.deepEqual(
    read({
      host: '192.0.2.1',
      logicalUserName: '-',
      user: '-',
      time: '[23/Nov/2026:22:14:05 +0000]',
      request: 'GET /a?n=1 HTTP/1.1',
      statusCode: '404',
      size: '12',
      requestHeaders: { Referer: '-', 'User-Agent': 'curl/8.0' },
    }),
    { ...BASE, client: '', status: 404, agent: 'curl/8.0' },
  );
  assert.deepEqual(
    read({
      time: '[23/Nov/2026:22:14:05 +0000]',
      client: '192.0.2.1',
      request: 'GET /a HTTP/1.1',
      status: '200',
      bytes: '-',
    }),
    { ...BASE, bytesSent: 0 },
  );
});

void test('a client may have a port, which is not kept', () => {
  const clientOf = (values: object): unknown => {
    const reading = read({ ts: 1_795_472_045, ...REQUEST, ...values });
    return typeof reading === 'string' ? reading : reading.client;
  };
  const before25 = { remote_addr: '192.0.2.1:41342', method: 'GET', uri: '/a' };
  assert.equal(clientOf({ request: before25 }), '192.0.2.1');
  assert.equal(clientOf({ request: { ...before25, remote_ip: '192.0.2.9' } }), '192.0.2.9');
  for (const [client, expected] of [
    ['[2001:db8::1]:41342', '2001:db8::1'],
    ['2001:db8::1', '2001:db8::1'],
    ['2001:db8:0:1:2:3:4:5', '2001:db8:0:1:2:3:4:5'],
    ['::1', '::1'],
    ['192.0.2.1', '192.0.2.1'],
    ['client.example:80', 'client.example'],
    ['unix:', 'unix:'],
    [':80', ':80'],
    ['80', '80'],
    ['-', ''],
    ['', ''],
  ])
    assert.equal(clientOf({ client }), expected, client);
});

void test('HAProxy has no method, no target and no status of what was no request', () => {
  const line = { time: '23/Nov/2026:22:14:05 +0000', client: '192.0.2.1', bytes: 12 };
  const none = { ...BASE, method: '', path: '' };
  assert.deepEqual(read({ ...line, method: '<BADREQ>', uri: '<BADREQ>', status: 400 }), {
    ...none,
    status: 400,
  });
  for (const status of [-1, '-1'])
    assert.deepEqual(read({ ...line, method: '-', uri: '-', status }), { ...none, status: 0 });
  assert.deepEqual(read({ ...line, method: '', uri: '/a', status: 200 }), { ...BASE, method: '' });
});

void test('a time that is none is told of by its key', () => {
  const fieldOf = (values: object, fields: JsonFields = {}): string | undefined => {
    const line = Buffer.from(JSON.stringify(values));
    const result = createJsonParser(UTC, 'json', keysOf(fields)).parse(line, 0, line.length, createRecord());
    assert.equal(result.ok ? '' : result.reason, 'bad-timestamp');
    return result.ok || result.reason === 'directive' ? undefined : result.field;
  };
  assert.equal(fieldOf({ time: 'soon', ...REQUEST }), 'time');
  assert.equal(fieldOf({ ts: null, '@timestamp': '2026-11-23T22:14:05', ...REQUEST }), '@timestamp');
  assert.equal(fieldOf({ at: { 'a.b': -1 }, ...REQUEST }, { time: ['at', 'a.b'] }), String.raw`at.a\.b`);
});
