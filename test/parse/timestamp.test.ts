// The time of the Common Log Format, against written-out moments and against the engine's own Date.parse.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { createClfTimestampReader, readDay } from '../../src/parse/timestamp.ts';
import type { TimestampReader } from '../../src/parse/timestamp.ts';
import { takeSeed } from '../seed.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The moment in ISO form, or `none`; the text stands between digits that would lengthen it. */
function momentOf(text: string, reader: TimestampReader = createClfTimestampReader()): string {
  const bytes = Buffer.from(`99${text}99`, 'latin1');
  const seconds = reader.read(bytes, 2, bytes.length - 2);
  return Number.isNaN(seconds) ? 'none' : new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

void test('every month is read', () => {
  const moments = MONTHS.map((month) => momentOf(`15/${month}/2026:01:02:03 +0000`));
  assert.deepEqual(moments, [
    '2026-01-15T01:02:03Z',
    '2026-02-15T01:02:03Z',
    '2026-03-15T01:02:03Z',
    '2026-04-15T01:02:03Z',
    '2026-05-15T01:02:03Z',
    '2026-06-15T01:02:03Z',
    '2026-07-15T01:02:03Z',
    '2026-08-15T01:02:03Z',
    '2026-09-15T01:02:03Z',
    '2026-10-15T01:02:03Z',
    '2026-11-15T01:02:03Z',
    '2026-12-15T01:02:03Z',
  ]);
});

void test('the offset from UTC counts, in minutes and up to the ends of the world', () => {
  const momentAt = (offset: string): string => momentOf(`01/Jan/2026:00:30:00 ${offset}`);
  assert.equal(momentAt('+0000'), '2026-01-01T00:30:00Z');
  assert.equal(momentAt('-0000'), '2026-01-01T00:30:00Z');
  assert.equal(momentAt('+0530'), '2025-12-31T19:00:00Z');
  assert.equal(momentAt('-0330'), '2026-01-01T04:00:00Z');
  assert.equal(momentAt('-1200'), '2026-01-01T12:30:00Z');
  assert.equal(momentAt('+1400'), '2025-12-31T10:30:00Z');
  for (const offset of ['+1500', '-2400', '+0060', ' 0000', '00000', '+000 ', '+00:0']) {
    assert.equal(momentAt(offset), 'none', offset);
  }
});

void test('a leap second belongs to the minute after it', () => {
  assert.equal(momentOf('31/Dec/2016:23:59:60 +0000'), '2017-01-01T00:00:00Z');
  assert.equal(momentOf('31/Dec/2016:23:59:61 +0000'), 'none');
});

void test('29 February exists in leap years only', () => {
  assert.equal(momentOf('29/Feb/2024:12:00:00 +0000'), '2024-02-29T12:00:00Z');
  assert.equal(momentOf('29/Feb/2000:12:00:00 +0000'), '2000-02-29T12:00:00Z');
  assert.equal(momentOf('29/Feb/2026:12:00:00 +0000'), 'none');
  assert.equal(momentOf('29/Feb/2100:12:00:00 +0000'), 'none');
});

void test('dates and times that do not exist are none', () => {
  const impossible = [
    '31/Feb/2026:00:00:00 +0000',
    '31/Apr/2026:00:00:00 +0000',
    '00/Jan/2026:00:00:00 +0000',
    '32/Jan/2026:00:00:00 +0000',
    '01/Jan/2026:24:00:00 +0000',
    '01/Jan/2026:00:60:00 +0000',
    '01/Jan/0026:00:00:00 +0000',
    '01/jan/2026:00:00:00 +0000',
    '01/JAN/2026:00:00:00 +0000',
    '01/Jun /2026:00:00:00 +000',
    '01/01./2026:00:00:00 +0000',
    ' 1/Jan/2026:00:00:00 +0000',
    '31/Dec/1969:23:59:59 +0000',
    '01/Jan/1970:00:00:00 +0001',
    '\0'.repeat(26),
  ];
  for (const text of impossible) assert.equal(momentOf(text), 'none', text);
  assert.equal(momentOf('01/Jan/1970:00:00:00 +0000'), '1970-01-01T00:00:00Z');
});

void test('every byte has its place: one that is replaced or missing makes it no time', () => {
  const good = '23/Nov/2026:22:14:05 +0000';
  const reader = createClfTimestampReader();
  assert.equal(momentOf(good, reader), '2026-11-23T22:14:05Z');
  for (let i = 0; i < good.length; i++) {
    for (const other of ['x', '\0', '\u00ff', ':', '\u00b0']) {
      const bad = good.slice(0, i) + other + good.slice(i + 1);
      if (bad !== good) assert.equal(momentOf(bad, reader), 'none', bad);
    }
    assert.equal(momentOf(good.slice(0, i) + good.slice(i + 1), reader), 'none');
  }
  assert.equal(momentOf(`${good} `, reader), 'none');
  assert.equal(momentOf('', reader), 'none');
  assert.equal(momentOf(good, reader), '2026-11-23T22:14:05Z');
});

void test('a reader that alternates between minutes, zones and broken texts mixes nothing up', () => {
  const reader = createClfTimestampReader();
  for (let round = 0; round < 3; round++) {
    assert.equal(momentOf('23/Nov/2026:22:14:05 +0000', reader), '2026-11-23T22:14:05Z');
    assert.equal(momentOf('23/Nov/2026:22:14:59 +0000', reader), '2026-11-23T22:14:59Z');
    assert.equal(momentOf('23/Nov/2026:22:14:59 -0030', reader), '2026-11-23T22:44:59Z');
    assert.equal(momentOf('23/Nov/2026:22:15:05 +0000', reader), '2026-11-23T22:15:05Z');
    assert.equal(momentOf('31/Feb/2026:22:15:05 +0000', reader), 'none');
    assert.equal(momentOf('31/Feb/2026:22:15:05 +0000', reader), 'none');
    assert.equal(momentOf('23/Nov/2025:22:15:05 +0000', reader), '2025-11-23T22:15:05Z');
    assert.equal(momentOf('23/Nov/2025:22:15:0x +0000', reader), 'none');
  }
});

void test('what the calendar knows as a day is a day', () => {
  assert.equal(readDay(2024, 1, 29), Date.parse('2024-02-29') / 1000);
  assert.deepEqual([readDay(2026, 12, 1), readDay(2026, -1, 1), readDay(99, 0, 1)], [NaN, NaN, NaN]);
});

const two = (value: number): string => String(value).padStart(2, '0');

void test('any date and offset is read as Date.parse reads the same in ISO form', (t) => {
  const around = (max: number) => fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max }) }, fc.nat(99));
  const parts = fc.record({
    year: fc.integer({ min: 1970, max: 2500 }),
    month: fc.nat(11),
    day: around(31),
    hour: around(23),
    minute: around(59),
    second: around(59),
    sign: fc.constantFrom('+', '-'),
    offsetHours: around(14),
    offsetMinutes: around(59),
  });
  const reader = createClfTimestampReader();
  let good = 0;
  fc.assert(
    fc.property(parts, (p) => {
      const date = `${p.year}-${two(p.month + 1)}-${two(p.day)}`;
      const time = `${two(p.hour)}:${two(p.minute)}:${two(p.second)}`;
      const offset = `${p.sign}${two(p.offsetHours)}:${two(p.offsetMinutes)}`;
      // Date.parse takes 31 February for 3 March, and knows an hour 24.
      const midnight = new Date(`${date}T00:00:00Z`);
      const exists = midnight.getTime() >= 0 && midnight.toISOString().startsWith(date) && p.hour < 24;
      const oracleMs = exists && p.offsetHours <= 14 ? Date.parse(`${date}T${time}${offset}`) : NaN;
      const expected = oracleMs >= 0 ? new Date(oracleMs).toISOString().replace('.000Z', 'Z') : 'none';
      if (expected !== 'none' && p.second < 60) good++;
      if (p.second === 60) return;
      const text = `${two(p.day)}/${MONTHS[p.month] ?? ''}/${p.year}:${time} ${offset.replace(':', '')}`;
      assert.equal(momentOf(text, reader), expected, text);
    }),
    { numRuns: 10_000, seed: takeSeed(t) },
  );
  assert.ok(good > 1000, `${good} of them were real moments`);
});
