// Formats of servers that are neither nginx nor Apache are refused with the way out; what Apache's manual allows is not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findFormatProblem } from '../../src/parse/detect.ts';

const HAPROXY =
  'is a log-format of HAProxy; write haproxy for the lines of its option httplog, auto for those of option httplog clf, or the LogFormat of Apache that gives the same lines';
const SQUID =
  'is a logformat of Squid; write auto for the lines of its common and combined, or the LogFormat of Apache that gives the same lines';
const PYTHON =
  'is of gunicorn or another server in Python; write auto for the default of gunicorn, or the LogFormat of Apache: %h for %(h)s, %{Referer}i for %(f)s, %{User-Agent}i for %(a)s';
const ENVOY = 'is of Envoy; write envoy or istio for the lines of their default formats, or auto';

const HTTPLOG =
  '%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r';

const FOREIGN = [
  ["HAProxy's option httplog", HTTPLOG, HAPROXY, 0],
  ['with its directive', `log-format "${HTTPLOG}"`, HAPROXY, 0],
  ['below a comment', `# how lines look\n    log-format "${HTTPLOG}"`, HAPROXY, 17],
  ["HAProxy's option httplog clf", '%{+Q}o %{-Q}ci - - [%trg] %r %ST %B "" "" %cp %ms', HAPROXY, 0],
  ["HAProxy's JSON", '{"time":"%T","client":"%ci","method":"%HM","status":%ST}', HAPROXY, 23],
  ['a fetch of HAProxy', '%h %t "%r" %s "%[capture.req.hdr(0)]"', HAPROXY, 15],
  [
    "Squid's native",
    'logformat squid %ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru %[un %Sh/%<a %mt',
    SQUID,
    20,
  ],
  ["Squid's combined", '%>a %[ui %[un [%tl] "%rm %ru HTTP/%rv" %>Hs %<st "%{Referer}>h"', SQUID, 4],
  ["gunicorn's default", '%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s"', PYTHON, 0],
  ["gunicorn's headers", 'x %({x-request-id}i)s', PYTHON, 2],
  ["uvicorn's", '%(client_addr)s - "%(request_line)s" %(status_code)s', PYTHON, 0],
  ["Envoy's", '[%START_TIME%] "%REQ(:METHOD)% %PROTOCOL%" %RESPONSE_CODE%', ENVOY, 1],
] as const;

for (const [title, format, message, column] of FOREIGN)
  void test(`a format of another server is refused: ${title}`, () => {
    assert.deepEqual(findFormatProblem(format), { ok: false, message, column });
  });

void test('directives that Apache does not have are refused with their place', () => {
  const problems = [
    ['%h %t "%r" %>s %d', 'has %d, which is no directive of Apache', 15],
    [String.raw`LogFormat "%h %t \"%r\" %>s %{x}N"`, 'has %{x}N, which is no directive of Apache', 28],
  ] as const;
  for (const [format, message, column] of problems)
    assert.deepEqual(findFormatProblem(format), { ok: false, message, column }, format);
});

void test('what a module of Apache documents is accepted, and text that follows a directive at once', () => {
  const common = '%h %l %u %t "%r" %>s %b';
  const further = [
    '%a %{c}a %A %B %f %H %k %L %m %{Foobar}n %{Foobar}o %p %{canonical}p %{local}p %{remote}p %P',
    '%{pid}P %{tid}P %{hextid}P %q %R %{ms}T %{us}T %{s}T %U %v %V %X %I %O %S %{x}^ti %{x}^to %^FB %%',
    '%{SSL_PROTOCOL}x %{version}c %{Foobar}C %{Foobar}e "%400,501{User-agent}i" "%!200,304,302{Referer}i"',
    '%<s %<u %<U %>T %>D %{%d/%b/%Y %T}t.%{msec_frac}t %{begin:%H}t %{end:usec_frac}t %{sec}t %{usec}t',
    '%Ts %Dus %ts %sms %bB [%P:%{tid}P] %vhost',
  ];
  for (const directives of further) {
    assert.equal(findFormatProblem(`${common} ${directives}`), null, directives);
    for (const directive of directives.split(/ (?!%T\})/))
      assert.equal(findFormatProblem(`${common} ${directive}`), null, directive);
  }
});
