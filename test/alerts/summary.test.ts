// A value beside its threshold: never the same digits for two numbers that differ.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatBeside } from '../../src/alerts/summary.ts';
import { headlineOf } from '../../src/outputs/alert-headline.ts';
import { alertOf } from '../outputs/events.ts';

void test('a value has as many digits as tell it from the threshold', () => {
  const beside = (value: number, threshold: number): string =>
    formatBeside({ value, threshold }, 'request-rate', 'requests/s');
  assert.equal(beside(10.0333, 10), '10.03 requests/s');
  assert.equal(beside(9.9996, 10), '9.9996 requests/s');
  assert.equal(beside(10.8333, 10), '10.8 requests/s');
  assert.equal(beside(1000.4, 1000), '1,000.4 requests/s');
  assert.equal(beside(10, 10), '10 requests/s');
  assert.equal(beside(80, 10), '80 requests/s');
  assert.equal(
    formatBeside({ value: 10_004_000, threshold: 10_000_000 }, 'bytes-rate', 'bytes/s'),
    '10.004 MB/s',
  );
  assert.equal(formatBeside({ value: 2.004, threshold: 2 }, 'request-rate', '×'), '2.004 ×');
});

void test('the headline of a channel tells them apart too', () => {
  assert.equal(
    headlineOf([alertOf({ value: 602 / 60, threshold: 10 })]),
    '[firing] traffic: 10.03 requests/s, above 10 requests/s',
  );
});
