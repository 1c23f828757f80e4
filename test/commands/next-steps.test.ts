// What `check` says to do about a log of which no line fits.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkFiles } from '../../src/commands/check.ts';
import { guessJsonFields } from '../../src/commands/json-guess.ts';
import type { LogSample } from '../../src/source/sample.ts';
import { DEFAULT_CONFIG } from '../config/default-config.ts';

function textOf(lines: readonly string[], options: Partial<typeof DEFAULT_CONFIG> = {}): string[] {
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''), 'latin1');
  const sample: LogSample = { path: 'a.log', size: bytes.length, bytes, problem: null };
  const { text, exitCode } = checkFiles([sample], { ...DEFAULT_CONFIG, ...options });
  assert.equal(exitCode, 1);
  return text.split('\n').slice(0, -2);
}

const OWN_KEYS = {
  '@timestamp': '2026-11-30T10:00:01Z',
  net: { 'peer.ip': '[2001:db8::7]:4711' },
  verb: 'GET',
  url_path: '/a?x=1',
  response_code: 200,
  bytes_out: 120,
  took_ms: 12.5,
  ua: 'curl/8.0',
};

void test('of JSON with keys of its own, a block to paste, and for how many lines it would do', () => {
  const lines = [1, 2, 3].map((number) => JSON.stringify({ ...OWN_KEYS, url_path: `/a/${number}` }));
  const broken = JSON.stringify({ ...OWN_KEYS, response_code: 'none' });
  assert.deepEqual(textOf([...lines, broken]).slice(-11), [
    '  json-fields says which keys hold what; by their names and values this may be meant, and it would do for 3 of 4 lines:',
    '    json-fields:',
    '      time: "@timestamp"',
    '      method: verb',
    '      target: url_path',
    '      status: response_code',
    String.raw`      client: "net.peer\\.ip"`,
    '      user-agent: ua',
    '      bytes: bytes_out',
    '      latency: took_ms',
    '      latency-unit: ms',
  ]);
});

void test('what was pasted is what json-fields takes', () => {
  const guess = guessJsonFields(JSON.stringify(OWN_KEYS));
  assert.deepEqual(guess, {
    time: ['@timestamp'],
    method: ['verb'],
    target: ['url_path'],
    status: ['response_code'],
    client: ['net', 'peer.ip'],
    'user-agent': ['ua'],
    bytes: ['bytes_out'],
    latency: ['took_ms'],
    'latency-unit': 'ms',
  });
  const plain = { rc: '200', src: '2001:db8::7', len: '12', http: { DurationMicros: 7 } };
  assert.deepEqual(guessJsonFields(JSON.stringify(plain)), {
    status: ['rc'],
    client: ['src'],
    bytes: ['len'],
    latency: ['http', 'DurationMicros'],
    'latency-unit': 'us',
  });
  assert.deepEqual(guessJsonFields('{"when":1795558445,"line":"GET /a HTTP/1.1","took":"12ms"}'), {
    time: ['when'],
    request: ['line'],
    latency: ['took'],
  });
  // Some keys can't be said in a configuration.
  const unsayable = JSON.stringify({ 'a\u0000': 'GET', ['x'.repeat(257)]: '/a', '': 200, url: '/b' });
  assert.deepEqual(guessJsonFields(unsayable), { target: ['url'] });
  for (const line of ['', '{', '[]', '{}', '{"a":null,"b":{}}', 'null'])
    assert.equal(guessJsonFields(line), null);
});

void test('a unit that no name tells is the one there is without a word, and has to be looked at', () => {
  const line = '{"t":1795558445,"req":{"verb":"GET","url":"/a"},"code":200,"responseTime":5}';
  assert.deepEqual(textOf([line]).slice(-2), [
    '      latency: responseTime',
    '      latency-unit: s # or ms, us, ns: its name does not say',
  ]);
});

void test('JSON that tells of no request is no access log', () => {
  const line = '{"level":"info","msg":"started","time":"2026-11-30T10:00:00Z","code":200}';
  assert.equal(
    textOf([line]).at(-1),
    '  no key looks like one of the path of a request: json-fields names it, if this is an access log',
  );
});

void test('keys that were named are not guessed again', () => {
  const said = textOf([JSON.stringify(OWN_KEYS)], { jsonFields: { method: ['verb'], target: ['url'] } });
  assert.equal(said.at(-1), '  json-fields names the keys of the values that are missing');
});

void test('JSON over several lines, or in an array, has to be an object a line', () => {
  const object = { ts: 1795558445, status: 200, request: { method: 'GET', uri: '/a' } };
  assert.equal(
    textOf(JSON.stringify(object, null, 2).split('\n')).at(-1),
    "  it is a part of a JSON object, and fluffy reads an object a line: 'jq -c . FILE' makes that of it",
  );
  assert.equal(
    textOf(['[', `  ${JSON.stringify(object)},`, `  ${JSON.stringify(object)},`, ']']).at(-1),
    "  it is a part of a JSON array, and fluffy reads an object a line: 'jq -c .[] FILE' makes that of it",
  );
});

void test('of text that fits nowhere, how the format of the server is given; not where a format comes near', () => {
  const step =
    "  log-format takes the server's own format as it stands in its configuration: all that follows log_format in nginx, LogFormat in Apache";
  assert.equal(textOf(['2026/11/30 10:00:01;GET;/a/1;200;12ms;192.0.2.7']).at(-1), step);
  const near = '192.0.2.7 - - [23/Nov/2026:22:14:05 +0000] "GET /a HTTP/1.1" 2x0 5';
  assert.ok(!textOf([near]).includes(step));
  assert.ok(!textOf(['x'], { logFormat: 'combined' }).includes(step));
});

void test('a file that is no text, and lines that are too long, are told as such', () => {
  assert.equal(
    textOf(['\u007fELF\u0002\u0001\u0001\u0000\u0000\u0000\u0003\u0000>\u0000']).at(-1),
    '  it is no text, but the bytes of a program, an image or the like',
  );
  const [, title, shown, meaning] = textOf(['y'.repeat(2000)], { lineBytesMax: 1024 });
  assert.equal(title, '  a line that does not fit, a.log:1:1025 (line-too-long):');
  assert.equal(shown, `  ${'y'.repeat(110)}`);
  assert.equal(meaning, '  it is longer than line-bytes-max, 1,024 bytes');
});
