// Apache's LogFormat as its users paste it: what the lines written with it say, and what is wrong with a format.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createParser, findFormatProblem } from '../../src/parse/detect.ts';
import { createZone } from '../../src/parse/zone.ts';
import { BASE, read } from './reading.ts';
import type { FormatExample } from './reading.ts';

const CLF = '[23/Nov/2026:22:14:05 +0000]';
const COMMON = `192.0.2.1 - - ${CLF} "GET /a HTTP/1.1" 200 12`;

const EXAMPLES: readonly FormatExample[] = [
  {
    title: 'the directive with a nickname',
    format: String.raw`LogFormat "%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-agent}i\"" combined`,
    line: `${COMMON} "-" "curl/8.5"`,
    expected: { ...BASE, agent: 'curl/8.5' },
  },
  {
    title: 'the directive over several lines',
    format: 'LogFormat "%h %l %u %t \\\n  \\"%r\\" %>s %b" common\n',
    line: `192.0.2.1 - - ${CLF} "GET /a HTTP/1.1" 200 12`,
    expected: BASE,
  },
  {
    title: 'a request of HTTP/0.9 without quotes',
    format: 'LogFormat "%h %t %r %>s %b" plain',
    line: `192.0.2.1 ${CLF} GET /a 200 12`,
    expected: BASE,
  },
  {
    title: 'CustomLog with a format of its own',
    format: String.raw`CustomLog "logs/access_log" "%h %l %u %t \"%r\" %>s %b"`,
    line: COMMON,
    expected: BASE,
  },
  {
    title: 'the bare text with quotes escaped',
    format: String.raw`%h %l %u %t \"%r\" %>s %b`,
    line: COMMON,
    expected: BASE,
  },
  { title: 'the bare text', format: '%h %l %u %t "%r" %>s %b', line: COMMON, expected: BASE },
  {
    title: 'the string with its quotes',
    format: String.raw`"%h %l %u %t \"%r\" %>s %b"`,
    line: COMMON,
    expected: BASE,
  },
  {
    title: 'the time taken in microseconds, before the one in seconds',
    format: '%a %l %u %t "%r" %>s %O %T %D',
    line: `${COMMON} 3 2326345`,
    expected: { ...BASE, latencyMs: 2326.345 },
  },
  {
    title: 'the time taken in milliseconds',
    format: '%a %l %u %t "%r" %>s %O %{ms}T',
    line: `${COMMON} 2326`,
    expected: { ...BASE, latencyMs: 2326 },
  },
  {
    title: 'the time taken in seconds',
    format: '%a %l %u %t "%r" %>s %O %T',
    line: `${COMMON} 2`,
    expected: { ...BASE, latencyMs: 2000 },
  },
  {
    title: 'the request in parts',
    format: '%h %t "%m %U%q %H" %s %b',
    line: `192.0.2.1 ${CLF} "GET /a?b HTTP/1.1" 200 12`,
    expected: BASE,
  },
  {
    title: 'the client that mod_remoteip has found, and not its peer',
    format: '%{c}a %a %h %t "%r" %>s %b',
    line: `10.0.0.1 192.0.2.1 host.example ${CLF} "GET /a HTTP/1.1" 200 12`,
    expected: BASE,
  },
  {
    title: 'headers, notes, ports and counters',
    format: String.raw`%v:%p %h %t \"%r\" %>s %b \"%{X-Forwarded-For}i\" \"%{Set-Cookie}o\" %{note}n %{VAR}e %I %O %S %k %X %L %{UNIQUE_ID}e %{local}p %{tid}P %^FB %{x}^ti \"%{User-Agent}i\"`,
    line: `example.org:443 192.0.2.1 ${CLF} "GET /a HTTP/1.1" 200 12 "203.0.113.7, 10.0.0.1" "a=\\"b" n e 1 2 3 0 + - u 443 77 5 t "curl/8.5"`,
    expected: { ...BASE, forwarded: '203.0.113.7, 10.0.0.1', agent: 'curl/8.5' },
  },
  {
    title: 'values of some statuses only',
    format: '%h %t "%!200,304,302r" %>s %b "%400,501{User-agent}i"',
    line: `192.0.2.1 ${CLF} "-" 200 12 "-"`,
    expected: { ...BASE, method: '', path: '' },
  },
  {
    title: 'a status of some statuses only',
    format: '%h %t "%r" %!200s %b',
    line: `192.0.2.1 ${CLF} "GET /a HTTP/1.1" - 12`,
    expected: { ...BASE, status: 0 },
  },
  {
    title: 'seconds since the epoch',
    format: '%{sec}t %h "%r" %>s %b',
    line: '1795472045 192.0.2.1 "GET /a HTTP/1.1" 200 12',
    expected: BASE,
  },
  {
    title: 'milliseconds since the epoch, at the end of the request',
    format: '%{end:msec}t %h "%r" %>s %b',
    line: '1795472045999 192.0.2.1 "GET /a HTTP/1.1" 200 12',
    expected: BASE,
  },
  {
    title: 'microseconds since the epoch',
    format: '%{begin:usec}t %h "%r" %>s %b',
    line: '1795472045999999 192.0.2.1 "GET /a HTTP/1.1" 200 12',
    expected: BASE,
  },
  {
    // The example of httpd's manual for fractions of a second.
    title: 'a time put together from several',
    format: '%h [%{%d/%b/%Y:%H:%M:%S}t.%{msec_frac}t %{%z}t] "%r" %>s %b',
    line: '192.0.2.1 [24/Nov/2026:03:44:05.123 +0530] "GET /a HTTP/1.1" 200 12',
    expected: BASE,
  },
  {
    title: 'a time in one run of digits, without an offset',
    format: '%{%Y%m%d%H%M%S}t%{usec_frac}t %h "%r" %>s %b',
    line: '20261123231405999999 192.0.2.1 "GET /a HTTP/1.1" 200 12',
    expected: BASE,
  },
  {
    title: 'a time with names and twelve hours',
    format: '%{%A, %e %B %Y %I:%M:%S %p}t %h "%r" %>s %b',
    line: 'Monday, 23 November 2026 11:14:05 PM 192.0.2.1 "GET /a HTTP/1.1" 200 12',
    expected: BASE,
  },
  {
    title: 'a time in short for others',
    format: '%{%F %T}t %{%c}t %{%D}t %h "%r" %>s %b',
    line: '2026-11-23 23:14:05 Mon Nov 23 11:11:11 2026 11/23/26 192.0.2.1 "GET /a HTTP/1.1" 200 12',
    expected: BASE,
  },
  {
    title: 'tabs between the fields, and a per cent sign',
    format: String.raw`%h\t%t\t%r\t%>s\t%b\t100%%`,
    line: `192.0.2.1\t${CLF}\tGET /a HTTP/1.1\t200\t12\t100%`,
    expected: BASE,
  },
];

const FURTHER_SERVERS: readonly FormatExample[] = [
  {
    title: 'the client of Jetty',
    format: '%{client}a - %u %t "%r" %s %O',
    line: `192.0.2.1 - - ${CLF} "GET /a HTTP/1.1" 200 12`,
    expected: BASE,
  },
  {
    title: 'the client of Jetty, beside the peer and addresses of its own',
    format: '%{remote}a %{client}a %{server}a %{local}a %t "%r" %s %O',
    line: `10.0.0.1 192.0.2.1 example.org 10.0.0.2 ${CLF} "GET /a HTTP/1.1" 200 12`,
    expected: BASE,
  },
  {
    title: 'the client of Tomcat, and not its peer',
    format: '%{peer}a %{remote}a %t "%r" %s %b',
    line: `10.0.0.1 192.0.2.1 ${CLF} "GET /a HTTP/1.1" 200 12`,
    expected: BASE,
  },
  {
    title: 'the attribute of Tomcat',
    format: 'pattern="%h %l %u %t &quot;%r&quot; %s %b &#34;%{User-Agent}i&#x22;"',
    line: `${COMMON} "curl/8.5"`,
    expected: { ...BASE, agent: 'curl/8.5' },
  },
  {
    title: 'the element of Tomcat',
    format: `<Valve className="org.apache.catalina.valves.AccessLogValve"\n  pattern='%h %l %u %t "%r" %s %b &lt;%S&gt; %{ns}T'\n  suffix=".log" />`,
    line: `${COMMON} <-> 3500000`,
    expected: { ...BASE, latencyMs: 3.5 },
  },
  {
    title: "the value of Tomcat's attribute",
    format: '%h %l %u %t &quot;%r&quot; %s %b %{fracsec}T &amp;',
    line: `${COMMON} 0.0035 &`,
    expected: { ...BASE, latencyMs: 3.5 },
  },
  {
    title: 'the longer units of lighttpd',
    format: '%h %{begin:nsec}t %{nsec_frac}t "%r" %s %b %{sec}T %{msec}T',
    line: '192.0.2.1 1795472045999999999 999999999 "GET /a HTTP/1.1" 200 12 2 2326',
    expected: { ...BASE, latencyMs: 2326 },
  },
];

const BERLIN = createZone('Europe/Berlin');

for (const { title, format, line, expected } of [...EXAMPLES, ...FURTHER_SERVERS]) {
  void test(`a LogFormat of Apache: ${title}`, () => {
    assert.equal(findFormatProblem(format), null);
    assert.deepEqual(read(createParser(format, null, { zone: BERLIN }), line), expected);
  });
}

const STRFTIME = 'whose time must be written as for strftime, such as %{%d/%b/%Y:%H:%M:%S %z}t';

void test('what is wrong with a LogFormat is said with its place', () => {
  const problems = [
    ['%t "%r" %>s%b', 'has nothing between %>s and %b, so that no one could tell where the one ends', 11],
    ['%t "%r" %>s %{min}T', 'has %{min}T, whose unit must be s, ms, us or ns', 12],
    ['%t "%r" %>s %', 'has a % that begins no directive', 12],
    ['%t "%r" %>s %{x', 'has a % that begins no directive', 12],
    ['%{%Q}t "%r" %>s', 'has a time with an unknown %Q', 0],
    ['%{%H:%M:%S}t "%r" %>s', 'lacks a time (such as $time_local of nginx, or %t of Apache)', null],
    [
      '%{client}a [%{dd/MMM/yyyy:HH:mm:ss ZZZ|GMT}t] "%r" %s',
      `has %{dd/MMM/yyyy:HH:mm:ss ZZZ|GMT}t, ${STRFTIME}`,
      12,
    ],
    [
      `pattern="%a &quot;%r&quot; %s %{yyyy-MM-dd'T'HH:mm:ss.SSSXXX}t"`,
      `has %{yyyy-MM-dd'T'HH:mm:ss.SSSXXX}t, ${STRFTIME}`,
      30,
    ],
    ['pattern="%t %r %s', 'has a " that is not closed', 8],
    ['<Valve pattern="common" />', 'is a directive that names a format instead of holding one', null],
    ['LogFormat "%t \\"%r\\" %>s', 'has a " that is not closed', 10],
    ['CustomLog logs/access_log combined', 'is a directive that names a format instead of holding one', null],
  ] as const;
  for (const [format, message, column] of problems)
    assert.deepEqual(findFormatProblem(format), { ok: false, message, column }, format);
});
