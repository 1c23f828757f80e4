import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KnownHeads } from '../../src/source/known-heads.ts';

void test('heads are known again by what begins like them', () => {
  const heads = new KnownHeads();
  heads.add(Buffer.from('one\ntwo\n'));
  assert.ok(heads.has(Buffer.from('one\ntwo\nthree\n')));
  assert.ok(heads.has(Buffer.from('one\n')));
  assert.ok(!heads.has(Buffer.from('two\n')));
});

void test('an empty head makes nothing known', () => {
  const heads = new KnownHeads();
  heads.add(Buffer.alloc(0));
  assert.deepEqual(heads.saved(), []);
  heads.restore('0:47DEQpj8HBSa-_TI');
  assert.ok(!heads.has(Buffer.from('one')));
});

void test('heads that were saved are known by a later process', () => {
  const before = new KnownHeads();
  before.add(Buffer.from('one\n'));
  const after = new KnownHeads();
  for (const print of before.saved()) after.restore(print);
  assert.ok(after.has(Buffer.from('one\ntwo\n')));
  assert.ok(!after.has(Buffer.from('other\n')));
  assert.deepEqual(after.saved(), before.saved());
});

void test('the oldest of very many is forgotten, and few are saved', () => {
  const heads = new KnownHeads();
  for (let index = 0; index <= 256; index += 1) heads.add(Buffer.from(`line ${index}\n`));
  assert.ok(!heads.has(Buffer.from('line 0\n')));
  assert.ok(heads.has(Buffer.from('line 1\n')));
  assert.equal(heads.saved().length, 32);
});
