// Lines that fit no format as it is written, and are requests all the same: of servers that leave quotes as they are, and of
// those that cut lines off. What is two lines in one, or of another format, stays what it was.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createParser } from '../../src/parse/detect.ts';
import type { LineParser } from '../../src/parse/record.ts';
import { read } from './reading.ts';

const TIME = '[23/Nov/2026:22:14:05 +0000]';
const ORDINARY = `203.0.113.7 - - ${TIME} "GET /a HTTP/1.1" 200 12 "-" "curl/8"`;

/** Of `auto`, once it has come to the format of `first`. */
function auto(first: string): LineParser {
  const parser = createParser('auto');
  assert.notEqual(typeof read(parser, first), 'string');
  return parser;
}

/** `client method path status bytes agent`. */
function told(parser: LineParser, line: string): string {
  const reading = read(parser, line);
  if (typeof reading === 'string') return reading;
  const { client, method, path, status, bytesSent, agent } = reading;
  return [client, method, path, status, bytesSent, agent].join(' | ');
}

const UNESCAPED: readonly (readonly [string, string, string])[] = [
  ['a path with a quote', '"GET /q"x HTTP/1.1" 404 5 "-" "curl/8"', 'GET | /q"x | 404 | 5 | curl/8'],
  [
    'a path that ends in a backslash',
    String.raw`"GET /x\ HTTP/1.1" 200 5 "-" "curl/8"`,
    String.raw`GET | /x\ | 200 | 5 | curl/8`,
  ],
  [
    'an agent with words in quotes',
    '"GET / HTTP/1.1" 200 5 "-" "Mozilla/5.0 (X11) "q" x"',
    'GET | / | 200 | 5 | Mozilla/5.0 (X11) "q" x',
  ],
  [
    'an agent that ends in a backslash',
    String.raw`"GET / HTTP/1.1" 200 5 "-" "ends with \"`,
    String.raw`GET | / | 200 | 5 | ends with \ `.trimEnd(),
  ],
  ['an agent that is a quote', '"GET / HTTP/1.1" 200 5 "-" """', 'GET | / | 200 | 5 | "'],
];

void test('quotes that a server leaves as they are cost no line, in a format that was named and in one that was found', () => {
  const apache = '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"';
  for (const [title, rest, expected] of UNESCAPED) {
    const line = `203.0.113.7 - - ${TIME} ${rest}`;
    for (const parser of [auto(ORDINARY), createParser('combined'), createParser(apache)])
      assert.equal(told(parser, line), `203.0.113.7 | ${expected}`, `${title}, ${parser.name}`);
  }
});

void test('with further fields behind, the request and how it went are read', () => {
  const parser = auto(`${ORDINARY} 17 "further" ----`);
  assert.equal(parser.name, 'combined+');
  const line = String.raw`203.0.113.7 - - ${TIME} "GET /q"x HTTP/1.1" 500 5 "-" "ends with \" 17 "further" ----`;
  assert.equal(told(parser, line), '203.0.113.7 | GET | /q"x | 500 | 5 | ');
});

void test('a format with a field more is not taken for an agent with quotes', () => {
  const more = [
    `${ORDINARY} "198.51.100.1"`,
    `${ORDINARY} rt=0.100 uct="0.000" uht="0.100" urt="0.100"`,
    `${ORDINARY} 0.1 "x"`,
  ];
  for (const line of more) assert.match(told(createParser('combined'), line), /^format-mismatch/, line);
  const parser = auto(ORDINARY);
  for (const [i, name] of ['main', 'upstream_time'].entries()) {
    assert.notEqual(typeof read(parser, more[i] ?? ''), 'string');
    assert.equal(parser.name, name);
  }
});

void test('a line that was cut off and goes on with the next one is none', () => {
  for (let length = ORDINARY.indexOf('"GET') + 1; length < ORDINARY.indexOf('curl'); length++) {
    const line = ORDINARY.slice(0, length) + ORDINARY;
    assert.equal(typeof read(createParser('combined'), line), 'string', line);
  }
});

const HAPROXY = 'Nov 23 22:14:05 lb haproxy[99]: 203.0.113.7:4711 [23/Nov/2026:22:14:05.655] ';

void test('a line of HAProxy that was cut off has all but the end of its path', () => {
  const line = `${HAPROXY}web app/s1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {curl} "GET /long/aaaa`;
  for (const parser of [createParser('haproxy'), auto(`${line} HTTP/1.1"`)]) {
    assert.equal(told(parser, line), '203.0.113.7 | GET | /long/aaaa | 200 | 2750 | ');
    assert.equal(told(parser, `${line}?q=1`), '203.0.113.7 | GET | /long/aaaa | 200 | 2750 | ');
    assert.match(told(parser, line.slice(0, -'"GET /long/aaaa'.length)), /^format-mismatch/);
    assert.match(told(parser, `${line} HTTP/1.1"x`), /^format-mismatch/);
  }
});

void test('what HAProxy says of connections and servers is neither a request nor a failure', () => {
  const parser = createParser('haproxy');
  for (const rest of [
    'tcp1 tcp1/s1 1/0/5 1319 -- 1/1/0/0/0 0/0',
    'tcp1 tcp1/<NOSRV> -1/-1/+0 +0 SC 0/0/0/0/+1 0/0',
    'ssl/1: Connection closed during SSL handshake',
  ])
    assert.equal(told(parser, HAPROXY + rest), 'directive at 0', rest);
  for (const notice of [
    'Server app/s1 is DOWN, reason: Layer4 connection problem, info: "Connection refused"',
    'Backup Server app/s2 is UP, reason: Layer4 check passed',
    'Proxy web started.',
    'backend app has no server available!',
  ])
    assert.equal(told(parser, `Nov 23 22:14:05 lb haproxy[99]: ${notice}`), 'directive at 0', notice);
  for (const broken of ['web app/s1 10/0/30/69/109 2000 2750 - -', 'web', 'tcp1 tcp1/s1 1/0/5 1319 --'])
    assert.match(told(parser, HAPROXY + broken), /^(?:format-mismatch|bad-status)/, broken);
});

void test('a client that the server did not know is none, and neither is a status', () => {
  for (const parser of [createParser('combined'), auto(ORDINARY)]) {
    assert.equal(
      told(parser, `- - - ${TIME} "- http://localhost HTTP/1.0" 400 0 "-" "-"`),
      ' |  |  | 400 | 0 | ',
    );
    for (const status of ['-', '-1', '0'])
      assert.equal(
        told(parser, `203.0.113.7 - - ${TIME} "GET /ws HTTP/1.1" ${status} - "-" "curl/8"`),
        '203.0.113.7 | GET | /ws | 0 | 0 | curl/8',
      );
  }
});
