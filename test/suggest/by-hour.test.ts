// Quantiles by the hour against a sorted list.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByHour } from '../../src/suggest/by-hour.ts';
import { createRandom, takeSeed } from '../seed.ts';

void test('median and 99th percentile are off by one percent at most, the highest is exact', (t) => {
  const random = createRandom(takeSeed(t));
  const byHour = new ByHour();
  const values = Array.from({ length: 5000 }, () => 10 ** (random(9_000) / 1000) / 100);
  for (const [i, value] of values.entries()) byHour.observe(value, i, 7);
  const sorted = values.toSorted((a, b) => a - b);
  const found = byHour.hours()[7];
  for (const [name, rank] of [
    ['median', 2500],
    ['p99', 4950],
  ] as const) {
    const exact = sorted[rank - 1] ?? Number.NaN;
    const got = found?.[name] ?? Number.NaN;
    assert.ok(Math.abs(got / exact - 1) <= 0.0101, `${name}: ${got} for ${exact}`);
  }
  assert.equal(found?.max, sorted.at(-1));
  assert.equal(byHour.maxAtSeconds, values.indexOf(sorted.at(-1) ?? -1));
  assert.deepEqual(byHour.whole(), found);
});

void test('an hour without a value has none', () => {
  const byHour = new ByHour();
  assert.equal(byHour.whole(), null);
  byHour.observe(0, 5, 23);
  assert.deepEqual(byHour.whole(), { seconds: 1, median: 0, p99: 0, max: 0 });
  assert.equal(byHour.hours()[22], null);
  assert.deepEqual(byHour.hours()[23], { seconds: 1, median: 0, p99: 0, max: 0 });
  assert.equal(byHour.maxAtSeconds, 5);
});
