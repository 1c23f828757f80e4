import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeOf } from '../../src/aggregate/second.ts';
import type { SeriesNames } from '../../src/aggregate/second.ts';
import { OpenRows } from '../../src/history/open-rows.ts';
import type { HistoryRows } from '../../src/store/store.ts';

const T0 = 1_795_000_000;
/** More than are numbered before numbers begin anew. */
const MANY = 70_000;

/** `/0`, `/1` and so on; `forget` has ids come to stand for others, `/era-0` and so on. */
function createNames(): { readonly names: SeriesNames; readonly forget: (era: string) => void } {
  let prefix = '';
  const looks: (() => void)[] = [];
  const names: SeriesNames = {
    pathOf: (id) => `/${prefix}${id}`,
    placeIn: () => -1,
    codeOf: (id) => codeOf(id % 3, 200 + (id % 7)),
    firstLike: (id) => id,
    sourceOf: () => 'access.log',
    beforeForgetting: (look) => void looks.push(look),
    kept: () => names,
  };
  const forget = (era: string): void => {
    for (const look of looks) look();
    prefix = era;
  };
  return { names, forget };
}

function count(rows: OpenRows, names: SeriesNames, [from, to]: readonly [from: number, to: number]): void {
  for (let id = from; id < to; id++) rows.add(rows.find(T0, id, names), 1, id);
}

/** Path, method and status of each row. */
function told({ length, series, named }: HistoryRows): string[] {
  return Array.from({ length }, (_, row) => {
    const one = named[series[row] ?? -1];
    assert.ok(one !== undefined, `row ${row} stands for something`);
    return `${one.path} ${one.method} ${one.status} ${one.source}`;
  });
}

const [GET_200, POST_201] = ['GET 200 access.log', 'POST 201 access.log'];

void test('a number stands for the same series as long as its list is the same', () => {
  const { names, forget } = createNames();
  const rows = new OpenRows();
  count(rows, names, [0, 2]);
  const first = rows.take();
  const { named } = first;
  rows.committed();
  count(rows, names, [0, 2]);
  forget('other-');
  count(rows, names, [0, 1]);
  const second = rows.take();
  assert.equal(second.named, named);
  assert.deepEqual(told(second), [`/0 ${GET_200}`, `/1 ${POST_201}`, `/other-0 ${GET_200}`]);
  assert.deepEqual([...second.series.subarray(0, 3)], [0, 1, 2]);
});

void test('after very many series numbers begin anew, for rows that come then', () => {
  const { names } = createNames();
  const rows = new OpenRows();
  count(rows, names, [0, MANY]);
  const first = rows.take();
  const { named } = first;
  count(rows, names, [MANY - 1, MANY + 1]);
  assert.equal(first.length, MANY);
  assert.equal(new Set(told(first)).size, MANY);
  rows.committed();
  const second = rows.take();
  assert.notEqual(second.named, named);
  assert.equal(second.named.length, 2);
  assert.deepEqual(
    told(second).map((text) => text.split(' ')[0]),
    [`/${MANY - 1}`, `/${MANY}`],
  );
});

void test('what could not be committed comes again with what came since, though numbers began anew between', () => {
  const { names, forget } = createNames();
  const rows = new OpenRows();
  count(rows, names, [0, MANY]);
  const first = told(rows.take());
  count(rows, names, [0, 5]);
  forget('other-');
  count(rows, names, [0, 5]);
  const since = [0, 1, 2, 3, 4].map((id) => first[id] ?? '');
  const others = since.map((text) => text.replace('/', '/other-'));
  const again = rows.take();
  assert.deepEqual(told(again), [...first, ...since, ...others]);
  // And once more: nothing is told twice, and what was named once is not named again.
  const namedCount = again.named.length;
  count(rows, names, [0, 5]);
  const third = rows.take();
  assert.deepEqual(told(third), [...first, ...since, ...others, ...others]);
  assert.ok(third.named.length <= namedCount + 5);
  const fourth = rows.take();
  assert.equal(fourth.named.length, third.named.length);
  assert.equal(
    fourth.requests.subarray(0, fourth.length).reduce((a, b) => a + b),
    MANY + 15,
  );
});
