// Packed latency sketches hold what was put into them, alone and merged.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { LATENCY_BINS } from '../../src/aggregate/latency.ts';
import { addBins, mergeBins, packBins } from '../../src/history/latency-bins.ts';
import { takeSeed } from '../seed.ts';

const binsArbitrary = fc.array(fc.integer({ min: 0, max: LATENCY_BINS - 1 }), { maxLength: 300 });

/** How many there are of each bin, ascending. */
function countsOf(packed: Uint8Array): Record<number, number> {
  const counts = new Float64Array(LATENCY_BINS);
  const total = addBins(counts, packed);
  const entries = [...counts.entries()].filter(([, count]) => count > 0);
  assert.equal(
    total,
    entries.reduce((sum, [, count]) => sum + count, 0),
  );
  return Object.fromEntries(entries);
}

void test('bins are packed as distances and counts', () => {
  assert.deepEqual([...packBins([7, 3, 7, 1399])], [3, 1, 4, 2, 0xf0, 0x0a, 1]);
  assert.deepEqual([...packBins([])], []);
  assert.deepEqual([...packBins([0, 0])], [0, 2]);
});

void test('merging adds the counts', () => {
  const merged = mergeBins(packBins([1, 5, 5, 900]), packBins([0, 5, 1000]));
  assert.deepEqual(countsOf(merged), { 0: 1, 1: 1, 5: 3, 900: 1, 1000: 1 });
});

void test('a count of more than 32 bits stays exact', () => {
  let packed = packBins([10]);
  for (let i = 0; i < 40; i++) packed = mergeBins(packed, packed);
  assert.deepEqual(countsOf(packed), { 10: 2 ** 40 });
});

void test('packed in parts and merged in any order, it is the same as packed at once', (t) => {
  fc.assert(
    fc.property(binsArbitrary, binsArbitrary, binsArbitrary, (a, b, c) => {
      const whole = packBins([...a, ...b, ...c]);
      const [x, y, z] = [packBins([...a]), packBins([...b]), packBins([...c])];
      assert.deepEqual(mergeBins(mergeBins(x, y), z), whole);
      assert.deepEqual(mergeBins(z, mergeBins(y, x)), whole);
    }),
    { seed: takeSeed(t) },
  );
});

void test('bytes that are no sketch are read as far as they make sense, and never throw', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 40 }), (a, b) => {
      countsOf(a);
      countsOf(mergeBins(a, b));
    }),
    { seed: takeSeed(t) },
  );
});
