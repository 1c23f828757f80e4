import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createRig } from './rig.ts';

const lost = 'possible loss of lines: a log was removed or compressed while nobody read it';

void test('a log that was removed meanwhile is a possible loss, counted and said once', async (t) => {
  const rig = createRig(t);
  const last = await rig.killedAfter('one\n');
  fs.unlinkSync(rig.path('access.log'));
  // Another file, so that the new log does not get the same inode.
  rig.append('other', '');
  rig.append('access.log', 'two\n');
  await rig.resumed(last);
  assert.deepEqual(rig.lines, ['one', 'two']);
  assert.equal(rig.state().possibleLoss, 1);
  assert.deepEqual(rig.warnings(), [lost]);
});

void test('a log that was renamed and compressed meanwhile is one possible loss', async (t) => {
  const rig = createRig(t);
  const last = await rig.killedAfter('one\n');
  rig.append('access.log', 'two\n');
  fs.writeFileSync(rig.path('access.log.1.gz'), gzipSync(fs.readFileSync(rig.path('access.log'))));
  fs.unlinkSync(rig.path('access.log'));
  rig.append('access.log', 'three\n');
  await rig.resumed(last);
  assert.deepEqual(rig.lines, ['one', 'three']);
  assert.equal(rig.state().possibleLoss, 1);
  assert.deepEqual(rig.warnings(), [lost]);
});

void test('a log that was copied and removed meanwhile is read to its end in the copy', async (t) => {
  const rig = createRig(t);
  const last = await rig.killedAfter('one\n');
  rig.append('access.log', 'two\n');
  fs.copyFileSync(rig.path('access.log'), rig.path('access.log.1'));
  fs.unlinkSync(rig.path('access.log'));
  rig.append('access.log', 'three\n');
  await rig.resumed(last);
  assert.deepEqual(rig.lines, ['one', 'two', 'three']);
  assert.equal(rig.state().possibleLoss, 0);
});

void test('a new log in the same inode is not taken for the old one', async (t) => {
  const rig = createRig(t);
  const last = await rig.killedAfter('one\n');
  const { ino } = fs.statSync(rig.path('access.log'));
  fs.unlinkSync(rig.path('access.log'));
  rig.append('access.log', 'two\nthree\nfour\n');
  // As if the number had been used again at once, which is up to the file system.
  const now = fs.statSync(rig.path('access.log')).ino;
  const positions = last.positions.replaceAll(`"ino":${ino},`, `"ino":${now},`);
  await rig.resumed({ ...last, positions });
  assert.deepEqual(rig.lines, ['one', 'two', 'three', 'four']);
  assert.equal(rig.state().possibleLoss, 1);
});

void test('another file with the same inode and birth is told by its head', async (t) => {
  const rig = createRig(t);
  const last = await rig.killedAfter('one\n');
  fs.writeFileSync(rig.path('access.log'), 'two\nthree\nfour\n');
  await rig.resumed(last);
  assert.deepEqual(rig.lines, ['one', 'two', 'three', 'four']);
});

void test('a log that is not there at a restart, and then is again, goes on where it was left', async (t) => {
  const rig = createRig(t);
  const last = await rig.killedAfter('one\n');
  // As if the file system were mounted late.
  fs.mkdirSync(rig.path('elsewhere'));
  rig.rename('access.log', 'elsewhere/access.log');
  rig.append('elsewhere/access.log', 'two\n');
  rig.resume(last);
  rig.poll();
  rig.rename('elsewhere/access.log', 'access.log');
  await rig.caughtUp();
  assert.deepEqual(rig.lines, ['one', 'two']);
});

for (const successor of ['two\n', '']) {
  void test(`a log read to its end, and compressed once its successor had ${successor.length} bytes`, async (t) => {
    const rig = createRig(t);
    rig.append('access.log', 'one\n');
    rig.start();
    await rig.caughtUp();
    rig.rename('access.log', 'access.log.1');
    rig.append('access.log', successor);
    await rig.caughtUp();
    const last = rig.checkpoint();
    await rig.crash(last);
    fs.writeFileSync(rig.path('access.log.1.gz'), gzipSync(fs.readFileSync(rig.path('access.log.1'))));
    fs.unlinkSync(rig.path('access.log.1'));
    rig.append('access.log', 'three\n');
    await rig.resumed(last);
    assert.deepEqual(rig.lines, successor === '' ? ['one', 'three'] : ['one', 'two', 'three']);
    // Until the server goes on to the new log, it may write to the old one.
    assert.deepEqual(rig.warnings(), successor === '' ? [lost] : []);
  });
}
