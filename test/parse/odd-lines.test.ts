import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPresetParser } from '../../src/parse/presets.ts';
import { read, readBytes } from './reading.ts';

const combined = createPresetParser('combined');

function line(
  changes: Partial<Record<'client' | 'user' | 'time' | 'request' | 'status' | 'size' | 'agent', string>>,
): string {
  const { client = '192.0.2.1', user = '-', time = '23/Nov/2026:22:14:05 +0000' } = changes;
  const { request = 'GET / HTTP/1.1', status = '200', size = '12', agent = 'curl/8.5' } = changes;
  return `${client} - ${user} [${time}] "${request}" ${status} ${size} "-" "${agent}"`;
}

function requestOf(request: string): string {
  const reading = read(combined, line({ request }));
  return typeof reading === 'string' ? reading : `${reading.method}|${reading.path}`;
}

/** A request line as logged, then the method and the path that it asks for. */
const REQUESTS: readonly (readonly [title: string, request: string, expected: string])[] = [
  ['a query string', 'GET /a/b?c=d?e HTTP/1.1', 'GET|/a/b'],
  ['an empty query string', 'GET /a? HTTP/1.1', 'GET|/a'],
  ['HTTP/2', 'GET /a HTTP/2.0', 'GET|/a'],
  ['HTTP/2 without a minor version', 'GET /a HTTP/2', 'GET|/a'],
  ['HTTP/3', 'POST /a HTTP/3.0', 'POST|/a'],
  ['HTTP/3 without a minor version', 'POST /a HTTP/3', 'POST|/a'],
  ['HTTP/0.9', 'GET /old', 'GET|/old'],
  ['HTTP/0.9 and a path with a space', 'GET /old page', 'GET|/old page'],
  ['spaces in the path', 'GET /a b  c HTTP/1.1', 'GET|/a b  c'],
  ['spaces around the target', 'GET   /a   HTTP/1.1', 'GET|/a'],
  ['a path that ends like a protocol', 'GET /a HTTP/1.1 HTTP/1.1', 'GET|/a HTTP/1.1'],
  ['the absolute form', 'GET http://example.org/a?b HTTP/1.1', 'GET|/a'],
  ['the absolute form of a host only', 'GET http://example.org HTTP/1.1', 'GET|/'],
  ['the absolute form of a host and a query', 'GET http://example.org?q HTTP/1.1', 'GET|/'],
  ['a URL in the path', 'GET /go/http://example.org/x HTTP/1.1', 'GET|/go/http://example.org/x'],
  ['CONNECT', 'CONNECT example.org:443 HTTP/1.1', 'CONNECT|example.org:443'],
  ['OPTIONS of the server', 'OPTIONS * HTTP/1.1', 'OPTIONS|*'],
  ['a method of WebDAV', 'VERSION-CONTROL /a HTTP/1.1', 'VERSION-CONTROL|/a'],
  ['escaped quotes of Apache', String.raw`GET /say/\"hi\" HTTP/1.1`, String.raw`GET|/say/\"hi\"`],
  ['escaped quotes of nginx', String.raw`GET /say/\x22hi\x22 HTTP/1.1`, String.raw`GET|/say/\x22hi\x22`],
  ['an escaped backslash before the quote', String.raw`GET /a\\`, String.raw`GET|/a\\`],
  ['an empty request', '', '|'],
  ['no request', '-', '|'],
  ['spaces only', '   ', '|'],
  ['a method only', 'GET', '|'],
  ['a method and a space', 'GET ', '|'],
  ['a method and a protocol', 'GET HTTP/1.1', '|'],
  ['a small method', 'get / HTTP/1.1', 'get|/'],
  ['a method that never ends', `${'A'.repeat(40)} / HTTP/1.1`, '|'],
  ['the start of a TLS connection', String.raw`\x16\x03\x01\x02\x00\x01`, '|'],
  ['raw binary junk', '\u0003\u0000\u00ff\u00e0 \u0001', '|'],
  ['another protocol', 'SSH-2.0-Go', '|'],
  ['invalid UTF-8', 'GET /caf\u00e9\u00ff HTTP/1.1', 'GET|/caf\u00e9\u00ff'],
];

for (const [title, request, expected] of REQUESTS) {
  void test(`a request line with ${title} is read`, () => assert.equal(requestOf(request), expected));
}

void test('IPv4, IPv6 and host names are clients', () => {
  for (const client of [
    '192.0.2.1',
    '2001:db8::ff00:42:8329',
    '::ffff:192.0.2.1',
    'fe80::1%eth0',
    'a.example',
  ]) {
    const reading = read(combined, line({ client }));
    assert.equal(typeof reading === 'string' ? reading : reading.client, client);
  }
});

void test('a user name may hold spaces, brackets, dashes and what looks like the end of it', () => {
  for (const user of [
    'frank',
    'frank the 3rd',
    '- dash',
    '-',
    'a [b',
    'a] [b] [c',
    '""',
    'x [23/Nov/2026',
    '',
  ]) {
    assert.notEqual(typeof read(combined, line({ user })), 'string', user);
  }
});

void test('a size of `-` is 0, and a size of 15 digits is exact', () => {
  const sizeOf = (size: string): unknown => {
    const reading = read(combined, line({ size }));
    return typeof reading === 'string' ? reading : reading.bytesSent;
  };
  assert.equal(sizeOf('-'), 0);
  assert.equal(sizeOf('0'), 0);
  assert.equal(sizeOf('999999999999999'), 999_999_999_999_999);
  for (const size of ['1000000000000000', '1e3', '-1', '1.5', '', 'x', '٣'])
    assert.match(String(sizeOf(size)), /^bad-size at \d+$/, size);
});

void test('a status has three digits, or says that there was none', () => {
  const statusOf = (status: string): unknown => {
    const reading = read(combined, line({ status }));
    return typeof reading === 'string' ? reading : reading.status;
  };
  assert.deepEqual(['200', '499', '999', '000', '009'].map(statusOf), [200, 499, 999, 0, 9]);
  assert.deepEqual(['-', '-1', '0'].map(statusOf), [0, 0, 0]);
  for (const status of ['--', '-2', '1', '20', '2000', 'abc', '2 0', ''])
    assert.match(String(statusOf(status)), /^(bad-status|bad-size) at \d+$/, status);
});

void test('the reason and the column of a failure point at the field that did not fit', () => {
  assert.equal(read(combined, 'x'), 'format-mismatch at 0');
  assert.equal(read(combined, '- - - ['), 'format-mismatch at 7');
  assert.equal(read(combined, line({ time: 'yesterday' })), 'bad-timestamp at 15');
  assert.equal(read(combined, line({ status: 'abc' })), 'bad-status at 60');
  assert.equal(read(combined, line({ size: 'abc' })), 'bad-size at 64');
  assert.equal(read(combined, line({ request: 'GET /a"b HTTP/1.1' })), 'format-mismatch at 44');
  assert.equal(read(combined, `${line({})} "more"`), `format-mismatch at ${line({}).length}`);
});

void test('a line cut anywhere is a failure and never a record', () => {
  const whole = line({ request: 'GET /a HTTP/1.1' });
  for (let length = 0; length < whole.length; length++)
    assert.equal(typeof read(combined, whole.slice(0, length)), 'string', whole.slice(0, length));
});

void test('no byte around the line has a say, whatever it is', () => {
  const lines = [line({ request: 'GET ' }), line({ request: 'GET /a HTTP' }), line({ agent: '' }), '', 'a'];
  for (const text of lines) {
    const bytes = Buffer.from(text, 'latin1');
    const expected = readBytes(combined, bytes, '9');
    for (const around of ['/', '"', ' ', 'P', '\\', '\n', '?', ':'])
      assert.deepEqual(readBytes(combined, bytes, around), expected, `${text} between ${around}`);
  }
});
