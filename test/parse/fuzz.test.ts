// Whatever the bytes: no parser throws, none looks beyond its line, and every line is counted once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readNetwork } from '../../src/parse/address.ts';
import { withClient } from '../../src/parse/client.ts';
import { createParser } from '../../src/parse/detect.ts';
import { LineFramer } from '../../src/parse/lines.ts';
import { PRESET_NAMES } from '../../src/parse/presets.ts';
import { createRecord, PARSE_FAILURES } from '../../src/parse/record.ts';
import type { LineParser } from '../../src/parse/record.ts';
import { createRandom, takeSeed } from '../seed.ts';
import { readBytes, readStream } from './reading.ts';

const COMMON = String.raw`192.0.2.1 - "x" [23/Nov/2026:22:14:05 +0530] "GET http://h/a\"?b HTTP/1.1" 200 12`;
const COMBINED = String.raw`${COMMON} "http://e.example/\x22" "curl/8.5 \"(x)\" \\"`;
const GOOD = [
  COMMON,
  COMBINED,
  `${COMBINED} "203.0.113.9, 10.0.0.1"`,
  `example.org:443 ${COMBINED}`,
  `${COMBINED} 7 "a b" - [x]`,
  String.raw`2001:db8::1 ident a user [29/Feb/2024:23:59:60 -1200] "\x16\x03\x01" 400 - "-" "-"`,
  '{"ts":1764022445.5,"request":{"client_ip":"::1","method":"GET","uri":"http://h/a?b"},"status":200,"size":1}',
  '{"time":"2026-11-23T22:14:05Z","request":"POST /a HTTP/2.0","status":"200","bytes":"-"}',
  'Feb  6 12:14:14 h haproxy[1]: 10.0.1.2:3 [06/Feb/2009:12:14:14.655] f s/1 10/0/30/69/+109 200 +7 - - ---- 1/1 0/0 {a} "GET /a HTTP/1.1"',
  'http 2018-07-02T22:23:00.186641Z app/l [2001:db8::1]:2817 10.0.0.1:80 0.000 0.001 -1 200 200 34 366 "GET http://e:80/ HTTP/1.1" "curl" - - a',
  '2019-12-13\t22:37:02\tSEA\t900\t192.0.2.200\tGET\th\t/\t502\t-\tcurl\t-\t-\tE\tk\tw\thttp\t387\t0.103\t-\t-\t-\tE\tH\t-\t-\t1\t0.1\tO\tt\t5\t-\t-',
  '2022-11-07 14:29:06 127.0.0.1 GET /us - 80 - 127.0.0.1 Go - 404 0 2 130',
  '#Fields: date time cs-method cs-uri-stem sc-status time-taken',
  '2022-11-07 14:29:06 GET /us 404 130',
  '"2022-11-07" 14:29:06 "GET" "/us ""x""" 404 0.130',
  '#Date: 2022-11-07 14:29:06',
  '[2016-04-15T20:17:00.310Z] "POST /a HTTP/2" 204 - 154 0 226 100 "10.0.35.28" "n" "c" "l" "t"',
  `${COMBINED} 7 "r" "http://127.0.0.1/s" 1.5ms`,
  `${COMBINED} rt=0.2 uct="0.1, -" uht="-" urt="0.1 : 0.2"`,
  '1795472045.5 192.0.2.1 GET https://h/a?b 200 0.1, 0.2 : 0.3 10.0.0.1, 192.0.2.7',
  'Monday, 23 November 2026 11:14:05 PM GET /a HTTP/1.1 200 12 2326',
].map((line) => Buffer.from(line, 'latin1'));

const CUSTOM = [
  '$msec $remote_addr $request_method $host$request_uri $status $upstream_response_time $http_x_forwarded_for',
  `escape=none '"$time_iso8601" "$request" $status "$http_user_agent"'`,
  '%{%A, %e %B %Y %I:%M:%S %p}t %r %>s %b %D',
];
const FILTER = {
  realClientFrom: 'x-forwarded-for',
  trustedProxies: [readNetwork('10.0.0.0/8'), readNetwork('192.0.2.1')].filter((network) => network !== null),
  anonymiseIp: false,
} as const;

/** Every way of a line is gone, that to the real client too; anonymous ones would change the line for the next parser. */
function createFiltered(name: string): LineParser {
  return withClient(createParser(name), FILTER);
}

/** Bytes that mean something to a parser are worth more than the others. */
const SPECIAL = Buffer.from(' "\\[]:/-+?{},0159GHT\0\u007f\u0080\u00ff\r', 'latin1');

type Random = (below: number) => number;

function randomByte(random: Random): number {
  return random(3) === 0 ? random(256) : (SPECIAL[random(SPECIAL.length)] ?? 0);
}

function randomLine(random: Random): Buffer {
  return Buffer.from(Array.from({ length: random(120) }, () => randomByte(random)));
}

/** A good line with one to four bytes changed, removed, put in, or with two stretches of lines joined. */
function mutatedLine(random: Random): Buffer {
  let line = GOOD[random(GOOD.length)] ?? Buffer.alloc(0);
  for (let changes = 1 + random(4); changes > 0; changes--) {
    const at = random(line.length + 1);
    const before = line.subarray(0, at);
    const other = GOOD[random(GOOD.length)] ?? line;
    const choices: readonly (readonly Buffer[])[] = [
      [Buffer.of(randomByte(random)), line.subarray(at + 1)],
      [line.subarray(at + 1 + random(5))],
      [randomLine(random).subarray(0, random(8)), line.subarray(at)],
      [other.subarray(random(other.length))],
    ];
    line = Buffer.concat([before, ...(choices[random(choices.length)] ?? [])]);
  }
  return line;
}

function withoutNewlines(line: Buffer): Buffer {
  return line.map((byte) => (byte === 0x0a ? 0x20 : byte)) as Buffer;
}

/** The ranges of a record lie in the line, or for JSON in what was decoded from it. */
function assertRangesInside(parser: LineParser, line: Buffer): boolean {
  const record = createRecord();
  const bytes = Buffer.concat([Buffer.alloc(7, '/'), line, Buffer.alloc(7, '/')]);
  const result = parser.parse(bytes, 7, 7 + line.length, record);
  if (!result.ok) {
    assert.ok(result.reason === 'directive' || PARSE_FAILURES.includes(result.reason));
    assert.ok(result.column >= 0 && result.column <= line.length, `column ${result.column}`);
    return false;
  }
  const [first, last] = record.bytes === bytes ? [7, 7 + line.length] : [0, record.bytes.length];
  for (const [start, end] of [
    [record.clientStart, record.clientEnd],
    [record.methodStart, record.methodEnd],
    [record.pathStart, record.pathEnd],
    [record.forwardedStart, record.forwardedEnd],
    [record.agentStart, record.agentEnd],
  ] as const) {
    assert.ok(start <= end && (start === end || (start >= first && end <= last)), `${start} to ${end}`);
  }
  assert.ok(Number.isSafeInteger(record.timeSeconds) && record.timeSeconds >= 0);
  assert.ok(Number.isNaN(record.latencyMs) || (record.latencyMs >= 0 && record.latencyMs < Infinity));
  assert.ok(record.status >= 0 && record.status <= 999 && Number.isSafeInteger(record.bytesSent));
  return true;
}

void test('no line makes a parser throw, point outside of the line, or look beyond it', (t) => {
  const random = createRandom(takeSeed(t));
  // Two of each, so that what one remembers of earlier surroundings would show as a difference.
  const pairs = ['auto', ...PRESET_NAMES, ...CUSTOM].map(
    (name) => [createFiltered(name), createFiltered(name)] as const,
  );
  let records = 0;
  for (let i = 0; i < 3500; i++) {
    const line = withoutNewlines(i % 4 === 0 ? randomLine(random) : mutatedLine(random));
    for (const [parser, other] of pairs) {
      const around = String.fromCharCode(SPECIAL[random(SPECIAL.length)] ?? 0);
      const told = `${parser.name}: ${JSON.stringify(line.toString('latin1'))} beside ${around}`;
      try {
        assert.deepEqual(readBytes(other, line, around), readBytes(parser, line, '9'));
        if (assertRangesInside(parser, line)) records++;
        assertRangesInside(other, line);
      } catch (error) {
        throw new Error(told, { cause: error });
      }
    }
  }
  assert.ok(records > 1100, `${records} records: the mutations break too much to test anything`);
});

void test('every line of any bytes in any chunks is a record or one failure, and none is both', (t) => {
  const random = createRandom(takeSeed(t));
  const all = { records: 0, failures: 0, tooLong: 0 };
  for (let round = 0; round < 20; round++) {
    const lines = Array.from({ length: 100 }, () =>
      withoutNewlines(random(3) === 0 ? randomLine(random) : mutatedLine(random)),
    );
    const stream = Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));
    assert.deepEqual(countOf(stream, [stream.length]), countOf(stream, cutsOf(stream.length, random)));
    const { records, failures, tooLong } = countOf(stream, cutsOf(stream.length, random));
    assert.equal(records + failures + tooLong, 100);
    all.records += records;
    all.failures += failures;
    all.tooLong += tooLong;
  }
  // A single round may have none of a kind: one line of W3C columns that nothing has can speak for all behind it.
  assert.ok(all.records > 0 && all.failures > 0 && all.tooLong > 0, JSON.stringify(all));
});

void test('a stream of any lines in any chunks says what its lines say one by one', (t) => {
  const random = createRandom(takeSeed(t));
  for (const name of ['auto', ...PRESET_NAMES, ...CUSTOM]) {
    // Many of one kind come in a row, as in a log: auto keeps to a format.
    const lines = Array.from({ length: 300 }, (_, i) => {
      const good = GOOD[(i >> 5) % GOOD.length] ?? Buffer.alloc(0);
      return random(3) === 0 ? withoutNewlines(mutatedLine(random)) : good;
    });
    const stream = Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));
    const cuts = cutsOf(stream.length, random);
    const chunks = cuts.map((cut, i) => stream.subarray(cuts[i - 1] ?? 0, cut));
    const [whole, single] = [createFiltered(name), createFiltered(name)];
    const expected = lines.map((line) =>
      readBytes(single, line.at(-1) === 0x0d ? line.subarray(0, -1) : line),
    );
    assert.deepEqual(readStream(whole, chunks), expected, name);
    assert.equal(whole.saved, single.saved, name);
  }
});

function cutsOf(length: number, random: Random): number[] {
  const cuts = Array.from({ length: 50 }, () => random(length));
  return [...cuts, length].toSorted((a, b) => a - b);
}

function countOf(stream: Buffer, cuts: readonly number[]) {
  const count = { records: 0, failures: 0, tooLong: 0 };
  const parser = createParser('auto');
  const record = createRecord();
  const framer = new LineFramer(150, {
    line(bytes, start, end) {
      if (parser.parse(bytes, start, end, record).ok) count.records++;
      else count.failures++;
    },
    tooLong: () => count.tooLong++,
  });
  let from = 0;
  for (const cut of cuts) {
    const chunk = Buffer.from(stream.subarray(from, cut));
    framer.write(chunk);
    chunk.fill('"');
    from = cut;
  }
  framer.end();
  return count;
}

void test('what a line says does not depend on the lines before it, but for what a format says it remembers', (t) => {
  const random = createRandom(takeSeed(t));
  // The columns of W3C logs, and what auto has come to, are of earlier lines by design: `saved` tells them.
  for (const name of [...PRESET_NAMES, ...CUSTOM]) {
    const used = createFiltered(name);
    for (let i = 0; i < 300; i++) {
      const line = withoutNewlines(mutatedLine(random));
      const fresh = withClient(createParser(name, used.saved), FILTER);
      const told = `${name}: ${JSON.stringify(line.toString('latin1'))}`;
      assert.deepEqual(readBytes(used, line), readBytes(fresh, line), told);
      assert.equal(used.saved, fresh.saved, told);
    }
  }
});

void test('an anonymous client lies where the client was, and nothing else of the line changes', (t) => {
  const random = createRandom(takeSeed(t));
  const plain = createParser('combined');
  const anonymous = withClient(createParser('combined'), {
    ...FILTER,
    realClientFrom: 'off',
    anonymiseIp: true,
  });
  const clients = [
    '203.0.113.77',
    '2001:db8:1:2::3',
    '::',
    'x',
    '::ffff:1.2.3.4',
    'fe80::1%eth0',
    '1:2:3:4:5:6:7:8',
  ];
  const record = createRecord();
  for (let i = 0; i < 500; i++) {
    const client = clients[random(clients.length)] ?? '';
    const line = Buffer.from(
      `${client} - - [23/Nov/2026:22:14:05 +0000] "GET /${random(1e9)} HTTP/1.1" 200 12 "-" "a"`,
    );
    const before = Buffer.from(line);
    assert.ok(plain.parse(line, 0, line.length, record).ok);
    assert.ok(anonymous.parse(line, 0, line.length, record).ok);
    assert.ok(record.clientStart === 0 && record.clientEnd <= client.length, client);
    assert.deepEqual(line.subarray(client.length), before.subarray(client.length));
  }
});
