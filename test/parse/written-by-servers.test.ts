// Lines as nginx and Apache wrote them, in formats in which what a line says is less plain than the format looks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createParser } from '../../src/parse/detect.ts';
import { BASE, read } from './reading.ts';
import type { FormatExample } from './reading.ts';

const CLF = '23/Nov/2026:22:14:05 +0000';
const MALFORMED = { ...BASE, method: '', path: '', status: 400, bytesSent: 157 };

const USERS = '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent';
const ARGS =
  '$remote_addr [$time_local] "$request_method $uri$is_args$args $server_protocol" $status $body_bytes_sent';
const URL =
  '$remote_addr [$time_local] "$request_method $scheme://$host$request_uri $server_protocol" $status $body_bytes_sent';
const PORT = '$remote_addr:$remote_port [$time_local] "$request" $status $body_bytes_sent';
const PROXY = '$proxy_protocol_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent';
const LIST = '$remote_addr,$status,$upstream_response_time,$body_bytes_sent,$time_iso8601,"$request"';
const APACHE = String.raw`LogFormat "%a:%{remote}p %t \"%m %U%q %H\" %>s %b" ports`;

const EXAMPLES: readonly FormatExample[] = [
  {
    title: 'escape=json: nobody has logged in',
    format: `log_format timed escape=json '${USERS}';`,
    line: `192.0.2.1 -  [${CLF}] "GET /a HTTP/1.1" 200 12`,
    expected: BASE,
  },
  {
    title: 'escape=none: the same',
    format: `escape=none '${USERS}'`,
    line: `192.0.2.1 -  [${CLF}] "GET /a HTTP/1.1" 200 12`,
    expected: BASE,
  },
  {
    title: 'escape=none: a quote and a status in what was asked for',
    format: `escape=none '${USERS}'`,
    line: `192.0.2.1 -  [${CLF}] "GET /a" 200 5 HTTP/1.1" 400 157`,
    expected: { ...BASE, path: '/a" 200 5', status: 400, bytesSent: 157 },
  },
  {
    title: '$uri$is_args$args: no query is a dash',
    format: `'${ARGS}'`,
    line: `192.0.2.1 [${CLF}] "GET /a- HTTP/1.1" 200 12`,
    expected: BASE,
  },
  {
    title: '$uri$is_args$args: a path that ends in a dash',
    format: `'${ARGS}'`,
    line: `192.0.2.1 [${CLF}] "GET /a-- HTTP/1.1" 200 12`,
    expected: { ...BASE, path: '/a-' },
  },
  {
    title: '$uri$is_args$args: a query that ends in a dash',
    format: `'${ARGS}'`,
    line: `192.0.2.1 [${CLF}] "GET /a?b=- HTTP/1.1" 200 12`,
    expected: BASE,
  },
  {
    title: '$uri$is_args$args: no request',
    format: `'${ARGS}'`,
    line: `192.0.2.1 [${CLF}] "- -- -" 400 157`,
    expected: MALFORMED,
  },
  {
    title: '$uri?$args: no request',
    format: `'${ARGS.replace('$is_args', '?')}'`,
    line: `192.0.2.1 [${CLF}] "- -?- -" 400 157`,
    expected: MALFORMED,
  },
  {
    title: '$uri$is_args$args with escape=none: no query is nothing, and a dash is of the path',
    format: `escape=none '${ARGS}'`,
    line: `192.0.2.1 [${CLF}] "GET /a- HTTP/1.1" 200 12`,
    expected: { ...BASE, path: '/a-' },
  },
  {
    title: '$uri$is_args$args with escape=none: no request',
    format: `escape=none '${ARGS}'`,
    line: `192.0.2.1 [${CLF}] "  " 400 157`,
    expected: MALFORMED,
  },
  {
    title: '$uri: a space of the path, which nginx has decoded',
    format: `'${ARGS}'`,
    line: `192.0.2.1 [${CLF}] "GET /a b c- HTTP/2.0" 200 12`,
    expected: { ...BASE, path: '/a b c' },
  },
  {
    title: '$host$request_uri: no request',
    format: `'${URL}'`,
    line: `192.0.2.1 [${CLF}] "- http://a.example- -" 400 157`,
    expected: MALFORMED,
  },
  {
    title: '$host$request_uri: a slash in the query only',
    format: `'${URL}'`,
    line: `192.0.2.1 [${CLF}] "GET http://a.example/?q=/x HTTP/1.1" 200 12`,
    expected: { ...BASE, path: '/' },
  },
  {
    title: '$remote_addr:$remote_port of IPv6',
    format: PORT,
    line: `2001:db8::7:1234 [${CLF}] "GET /a HTTP/1.1" 200 12`,
    expected: { ...BASE, client: '2001:db8::7' },
  },
  {
    title: '$remote_addr:$remote_port of the IPv6 of this machine',
    format: PORT,
    line: `::1:53796 [${CLF}] "GET /a HTTP/1.1" 200 12`,
    expected: { ...BASE, client: '::1' },
  },
  {
    title: '$remote_addr:$remote_port of IPv4',
    format: PORT,
    line: `192.0.2.1:58654 [${CLF}] "GET /a HTTP/1.1" 200 12`,
    expected: BASE,
  },
  {
    title: '$remote_addr:$remote_port of a Unix socket, which has no port',
    format: PORT,
    line: `unix:: [${CLF}] "GET /a HTTP/1.1" 200 12`,
    expected: { ...BASE, client: 'unix:' },
  },
  {
    title: '$remote_addr:$remote_port of an address without a port',
    format: PORT,
    line: `192.0.2.1: [${CLF}] "GET /a HTTP/1.1" 200 12`,
    expected: 'format-mismatch at 0',
  },
  {
    title: '$proxy_protocol_addr where no proxy was',
    format: `'${PROXY}'`,
    line: `- - - [${CLF}] "GET /a HTTP/1.1" 200 12`,
    expected: { ...BASE, client: '' },
  },
  {
    title: '$proxy_protocol_addr behind a proxy',
    format: `'${PROXY}'`,
    line: `192.0.2.1 - - [${CLF}] "GET /a HTTP/1.1" 200 12`,
    expected: BASE,
  },
  {
    title: 'times of several upstreams between commas',
    format: LIST,
    line: '192.0.2.1,200,0.001, 0.002 : 0.003,12,2026-11-23T22:14:05+00:00,"GET /a HTTP/1.1"',
    expected: { ...BASE, latencyMs: 6 },
  },
  {
    title: 'Apache: IPv6 with its port, and a space of the path',
    format: APACHE,
    line: `::1:37254 [${CLF}] "GET /my file.pdf?a=1 HTTP/1.1" 200 12`,
    expected: { ...BASE, client: '::1', path: '/my file.pdf' },
  },
  {
    title: 'Apache: a space of the path without quotes around',
    format: 'LogFormat "%h %t %m %U%q %H %>s %b" plain',
    line: `192.0.2.1 [${CLF}] GET /my file.pdf?a=1 HTTP/1.1 200 12`,
    expected: { ...BASE, path: '/my file.pdf' },
  },
  {
    title: 'Apache: a format in single quotes',
    format: `LogFormat '%h %t "%r" %>s %b' single`,
    line: `192.0.2.1 [${CLF}] "GET /a HTTP/1.1" 200 12`,
    expected: BASE,
  },
  {
    title: 'Apache: the quoted format alone, and GlobalLog with a comment before',
    format: `# what all hosts have\nGlobalLog logs/all.log '%h %t "%r" %>s %b'`,
    line: `192.0.2.1 [${CLF}] "GET /a HTTP/1.1" 200 12`,
    expected: BASE,
  },
  {
    title: 'nginx: comments before the directive',
    format: `# one\n  # two\nlog_format x '${PORT}';`,
    line: `192.0.2.1:1 [${CLF}] "GET /a HTTP/1.1" 200 12`,
    expected: BASE,
  },
];

for (const { title, format, line, expected } of EXAMPLES)
  void test(title, () => assert.deepEqual(read(createParser(format), line), expected));

void test('auto tells a line of Istio from one of Envoy, which has fewer fields behind the flags', () => {
  const istio =
    '[2026-11-23T22:14:05.409Z] "GET /a HTTP/1.1" 503 UF upstream_reset - "-" 0 135 3 1 "-" "curl/8.5" "84961386" ' +
    '"httpbin:8000" "192.0.2.9:80" inbound|8000|| 192.0.2.9:41854 192.0.2.9:80 192.0.2.1:37652 outbound default';
  const envoy =
    '[2026-11-23T22:14:05.409Z] "GET /a HTTP/1.1" 200 - 5 135 3 1 "-" "curl/8.5" "84961386" "httpbin:8000" "192.0.2.9:80"';
  const expected = { ...BASE, client: '', bytesSent: 135, latencyMs: 3, agent: 'curl/8.5' };
  for (const [line, name, status] of [
    [istio, 'istio', 503],
    [envoy, 'envoy', 200],
  ] as const) {
    const parser = createParser('auto');
    assert.deepEqual(read(parser, line), { ...expected, status });
    assert.equal(parser.name, name);
  }
});
