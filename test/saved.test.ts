// The numbers that come back from the state database.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as v from 'valibot';
import { AmountSchema, CountSchema, restoreTime, saveTime, WholeSchema } from '../src/saved.ts';

const VALUES: readonly unknown[] = [
  0,
  7,
  -3,
  1.5,
  2 ** 53,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  '',
  '7',
  null,
  undefined,
  true,
  [],
  {},
];

for (const [name, schema, fitting] of [
  ['a whole number', WholeSchema, [0, 7, -3]],
  ['a count', CountSchema, [0, 7, 2 ** 53]],
  ['an amount', AmountSchema, [0, 7, 1.5, 2 ** 53]],
] as const) {
  void test(`${name} is told from everything else`, () => {
    assert.deepEqual(
      VALUES.filter((value) => v.is(schema, value)),
      fitting,
    );
  });
}

void test('a time that is not known survives JSON', () => {
  for (const time of [0, -5, 1_700_000_000, Number.NEGATIVE_INFINITY])
    assert.equal(restoreTime(JSON.parse(JSON.stringify(saveTime(time)))), time);
});
