// Times taken to answer, in the units and lists of every server.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMilliseconds, readSumOfMilliseconds, readWithUnit } from '../../src/parse/number.ts';

type Read = (bytes: Buffer, start: number, end: number) => number;

/** The text stands between bytes that would change the result if they were looked at. */
function between(text: string, read: Read): number {
  const bytes = Buffer.from(`9${text}9`, 'utf8');
  return read(bytes, 1, bytes.length - 1);
}

void test('seconds, milliseconds, microseconds and nanoseconds end as milliseconds', () => {
  const read = (text: string, units: number): number =>
    between(text, (bytes, start, end) => readMilliseconds(bytes, start, end, units));
  assert.equal(read('0.226', 1), 226);
  assert.equal(read('12', 1), 12_000);
  assert.equal(read('0', 1), 0);
  assert.equal(read('0.000929675', 1), 0.929675);
  assert.equal(read('1.0000000000000000001', 1), 1000);
  assert.equal(read('226', 1000), 226);
  assert.equal(read('2326345', 1e6), 2326.345);
  assert.equal(read('71234', 1e9), 0.071234);
  for (const text of ['', '-', '-1', '.5', '1..5', '1,5', '1s', ' 1', '1e3', '1234567890123456'])
    assert.equal(read(text, 1), Number.NaN, text);
});

void test('a list is the sum over tries and internal redirects', () => {
  const read = (text: string): number =>
    between(text, (bytes, start, end) => readSumOfMilliseconds(bytes, start, end, 1));
  assert.equal(read('0.1'), 100);
  assert.equal(read('0.5, 0.25 : 0.125'), 875);
  assert.equal(read('-, 0.05'), 50);
  assert.equal(read('0.05 : -'), 50);
  for (const text of ['-', '-, -', '', '0.1, x']) assert.equal(read(text), Number.NaN, text);
});

void test('a unit behind the number counts', () => {
  const read = (text: string): number => between(text, readWithUnit);
  assert.equal(read('1ms'), 1);
  assert.equal(read('1.5s'), 1500);
  assert.equal(read('80µs'), 0.08);
  assert.equal(read('80us'), 0.08);
  assert.equal(read('9ns'), 0.000009);
  for (const text of ['1', 'ms', '', '1m', '1h', '1xs', '-1ms', '1m2s', '1 ms'])
    assert.equal(read(text), Number.NaN, text);
});
