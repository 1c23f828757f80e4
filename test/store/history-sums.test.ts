// Rows of history in columns, and their order.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RowColumns } from '../../src/store/history-columns.ts';
import { orderOf } from '../../src/store/history-sums.ts';
import { createRandom, takeSeed } from '../seed.ts';

void test('places come in the order of their keys, and those with the same key in that in which they stand', (t) => {
  const random = createRandom(takeSeed(t));
  for (const below of [1, 2, 255, 257, 70_000, 2 ** 31, 2 ** 53]) {
    for (const length of [0, 1, 2, 300]) {
      const keys = Float64Array.from({ length: length + 5 }, () =>
        below > 2 ** 32 ? random(2 ** 21) * 2 ** 32 + random(2 ** 31) : random(below),
      );
      const expected = Array.from({ length }, (_, i) => i + 3).toSorted(
        (a, b) => (keys[a] ?? 0) - (keys[b] ?? 0),
      );
      assert.deepEqual(
        [...orderOf(keys, { begin: 3, end: length + 3 })],
        expected,
        `${length} below ${below}`,
      );
    }
  }
});

void test('columns have room for what comes, and give back what was for much more', () => {
  const rows = new RowColumns();
  const one = { series: [7], requests: [2], bytes: [30], latencies: [Uint8Array.of(1)] };
  const rooms = [10, 100_000, 90_000, 100, 4096, 5000].map((room) => {
    rows.clear(room);
    assert.deepEqual([rows.length, rows.latencies.length], [0, 0]);
    for (let i = 0; i < room; i++) rows.push(i, one, 0);
    assert.equal(rows.times[room - 1], room - 1);
    return rows.times.length;
  });
  assert.deepEqual(rooms, [4096, 125_000, 125_000, 4096, 4096, 6250]);
});
