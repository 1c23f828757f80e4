// Whole JSON logs, line by line: what is learnt of one line must change nothing in how another one is read.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashWords } from '../../src/aggregate/path-keys.ts';
import { keysOf } from '../../src/parse/json-fields.ts';
import { KNOWN_KEYS } from '../../src/parse/json-keys.ts';
import type { JsonKeys } from '../../src/parse/json-keys.ts';
import { createJsonLineReader } from '../../src/parse/json-line.ts';
import { JsonObjectReader } from '../../src/parse/json-object.ts';
import { createJsonTimeReader } from '../../src/parse/json-time.ts';
import { createRecord } from '../../src/parse/record.ts';
import type { AccessRecord } from '../../src/parse/record.ts';
import { UTC } from '../../src/parse/zone.ts';
import { createRandom, takeSeed } from '../seed.ts';
import { framed } from './reading.ts';

type Random = (below: number) => number;

interface Log {
  /** How many lines the scan told of, of those that were read. */
  readonly count: { quick: number };
  readonly read: (bytes: Buffer, start: number, end: number) => void;
}

/** A log whose every line must be read as by JSON.parse, or be left to it. */
function createLog(keys: JsonKeys = KNOWN_KEYS): Log {
  const times = createJsonTimeReader(UTC);
  const lines = createJsonLineReader(keys, times);
  assert.ok(lines !== null);
  const objects = new JsonObjectReader(keys, times);
  const [record, wanted] = [createRecord(), createRecord()];
  const count = { quick: 0 };
  return {
    count,
    read: (bytes, start, end) => {
      if (lines.read(bytes, start, end, record) === null) return;
      count.quick++;
      const line = bytes.toString('latin1', start, end);
      assert.deepEqual(objects.read(bytes, start, end, wanted), { ok: true }, line);
      assert.deepEqual(valuesOf(record), valuesOf(wanted), line);
      if (record.pathHash === 0) return;
      const view = new DataView(record.bytes.buffer, record.bytes.byteOffset);
      assert.equal(record.pathHash, hashWords(view, record.pathStart, record.pathEnd), line);
    },
  };
}

function valuesOf(record: AccessRecord): unknown[] {
  const text = (start: number, end: number): string => record.bytes.toString('latin1', start, end);
  return [
    record.timeSeconds,
    record.status,
    record.bytesSent,
    record.latencyMs,
    text(record.clientStart, record.clientEnd),
    text(record.methodStart, record.methodEnd),
    text(record.pathStart, record.pathEnd),
    text(record.forwardedStart, record.forwardedEnd),
    text(record.agentStart, record.agentEnd),
  ];
}

/** What each line holds; `rest` stands among it. */
function lineOf(rest: readonly string[], size = '1'): string {
  return `{"ts":7.25,"request":{"method":"GET","uri":"/a?b"},${rest.join(',')}${rest.length > 0 ? ',' : ''}"size":${size}}`;
}

function readAll(lines: readonly string[], log = createLog()): number {
  framed(
    lines.map((line) => Buffer.from(line)),
    log.read,
  );
  return log.count.quick;
}

void test('a value that was the same in many lines is read when it differs, wherever', () => {
  const values = [
    '1',
    '10',
    '1.5',
    '-1',
    '1e1',
    '"1"',
    '"a\\"b"',
    '""',
    'true',
    'null',
    '[1]',
    '{"a":1}',
    '{}',
  ];
  for (const name of ['x', 'status', 'duration', 'agent']) {
    const lines = values.flatMap((value) => [
      ...Array.from({ length: 20 }, () => lineOf([`"${name}":1`, '"y":2'])),
      lineOf([`"${name}":${value}`, '"y":2']),
      lineOf([`"${name}":${value}`, '"y":20']),
      lineOf([`"${name}":1`, '"y":[2]']),
    ]);
    // Values that are unusual for a status or a duration are left to JSON.parse.
    assert.ok(readAll(lines) >= lines.length - 2 * values.length, name);
    assert.ok(name !== 'x' || readAll(lines) === lines.length);
  }
});

void test('broken values are not read, neither at the place of a constant nor of one that changes', () => {
  const broken = [
    '',
    '01',
    '1.',
    '.5',
    '1e',
    '+1',
    'tru',
    'nullx',
    '"a',
    '"\\x"',
    '"\\u00g0"',
    '[1',
    '[1,]',
    '{"a"}',
    '{a:1}',
    '1 2',
    '"\t"',
  ];
  for (const value of broken) {
    for (const others of [['1'], ['1', '"a"', '[2]']]) {
      const good = Array.from({ length: 20 }, (_, i) => lineOf([`"x":${others[i % others.length]}`]));
      const bad = [lineOf([`"x":${value}`]), lineOf([], value), `${lineOf([])}${value}x`];
      assert.equal(readAll([...good, ...bad, ...good]), 40, value);
    }
  }
});

void test('members in any order, absent ones and more of them are read', () => {
  const members = [
    '"User-Agent":["curl"]',
    '"Accept":["*/*"]',
    '"X-Forwarded-For":["::1"]',
    '"A":["b","c"]',
    '"D":"e"',
  ];
  const lines = Array.from({ length: 500 }, (_, i) => {
    const turned = [...members.slice(i % 5), ...members.slice(0, i % 5)].slice(0, 1 + (i % 7));
    return `{"ts":1,"request":{"method":"GET","uri":"/${i}","headers":{${turned.join(',')}}},"status":200}`;
  });
  assert.equal(readAll(lines), lines.length);
});

void test('a known key that comes twice is left to JSON.parse, also in headers', () => {
  const good = Array.from({ length: 20 }, () => lineOf(['"status":200']));
  const headers = '"headers":{"User-Agent":["a"],"User-Agent":["b"]}';
  const bad = [
    lineOf(['"status":200', '"status":200']),
    `{"ts":1,"request":{"method":"GET","uri":"/",${headers}}}`,
  ];
  assert.equal(readAll([...bad, ...good, ...bad]), good.length);
});

void test('an object where a number belongs is one in a line of a known shape as well', () => {
  const keys = { ...KNOWN_KEYS, status: [['st']], bytes: [['st', 'size']] };
  const lines = Array.from(
    { length: 300 },
    (_, size) => `{"ts":1,"method":"GET","uri":"/","st":{"size":${size}}}`,
  );
  assert.equal(readAll(lines, createLog(keys)), 0);
});

void test('lines that are too long or have too many values to be a model are read', () => {
  const many = Array.from({ length: 300 }, (_, i) => `"k${i}":${i}`);
  const long = [`"x":"${'y'.repeat(5000)}"`];
  const lines = Array.from({ length: 100 }, (_, i) => lineOf([[], many, long][i % 3] ?? []));
  assert.equal(readAll(lines), lines.length);
});

void test('a log is read on after so many lines that another one is the model', () => {
  const lines = Array.from({ length: 20_000 }, (_, i) =>
    lineOf([`"status":${200 + (i >> 12)}`, `"x":${i >> 10}`]),
  );
  assert.equal(readAll(lines), lines.length);
});

void test('more keys than there is room for are left to JSON.parse, and the others are read as before', () => {
  const log = createLog();
  assert.equal(readAll([lineOf([]), lineOf([])], log), 2);
  const path = Array.from({ length: 128 }, (_, i) => String(i % 10));
  const keys = { ...KNOWN_KEYS, status: [path], bytes: [['x'.repeat(250), ...path]] };
  assert.equal(createJsonLineReader(keys, createJsonTimeReader(UTC)), null);
  assert.equal(readAll([lineOf([]), lineOf([])], log), 4);
});

/** Any JSON value, deep at times. */
function valueOf(random: Random, depth = 0): string {
  const inner = (): string => valueOf(random, depth + 1);
  const many = <T>(make: () => T): T[] => Array.from({ length: random(4) }, make);
  const space = random(12) === 0 ? [' ', '\t', '\r'][random(3)] : '';
  switch (random(depth > 5 ? 5 : 8)) {
    case 0:
    case 1:
      return space + textOf(random);
    case 2:
      return (
        ['0', '-0', '7', '200', '31485', '1e3', '2.5E-7', '0.000318144', '12345678901234567890', '1.0'][
          random(10)
        ] ?? ''
      );
    case 3:
      return String(random(1e6)) + (random(2) === 0 ? `.${random(1e9)}` : '');
    case 4:
      return ['true', 'false', 'null'][random(3)] ?? '';
    case 5:
      return `[${many(inner).join(`${space},`)}]`;
    case 6:
      return `{${many(() => `${textOf(random)}:["${random(9)}"]`).join(',')}}`;
    default:
      return `{${many(() => `${space}${textOf(random)}${space}:${inner()}`).join(',')}${space}}`;
  }
}

const LETTERS = [
  'a',
  'b',
  '/',
  '?',
  '-',
  'é',
  '日',
  '\\"',
  '\\\\',
  '\\u00e9',
  '\\n',
  '{',
  '}',
  '[',
  ',',
  ':',
  '\u{1f600}',
];

function textOf(random: Random): string {
  return `"${Array.from({ length: random(random(8) === 0 ? 60 : 6) }, () => LETTERS[random(LETTERS.length)]).join('')}"`;
}

const NAMES = [
  'ts',
  'status',
  'size',
  'duration',
  'remote_addr',
  'http_user_agent',
  'uri',
  'level',
  'logger',
  'client',
  'x',
  'request_time',
  'extra',
];

/** The members of a line of a log whose lines differ by their values, and now and then by more. */
function drawLog(random: Random): () => Buffer {
  const names = NAMES.filter((name) => name === 'ts' || random(4) > 0);
  const model = new Map(names.map((name) => [name, ordinaryOf(name, random)]));
  return () => {
    let members = [...model].map(([name, value]) => {
      if (random(3) > 0) return `"${name}":${value}`;
      return `"${name}":${random(8) > 0 ? ordinaryOf(name, random) : valueOf(random)}`;
    });
    if (random(8) === 0) members = members.toSorted(() => random(3) - 1);
    if (random(8) === 0)
      members.splice(random(members.length + 1), random(2), `${textOf(random)}:${valueOf(random)}`);
    const bytes = Buffer.from(
      `{"request":{"method":"GET","uri":"/","h":${valueOf(random)}},${members.join(',')}}`,
    );
    if (random(10) === 0) bytes[random(bytes.length)] = random(256);
    const end = random(20) === 0 ? random(bytes.length) : bytes.length;
    return Buffer.from(
      bytes.subarray(0, end).toString('latin1').replaceAll('\n', ' ').replace(/\r$/, ''),
      'latin1',
    );
  };
}

function ordinaryOf(name: string, random: Random): string {
  if (name === 'ts') return `${1_790_812_800 + random(100)}.${random(1e6)}`;
  if (name === 'logger') return random(10) > 0 ? `"http.log.access.log${random(2)}"` : '"http.log.error"';
  if (name === 'client') return `"${['1', '::1', '[::1]:1', '192.0.2.1:80', ':', '-', ''][random(7)]}"`;
  if (name === 'uri') return `"/${random(1000)}?${random(10)}"`;
  if (name === 'duration' && random(4) === 0) return String(random(3000));
  if (name === 'duration' || name === 'request_time') return `0.${String(random(1e9)).padStart(9, '0')}`;
  return ['remote_addr', 'http_user_agent', 'level'].includes(name)
    ? `"${random(300)}"`
    : String(random(600));
}

void test('logs of any JSON that are read by turns are read as by JSON.parse', (t) => {
  const random = createRandom(takeSeed(t));
  let [lineCount, quick] = [0, 0];
  for (let round = 0; round < 60; round++) {
    const keys = [KNOWN_KEYS, keysOf({ status: ['request', 'method'], client: ['level'] }), KNOWN_KEYS];
    const logs = keys.map((of) => ({ log: createLog(of), draw: drawLog(random) }));
    for (let turn = 0; turn < 30; turn++) {
      const { log, draw } = logs[random(logs.length)] ?? assert.fail();
      const lines = Array.from({ length: 1 + random(40) }, draw);
      lineCount += lines.length;
      framed(lines, log.read);
    }
    for (const { log } of logs) quick += log.count.quick;
  }
  assert.ok(quick > lineCount / 4, `${quick} of ${lineCount} lines were read from their bytes`);
});
