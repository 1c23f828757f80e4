import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createParser } from '../../src/parse/detect.ts';
import { createPresetParser } from '../../src/parse/presets.ts';
import { read } from './reading.ts';

const COMMON = '127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326';
const COMBINED = `${COMMON} "http://www.example.com/start.html" "Mozilla/4.08 [en] (Win98; I ;Nav)"`;
const APACHE = {
  time: '2000-10-10T20:55:36Z',
  client: '127.0.0.1',
  method: 'GET',
  path: '/apache_pb.gif',
  status: 200,
  bytesSent: 2326,
};
const APACHE_COMBINED = { ...APACHE, agent: 'Mozilla/4.08 [en] (Win98; I ;Nav)' };

/** The documented example line of a format, the format that `auto` must find, and what the line says. */
const EXAMPLES = [
  { title: 'common', line: COMMON, format: 'common', expected: APACHE },
  { title: 'combined', line: COMBINED, format: 'combined', expected: APACHE_COMBINED },
  {
    title: 'vhost_combined',
    line: 'vhost.io:80 8.8.4.4 - - [02/Mar/2016:08:14:04 -0600] "GET /shop HTTP/1.1" 200 615 "-" "Googlebot-Image/1.0"',
    format: 'vhost_combined',
    expected: {
      time: '2016-03-02T14:14:04Z',
      client: '8.8.4.4',
      method: 'GET',
      path: '/shop',
      status: 200,
      bytesSent: 615,
      agent: 'Googlebot-Image/1.0',
    },
  },
  {
    title: 'nginx main',
    line: '10.20.50.177 - - [28/Aug/2019:10:42:48 +0000] "GET /api/infos?page=0&rows=10 HTTP/1.1" 200 2268 "http://10.20.11.117:8800/" "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/73.0.3683.86 Safari/537.36" "-"',
    format: 'main',
    expected: {
      time: '2019-08-28T10:42:48Z',
      client: '10.20.50.177',
      method: 'GET',
      path: '/api/infos',
      status: 200,
      bytesSent: 2268,
      agent:
        'Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/73.0.3683.86 Safari/537.36',
    },
  },
  {
    title: 'combined with the additions of an ingress, whose request is binary junk',
    line: String.raw`77.72.83.28 - [77.72.83.28] - - [26/Sep/2018:12:35:08 +0000] "\x03\x00\x00/*\xE0\x00\x00\x00\x00\x00Cookie: mstshash=Administr" 400 173 "-" "-" 0 0.116 [] - - - -`,
    format: 'combined+',
    expected: {
      time: '2018-09-26T12:35:08Z',
      client: '77.72.83.28',
      method: '',
      path: '',
      status: 400,
      bytesSent: 173,
    },
  },
  {
    title: 'Traefik CLF',
    line: 'TestHost - TestUser [13/Apr/2016:07:14:19 -0700] "POST testpath HTTP/0.0" 123 12 "testReferer" "testUserAgent" 1 "testRouter" "http://127.0.0.1/testService" 1ms',
    format: 'traefik',
    expected: {
      time: '2016-04-13T14:14:19Z',
      client: 'TestHost',
      method: 'POST',
      path: 'testpath',
      status: 123,
      bytesSent: 12,
      agent: 'testUserAgent',
      latencyMs: 1,
    },
  },
  {
    title: 'vhost_combined with a field behind it',
    line: 'example.org:443 ::1 - - [02/Mar/2016:08:14:04 +0000] "GET /a HTTP/2.0" 404 - "-" "curl" 0.013',
    format: 'vhost_combined+',
    expected: {
      time: '2016-03-02T08:14:04Z',
      client: '::1',
      method: 'GET',
      path: '/a',
      status: 404,
      bytesSent: 0,
      agent: 'curl',
    },
  },
  {
    title: 'common with fields behind it',
    line: `${COMMON} 35 "a b"`,
    format: 'common+',
    expected: APACHE,
  },
  {
    title: 'Caddy JSON',
    line: '{"level":"info","ts":1646861401.5241024,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"127.0.0.1","remote_port":"41342","client_ip":"127.0.0.1","proto":"HTTP/2.0","method":"GET","host":"localhost","uri":"/docs?q=1","headers":{"User-Agent":["curl/7.82.0"]}},"bytes_read":0,"user_id":"","duration":0.000929675,"size":10900,"status":200,"resp_headers":{"Server":["Caddy"]}}',
    format: 'json',
    expected: {
      time: '2022-03-09T21:30:01Z',
      client: '127.0.0.1',
      method: 'GET',
      path: '/docs',
      status: 200,
      bytesSent: 10_900,
      latencyMs: 0.929675,
      agent: 'curl/7.82.0',
    },
  },
  {
    title: 'Traefik JSON',
    line: '{"ClientAddr":"10.0.0.9:5022","ClientHost":"10.0.0.9","DownstreamContentSize":19,"DownstreamStatus":404,"Duration":71234,"OriginStatus":0,"RequestMethod":"DELETE","RequestPath":"/items/7?force=1","RequestProtocol":"HTTP/1.1","StartLocal":"2026-11-23T23:14:05.123456789+01:00","StartUTC":"2026-11-23T22:14:05.123456789Z","level":"info","msg":"","time":"2026-11-23T23:14:06+01:00"}',
    format: 'json',
    expected: {
      time: '2026-11-23T22:14:05Z',
      client: '10.0.0.9',
      method: 'DELETE',
      path: '/items/7',
      status: 404,
      bytesSent: 19,
      latencyMs: 0.071234,
    },
  },
  {
    title: 'JSON with the variables of nginx',
    line: '{"time_iso8601":"2026-11-23T22:14:05+05:30","remote_addr":"2001:db8::1","request":"GET /a?b HTTP/1.1","status":"301","body_bytes_sent":"162"}',
    format: 'json',
    expected: {
      time: '2026-11-23T16:44:05Z',
      client: '2001:db8::1',
      method: 'GET',
      path: '/a',
      status: 301,
      bytesSent: 162,
    },
  },
];

for (const { title, line, format, expected } of EXAMPLES) {
  void test(`the documented line of ${title} is read, and auto calls it ${format}`, () => {
    const parser = createParser('auto');
    assert.deepEqual(read(parser, line), expected);
    assert.equal(parser.name, format);
    assert.deepEqual(read(createPresetParser(format), line), expected);
  });
}

void test('the exact formats each take their own line only', () => {
  const lines = {
    common: COMMON,
    combined: COMBINED,
    main: `${COMBINED} "203.0.113.7, 10.0.0.1"`,
    vhost_combined: `example.org:8080 ${COMBINED}`,
  };
  for (const name of Object.keys(lines)) {
    const takers = Object.entries(lines).filter(
      ([, line]) => typeof read(createPresetParser(name), line) !== 'string',
    );
    assert.deepEqual(
      takers.map(([taken]) => taken),
      [name],
    );
  }
});

void test('a loose format takes the exact line as well, and further fields only after a space', () => {
  const parser = createPresetParser('combined+');
  assert.deepEqual(read(parser, COMBINED), APACHE_COMBINED);
  assert.deepEqual(read(parser, `${COMBINED} 0.5`), APACHE_COMBINED);
  assert.equal(read(parser, `${COMBINED}0.5`), `format-mismatch at ${COMBINED.length}`);
});

void test('an unknown name of a format is refused', () => {
  assert.throws(() => createParser('combind'), { message: 'unknown log format "combind"' });
});
