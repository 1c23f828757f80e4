// Several tables of paths in one: the same answer as a table that had seen everything, whatever they have in common.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AGGREGATOR_DEFAULTS } from '../../src/aggregate/aggregator-options.ts';
import { PathUnion } from '../../src/aggregate/path-union.ts';
import { PathTable } from '../../src/aggregate/paths.ts';
import { createRandom, takeSeed } from '../seed.ts';
import { recordOf } from './records.ts';

interface Seen {
  readonly path: string;
  readonly status?: number;
  readonly log?: string;
}

const OPTIONS = { ...AGGREGATOR_DEFAULTS, pathsMax: 6, seriesMax: 9 };

function tableOf(seen: readonly Seen[], options = OPTIONS): PathTable {
  const table = new PathTable(options, () => []);
  for (const { path, status = 200, log = '' } of seen) {
    const sourceId = table.series.sources.idOf(log);
    table.find({ ...recordOf({ time: 0, path, status }), sourceId }, 0);
  }
  return table;
}

function unite(...tables: readonly (readonly Seen[])[]): boolean[] {
  const union = new PathUnion(OPTIONS);
  return tables.map((seen) => union.add(tableOf(seen).use()));
}

function paths(from: number, to: number): Seen[] {
  return Array.from({ length: to - from }, (_, i) => ({ path: `/p${from + i}x` }));
}

void test('paths that tables have in common count once; six have room, seven have not', () => {
  assert.deepEqual(unite(paths(0, 4), paths(2, 6), paths(0, 6)), [true, true, true]);
  assert.deepEqual(unite(paths(0, 4), paths(3, 7), paths(0, 1)), [true, false, false]);
});

void test('so do combinations of path, method, status and log; nine have room, ten have not', () => {
  const statuses = (...all: number[]): Seen[] => all.map((status) => ({ path: '/a', status }));
  assert.deepEqual(unite(statuses(200, 201, 202, 203, 204), statuses(203, 204, 404, 500)), [true, true]);
  assert.deepEqual(unite(statuses(200, 201, 202, 203, 204), statuses(206, 301, 302, 304), statuses(404)), [
    true,
    true,
    false,
  ]);
  const logs = (...names: string[]): Seen[] => names.map((log) => ({ path: '/a', log }));
  // Each table has numbers of its own for logs.
  assert.deepEqual(unite(logs('a', 'b', 'c', 'd', 'e'), logs('e', 'd', 'c', 'b', 'a')), [true, true]);
  assert.deepEqual(unite(logs('a', 'b', 'c', 'd', 'e'), logs('f', 'g', 'h', 'i', 'j')), [true, false]);
});

void test('there is no room for a table that was full, nor for more logs than are told apart', () => {
  assert.deepEqual(unite(paths(0, 7)), [false]);
  const many = Array.from({ length: 40 }, (_, i) => ({ path: '/a', log: `${i}.log` }));
  const others = many.map((seen) => ({ ...seen, log: `other-${seen.log}` }));
  const wide = { ...OPTIONS, seriesMax: 1000 };
  const union = new PathUnion(wide);
  assert.deepEqual(
    [many, others].map((seen) => union.add(tableOf(seen, wide).use())),
    [true, false],
  );
  assert.equal(tableOf([...many, ...others], wide).wasFull, true);
});

void test('at random it tells what one table tells that has seen everything', (t) => {
  const random = createRandom(takeSeed(t));
  for (let round = 0; round < 300; round++) {
    const kinds = 2 + random(8);
    const tables = Array.from({ length: 1 + random(4) }, () =>
      Array.from({ length: random(6) }, () => ({
        path: `/p${random(kinds)}x`,
        status: [200, 404][random(2)] ?? 0,
        log: ['', 'a.log', 'b.log'][random(3)] ?? '',
      })),
    );
    const all = unite(...tables).every(Boolean);
    assert.equal(all, !tableOf(tables.flat()).wasFull, `round ${round}`);
  }
});
