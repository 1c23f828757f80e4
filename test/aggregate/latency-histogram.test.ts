import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LATENCY_BOUNDS_SECONDS, LatencyHistogram } from '../../src/aggregate/latency-histogram.ts';
import { latencyBinOf } from '../../src/aggregate/latency.ts';

function histogramOf(...latenciesMs: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  histogram.add(
    latenciesMs.map((ms) => latencyBinOf(ms)),
    latenciesMs.length,
  );
  return histogram;
}

void test('a request of exactly a bound is in its bucket, one of 3 % more in the next', () => {
  LATENCY_BOUNDS_SECONDS.forEach((seconds, bucket) => {
    const expected = LATENCY_BOUNDS_SECONDS.map((_, index) => (index >= bucket ? 1 : 0));
    assert.deepEqual(histogramOf(seconds * 1000).cumulative(), [...expected, 1], `${seconds} s`);
    const longer = LATENCY_BOUNDS_SECONDS.map((_, index) => (index > bucket ? 1 : 0));
    assert.deepEqual(histogramOf(seconds * 1030).cumulative(), [...longer, 1], `above ${seconds} s`);
  });
});

void test('no time at all is in the first bucket, and a day is in the last', () => {
  assert.deepEqual(histogramOf(0, 86_400_000).cumulative(), [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2]);
});

void test('the sum is off by one percent at most', () => {
  const { sumSeconds } = histogramOf(3, 40, 1500, 700);
  assert.ok(Math.abs(sumSeconds - 2.243) < 0.022_43, String(sumSeconds));
});
