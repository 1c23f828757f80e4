// nginx's log_format as its users paste it: what the lines written with it say, and what is wrong with a format.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createParser, findFormatProblem } from '../../src/parse/detect.ts';
import { BASE, read } from './reading.ts';
import type { FormatExample } from './reading.ts';

const CLF = '23/Nov/2026:22:14:05 +0000';

const EXAMPLES: readonly FormatExample[] = [
  {
    title: 'the directive as it stands in nginx.conf, over several lines',
    format: `log_format  main  '$remote_addr - $remote_user [$time_local] "$request" '
                      '$status $body_bytes_sent "$http_referer" '
                      '"$http_user_agent" "$http_x_forwarded_for"';
`,
    line: `192.0.2.1 - frank [${CLF}] "GET /a?b HTTP/1.1" 200 12 "-" "curl/8.5" "203.0.113.7, 10.0.0.1"`,
    expected: { ...BASE, forwarded: '203.0.113.7, 10.0.0.1', agent: 'curl/8.5' },
  },
  {
    title: 'the strings alone',
    format: `'$remote_addr - $remote_user [$time_local] ' '"$request" $status $body_bytes_sent';`,
    line: `192.0.2.1 - - [${CLF}] "GET /a HTTP/1.1" 200 12`,
    expected: BASE,
  },
  {
    title: 'one string in double quotes',
    format: String.raw`"$remote_addr [$time_local] \"$request\" $status $body_bytes_sent"`,
    line: `192.0.2.1 [${CLF}] "GET /a HTTP/1.1" 200 12`,
    expected: BASE,
  },
  {
    title: 'text that begins with a quote of its own',
    format: '"$request" $status $body_bytes_sent $remote_addr "$time_local"',
    line: `"GET /a HTTP/1.1" 200 12 192.0.2.1 "${CLF}"`,
    expected: BASE,
  },
  {
    title: 'the bare text, with the names of variables in braces',
    format: '${remote_addr} [$time_local] "$request" ${status}b$body_bytes_sent',
    line: `192.0.2.1 [${CLF}] "GET /a HTTP/1.1" 200b12`,
    expected: BASE,
  },
  {
    title: 'JSON in the way of escape=json, whose empty values are empty',
    format: `log_format json escape=json '{"time":"$time_iso8601","addr":"$remote_addr","user":"$remote_user",'
      '"request":"$request","status":$status,"bytes":$body_bytes_sent,"agent":"$http_user_agent",'
      '"xff":"$http_x_forwarded_for","took":$request_time,"up":"$upstream_response_time"}';`,
    line: String.raw`{"time":"2026-11-23T23:14:05+01:00","addr":"192.0.2.1","user":"","request":"GET /a?q=\"x\" HTTP/1.1","status":200,"bytes":12,"agent":"a \"b\" {c}","xff":"","took":0.226,"up":""}`,
    expected: { ...BASE, latencyMs: 226, agent: String.raw`a \"b\" {c}` },
  },
  {
    title: 'escape=none, where a backslash protects nothing',
    format: `escape=none '$remote_addr [$time_local] "$request" $status $body_bytes_sent "$http_user_agent"'`,
    line: `192.0.2.1 [${CLF}] "GET /a HTTP/1.1" 200 12 "say "hi" \\"`,
    expected: { ...BASE, agent: 'say "hi" \\' },
  },
  {
    title: 'escape=none of a relative of combined',
    format: `escape=none '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"'`,
    line: `192.0.2.1 - - [${CLF}] "GET /a HTTP/1.1" 200 12 "x\\" "curl\\"`,
    expected: { ...BASE, agent: 'curl\\' },
  },
  {
    title: 'the request in parts, the path as it was asked for',
    format: '$msec|$remote_addr|$request_method|$request_uri|$server_protocol|$status|$bytes_sent',
    line: '1795472045.999|192.0.2.1|GET|/a?b|HTTP/2.0|200|12',
    expected: BASE,
  },
  {
    title: 'the path that nginx has decoded, with its arguments behind it',
    format:
      '[$time_local] $remote_addr "$request_method $uri$is_args$args $server_protocol" $status $bytes_sent',
    line: `[${CLF}] 192.0.2.1 "GET /a?b=c HTTP/1.1" 200 12`,
    expected: BASE,
  },
  {
    title: 'a decoded path alone, whose question mark is its own',
    format: '[$time_local] $remote_addr $request_method $uri $status $bytes_sent',
    line: `[${CLF}] 192.0.2.1 GET /a?b 200 12`,
    expected: { ...BASE, path: '/a?b' },
  },
  {
    title: 'a path right behind the host',
    format: '[$time_local] $remote_addr $request_method $scheme://$host$request_uri $status $bytes_sent',
    line: `[${CLF}] 192.0.2.1 GET https://example.org:8080/a?b 200 12`,
    expected: BASE,
  },
  {
    title: 'the same thing twice: the request counts before its parts, the body before all bytes',
    format:
      '$time_iso8601 $msec $remote_addr "$request" $request_uri $status $bytes_sent $body_bytes_sent $upstream_status',
    line: '2026-11-23T22:14:05+00:00 1.000 192.0.2.1 "GET /a HTTP/1.1" /b 200 99 12 502, 200',
    expected: BASE,
  },
  {
    title: 'a time and a request without quotes',
    format: '$remote_addr $time_local $request $status $body_bytes_sent $http_user_agent',
    line: `192.0.2.1 ${CLF} GET /a?x y HTTP/1.1 200 12 a b c`,
    expected: { ...BASE, agent: 'a b c' },
  },
  {
    title: 'a request of HTTP/0.9 without quotes',
    format: '$remote_addr $time_local $request $status $body_bytes_sent $http_user_agent',
    line: `192.0.2.1 ${CLF} GET /a?x 200 12 -`,
    expected: BASE,
  },
  {
    title: 'the same with spaces before the path, at the end of the line',
    format: '$remote_addr $time_local $status $body_bytes_sent $request $pipe',
    line: `192.0.2.1 ${CLF} 200 12 GET   /a .`,
    expected: BASE,
  },
  {
    title: 'what is no request without quotes',
    format: '$remote_addr $time_local $request $status $body_bytes_sent',
    line: `192.0.2.1 ${CLF} \\x16\\x03\\x01 400 12`,
    expected: { ...BASE, method: '', path: '', status: 400 },
  },
  {
    title: 'a method alone without quotes',
    format: '$remote_addr $time_local $request $status $body_bytes_sent',
    line: `192.0.2.1 ${CLF} GET 400 12`,
    expected: { ...BASE, method: '', path: '', status: 400 },
  },
  {
    title: 'no request without quotes before a path',
    format: '$remote_addr $time_local $request $request_filename $status $body_bytes_sent',
    line: `192.0.2.1 ${CLF} - /srv/www 400 12`,
    expected: { ...BASE, method: '', path: '', status: 400 },
  },
  {
    title: 'a path of HTTP/0.9 with a space, which nobody can tell from the status: refused, not guessed',
    format: '$remote_addr $time_local $request $status $body_bytes_sent',
    line: `192.0.2.1 ${CLF} GET /a b 200 12`,
    expected: 'bad-status at 44',
  },
  {
    title: 'lists of several upstreams without quotes; the sum is the latency where nothing else is',
    format:
      '$remote_addr [$time_local] "$request" $status $body_bytes_sent $upstream_addr $upstream_response_time $pipe',
    line: `192.0.2.1 [${CLF}] "GET /a HTTP/1.1" 200 12 10.0.0.1:80, 10.0.0.2:80 : unix:/tmp/s 0.100, 0.200 : 0.300 .`,
    expected: { ...BASE, latencyMs: 600 },
  },
  {
    title: 'no upstream at all',
    format: '$remote_addr [$time_local] "$request" $status $body_bytes_sent "$upstream_response_time"',
    line: `192.0.2.1 [${CLF}] "GET /a HTTP/1.1" 200 12 "-"`,
    expected: BASE,
  },
  {
    title: 'an upstream that gave no answer before another did',
    format: '$remote_addr [$time_local] "$request" $status $body_bytes_sent "$upstream_response_time"',
    line: `192.0.2.1 [${CLF}] "GET /a HTTP/1.1" 200 12 "-, 0.050"`,
    expected: { ...BASE, latencyMs: 50 },
  },
  {
    title: 'what no request was, in parts',
    format: '[$time_local] $remote_addr "$request_method" "$request_uri" $status $bytes_sent',
    line: `[${CLF}] 192.0.2.1 "-" "-" 400 12`,
    expected: { ...BASE, method: '', path: '', status: 400 },
  },
  {
    title: 'a line that ends too early',
    format: '[$time_local] $remote_addr "$request" $status',
    line: `[${CLF}] 192.0.2.1 "GET /a`,
    expected: 'format-mismatch at 40',
  },
  {
    title: 'a prefix of syslog',
    format: '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent',
    line: `<190>Nov 23 22:14:05 web01 nginx: 192.0.2.1 - - [${CLF}] "GET /a HTTP/1.1" 200 12`,
    expected: BASE,
  },
];

for (const { title, format, line, expected } of EXAMPLES) {
  void test(`a log_format of nginx: ${title}`, () => {
    assert.equal(findFormatProblem(format), null);
    const parser = createParser(format);
    assert.equal(parser.name, 'custom');
    assert.deepEqual(read(parser, line), expected);
  });
}

void test('every documented variable of nginx is taken or passed over', () => {
  // nginx.org: ngx_http_log_module, and what its own default formats use of the core, the proxy and TLS.
  const others =
    'bytes_sent connection connection_requests msec pipe request_length time_iso8601 host hostname http_cookie args ssl_protocol ssl_cipher upstream_addr upstream_status upstream_connect_time upstream_header_time gzip_ratio request_id server_name server_port request_completion limit_req_status';
  for (const name of others.split(' ')) {
    const format = `$remote_addr [$time_local] "$request" $status $body_bytes_sent "$${name}" $request_time`;
    const value = name === 'msec' ? '1.000' : '7';
    const line = `192.0.2.1 [${CLF}] "GET /a HTTP/1.1" 200 12 "${value}" 0.002`;
    assert.deepEqual(read(createParser(format), line), { ...BASE, latencyMs: 2 }, name);
  }
});

void test('two variables side by side are refused, with the place of the second', () => {
  assert.deepEqual(findFormatProblem('$time_local "$request" $status$body_bytes_sent'), {
    ok: false,
    message: 'has nothing between $status and $body_bytes_sent, so that no one could tell where the one ends',
    column: 30,
  });
  // The column is the one in what was pasted, not in the text inside the quotes.
  const pasted = "log_format x '$time_local \"$request\" '\n  '$status$body_bytes_sent';";
  assert.equal(findFormatProblem(pasted)?.column, pasted.indexOf('$body'));
});

void test('a format without a time, a request or a status is refused with what it lacks', () => {
  const [time, request, status] = [
    'a time (such as $time_local of nginx, or %t of Apache)',
    'a request (such as $request, or %r)',
    'a status (such as $status, or %>s)',
  ];
  const messageOf = (format: string): string | undefined => findFormatProblem(format)?.message;
  assert.equal(messageOf('$remote_addr "$request" $status'), `lacks ${time}`);
  assert.equal(messageOf('$time_iso8601 $status'), `lacks ${request}`);
  assert.equal(messageOf('$msec "$request"'), `lacks ${status}`);
  assert.equal(messageOf('$remote_addr $host'), `lacks ${time} and ${request} and ${status}`);
  assert.equal(messageOf('$date_gmt "$request" $status'), `lacks ${time}`);
});

void test('what is no format, or an unknown escape, is refused', () => {
  assert.deepEqual(findFormatProblem('log_format x escape=xml "$status";'), {
    ok: false,
    message: 'has an escape= that is not default, json or none',
    column: 13,
  });
  assert.match(findFormatProblem("log_format x '$status;")?.message ?? '', /^has a ' that is not closed$/);
  assert.match(findFormatProblem('my own format')?.message ?? '', /^has neither variables of nginx /);
  assert.throws(() => createParser('$status'), { message: /^the log format lacks a time / });
});
