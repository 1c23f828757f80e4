// Logs that can't be read as they are: what each is told to be, and that no line of a format that is read is taken for one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createParser } from '../../src/parse/detect.ts';
import { recogniseUnread } from '../../src/parse/unread-formats.ts';
import { read } from './reading.ts';

const CADDY = "Caddy's console format: let Caddy write format json";
const SQUID = "Squid's native format: let Squid write logformat=combined";
const UVICORN =
  'the access log of uvicorn, without a time, which fluffy needs: let uvicorn write one, and give the format as log-format';
const PYTHON = `the log of Python's http.server or of werkzeug: give log-format as '%h - - [%{%d/%b/%Y %H:%M:%S}t] "%r" %s %b'`;
const TCPLOG = "HAProxy's option tcplog, which holds no HTTP: let HAProxy write option httplog";
const UTF_16 =
  'text in UTF-16, as PowerShell writes it: fluffy reads UTF-8, such as Out-File -Encoding utf8 gives';
const NGINX = 'an error log of nginx: fluffy reads the access log';
const APACHE = 'an error log of Apache: fluffy reads the access log';

const LINES = [
  ['\u00ff\u00fe1\u00009\u00002\u0000.\u0000', UTF_16],
  ['\u00001\u00009\u00002\u0000.\u0000', UTF_16],
  ['\u00fe\u00ff\u00001\u00009\u00002\u0000.', UTF_16],
  ['\u00001\u00009\u00002\u0000.', UTF_16],
  ['2026/11/30 18:40:12.123\tINFO\thttp.log.access.log0\thandled request\t{"request": {"remote_ip"', CADDY],
  ['1.796e9\t\u001b[31mERROR\u001b[0m\thttp.log.access\thandled request\t{"request": {', CADDY],
  [
    '1796064869.123    123 192.0.2.7 TCP_MISS/200 1456 GET http://example.org/ - HIER_DIRECT/192.0.2.9 text/html',
    SQUID,
  ],
  ['1796064869.007      0 192.0.2.7 NONE_NONE/000 0 - error:transaction - HIER_NONE/- -', SQUID],
  ['INFO:     192.0.2.7:1234 - "GET / HTTP/1.1" 200 OK', UVICORN],
  [`INFO:     192.0.2.7:1234 - "GET /${'a'.repeat(2000)} HTTP/1.1" 200 OK`, UVICORN],
  ['192.0.2.7:1234 - "GET /a?b HTTP/1.1" 404', UVICORN],
  ['192.0.2.7 - - [30/Nov/2026 18:56:39] "GET /a HTTP/1.1" 200 -', PYTHON],
  ['192.0.2.7:5000 [30/Nov/2026:18:43:26.763] tcp1 tcp1/s1 1/0/5 1319 -- 1/1/0/0/0 0/0', TCPLOG],
  [
    '<134>Nov 30 18:43:26 haproxy[7]: 192.0.2.7:5000 [30/Nov/2026:18:43:26.763] tcp1 tcp1/<NOSRV> -1/-1/+0 0 SC 1/1/0/0/0 0/0',
    TCPLOG,
  ],
  ['2026/11/30 18:40:12 [error] 12#12: *1 open() "/a" failed (2: No such file or directory)', NGINX],
  ['[Mon Nov 30 18:40:12.123456 2026] [core:error] [pid 7] [client 192.0.2.7:1234] AH00126: x', APACHE],
  ['[Mon Nov  2 18:40:12 2026] [error] [client 192.0.2.7] x', APACHE],
] as const;

void test('what can not be read is named, with the way out', () => {
  for (const [line, meaning] of LINES) {
    assert.equal(recogniseUnread(line), meaning, line);
    assert.equal(typeof read(createParser('auto'), line), 'string', line);
  }
});

void test('lines that say something else about themselves are named nothing', () => {
  const others = [
    '',
    'hello',
    // What truncating leaves of a log that its server does not append to.
    `${'\0'.repeat(900)}192.0.2.7 - - [23/Nov/2026:22:14:05 +0000] "GET /a HTTP/1.1" 2x0 512`,
    '{"time":"2026-11-23T22:14:05Z","log":["a"]}',
    '192.0.2.7 - - [23/Nov/2026:22:14:05 +0000] "GET /a HTTP/1.1" 200 512',
    '192.0.2.7:1234 - "GET /a HTTP/1.1" 200 23/Nov/2026:22:14:05',
    '192.0.2.7:5000 [30/Nov/2026:18:43:26.763] web app/s1 0/0/0/6/6 200 1322 - - ---- 1/1/0/0/0 0/0 "GET / HTTP/1.1"',
    '{"log":"a","time":"2026-11-23T22:14:05Z","request":"GET / HTTP/1.1","status":200}',
    '{"time":"2026-11-23T22:14:05Z","log":"a"}',
    '1796064869.123 192.0.2.7 "GET / HTTP/1.1" 200 12',
    '2026/11/30 18:40:12.123\tINFO\tadmin\tadmin endpoint started\t{"address": "localhost:2019"}',
  ];
  for (const line of others) assert.equal(recogniseUnread(line), null, line);
});

void test("the log of Python's http.server is read by the format that is given for it", () => {
  const format = `%h - - [%{%d/%b/%Y %H:%M:%S}t] "%r" %s %b`;
  assert.deepEqual(
    read(createParser(format), '192.0.2.7 - - [23/Nov/2026 22:14:05] "GET /a?b HTTP/1.1" 200 -'),
    {
      time: '2026-11-23T22:14:05Z',
      client: '192.0.2.7',
      method: 'GET',
      path: '/a',
      status: 200,
      bytesSent: 0,
    },
  );
});
