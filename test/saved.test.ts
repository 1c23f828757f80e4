// The shape checks that stand between the state database and the parts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  isAmount,
  isCount,
  isListOf,
  isNullOr,
  isOneOf,
  isShape,
  isText,
  isWhole,
  restoreTime,
  saveTime,
} from '../src/saved.ts';
import type { Check } from '../src/saved.ts';

const VALUES: readonly unknown[] = [
  0,
  7,
  -3,
  1.5,
  2 ** 53,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  '',
  'a',
  null,
  undefined,
  true,
  [],
  {},
];

const CASES: readonly (readonly [string, Check<unknown>, readonly unknown[]])[] = [
  ['text', isText, ['', 'a']],
  ['a whole number', isWhole, [0, 7, -3]],
  ['a count', isCount, [0, 7, 2 ** 53]],
  ['an amount', isAmount, [0, 7, 1.5, 2 ** 53]],
  ['one of a few', isOneOf<string | number>('a', 7), [7, 'a']],
  ['a count or null', isNullOr(isCount), [0, 7, 2 ** 53, null]],
  ['a list', isListOf(isText), [[]]],
  ['an object without keys', isShape({}), [{}]],
];

for (const [name, check, fitting] of CASES) {
  void test(`${name} is told from everything else`, () => {
    assert.deepEqual(VALUES.filter(check), fitting);
  });
}

void test('a shape has exactly its keys, its own ones, each fitting', () => {
  const check = isShape<{ a: number; b: readonly string[] }>({ a: isCount, b: isListOf(isText) });
  assert.equal(check({ a: 1, b: ['x'] }), true);
  assert.equal(check({ a: 1 }), false);
  assert.equal(check({ a: 1, b: ['x'], c: 1 }), false);
  assert.equal(check({ a: 1, c: [] }), false);
  assert.equal(check({ a: 1, b: ['x', 2] }), false);
  assert.equal(check(Object.create({ a: 1, b: [] })), false);
  assert.equal(check(JSON.parse('{"a":1,"__proto__":{"b":[]}}')), false);
});

void test('a time that is not known survives JSON', () => {
  for (const time of [0, -5, 1_700_000_000, Number.NEGATIVE_INFINITY])
    assert.equal(restoreTime(JSON.parse(JSON.stringify(saveTime(time)))), time);
});
