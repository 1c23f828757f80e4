import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printOf } from '../../src/source/head.ts';
import { isSameFile, Ledger } from '../../src/source/ledger.ts';

const file = { dev: 1, ino: 2, birthtimeMs: 3 };
const head = Buffer.from('one\n');

void test('an open file belongs to the path that claimed it', () => {
  const ledger = new Ledger();
  ledger.claim(file, '/a');
  assert.equal(ledger.ownerOf(file), '/a');
  ledger.release(file);
  assert.equal(ledger.ownerOf(file), undefined);
});

void test('the position of a closed file is recalled for this very file only', () => {
  const ledger = new Ledger();
  ledger.remember({ ...file, head: printOf(head), offset: 4 });
  assert.equal(ledger.recall(file, Buffer.from('one\ntwo\n'), 8), 4);
  assert.equal(ledger.recall({ ...file, birthtimeMs: 4 }, head, 4), null);
  assert.equal(ledger.recall({ ...file, ino: 3 }, head, 4), null);
  assert.equal(ledger.recall(file, Buffer.from('two\n'), 4), null);
  assert.equal(ledger.recall(file, head, 3), null);
});

void test('the file is the same when its file system has another device number', () => {
  const ledger = new Ledger();
  ledger.remember({ ...file, head: printOf(head), offset: 4 });
  const mounted = { ...file, dev: 9 };
  assert.equal(ledger.recall(mounted, Buffer.from('one\ntwo\n'), 8), 4);
  assert.equal(ledger.recall({ ...mounted, birthtimeMs: 4 }, head, 4), null);
  assert.equal(ledger.recall(mounted, Buffer.from('two\n'), 4), null);
  ledger.remember({ ...file, ino: 6, birthtimeMs: 0, head: printOf(head), offset: 4 });
  assert.equal(ledger.recall({ ...mounted, ino: 6, birthtimeMs: 0 }, head, 4), null);
  // The beginning of a line may be that of another file too.
  ledger.remember({ ...file, ino: 5, head: printOf(Buffer.from('on')), offset: 2 });
  assert.equal(ledger.recall({ ...mounted, ino: 5 }, head, 4), null);
});

void test('it is bounded, and saves the newest', () => {
  const ledger = new Ledger();
  for (let ino = 0; ino <= 1024; ino += 1) ledger.remember({ ...file, ino, head: printOf(head), offset: 4 });
  assert.equal(ledger.recall({ ...file, ino: 0 }, head, 4), null);
  assert.equal(ledger.recall({ ...file, ino: 1 }, head, 4), 4);
  assert.equal(ledger.saved().length, 256);
  assert.equal(ledger.saved().at(-1)?.ino, 1024);
});

void test('files are the same by device, inode and birth', () => {
  assert.ok(isSameFile(file, { ...file }));
  assert.ok(!isSameFile(file, { ...file, dev: 9 }));
  assert.ok(!isSameFile(file, { ...file, ino: 9 }));
  assert.ok(!isSameFile(file, { ...file, birthtimeMs: 9 }));
});
