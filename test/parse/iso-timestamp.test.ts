// ISO 8601 and epoch times, against written-out moments and against the engine's own Date.parse.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { readEpoch } from '../../src/parse/number.ts';
import { createIsoTimestampReader } from '../../src/parse/timestamp.ts';
import type { TimestampReader } from '../../src/parse/timestamp.ts';
import { createZone } from '../../src/parse/zone.ts';
import { takeSeed } from '../seed.ts';

function momentOf(text: string, reader: TimestampReader = createIsoTimestampReader()): string {
  const bytes = Buffer.from(`99${text}99`, 'latin1');
  const seconds = reader.read(bytes, 2, bytes.length - 2);
  return Number.isNaN(seconds) ? 'none' : new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

void test('fractions and offsets are read in every way of writing them', () => {
  for (const text of [
    '2026-11-23T22:14:05Z',
    '2026-11-23T22:14:05.999Z',
    '2026-11-23T22:14:05,123456789z',
    '2026-11-23 22:14:05+00:00',
    '2026-11-23T23:14:05+01',
    '2026-11-24T03:44:05.5+0530',
    '2026-11-23T18:44:05-03:30',
    '2026-11-23T22:14:05',
    '2026-11-23T22:14:05.5',
  ])
    assert.equal(momentOf(text), '2026-11-23T22:14:05Z', text);
});

void test('a time without an offset is of the zone that the reader was given', () => {
  const reader = createIsoTimestampReader(createZone('America/New_York'));
  assert.equal(momentOf('2026-11-23T17:14:05', reader), '2026-11-23T22:14:05Z');
  assert.equal(momentOf('2026-11-23T22:14:05Z', reader), '2026-11-23T22:14:05Z');
});

void test('what is no time is none', () => {
  const reader = createIsoTimestampReader();
  for (const text of [
    '',
    '2026-11-23',
    '2026-11-23T22:14',
    '2026-11-23T22:14:5Z',
    '2026-11-23T24:14:05Z',
    '2026-11-23T22:60:05Z',
    '2026-11-23T22:14:61Z',
    '2026-02-30T22:14:05Z',
    '2026-13-01T22:14:05Z',
    '2026/11/23T22:14:05Z',
    '2026-11-23_22:14:05Z',
    '2026-11-23T22:14:05.Z',
    '2026-11-23T22:14:05+15:00',
    '2026-11-23T22:14:05+01:60',
    '2026-11-23T22:14:05+1',
    '2026-11-23T22:14:05ZZ',
    '1969-12-31T23:59:59Z',
    '0026-11-23T22:14:05Z',
  ])
    assert.equal(momentOf(text, reader), 'none', text);
  assert.equal(momentOf('2026-11-23T22:14:05Z', reader), '2026-11-23T22:14:05Z');
});

void test('any moment and offset is read as Date.parse reads it', (t) => {
  const reader = createIsoTimestampReader();
  const moment = fc.record({
    ms: fc.integer({ min: 0, max: 16_725_225_600_000 }),
    offset: fc.integer({ min: -14 * 60, max: 14 * 60 + 59 - 59 }),
  });
  fc.assert(
    fc.property(moment, ({ ms, offset }) => {
      const local = new Date(ms + offset * 60_000).toISOString().slice(0, -1);
      const two = (value: number): string => String(value).padStart(2, '0');
      const size = Math.abs(offset);
      const text = `${local}${offset < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
      if (ms + offset * 60_000 < 0) return;
      const expected = new Date(Math.floor(Date.parse(text) / 1000) * 1000).toISOString();
      assert.equal(momentOf(text, reader), expected.replace('.000Z', 'Z'), text);
    }),
    { numRuns: 5000, seed: takeSeed(t) },
  );
});

void test('epoch times are read in seconds, milliseconds, microseconds and nanoseconds', () => {
  const read = (text: string, unitsPerSecond: number): number => {
    const bytes = Buffer.from(`9${text}9`);
    return readEpoch(bytes, 1, bytes.length - 1, unitsPerSecond);
  };
  assert.equal(read('1795472045', 1), 1_795_472_045);
  assert.equal(read('1795472045.999', 1), 1_795_472_045);
  assert.equal(read('1795472045999', 1000), 1_795_472_045);
  assert.equal(read('1795472045999999', 1e6), 1_795_472_045);
  assert.equal(read('1795472045999999999', 1e9), 1_795_472_045);
  assert.equal(read('0', 1), 0);
  // The year 5138, beyond which nothing is a time.
  assert.equal(read('100000000000.9', 1), 100_000_000_000);
  for (const text of ['100000000001', '179547205472045.5']) assert.equal(read(text, 1), Number.NaN, text);
  for (const text of ['', '-1', '1.', '.5', '1.x', '1e9', 'x', '1795472045 ', '1234567890123456'])
    assert.equal(read(text, 1), Number.NaN, text);
  for (const text of ['999', '']) assert.equal(read(text, 1000), Number.NaN, text);
});
