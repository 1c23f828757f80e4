import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BROKEN_KINDS, breakLine } from '../../generator/broken.ts';
import { createClfTime } from '../../generator/clf-time.ts';
import { FORMATS, createLineFormatter, type Format } from '../../generator/lines.ts';
import { createRandom } from '../../generator/random.ts';
import type { Request } from '../../generator/request-mix.ts';

const REQUEST: Request = {
  client: '198.51.100.9',
  user: 'alice',
  method: 'POST',
  pathIndex: 0,
  target: '/login/user?next=%2Fhome',
  protocol: 'HTTP/2.0',
  status: 204,
  sizeBytes: 0,
  referer: 'https://shop.example/',
  agent: 'Probe "deep" check/0.9',
  durationMicros: 3001,
};

const EVENT_MS = Date.UTC(2026, 10, 23, 22, 14, 5, 250);

function lineOf(format: Format): string {
  return createLineFormatter({ format, utcOffsetMinutes: 0 })(REQUEST, EVENT_MS);
}

void test('each format writes a request as its web server does', () => {
  const clf =
    '198.51.100.9 - alice [23/Nov/2026:22:14:05 +0000] "POST /login/user?next=%2Fhome HTTP/2.0" 204';
  const agent = String.raw`Probe \x22deep\x22 check/0.9`;
  const quoted = String.raw`Probe \"deep\" check/0.9`;
  assert.equal(lineOf('common'), `${clf} -`);
  assert.equal(lineOf('combined'), `${clf} 0 "https://shop.example/" "${agent}"`);
  assert.equal(lineOf('main'), `${clf} 0 "https://shop.example/" "${agent}" "2001:db8::17, 198.51.100.8"`);
  assert.equal(lineOf('vhost_combined'), `shop.example:443 ${clf} 0 "https://shop.example/" "${quoted}"`);
  assert.equal(
    lineOf('traefik-clf'),
    `${clf} 0 "https://shop.example/" "${quoted}" 1 "shop@docker" "http://172.18.0.4:8080" 3ms`,
  );
  assert.deepEqual(JSON.parse(lineOf('caddy-json')), {
    level: 'info',
    ts: 1795472045.25,
    logger: 'http.log.access.log0',
    msg: 'handled request',
    request: {
      remote_ip: '198.51.100.9',
      remote_port: '4025',
      client_ip: '198.51.100.9',
      proto: 'HTTP/2.0',
      method: 'POST',
      host: 'shop.example',
      uri: '/login/user?next=%2Fhome',
      headers: { 'User-Agent': ['Probe "deep" check/0.9'], Referer: ['https://shop.example/'] },
    },
    bytes_read: 0,
    user_id: 'alice',
    duration: 0.003001,
    size: 0,
    status: 204,
    resp_headers: { Server: ['Caddy'] },
  });
});

void test('a time just before a full second stays in its second', () => {
  const format = createLineFormatter({ format: 'caddy-json', utcOffsetMinutes: 0 });
  const line = format(REQUEST, Date.UTC(2026, 10, 23, 22, 14, 5) + 999.9997);
  assert.match(line, /"ts":1795472045\.999999,/);
});

void test('times are written in the zone of the server, across midnight, months and years', () => {
  assert.equal(createClfTime(120)(Date.UTC(2026, 11, 31, 22, 30, 0)), '01/Jan/2027:00:30:00 +0200');
  assert.equal(createClfTime(-210)(Date.UTC(2028, 2, 1, 1, 0, 59)), '29/Feb/2028:21:30:59 -0330');
  const time = createClfTime(0);
  assert.equal(time(Date.UTC(2026, 0, 9, 8, 7, 59)), '09/Jan/2026:08:07:59 +0000');
  assert.equal(time(Date.UTC(2026, 0, 9, 8, 8, 0)), '09/Jan/2026:08:08:00 +0000');
  assert.equal(time(Date.UTC(2026, 0, 9, 8, 7, 1)), '09/Jan/2026:08:07:01 +0000');
});

void test('no broken line contains a line end or is still the line it was', () => {
  const random = createRandom('broken test', 'broken');
  for (const format of FORMATS) {
    const line = lineOf(format);
    for (const kind of BROKEN_KINDS) {
      for (let round = 0; round < 50; round++) {
        const broken = breakLine(line, kind, random);
        assert.doesNotMatch(broken, /[\n\r]/);
        assert.notEqual(broken, line);
      }
    }
  }
});

void test('a cut line ends before its status, and a line that is too long has 70,000 bytes', () => {
  const random = createRandom('cut test', 'broken');
  const line = lineOf('combined');
  for (let round = 0; round < 200; round++) {
    const cut = breakLine(line, 'cut', random);
    assert.ok(cut.length > 0 && line.startsWith(cut) && !cut.includes('HTTP/'), cut);
  }
  assert.equal(breakLine(line, 'too-long', random).length, 70_000);
  assert.equal(breakLine(line, 'empty', random), '');
});
