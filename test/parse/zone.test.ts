// Wall clocks of time zones against written-out moments, the changes of clocks included.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createZone } from '../../src/parse/zone.ts';

/** `2026-11-23T22:14:05` on the wall of `timezone`, as a moment. */
function momentOf(timezone: string, local: string): string {
  const seconds = createZone(timezone).toUtc(Date.parse(`${local}Z`) / 1000);
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

void test('summer and winter have their own offsets', () => {
  assert.equal(momentOf('Europe/Berlin', '2026-01-15T12:00:00'), '2026-01-15T11:00:00Z');
  assert.equal(momentOf('Europe/Berlin', '2026-07-15T12:00:00'), '2026-07-15T10:00:00Z');
  assert.equal(momentOf('America/New_York', '2026-07-15T22:30:59'), '2026-07-16T02:30:59Z');
  assert.equal(momentOf('Asia/Kolkata', '2026-07-15T03:00:00'), '2026-07-14T21:30:00Z');
  assert.equal(momentOf('UTC', '2026-07-15T03:00:00'), '2026-07-15T03:00:00Z');
});

void test('the last second before a change of clocks and the first after it are one second apart', () => {
  assert.equal(momentOf('Europe/Berlin', '2026-03-29T01:59:59'), '2026-03-29T00:59:59Z');
  assert.equal(momentOf('Europe/Berlin', '2026-03-29T03:00:00'), '2026-03-29T01:00:00Z');
  assert.equal(momentOf('Europe/Berlin', '2026-10-25T03:00:00'), '2026-10-25T02:00:00Z');
  assert.equal(momentOf('Australia/Lord_Howe', '2026-04-05T02:00:00'), '2026-04-04T15:30:00Z');
});

void test('an hour that comes twice is the first, one that is left out is as before the change', () => {
  assert.equal(momentOf('Europe/Berlin', '2026-10-25T02:30:00'), '2026-10-25T00:30:00Z');
  assert.equal(momentOf('Europe/Berlin', '2026-03-29T02:30:00'), '2026-03-29T01:30:00Z');
});

void test('one zone reads times in any order, more of them than it remembers', () => {
  const zone = createZone('Europe/Berlin');
  const [winter, summer] = [
    Date.parse('2026-01-15T12:00:00Z') / 1000,
    Date.parse('2026-07-15T12:00:00Z') / 1000,
  ];
  for (let day = 0; day < 300; day++) {
    assert.equal(zone.toUtc(winter - day * 86_400 * 0.01), winter - day * 864 - 3600);
    assert.equal(zone.toUtc(summer + day * 900), summer + day * 900 - 7200);
  }
});

void test('an unknown zone is refused', () => {
  assert.throws(() => createZone('Mars/Olympus'), RangeError);
});
