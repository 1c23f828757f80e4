// Keys of paths that have the same hash are told apart by their bytes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NOT_FOUND, PathKeys } from '../../src/aggregate/path-keys.ts';

const HASH = 0x2545f491;

void test('keys of one hash that differ in a byte, or in their length, are different ones, however long they are', () => {
  for (let length = 1; length <= 20; length++) {
    const keys = new PathKeys(64);
    const known = '/'.padEnd(length, 'abcdefghijklmnopqrstuvwxyz');
    const others = Array.from(known, (_, i) => `${known.slice(0, i)}~${known.slice(i + 1)}`);
    const all = [known, ...others, `${known}x`, known.slice(0, -1)];
    for (const [id, key] of all.entries()) {
      assert.equal(idIn(keys, key), NOT_FOUND, key);
      assert.equal(keys.add(Buffer.from(key), 0, Buffer.byteLength(key), HASH, 0), id);
    }
    assert.deepEqual(
      all.map((key) => idIn(keys, key)),
      [...all.keys()],
    );
  }
});

function idIn(keys: PathKeys, key: string): number {
  // Not where a word begins, and with something behind it.
  const bytes = Buffer.from(`<${key}>…`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return keys.find(view, 1, 1 + key.length, HASH, 0);
}
