import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Steps } from '../../src/live/steps.ts';
import { burst, namesOf, NO_DETAILS, secondOf } from '../aggregate/records.ts';
import type { Second } from '../../src/aggregate/second.ts';

const T = 1_795_472_000;

/** A Second with so many requests for each path. */
function secondWith(timeSeconds: number, paths: Readonly<Record<string, number>>): Second {
  const names = Object.keys(paths);
  const requests = Object.values(paths);
  return {
    timeSeconds,
    requests: requests.reduce((sum, one) => sum + one, 0),
    errors: 0,
    bytesSent: 0,
    seriesCount: names.length,
    seriesIds: names.map((_, id) => id),
    seriesRequests: requests,
    seriesBytesSent: requests.map(() => 0),
    names: namesOf(names.map((path) => ({ path, method: 'GET', status: 200 }))),
    ...NO_DETAILS,
  };
}

function cellsOf(steps: Steps): readonly (readonly [string, number, number])[] {
  return steps.whole().flatMap(({ cells }) => cells);
}

void test('requests are counted by path and status in steps of ten seconds', () => {
  const steps = new Steps();
  steps.advanceTo(T + 9);
  steps.add(secondOf(T + 9, [{ path: '/a' }, { path: '/a' }, { path: '/a', status: 404 }]));
  steps.advanceTo(T + 10);
  steps.add(secondOf(T + 10, [{ path: '/b' }]));
  assert.deepEqual(steps.whole(), [
    {
      timeSeconds: T,
      cells: [
        ['/a', 200, 2],
        ['/a', 404, 1],
      ],
    },
    { timeSeconds: T + 10, cells: [['/b', 200, 1]] },
  ]);
});

void test('what has changed is told once', () => {
  const steps = new Steps();
  steps.advanceTo(T);
  steps.add(burst(T, 2));
  assert.deepEqual(steps.takeChanged(), [{ timeSeconds: T, cells: [['/', 200, 2]] }]);
  assert.deepEqual(steps.takeChanged(), []);
  steps.add(burst(T, 1));
  steps.dropChanges();
  assert.deepEqual(steps.takeChanged(), []);
});

void test('of many paths the 40 most frequent are kept, the others together', () => {
  const steps = new Steps();
  steps.advanceTo(T);
  const paths = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`/${i}`, 100 - i]));
  steps.add(secondWith(T, paths));
  // 10 paths with 60 to 51 requests.
  const expected = ['(other)', 200, 555];
  assert.deepEqual([cellsOf(steps).length, cellsOf(steps).at(-1)], [41, expected]);
  assert.deepEqual(cellsOf(steps)[0], ['/0', 200, 100]);
  steps.advanceTo(T + 10);
  assert.deepEqual([cellsOf(steps).length, cellsOf(steps).at(-1)], [41, expected]);
});

void test('a second with very many series costs no more than 2,000 of them: light ones are together', () => {
  const steps = new Steps();
  steps.advanceTo(T);
  const light = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`/${i}`, 1]));
  steps.add(secondWith(T, { ...light, '/heavy': 5000 }));
  assert.deepEqual(cellsOf(steps), [
    ['/heavy', 200, 5000],
    ['(other)', 200, 10_000],
  ]);
});

void test('a step that is over tells what it told while it was counted: methods together, ties as they came', () => {
  const paths = Array.from({ length: 50 }, (_, i) => `/${i}`);
  const series = ['GET', 'POST'].flatMap((method) =>
    [200, 404].flatMap((status) => paths.map((path) => ({ path, method, status }))),
  );
  const names = namesOf([...series, { path: '(other)', method: 'GET', status: 200 }]);
  // One to five for each method; twenty paths and statuses have ten together, and twenty have eight.
  const requests = [...series.map((_, id) => 1 + ((id * 7) % 5)), 1000];
  const second = { ...secondWith(T, {}), names, seriesCount: requests.length };
  const [seen, unseen] = [new Steps(), new Steps()];
  for (const steps of [seen, unseen]) {
    steps.advanceTo(T);
    steps.add({ ...second, seriesIds: requests.map((_, id) => id), seriesRequests: requests });
  }
  const told = seen.whole();
  for (const steps of [seen, unseen]) {
    steps.advanceTo(T + 10);
    assert.deepEqual(steps.whole(), told);
  }
  const cells = told[0]?.cells ?? [];
  assert.deepEqual(cells.slice(0, 2), [
    ['/2', 200, 10],
    ['/2', 404, 10],
  ]);
  assert.deepEqual(cells.slice(39), [
    ['/49', 404, 8],
    ['(other)', 200, 1120],
    ['(other)', 404, 120],
  ]);
});

void test('a late second goes to its own step, and series are named before they stand for others', () => {
  const steps = new Steps();
  let [path, look] = ['/a', (): void => {}];
  const names = { ...namesOf([{ path, method: 'GET', status: 200 }]), pathOf: () => path };
  const second = (timeSeconds: number) => ({
    ...secondWith(timeSeconds, { [path]: 3 }),
    names: { ...names, beforeForgetting: (called: () => void) => (look = called) },
  });
  const [early, now] = [second(T), second(T + 10)];
  steps.advanceTo(T);
  steps.add(early);
  steps.advanceTo(T + 10);
  steps.add(now);
  steps.add({ ...early, names: now.names });
  look();
  path = '/b';
  steps.add(now);
  assert.deepEqual(steps.whole(), [
    { timeSeconds: T, cells: [['/a', 200, 6]] },
    {
      timeSeconds: T + 10,
      cells: [
        ['/a', 200, 3],
        ['/b', 200, 3],
      ],
    },
  ]);
});

void test('steps are forgotten after 15 minutes, and what comes for them later is left out', () => {
  const steps = new Steps();
  steps.advanceTo(T);
  steps.add(burst(T, 2));
  steps.advanceTo(T + 909);
  assert.equal(steps.whole().length, 1);
  steps.advanceTo(T + 910);
  steps.add(burst(T, 2));
  steps.add(burst(T + 5000, 2));
  assert.deepEqual([steps.whole(), steps.takeChanged()], [[], []]);
});
