// The requests of a second that are kept in full: all while they are few, then every k-th, and never more than 32.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sample } from '../../src/aggregate/sample.ts';

function sampleOf(sample: Sample, requests: number): Sample {
  sample.clear();
  for (let i = 0; i < requests; i++) if (sample.isWanted()) sample.keep(i, i / 2, 5 * i, 7 * i, 3 * i + 1);
  return sample;
}

void test('the k-th requests are kept, from the first on, 17 to 32 of them once they are many, and stand for all', () => {
  const sample = new Sample();
  for (const requests of [
    ...Array.from({ length: 300 }, (_, i) => i),
    1000,
    4096,
    4097,
    100_000,
    1_000_000,
  ]) {
    const { count, seriesIds, weight } = sampleOf(sample, requests);
    const stride = requests <= 32 ? 1 : 2 ** Math.ceil(Math.log2(requests / 32));
    const wanted = Array.from({ length: Math.ceil(requests / stride) }, (_, i) => i * stride);
    assert.deepEqual([...seriesIds.subarray(0, count)], wanted, `${requests}`);
    if (requests > 32) assert.ok(count >= 17 && count <= 32, `${requests}: ${count}`);
    assert.ok(Math.abs(count * weight - requests) < 1e-6, `${requests}: ${count} × ${weight}`);
  }
});

void test('what is kept of a request belongs together, also after many were thinned out', () => {
  const { count, seriesIds, latenciesMs, clients, agents, lines } = sampleOf(new Sample(), 1000);
  for (let place = 0; place < count; place++) {
    const id = seriesIds[place] ?? Number.NaN;
    assert.deepEqual(
      [latenciesMs[place], clients[place], agents[place], lines[place]],
      [id / 2, 5 * id, 7 * id, 3 * id + 1],
    );
  }
});

void test('a sample that is used again begins anew', () => {
  const sample = sampleOf(new Sample(), 1000);
  assert.deepEqual([sampleOf(sample, 3).count, sample.weight, sample.seen], [3, 1, 3]);
  sample.clear();
  assert.deepEqual([sample.count, sample.weight], [0, 1]);
});

void test('lines are wanted of all requests at first, then of those that stay if as many come again', () => {
  const sample = new Sample();
  const linesOf = (requests: number): { readonly wanted: number; readonly kept: number } => {
    sample.clear();
    let wanted = 0;
    for (let i = 0; i < requests; i++) {
      if (!sample.isWanted()) continue;
      const isLineWanted = sample.isLineWanted();
      if (isLineWanted) wanted++;
      sample.keep(i, 0, 0, 0, isLineWanted ? i + 1 : 0);
    }
    return { wanted, kept: sample.lines.subarray(0, sample.count).filter((line) => line > 0).length };
  };
  // 1,000 requests: 32, and 16 more each time that half of them are thinned out; every 32nd stays, 32 in all.
  assert.deepEqual(linesOf(1000), { wanted: 112, kept: 32 });
  assert.deepEqual(linesOf(1000), { wanted: 32, kept: 32 });
  assert.deepEqual(linesOf(2000), { wanted: 48, kept: 32 });
  assert.deepEqual(linesOf(3), { wanted: 1, kept: 1 });
  assert.deepEqual(linesOf(3), { wanted: 3, kept: 3 });
});
