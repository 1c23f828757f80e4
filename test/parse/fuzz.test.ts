// Whatever the bytes: no parser throws, none looks beyond its line, and every line is counted once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createParser } from '../../src/parse/detect.ts';
import { LineFramer } from '../../src/parse/lines.ts';
import { PRESET_NAMES } from '../../src/parse/presets.ts';
import { createRecord, PARSE_FAILURES } from '../../src/parse/record.ts';
import type { LineParser } from '../../src/parse/record.ts';
import { createRandom, takeSeed } from '../seed.ts';
import { readBytes } from './reading.ts';

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
].map((line) => Buffer.from(line, 'latin1'));

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
  const pairs = ['auto', ...PRESET_NAMES].map((name) => [createParser(name), createParser(name)] as const);
  let records = 0;
  for (let i = 0; i < 6000; i++) {
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
  assert.ok(records > 2000, `${records} records: the mutations break too much to test anything`);
});

void test('every line of any bytes in any chunks is a record or one failure, and none is both', (t) => {
  const random = createRandom(takeSeed(t));
  for (let round = 0; round < 20; round++) {
    const lines = Array.from({ length: 100 }, () =>
      withoutNewlines(random(3) === 0 ? randomLine(random) : mutatedLine(random)),
    );
    const stream = Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));
    assert.deepEqual(countOf(stream, [stream.length]), countOf(stream, cutsOf(stream.length, random)));
    const { records, failures, tooLong } = countOf(stream, cutsOf(stream.length, random));
    assert.equal(records + failures + tooLong, 100);
    assert.ok(records > 0 && failures > 0 && tooLong > 0, `${records} ${failures} ${tooLong}`);
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
