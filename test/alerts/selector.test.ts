// Which requests a rule looks at: paths, methods, statuses and logs, each by itself and all together.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ANY } from '../../src/alerts/rule.ts';
import type { Where } from '../../src/alerts/rule.ts';
import { Selector } from '../../src/alerts/selector.ts';
import { Traffic } from './traffic.ts';
import type { Hit } from './traffic.ts';

const HITS: readonly Partial<Hit>[] = [
  { path: '/', sent: 1, source: 'logs/a.log' },
  { path: '/api/v1/users', sent: 2, status: 404, source: 'logs/a.log' },
  { path: '/api/v1', method: 'POST', sent: 4, status: 500, source: 'logs/b.log' },
  { path: '/apis', method: 'DELETE', sent: 8, status: 503, source: '/var/log/b.log' },
  { path: '/a%20b', method: 'BREW', sent: 16, status: 0, source: '/var/log/b.log' },
];

/** The bytes of those that are selected, each a bit of its own; and how many there are. */
function selected(where: Partial<Where>): [bytes: number, count: number] {
  const selector = new Selector({ ...ANY, ...where });
  const result: [number, number] = [0, 0];
  const traffic = new Traffic({
    add: (second) => {
      result[0] += selector.bytesIn(second);
      result[1] += selector.countIn(second);
    },
    advanceTo: () => {},
  });
  for (const hit of HITS) traffic.hit(1000, hit);
  traffic.advanceTo(1001);
  return result;
}

void test('without a condition all requests are selected, and the key is empty', () => {
  assert.deepEqual(selected({}), [31, 5]);
  assert.equal(new Selector(ANY).key, '');
});

void test('paths are patterns: one segment, any number of them, or the path itself', () => {
  assert.deepEqual(selected({ paths: ['/'] }), [1, 1]);
  assert.deepEqual(selected({ paths: ['/api/*'] }), [4, 1]);
  assert.deepEqual(selected({ paths: ['/api/**'] }), [6, 2]);
  assert.deepEqual(selected({ paths: ['/api*'] }), [8, 1]);
  assert.deepEqual(selected({ paths: ['/**'] }), [31, 5]);
  assert.deepEqual(selected({ paths: ['/', '/apis'] }), [9, 2]);
  assert.deepEqual(selected({ paths: ['/nothing'] }), [0, 0]);
});

void test('methods are names; those that nobody knows are OTHER', () => {
  assert.deepEqual(selected({ methods: ['GET'] }), [3, 2]);
  assert.deepEqual(selected({ methods: ['POST', 'DELETE'] }), [12, 2]);
  assert.deepEqual(selected({ methods: ['OTHER'] }), [16, 1]);
});

void test('statuses are ranges with both ends', () => {
  assert.deepEqual(selected({ statuses: [{ first: 500, last: 599 }] }), [12, 2]);
  assert.deepEqual(selected({ statuses: [{ first: 404, last: 500 }] }), [6, 2]);
  assert.deepEqual(
    selected({
      statuses: [
        { first: 200, last: 200 },
        { first: 503, last: 503 },
      ],
    }),
    [9, 2],
  );
});

void test('logs are paths or globs; without a slash it is the name of the file, wherever that is', () => {
  assert.deepEqual(selected({ sources: ['logs/a.log'] }), [3, 2]);
  assert.deepEqual(selected({ sources: ['b.log'] }), [28, 3]);
  assert.deepEqual(selected({ sources: ['*.log'] }), [31, 5]);
  assert.deepEqual(selected({ sources: ['/var/**'] }), [24, 2]);
  assert.deepEqual(selected({ sources: ['/var/*.log'] }), [0, 0]);
});

void test('all conditions must hold together', () => {
  const where = {
    paths: ['/api/**'],
    methods: ['GET'],
    statuses: [{ first: 400, last: 499 }],
    sources: ['a.log'],
  };
  assert.deepEqual(selected(where), [2, 1]);
  assert.deepEqual(selected({ ...where, sources: ['b.log'] }), [0, 0]);
});

void test('failed lines are those of the logs that match', () => {
  const failuresOf = (sources: readonly string[]): number => {
    const selector = new Selector({ ...ANY, sources });
    let sum = 0;
    const traffic = new Traffic({
      add: (second) => (sum += selector.failuresIn(second)),
      advanceTo: () => {},
    });
    traffic.fail(1000, 3, 'logs/a.log');
    traffic.fail(1001, 5, 'logs/b.log');
    traffic.advanceTo(1002);
    return sum;
  };
  assert.deepEqual([failuresOf([]), failuresOf(['a.log']), failuresOf(['c.log'])], [8, 3, 0]);
});
