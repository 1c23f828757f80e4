import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createParser } from '../../src/parse/detect.ts';
import { skipPrefix } from '../../src/parse/prefix.ts';
import { BASE, read, readStream } from './reading.ts';

const COMBINED = '192.0.2.1 - - [23/Nov/2026:22:14:05 +0000] "GET /a HTTP/1.1" 200 12 "-" "curl/8.0"';
const COMBINED_READING = { ...BASE, agent: 'curl/8.0' };
const JSON_LINE =
  '{"ts":1795472045,"client_ip":"192.0.2.1","request":{"method":"GET","uri":"/a"},"status":200,"size":12}';

const PREFIXES = [
  '2026-11-23T22:14:05.123456789Z stdout F ',
  '2026-11-23T22:14:05.123456789Z stderr F ',
  '2026-11-23T22:14:05.123456789+01:00 stdout P ',
  'web_1  | ',
  'shop-web-1 | ',
  '\x1b[36mweb_1  |\x1b[0m ',
  '\x1b[36mweb-1  | \x1b[0m',
  '\x1b[38;5;208mweb-1  | \x1b[0m',
  'Feb  6 12:14:14 localhost nginx: ',
  '<190>Nov 23 22:14:05 nginx: ',
  '<134>1 2026-11-23T22:14:05.123Z web01 nginx 1 - - ',
  // What a server sends to a log that is passed on itself.
  '2026-11-23T22:14:05.123456789Z stdout F <190>Nov 23 22:14:05 nginx: ',
  'web-1  | Nov 23 22:14:05 web01 nginx: ',
];

/** What is left of the text; it stands between bytes that would change the result if they were looked at. */
function rest(text: string, hasBar = false): string {
  const bytes = Buffer.from(`x | ${text} | x stdout F x`, 'latin1');
  const start = skipPrefix(bytes, 4, 4 + text.length, hasBar);
  return bytes.toString('latin1', start, 4 + text.length);
}

void test('prefixes of container runtimes, docker compose and syslog are passed over', () => {
  for (const prefix of PREFIXES) assert.equal(rest(`${prefix}${COMBINED}`), COMBINED, prefix);
});

void test('what only begins like one is left as it is', () => {
  for (const text of [
    COMBINED,
    '2026-11-23T22:14:05Z stdout X a',
    '2026-11-23T22:14:05Z stdout Fa',
    '2026-11-23T22:14:05Z stdin F a',
    '2026-11-23T22:14:05Z stdout F',
    '2026-11-23T22:14:05Z',
    '2026-11-23 22:14:05 stdout F a',
    'web-1 |a',
    'web-1| a',
    'web-1 |',
    'web-1 ',
    'web-1',
    '| a',
    '\x1b[36mweb-1',
    '\x1b[',
    '',
  ])
    assert.equal(rest(text), text);
});

void test('behind a prefix lines of text and of JSON are read', () => {
  for (const prefix of PREFIXES) {
    assert.deepEqual(read(createParser('auto'), `${prefix}${COMBINED}`), COMBINED_READING, prefix);
    assert.deepEqual(read(createParser('combined'), `${prefix}${COMBINED}`), COMBINED_READING, prefix);
    for (const format of ['auto', 'json'])
      assert.deepEqual(read(createParser(format), `${prefix}${JSON_LINE}`), BASE, prefix);
  }
});

void test('lines with a prefix and without may follow each other', () => {
  // Those with a P are put together with what follows.
  const prefixes = PREFIXES.filter((prefix) => !prefix.includes(' P '));
  const lines = [COMBINED, ...prefixes.map((prefix) => `${prefix}${COMBINED}`), COMBINED];
  assert.deepEqual(
    readStream(createParser('auto'), [Buffer.from(`${lines.join('\n')}\n`, 'latin1')]),
    lines.map(() => COMBINED_READING),
  );
  const json = [JSON_LINE, ...prefixes.map((prefix) => `${prefix}${JSON_LINE}`), JSON_LINE];
  assert.deepEqual(
    readStream(createParser('auto'), [Buffer.from(`${json.join('\n')}\n`, 'latin1')]),
    json.map(() => BASE),
  );
});

void test('a bar that belongs to a format is no prefix', () => {
  const format = '$remote_addr | $time_iso8601 | $request | $status | $body_bytes_sent';
  assert.deepEqual(
    read(createParser(format), '192.0.2.1 | 2026-11-23T22:14:05+00:00 | GET /a HTTP/1.1 | 200 | 12'),
    BASE,
  );
  assert.equal(rest('web-1 | a', true), 'web-1 | a');
});

void test('a prefix with nothing behind it, or with something else, is no record', () => {
  for (const text of ['2026-11-23T22:14:05Z stdout F ', 'web-1  | ', 'web-1  | Listening on port 80'])
    assert.equal(typeof read(createParser('auto'), text), 'string', text);
});

void test('the times of docker logs -t and the pods of kubectl logs --prefix are passed over', () => {
  const time = '2026-11-23T22:14:05.123456789Z ';
  const line = '192.0.2.1 - - [23/Nov/2026:22:14:05 +0000] "GET /a HTTP/1.1" 200 12';
  for (const prefix of [time, `web-1  | ${time}`, '[pod/web-1/nginx] ', `[pod/web-1/nginx] ${time}`])
    for (const logFormat of ['common', 'auto'])
      assert.deepEqual(read(createParser(logFormat), prefix + line), BASE, `${logFormat} ${prefix}`);
  const json =
    '{"time":"2026-11-23T22:14:05Z","client":"192.0.2.1","method":"GET","path":"/a","status":200,"bytes":12}';
  for (const parser of [createParser('json'), createParser('auto')])
    assert.deepEqual(read(parser, time + json), BASE);
  const nginx = createParser('$remote_addr [$time_local] "$request" $status $body_bytes_sent');
  assert.deepEqual(
    read(nginx, `${time}192.0.2.1 [23/Nov/2026:22:14:05 +0000] "GET /a HTTP/1.1" 200 12`),
    BASE,
  );
  const further = createParser('auto');
  assert.deepEqual(read(further, `${time}${line} further`), BASE);
  assert.equal(further.name, 'common+');
  const haproxy =
    'lb haproxy[99]: 192.0.2.1:4711 [23/Nov/2026:22:14:05.655] web app/s1 10/0/30/69/109 200 12 - - ---- 1/1/1/1/0 0/0 "GET /a HTTP/1.1"';
  assert.deepEqual(read(createParser('haproxy'), time + haproxy.slice('lb haproxy[99]: '.length)), {
    ...BASE,
    latencyMs: 109,
  });
  // Unless it is the time of the log.
  const own = createParser('$time_iso8601 $remote_addr "$request" $status $body_bytes_sent');
  assert.deepEqual(read(own, '2026-11-23T22:14:05Z 192.0.2.1 "GET /a HTTP/1.1" 200 12'), BASE);
});
