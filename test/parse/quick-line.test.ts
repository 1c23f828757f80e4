// The quick way for ordinary lines must not be another opinion: whatever it takes, the steps of the format read alike.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { hashWords } from '../../src/aggregate/path-keys.ts';
import { compileFormat } from '../../src/parse/format.ts';
import { takeSeed } from '../seed.ts';
import { read, readStream } from './reading.ts';
import type { Reading } from './reading.ts';

/** Unless most fields of a line are ordinary, hardly any line is. */
function mostly(ordinary: string, unusual: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof({ weight: 6, arbitrary: fc.constant(ordinary) }, unusual);
}

const word = fc.constantFrom('-', 'a', '192.0.2.1', '', '- ', 'a b', 'x [', '::1', '"');
const request = fc.oneof(
  fc.constantFrom(
    'GET / HTTP/1.1',
    'GET /a?b HTTP/2',
    'GET  /a HTTP/1.1',
    'GET /a b HTTP/1.1',
    'A-B /',
    '-',
    '',
  ),
  fc
    .tuple(
      fc.constantFrom('GET', 'POST', 'get', ''),
      fc.string({ unit: fc.constantFrom('/', 'a', '?', ' ', '"', '\\'), maxLength: 8 }),
      fc.constantFrom('HTTP/1.1', 'HTTP/1.', 'HTTP/3', 'HTTP/1.10', 'HTTP/x', ''),
    )
    .map((parts) => parts.join(' ')),
);
const time = fc.constantFrom(
  '23/Nov/2026:22:14:05 +0000',
  '31/Feb/2026:22:14:05 +0000',
  '23/Nov/2026',
  '23/Nov/2026:22:14:05 +0000)',
);
const size = fc.constantFrom('0', '12', '-', '', '-1', '123456789', '1234567890', '1234567890123456', '1 ');
const status = fc.constantFrom('200', '404', '20', '2000', 'abc', '');
const lineRest = fc.constantFrom(
  '',
  ' "-"',
  ' "a" "b"',
  ' "a" "\\"b"',
  ' "a" "\\" "7"',
  ' "a" "b" "c"',
  ' "a" "b" 7',
  ' "-" "-" 0.226 "0.1, 0.2"',
  ' "a" "b" 0.226 "-"',
  ' "a" "b" 0.226 "-" x',
  ' "a" "b" 0.226 "-',
  ' "a" "b"0.226 "-"',
  ' "a',
  ' "\\',
);
const line = fc
  .tuple(
    mostly('-a', word),
    mostly('-', word),
    mostly('-', word),
    mostly('23/Nov/2026:22:14:05 +0000', time),
    mostly('GET /a?b HTTP/1.1', request),
    mostly('200', status),
    mostly('12', size),
    lineRest,
  )
  .map(([client, ident, user, at, asked, code, sent, tail]) =>
    [`${client} ${ident} ${user} [${at.endsWith(')') ? at : `${at}]`} "${asked}" ${code} ${sent}`, tail].join(
      '',
    ),
  );

const FIELDS = '$remote_addr $ident $remote_user [$time_local] "$request" $status $body_bytes_sent';
const COMBINED = `${FIELDS} "$http_referer" "$http_user_agent"`;

/** The reader of a format that has the quick way, and that of the same format behind a prefix, which has none. */
function createPair(format: string, allowsExtraFields = false) {
  const name = `${format} ${allowsExtraFields ? 'with extra fields' : ''}`;
  return {
    name,
    quick: compileFormat({ name, format, allowsExtraFields }),
    inSteps: compileFormat({ name, format: `x${format}`, allowsExtraFields }),
  };
}

type Pair = ReturnType<typeof createPair>;

/** What the steps of the format say of the line; the prefix is not part of it. */
function readInSteps({ inSteps }: Pair, text: string): Reading | string {
  const reading = read(inSteps, `x${text}`);
  if (typeof reading !== 'string') return reading;
  return reading.replace(/\d+$/, (column) => `${Math.max(0, Number(column) - 1)}`);
}

/** Reads the lines in the quick way, which must say what the steps say; returns how many of them it did take. */
function assertSame(pair: Pair, lines: readonly string[], chunks: readonly Buffer[]): number {
  let taken = 0;
  const readings = readStream(pair.quick, chunks, (record) => {
    // The steps have no hash at hand.
    if (record.pathHash === 0) return;
    taken++;
    const path = new DataView(record.bytes.buffer, record.bytes.byteOffset);
    assert.equal(record.pathHash, hashWords(path, record.pathStart, record.pathEnd), pair.name);
  });
  assert.deepEqual(
    readings,
    lines.map((text) => readInSteps(pair, text)),
    pair.name,
  );
  return taken;
}

function chunksOf(stream: Buffer, length: number): Buffer[] {
  return Array.from({ length: Math.ceil(stream.length / length) }, (_, i) =>
    stream.subarray(i * length, (i + 1) * length),
  );
}

void test('an ordinary line is read in the quick way as the steps of its format read it', (t) => {
  const pairs = [
    '',
    ' "$http_referer" "$http_user_agent"',
    ' "$http_referer" "$http_user_agent" "$x"',
    ' "$http_referer" "$http_user_agent" $request_time "$upstream_response_time"',
    ' "$http_user_agent" "$http_x_forwarded_for" $x',
    ' "$a" "$b" "$http_user_agent" "$d" "$http_x_forwarded_for"',
  ].flatMap((rest) => [false, true].map((hasMore) => createPair(FIELDS + rest, hasMore)));
  let taken = 0;
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 400 }),
      (lines, length) => {
        const stream = Buffer.from(lines.map((text) => `${text}\n`).join(''), 'latin1');
        for (const pair of pairs) taken += assertSame(pair, lines, chunksOf(stream, length));
      },
    ),
    { numRuns: 2000, seed: takeSeed(t) },
  );
  assert.ok(taken > 5000, `${taken} lines were read in the quick way`);
});

const AT = '[23/Nov/2026:22:14:05 +0000]';
const START = `192.0.2.1 - - ${AT} "GET`;

function times(from: number, to: number, make: (n: number) => string): string[] {
  return Array.from({ length: to - from }, (_, i) => make(from + i));
}

/** Lines whose every part ends at every place that a block of 16 bytes has, and what is nearly ordinary. */
const EDGES: readonly string[] = [
  ...times(0, 40, (n) => `${'1'.repeat(n)} - - ${AT} "GET / HTTP/1.1" 200 1 "-" "a"`),
  ...times(0, 40, (n) => `::1 ${'i'.repeat(n)} u ${AT} "GET / HTTP/1.1" 200 1 "-" "a"`),
  ...times(0, 40, (n) => `::1 i ${'u'.repeat(n)} ${AT} "GET / HTTP/1.1" 200 1 "-" "a"`),
  ...times(0, 40, (n) => `${START} /${'p'.repeat(n)} HTTP/1.1" 200 1 "-" "a"`),
  ...times(0, 40, (n) => `${START} /${'p'.repeat(n)}?${'q'.repeat(40 - n)}?x HTTP/2" 200 1 "-" "a"`),
  ...times(0, 40, (n) => `${START} /${'p'.repeat(n)} HTTP/1.1" 200 1 "?" "?"`),
  ...times(1015, 1035, (n) => `${START} /${'p'.repeat(n)} HTTP/1.1" 200 1 "-" "a"`),
  ...times(0, 40, (n) => `${START} / HTTP/1.1" 200 1 "${'r'.repeat(n)}" "a"`),
  ...times(0, 40, (n) => `${START} / HTTP/1.1" 200 1 "-" "${'a'.repeat(n)}"`),
  ...times(0, 40, (n) => `${START} / HTTP/1.1" 200 1 "-" "${'a'.repeat(n)}`),
  ...times(1, 18, (n) => `::1 - - ${AT} "${'M'.repeat(n)} / HTTP/1.1" 200 1 "-" "a"`),
  ...times(1, 18, (n) => `${START} / HTTP/1.1" 200 ${'9'.repeat(n)} "-" "a"`),
  ...times(
    0,
    100,
    (n) => `${START.replace(':05 ', `:${String(n).padStart(2, '0')} `)} / HTTP/1.1" 200 1 "-" "a"`,
  ),
  ...times(
    0,
    70,
    (n) => `${START.replace(':14:', `:${String(n).padStart(2, '0')}:`)} / HTTP/1.1" 200 1 "-" "a"`,
  ),
  ...times(0, 256, (n) => `${START} /${String.fromCharCode(n === 10 ? 11 : n)} HTTP/1.1" 200 1 "-" "a"`),
  ...times(0, 256, (n) => `${START} / HTTP/1.1" 200 1 "-" "${String.fromCharCode(n === 10 ? 11 : n)}"`),
  ...times(0, 256, (n) => `${START} / HTTP/1.1" 2${String.fromCharCode(n === 10 ? 11 : n)}0 1 "-" "a"`),
  '',
  ...times(1, 40, (n) => 'x'.repeat(n)),
  '"',
  '\\',
  '\r',
  '-',
  ' ',
  '\0',
  `${START} /`,
  ...['000', '099', '100', '999', '20', '2000', ''].map((code) => `${START} / HTTP/1.1" ${code} 1 "-" "a"`),
  ...['"-" "-"', '"" ""', '"a\\" "b"', '"a" "b\\"', '"\\"" "b"', '"a"  "b"', '"a" "b" '].map(
    (quoted) => `${START} / HTTP/1.1" 200 1 ${quoted}`,
  ),
  ...[
    '/ HTTP/1.1\\',
    '/" HTTP/1.1',
    '/\\" HTTP/1.1',
    '/  HTTP/1.1',
    ' / HTTP/1.1',
    '/ HTTP/1.10',
    '/ HTTP/10',
  ].map((asked) => `${START} ${asked}" 200 1 "-" "a"`),
  ...['+0100', '-1159', '+9900', '0000 ', '+00a0'].map(
    (zone) => `${START.replace('+0000', zone)} / HTTP/1.1" 200 1 "-" "a"`,
  ),
  `${START} /${'p'.repeat(65_000)} HTTP/1.1" 200 1 "-" "a"`,
  `${START} / HTTP/1.1" 200 1 "-" "${'a'.repeat(65_000)}"`,
];

void test('wherever a part of a line ends, and whatever stands there, the quick way says what the steps say', () => {
  const text = EDGES.flatMap((edge) => [`${edge}\n`, `${edge}\r\n`]).join('');
  // A carriage return before the line end is of the line end.
  const lines = EDGES.flatMap((edge) => [edge.replace(/\r$/, ''), edge]);
  const stream = Buffer.from(text, 'latin1');
  const short = createPair(FIELDS);
  for (const length of [97, 4096, 65_536, 131_072, stream.length]) {
    assertSame(short, lines, chunksOf(stream, length));
    for (const pair of [createPair(COMBINED), createPair(FIELDS, true)])
      assert.ok(assertSame(pair, lines, chunksOf(stream, length)) > 1000);
  }
});

void test('a log that ends anywhere within a line is read like one that ends there', () => {
  const full = `${START} /a?b HTTP/1.1" 200 12 "http://e.example/" "curl/8"`;
  const pair = createPair(COMBINED);
  for (let length = 1; length <= full.length; length++) {
    const lines = [full, full, full.slice(0, length)];
    const stream = Buffer.from(lines.join('\n'));
    assertSame(pair, lines, [stream]);
    assertSame(pair, lines, chunksOf(stream, length));
  }
});

void test('lines of more than one log share the scan, not the minute', () => {
  const at = (text: string): string => `::1 - - [${text}] "GET / HTTP/1.1" 200 1 "-" "a"`;
  const [first, second] = [at('23/Nov/2026:22:14:05 +0000'), at('23/Nov/2026:22:15:06 +0000')];
  const [one, other] = [createPair(COMBINED), createPair(COMBINED)];
  for (let i = 0; i < 3; i++) {
    assert.equal(assertSame(one, [first, second], [Buffer.from(`${first}\n${second}\n`)]), 2);
    assert.equal(assertSame(other, [second, first], [Buffer.from(`${second}\n${first}\n`)]), 2);
  }
});
