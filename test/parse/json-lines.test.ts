import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createJsonParser } from '../../src/parse/json.ts';
import { keysOf } from '../../src/parse/json-fields.ts';
import type { JsonFields } from '../../src/parse/json-fields.ts';
import { KNOWN_KEYS } from '../../src/parse/json-keys.ts';
import type { JsonKeys } from '../../src/parse/json-keys.ts';
import { createJsonLineReader } from '../../src/parse/json-line.ts';
import { JsonObjectReader } from '../../src/parse/json-object.ts';
import { createJsonTimeReader } from '../../src/parse/json-time.ts';
import type { LineParser, ParseResult } from '../../src/parse/record.ts';
import { UTC } from '../../src/parse/zone.ts';
import { createRandom, takeSeed } from '../seed.ts';
import { readBytes, readFramed } from './reading.ts';
import type { Reading } from './reading.ts';

const CADDY =
  '{"level":"info","ts":1646861401.5241024,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"127.0.0.1","remote_port":"41342","client_ip":"127.0.0.1","proto":"HTTP/2.0","method":"GET","host":"localhost","uri":"/","headers":{"User-Agent":["curl/7.82.0"],"Accept":["*/*"],"X-Forwarded-For":["198.51.100.7, 10.0.0.1"],"Accept-Encoding":["gzip, deflate, br"]},"tls":{"resumed":false,"version":772,"cipher_suite":4865,"proto":"h2","server_name":"example.com"}},"bytes_read":0,"user_id":"","duration":0.000929675,"size":10900,"status":200,"resp_headers":{"Server":["Caddy"],"Content-Encoding":["gzip"],"Content-Type":["text/html; charset=utf-8"],"Vary":["Accept-Encoding"]}}';
const TRAEFIK =
  '{"ClientAddr":"10.0.0.9:52100","ClientHost":"10.0.0.9","DownstreamContentSize":19,"DownstreamStatus":404,"Duration":71234,"RequestMethod":"DELETE","RequestPath":"/items/7?a=1\\u0026b=2","StartUTC":"2026-11-23T22:14:05.123456789Z","level":"info","request_User-Agent":"curl/8.14.1","request_X-Forwarded-For":"198.51.100.8","time":"2026-11-23T22:14:05Z"}';
const NGINX =
  '{"time_iso8601":"2026-11-23T22:14:05+01:00","remote_addr":"192.0.2.4","request":"POST /login?next=%2F HTTP/1.1","status":"302","body_bytes_sent":"154","request_time":"0.012","http_user_agent":"-","http_x_forwarded_for":"-"}';

const READINGS: readonly (readonly [string, Reading])[] = [
  [
    CADDY,
    {
      time: '2022-03-09T21:30:01Z',
      client: '127.0.0.1',
      method: 'GET',
      path: '/',
      status: 200,
      bytesSent: 10_900,
      latencyMs: 0.929675,
      forwarded: '198.51.100.7, 10.0.0.1',
      agent: 'curl/7.82.0',
    },
  ],
  [
    TRAEFIK,
    {
      time: '2026-11-23T22:14:05Z',
      client: '10.0.0.9',
      method: 'DELETE',
      path: '/items/7',
      status: 404,
      bytesSent: 19,
      latencyMs: 0.071234,
      forwarded: '198.51.100.8',
      agent: 'curl/8.14.1',
    },
  ],
  [
    NGINX,
    {
      time: '2026-11-23T21:14:05Z',
      client: '192.0.2.4',
      method: 'POST',
      path: '/login',
      status: 302,
      bytesSent: 154,
      latencyMs: 12,
    },
  ],
];

const times = createJsonTimeReader(UTC);
const NOT_READ = 'left to JSON.parse';

interface Ways {
  /** The way through the bytes alone, which needs the line to be at hand of the scan. */
  readonly quick: LineParser;
  readonly reference: LineParser;
}

function waysOf(keys: JsonKeys): Ways {
  const lines = createJsonLineReader(keys, times);
  assert.ok(lines !== null);
  const objects = new JsonObjectReader(keys, times);
  const quick = (...to: Parameters<LineParser['parse']>): ParseResult =>
    lines.read(...to) ?? { ok: false, reason: 'bad-json', column: -1 };
  return {
    quick: { name: 'quick', saved: 'quick', parse: quick },
    reference: { name: 'reference', saved: 'reference', parse: (...to) => objects.read(...to) },
  };
}

const { quick, reference } = waysOf(KNOWN_KEYS);

/** Maps that find something in the lines above, though seldom what it says. */
const MAPS: readonly JsonFields[] = [
  {
    target: ['request', 'host'],
    client: ['request', 'headers', 'User-Agent'],
    'user-agent': ['request', 'client_ip'],
    status: ['request', 'tls', 'version'],
    latency: ['bytes_read'],
    'latency-unit': 'us',
  },
  { time: ['time'], client: ['request_User-Agent'], latency: ['DownstreamStatus'], bytes: ['Duration'] },
  { request: ['request'], status: ['body_bytes_sent'], bytes: ['status'], latency: ['status'] },
];

function readQuick(line: Buffer, around?: string, parser = quick): Reading | string {
  const reading = readFramed(parser, line, around);
  return reading === 'bad-json at -1' ? NOT_READ : reading;
}

void test('ordinary lines of Caddy, Traefik and nginx are read without JSON.parse, and the same as with it', () => {
  for (const [line, reading] of READINGS) {
    for (const parser of [quick, reference, createJsonParser()])
      assert.deepEqual(readFramed(parser, Buffer.from(line)), reading, parser.name);
    assert.deepEqual(readBytes(createJsonParser(), Buffer.from(line)), reading, 'no scan');
  }
});

void test("Caddy's ways of writing times and durations", () => {
  const read = (ts: string, duration: string): Reading | string =>
    readFramed(
      createJsonParser(),
      Buffer.from(CADDY.replace('1646861401.5241024', ts).replace('0.000929675', duration)),
    );
  const cases: readonly (readonly [string, string, number | undefined])[] = [
    ['1646861401', '1.5', 1500],
    ['1646861401524', '0', 0],
    ['1646861401524.1024', '"1.2ms"', 1.2],
    ['1646861401524102400', '"929.675µs"', 0.929675],
    ['"2022-03-09T21:30:01.524Z"', '"1m2.5s"', 62_500],
    ['"2022-03-09T22:30:01.524+0100"', '"1h0m1s"', 3_601_000],
    ['"2022/03/09 21:30:01"', '"-"', undefined],
    ['"2022/03/09 21:30:01.524102400"', '-1', undefined],
    ['"09/Mar/2022:21:30:01 +0000"', '""', undefined],
    ['"1646861401.999999999"', '9.2e-05', 0.092],
  ];
  for (const [ts, duration, latencyMs] of cases) {
    const reading = read(ts, duration);
    assert.ok(typeof reading === 'object', `${ts}, ${duration}`);
    const isRounded = ts.includes('.999');
    assert.equal(reading.time, isRounded ? '2022-03-09T21:30:02Z' : '2022-03-09T21:30:01Z', ts);
    assert.equal(reading.latencyMs, latencyMs, duration);
  }
});

/** Values that JSON has and a log has not, or that are rounded, escaped or absent. */
const VALUES = [
  'null',
  'true',
  '[]',
  '{}',
  '[1]',
  '["a"]',
  '["a","b"]',
  '[["a"]]',
  '{"a":{"b":[{}]}}',
  '""',
  '"-"',
  '-1',
  '0',
  '-0',
  '01',
  '1.',
  '.5',
  '1e3',
  '1E400',
  '-1e-7',
  '9007199254740993',
  '123456789012345678901234567890',
  '1646861401.99999999',
  '99999999999.9',
  '100000000000',
  '0.1234567890123456',
  'NaN',
  'Infinity',
  '200',
  '"200"',
  '"0200"',
  '"1.5"',
  '"1.5.5"',
  '"."',
  '"1ms"',
  '"1.5µs"',
  '"x\\u002fy"',
  '"\\/a"',
  '"a\\"b"',
  '"\\x"',
  '"\\u00g0"',
  '"é"',
  '"/é?é"',
  '"/a?\\u0026"',
  '"日本"',
  '"2026-11-23T22:14:05Z"',
  '"2026/11/23 22:14:05"',
  '"GET / HTTP/1.1"',
  '"\u0001"',
  '"\t"',
  'nul',
  'truefalse',
  '"http://a.example"',
  '"\\ud800"',
];
const KEYS = [
  'ts',
  'time',
  'status',
  'size',
  'duration',
  'Duration',
  'request_time',
  'method',
  'uri',
  'request',
  'client_ip',
  'request_User-Agent',
  'http_x_forwarded_for',
  '__proto__',
  '',
  'st\\u0061tus',
  'other',
  'DownstreamStatus',
];

void test('what is read from the bytes is what JSON.parse reads, on lines changed and broken at random', (t) => {
  const random = createRandom(takeSeed(t));
  const mapped = MAPS.map((fields) => ({ ...waysOf(keysOf(fields)), quickLines: 0 }));
  const known = { quick, reference, quickLines: 0 };
  for (let round = 0; round < 15_000; round++) {
    const line = change(READINGS[random(READINGS.length)]?.[0] ?? '', random);
    const ways = random(4) === 0 ? (mapped[random(mapped.length)] ?? known) : known;
    const reading = readQuick(line, random(2) === 0 ? '9' : '"', ways.quick);
    if (reading === NOT_READ) continue;
    ways.quickLines++;
    assert.deepEqual(reading, readBytes(ways.reference, line), line.toString('latin1'));
  }
  assert.ok(known.quickLines > 1000, `only ${known.quickLines} lines were read from their bytes`);
  for (const [i, { quickLines }] of mapped.entries()) assert.ok(quickLines > 20, `map ${i}: ${quickLines}`);
});

/** Lines of one log: most have their keys in one order and some values in common, as a log has. */
function similarLine(line: string, random: (below: number) => number): string {
  let text = line;
  const values = [...line.matchAll(/(?<=":)(?:"[^"]*"|[\d.]+)/g)];
  for (const { index, 0: value } of values.toReversed()) {
    if (random(4) > 0) continue;
    const other = value.startsWith('"') ? `"${'/a?b=é"'.slice(1, 1 + random(6))}"` : String(random(1200));
    text = text.slice(0, index) + other + text.slice(index + value.length);
  }
  return text;
}

void test('the same holds for the lines of one log, which have a shape, and for the unusual ones among them', (t) => {
  const random = createRandom(takeSeed(t));
  for (const [model] of READINGS) {
    const { quick: shaped } = waysOf(KNOWN_KEYS);
    let quickLines = 0;
    for (let round = 0; round < 6000; round++) {
      // Now and then the log goes on with another order of keys, as after an update of the server.
      const base =
        Math.floor(round / 1500) % 2 === 0 ? model : shuffleMembers(model, createRandom(round / 1500));
      const similar = similarLine(base, random);
      const line = random(20) === 0 ? change(similar, random) : Buffer.from(similar);
      const reading = readQuick(line, random(2) === 0 ? '9' : '"', shaped);
      if (reading === NOT_READ) continue;
      quickLines++;
      assert.deepEqual(reading, readBytes(reference, line), line.toString('latin1'));
    }
    assert.ok(quickLines > 1500, `only ${quickLines} lines were read from their bytes`);
  }
});

void test('a line cut anywhere is left to JSON.parse', () => {
  for (const [line] of READINGS)
    for (let end = 0; end < line.length; end++)
      assert.equal(readQuick(Buffer.from(line.slice(0, end)), '}'), NOT_READ, String(end));
});

void test('nesting without end is left to JSON.parse', () => {
  for (const deep of ['['.repeat(60_000), '{"a":'.repeat(10_000)])
    assert.equal(readQuick(Buffer.from(`{"ts":1,"x":${deep}`)), NOT_READ);
  const deepButWhole = `${'['.repeat(5000)}${']'.repeat(5000)}`;
  const line = Buffer.from(CADDY.replace('"user_id":""', `"user_id":${deepButWhole}`));
  assert.deepEqual(readFramed(createJsonParser(), line), READINGS[0]?.[1]);
});

function change(line: string, random: (below: number) => number): Buffer {
  const pick = (items: readonly string[]): string => items[random(items.length)] ?? '';
  let text = line;
  for (let changes = random(4); changes >= 0; changes--) text = changeOnce(text, random, pick);
  const bytes = Buffer.from(text);
  // One byte in some lines: broken UTF-8, quotes and braces in the wrong place, control characters.
  if (random(4) === 0 && bytes.length > 0) bytes[random(bytes.length)] = random(256);
  // A line end is in no line, and what stands before it is part of it.
  return Buffer.from(bytes.toString('latin1').replaceAll('\n', ' ').replace(/\r$/, ' '), 'latin1');
}

function changeOnce(
  text: string,
  random: (below: number) => number,
  pick: (items: readonly string[]) => string,
): string {
  const values = [...text.matchAll(/(?<=":)(?:"[^"]*"|-?[\d.]+)/g)];
  const value = values[random(values.length)];
  switch (random(6)) {
    case 0:
    case 1:
      if (value === undefined) return text;
      return text.slice(0, value.index) + pick(VALUES) + text.slice(value.index + value[0].length);
    case 2: {
      const member = `"${pick(KEYS)}":${pick(VALUES)}`;
      return random(2) === 0 ? `{${member},${text.slice(1)}` : `${text.slice(0, -1)},${member}}`;
    }
    case 3: {
      const space = pick([' ', '\t', '\r', '  ', '\u00a0', '\ufeff', '\f']);
      return text.replaceAll(pick([':', ',', '{', '}', '[']), (sign) =>
        random(3) === 0 ? sign + space : sign,
      );
    }
    case 4:
      return shuffleMembers(text, random);
    default:
      return random(8) === 0 ? text.slice(0, random(text.length)) : text;
  }
}

/** The members of the outermost object in another order; a text that is none stays as it is. */
function shuffleMembers(text: string, random: (below: number) => number): string {
  let members: [string, unknown][];
  try {
    members = Object.entries(JSON.parse(text));
  } catch {
    return text;
  }
  for (let i = members.length - 1; i > 0; i--) {
    const other = random(i + 1);
    const [a, b] = [members[i], members[other]];
    if (a !== undefined && b !== undefined) [members[i], members[other]] = [b, a];
  }
  return JSON.stringify(Object.fromEntries(members));
}
