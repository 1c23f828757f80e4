import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AlertCounts } from '../../src/alerts/alert-counts.ts';

function example(): AlertCounts {
  const counts = new AlertCounts(['traffic', 'errors']);
  counts.add('traffic', 'firing');
  counts.add('traffic', 'resolved');
  counts.add('traffic', 'firing');
  counts.add('errors', 'firing');
  return counts;
}

void test('beginnings and ends are counted by rule', () => {
  const counts = example();
  assert.deepEqual(counts.of('traffic'), { firing: 2, resolved: 1 });
  assert.deepEqual(counts.of('errors'), { firing: 1, resolved: 0 });
});

void test('a rule that is not there, or no more, takes no room', () => {
  const counts = example();
  counts.add('gone', 'resolved');
  counts.change(['errors', 'new']);
  counts.add('traffic', 'resolved');
  assert.deepEqual(counts.snapshot(), { version: 1, rules: [{ name: 'errors', firing: 1, resolved: 0 }] });
});

void test('counts go on from a snapshot, for the rules there are', () => {
  const next = new AlertCounts(['traffic']);
  assert.equal(next.restore(JSON.parse(JSON.stringify(example().snapshot()))), true);
  next.add('traffic', 'resolved');
  assert.deepEqual(next.snapshot(), { version: 1, rules: [{ name: 'traffic', firing: 2, resolved: 2 }] });
});

void test('what is no snapshot is refused, and the counts stay', () => {
  const counts = example();
  for (const saved of [
    null,
    {},
    { version: 2, rules: [] },
    { version: 1, rules: [{ name: 'traffic', firing: -1, resolved: 0 }] },
  ])
    assert.equal(counts.restore(saved), false, JSON.stringify(saved));
  assert.deepEqual(counts.of('traffic'), { firing: 2, resolved: 1 });
});
