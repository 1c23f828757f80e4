// What a parser saves is its whole state: cut anywhere, the stream is read on as if nothing had happened.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createParser } from '../../src/parse/detect.ts';
import { createRandom, takeSeed } from '../seed.ts';
import { read } from './reading.ts';
import type { Reading } from './reading.ts';

const COMMON = '192.0.2.1 - - [23/Nov/2026:22:14:05 +0000] "GET /a HTTP/1.1" 200 12';
const COMBINED = `${COMMON} "-" "curl/8.5"`;
const KINDS = [
  COMMON,
  COMBINED,
  `${COMBINED} "203.0.113.9"`,
  `example.org:80 ${COMBINED}`,
  `${COMBINED} 0.013`,
  `${COMMON} x`,
  COMBINED.slice(0, -3),
  '{"ts":1764022445,"method":"GET","uri":"/a","status":200,"size":12}',
  'nonsense',
  '#Fields: date time cs-method cs-uri-stem sc-status',
  '#Fields: time date cs-method cs-uri-stem sc-status',
  '2026-11-23 22:14:05 GET /a 200',
  '#Date: 2026-11-23 22:14:05',
  '#Fields: time cs-method cs-uri-stem sc-status',
  '22:14:06 GET /a 200',
  '"03:14:06" GET "/a b" 200',
];

/** Runs of lines of one kind, of any length: long ones end trials and let loose formats in. */
function mixedStream(random: (below: number) => number): string[] {
  return Array.from({ length: 12 }, () => {
    const length = random(3) === 0 ? 1 + random(130) : 1 + random(25);
    return Array.from({ length }, () => KINDS[random(KINDS.length)] ?? '').fill(
      KINDS[random(KINDS.length)] ?? '',
      random(2),
    );
  }).flat();
}

interface Run {
  readonly readings: readonly (Reading | string)[];
  readonly saved: string;
  readonly name: string;
}

function run(lines: readonly string[], cuts: ReadonlySet<number>): Run {
  let parser = createParser('auto');
  const readings = lines.map((line, index) => {
    if (cuts.has(index)) parser = createParser('auto', parser.saved);
    return read(parser, line);
  });
  return { readings, saved: parser.saved, name: parser.name };
}

void test('a stream cut anywhere and read on from what was saved gives the same records and the same end', (t) => {
  const random = createRandom(takeSeed(t));
  const names = new Set<string>();
  for (let round = 0; round < 40; round++) {
    const lines = mixedStream(random);
    const cuts = new Set(Array.from({ length: 1 + random(20) }, () => random(lines.length)));
    const whole = run(lines, new Set());
    assert.deepEqual(run(lines, cuts), whole);
    names.add(whole.name);
  }
  assert.ok(names.size >= 4, `the streams end in ${[...names].join(', ')} only`);
});

void test('trial lines and misfits in a row go on where they were', () => {
  const loose = `${COMBINED} 0.013`;
  const first = createParser('auto');
  for (let i = 0; i < 60; i++) read(first, loose);
  const second = createParser('auto', first.saved);
  for (let i = 0; i < 45; i++) read(second, loose);
  // 105 lines together: the trial of 100 is over, and an exact line changes nothing any more.
  read(second, COMBINED);
  assert.equal(second.name, 'combined+');

  const exact = createParser('auto');
  read(exact, COMBINED);
  for (let i = 0; i < 15; i++) read(exact, loose);
  const later = createParser('auto', exact.saved);
  for (let i = 0; i < 5; i++) assert.equal(typeof read(later, loose), 'string');
  assert.equal(typeof read(later, loose), 'object');
  assert.equal(later.name, 'combined+');
});

void test('a bare name, as an earlier version saved it, is gone on from', () => {
  assert.equal(createParser('auto', 'main').name, 'main');
  assert.equal(createParser('common', 'main').name, 'common');
});

void test('what no version has saved chooses no format', () => {
  for (const saved of [
    '{',
    '{}',
    '[]',
    '{"chosen":"main"}',
    '{"chosen":1,"misfitsInARow":0,"trialLinesLeft":0}',
  ])
    assert.equal(createParser('auto', saved).name, 'auto', saved);
  const unknown = createParser('auto', '{"chosen":"later","misfitsInARow":3,"trialLinesLeft":9}');
  assert.equal(read(unknown, COMBINED) !== '' && unknown.name, 'combined');
});
