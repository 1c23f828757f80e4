// The documented example line of every server whose format is known by name, what it says written out in full.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createParser } from '../../src/parse/detect.ts';
import { createPresetParser } from '../../src/parse/presets.ts';
import { createZone } from '../../src/parse/zone.ts';
import { BASE, read } from './reading.ts';
import type { Reading } from './reading.ts';

const AGENT = 'curl/8.5';
const NGINX = { ...BASE, agent: AGENT };
const COMBINED = `192.0.2.1 - - [23/Nov/2026:22:14:05 +0000] "GET /a HTTP/1.1" 200 12 "-" "${AGENT}"`;

interface Example {
  readonly title: string;
  readonly format: string;
  readonly lines: readonly string[];
  readonly expected: Reading;
}

const EXAMPLES: readonly Example[] = [
  {
    // haproxy/haproxy doc/configuration.txt 8.2.3; the second one as a daemon of RFC 5424 passes it on.
    title: 'HAProxy HTTP',
    format: 'haproxy',
    lines: [
      'Feb  6 12:14:14 localhost haproxy[14389]: 10.0.1.2:33317 [06/Feb/2009:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {1wt.eu} {} "GET /index.html HTTP/1.1"',
      '<134>1 2009-02-06T12:14:14.655Z localhost haproxy 14389 - - 10.0.1.2:33317 [06/Feb/2009:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 "GET /index.html?x HTTP/1.1"',
      '10.0.1.2:33317 [06/Feb/2009:12:14:14.655] http-in~ static/srv1 10/0/30/69/+109 200 +2750 - - ---- 1/1/1/1/0 0/0 "GET /index.html HTTP/1.1" 0',
    ],
    expected: {
      time: '2009-02-06T12:14:14Z',
      client: '10.0.1.2',
      method: 'GET',
      path: '/index.html',
      status: 200,
      bytesSent: 2750,
      latencyMs: 109,
    },
  },
  {
    // haproxy/haproxy doc/configuration.txt 8.5: the client went away before it had asked.
    title: 'HAProxy HTTP without a request',
    format: 'haproxy',
    lines: [
      'Sep  1 11:00:00 localhost haproxy[18113]: 127.0.0.1:34549 [15/Oct/2003:15:19:06.103] px-http px-http/<NOSRV> -1/-1/-1/-1/-1 -1 0 - - CR-- 2/2/2/0/0 0/0 ""',
    ],
    expected: {
      time: '2003-10-15T15:19:06Z',
      client: '127.0.0.1',
      method: '',
      path: '',
      status: 0,
      bytesSent: 0,
    },
  },
  {
    // awsdocs/elb-application-load-balancers-user-guide doc_source/load-balancer-access-logs.md
    title: 'AWS ALB',
    format: 'alb',
    lines: [
      'http 2018-07-02T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 10.0.0.1:80 0.000 0.001 0.000 200 200 34 366 "GET http://www.example.com:80/ HTTP/1.1" "curl/7.46.0" - - arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067 "Root=1-58337262-36d228ad5d99923122bbe354" "-" "-" 0 2018-07-02T22:22:48.364000Z "forward" "-" "-"',
    ],
    expected: {
      time: '2018-07-02T22:23:00Z',
      client: '192.168.131.39',
      method: 'GET',
      path: '/',
      status: 200,
      bytesSent: 366,
      latencyMs: 1,
      agent: 'curl/7.46.0',
    },
  },
  {
    title: 'AWS ALB whose target did not answer, and a client with IPv6',
    format: 'alb',
    lines: [
      'h2 2018-07-02T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 [2001:db8::1]:2817 10.0.0.1:80 0.000 -1 -1 504 - 34 366 "POST https://www.example.com:443/a?b HTTP/2.0" "-" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:x "Root=1-58337262-36d228ad5d99923122bbe354"',
    ],
    expected: {
      time: '2018-07-02T22:23:00Z',
      client: '2001:db8::1',
      method: 'POST',
      path: '/a',
      status: 504,
      bytesSent: 366,
    },
  },
  {
    // awsdocs/amazon-cloudfront-developer-guide doc_source/AccessLogs.md, tabs between the columns.
    title: 'CloudFront',
    format: 'cloudfront',
    lines: [
      '2019-12-13\t22:37:02\tSEA19-C2\t900\t192.0.2.200\tGET\td111111abcdef8.cloudfront.net\t/\t502\t-\tcurl/7.55.1\t-\t-\tError\tkBkDzGnceVtWHqSCqBUqtA_cEs2T3tFUBbnBNkB9El_uVRhHgcZfcw==\twww.example.com\thttp\t387\t0.103\t-\t-\t-\tError\tHTTP/1.1\t-\t-\t12644\t0.103\tOriginDnsError\ttext/html\t507\t-\t-',
    ],
    expected: {
      time: '2019-12-13T22:37:02Z',
      client: '192.0.2.200',
      method: 'GET',
      path: '/',
      status: 502,
      bytesSent: 900,
      latencyMs: 103,
      agent: 'curl/7.55.1',
    },
  },
  {
    // netdata/netdata src/go/plugin/go.d/collector/weblog/testdata/u_ex221107.log
    title: 'IIS W3C',
    format: 'w3c',
    lines: ['2022-11-07 14:29:06 127.0.0.1 GET /us - 80 - 127.0.0.1 Go-http-client/1.1 - 404 0 2 130'],
    expected: {
      time: '2022-11-07T14:29:06Z',
      client: '127.0.0.1',
      method: 'GET',
      path: '/us',
      status: 404,
      bytesSent: 0,
      latencyMs: 130,
      agent: 'Go-http-client/1.1',
    },
  },
  {
    // envoyproxy/envoy docs/root/configuration/observability/access_log/usage.rst
    title: 'Envoy',
    format: 'envoy',
    lines: [
      '[2016-04-15T20:17:00.310Z] "POST /api/v1/locations HTTP/2" 204 - 154 0 226 100 "10.0.35.28" "nsq2http" "cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2" "locations" "tcp://10.0.2.1:80"',
    ],
    expected: {
      time: '2016-04-15T20:17:00Z',
      client: '',
      method: 'POST',
      path: '/api/v1/locations',
      status: 204,
      bytesSent: 0,
      latencyMs: 226,
      forwarded: '10.0.35.28',
      agent: 'nsq2http',
    },
  },
  {
    // The format of the NGINX guide's chapter on logging, with and without the space that it forgot.
    title: 'nginx with the times of the upstream',
    format: 'upstream_time',
    lines: ['', ' '].map(
      (space) => `${COMBINED}${space}rt=0.226 uct="0.001, 0.002" uht="0.100" urt="0.020, 0.200 : 0.001"`,
    ),
    expected: { ...NGINX, latencyMs: 226 },
  },
  {
    // kubernetes/ingress-nginx docs/user-guide/nginx-configuration/log-format.md
    title: 'ingress-nginx',
    format: 'ingress',
    lines: [
      `${COMBINED} 93 0.004 [default-web-80] [] 10.0.0.7:8080, 10.0.0.8:8080 0, 12 0.001, 0.003 502, 200 5d2f1d8a`,
    ],
    expected: { ...NGINX, latencyMs: 4 },
  },
  {
    title: 'Traefik CLF',
    format: 'traefik',
    lines: [`${COMBINED} 7 "web@docker" "http://10.0.0.7:80" 13ms`, `${COMBINED} 7 "-" "-" 13ms`],
    expected: { ...NGINX, latencyMs: 13 },
  },
];

for (const { title, format, lines, expected } of EXAMPLES) {
  void test(`the documented line of ${title} is read, and auto calls it ${format}`, () => {
    for (const line of lines) {
      assert.deepEqual(read(createPresetParser(format), line), expected);
      const parser = createParser('auto');
      assert.deepEqual(read(parser, line), expected);
      assert.equal(parser.name, format);
    }
  });
}

void test('the time of HAProxy is of the configured time zone', () => {
  const line =
    '10.0.1.2:33317 [06/Aug/2026:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 "GET / HTTP/1.1"';
  const parser = createParser('auto', null, { zone: createZone('Europe/Berlin') });
  const timeOf = (text: string): unknown => {
    const reading = read(parser, text);
    return typeof reading === 'string' ? reading : reading.time;
  };
  assert.equal(timeOf(line), '2026-08-06T10:14:14Z');
  assert.equal(timeOf(line.replace('Aug', 'Dec')), '2026-12-06T11:14:14Z');
});

void test('the columns of a W3C log are those that were announced last; directives are no failures', () => {
  for (const format of ['auto', 'w3c', 'iis']) {
    const parser = createParser(format);
    const first = '#Fields: date time cs-method cs-uri-stem cs-uri-query sc-status sc-bytes time-taken';
    assert.equal(read(parser, '#Software: Microsoft Internet Information Services 10.0'), 'directive at 0');
    assert.equal(read(parser, first), 'directive at 0');
    assert.deepEqual(read(parser, '2022-11-07 14:29:06 GET /us a=b 200 512 15'), {
      time: '2022-11-07T14:29:06Z',
      client: '',
      method: 'GET',
      path: '/us',
      status: 200,
      bytesSent: 512,
      latencyMs: 15,
    });
    assert.equal(read(parser, '#Fields: c-ip sc-status time date cs-uri cs-method'), 'directive at 0');
    const later = createParser(format, parser.saved);
    for (const one of [parser, later]) {
      assert.deepEqual(read(one, '192.0.2.9 404 14:30:00 2022-11-07 /x?y POST'), {
        time: '2022-11-07T14:30:00Z',
        client: '192.0.2.9',
        method: 'POST',
        path: '/x',
        status: 404,
        bytesSent: 0,
      });
    }
    assert.equal(later.saved, parser.saved);
    assert.equal(read(later, '192.0.2.9 404 14:30:00 2022-11-07 /x?y'), 'format-mismatch at 38');
  }
});
