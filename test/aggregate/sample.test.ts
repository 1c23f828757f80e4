// The requests of a second that are kept in full: all while they are few, then every k-th, and never more than 32.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sample } from '../../src/aggregate/sample.ts';

function sampleOf(sample: Sample, requests: number): Sample {
  sample.clear();
  for (let i = 0; i < requests; i++)
    if (sample.isWanted()) sample.keep(i, i / 2, `client ${i}`, `agent ${i}`, 3 * i + 1);
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
      [id / 2, `client ${id}`, `agent ${id}`, 3 * id + 1],
    );
  }
});

void test('a sample that is used again begins anew', () => {
  const sample = sampleOf(new Sample(), 1000);
  assert.deepEqual([sampleOf(sample, 3).count, sample.weight, sample.seen], [3, 1, 3]);
  sample.clear();
  assert.deepEqual([sample.count, sample.weight], [0, 1]);
});
