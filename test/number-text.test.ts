// Numbers for people, with Intl as the oracle.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatNumber } from '../src/number-text.ts';
import { createRandom, takeSeed } from './seed.ts';

void test('thousands are grouped, and zeros at the end left out', () => {
  assert.equal(formatNumber(0), '0');
  assert.equal(formatNumber(999), '999');
  assert.equal(formatNumber(1000), '1,000');
  assert.equal(formatNumber(-1_234_567), '-1,234,567');
  assert.equal(formatNumber(1234.5678, 2), '1,234.57');
  assert.equal(formatNumber(1234.5, 6), '1,234.5');
  assert.equal(formatNumber(0.000_04, 3), '0');
  assert.equal(formatNumber(2 ** 53), '9,007,199,254,740,992');
  assert.equal(formatNumber(Number.POSITIVE_INFINITY), '∞');
});

void test('what is written just between two is rounded away from zero, whatever its bits are', () => {
  assert.equal(formatNumber(1.005, 2), '1.01');
  assert.equal(formatNumber(1.45, 1), '1.5');
  assert.equal(formatNumber(0.045, 2), '0.05');
  assert.equal(formatNumber(22.95, 1), '23');
  assert.equal(formatNumber(-21.95, 1), '-22');
  assert.equal(formatNumber(322_029_832.0505, 3), '322,029,832.051');
});

void test('it is what Intl gives for numbers of any size', (t) => {
  const random = createRandom(takeSeed(t));
  const formats = Array.from(
    { length: 7 },
    (_, digits) => new Intl.NumberFormat('en-US', { maximumFractionDigits: digits }),
  );
  for (let i = 0; i < 20_000; i++) {
    const value = (random(2 ** 31) - 2 ** 30) * 10 ** (random(20) - 12);
    const digits = random(7);
    assert.equal(formatNumber(value / 1000, 2), formats[2]?.format(value / 1000));
    const wanted = formats[digits]?.format(value);
    assert.equal(formatNumber(value, digits), wanted, `${value} with ${digits} digits`);
  }
});
