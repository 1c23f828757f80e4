import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMoment } from '../../src/config/moment.ts';
import { createZone, UTC } from '../../src/parse/zone.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z') / 1000;

function read(text: string, zone = UTC): string | null {
  const reading = readMoment(text, zone, NOW);
  return reading.ok ? new Date(reading.value * 1000).toISOString().slice(0, 19) : null;
}

void test('a date is its first second, in the zone that is configured', () => {
  assert.equal(read('2026-11-23'), '2026-11-23T00:00:00');
  assert.equal(read('2026-11-23', createZone('Europe/Berlin')), '2026-11-22T23:00:00');
  assert.equal(read('2026-07-01', createZone('America/New_York')), '2026-07-01T04:00:00');
});

void test('a date and a time, with or without seconds and an offset, which goes before the zone', () => {
  const berlin = createZone('Europe/Berlin');
  assert.equal(read('2026-11-23T22:14', berlin), '2026-11-23T21:14:00');
  assert.equal(read('2026-11-23 22:14:05', berlin), '2026-11-23T21:14:05');
  assert.equal(read('2026-11-23T22:14:05Z', berlin), '2026-11-23T22:14:05');
  assert.equal(read('2026-11-23T22:14:05-03:30', berlin), '2026-11-24T01:44:05');
  assert.equal(read('2026-11-23T22:14+0545', berlin), '2026-11-23T16:29:00');
});

void test('how long ago', () => {
  assert.equal(read('90m'), '2026-11-24T10:30:00');
  assert.equal(read('2h'), '2026-11-24T10:00:00');
  assert.equal(read('7d'), '2026-11-17T12:00:00');
});

void test('what no calendar and no clock shows is refused, and so is a bare number', () => {
  for (const text of [
    '2026-02-29',
    '2026-13-01',
    '2026-11-23T24:00',
    '2026-11-23T10:60',
    '7',
    '',
    'now-1d',
  ]) {
    assert.equal(read(text), null, text);
  }
});
