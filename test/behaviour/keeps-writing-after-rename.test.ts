import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { createRig, graceMs } from './rig.ts';

void test('a server that goes on writing into the renamed file is heard until it has been quiet for the grace', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'one\n');
  rig.start();
  await rig.caughtUp();
  rig.rename('access.log', 'access.log.1');
  for (const round of [1, 2, 3]) {
    rig.append('access.log.1', `old ${round}\n`);
    rig.append('access.log', `new ${round}\n`);
    await rig.caughtUp();
    // Most of the grace goes by, but the file is not quiet for all of it.
    rig.clock.advance(graceMs - 10_000);
  }
  assert.equal(rig.lines.length, 7);
  assert.deepEqual(rig.sink.lives, [
    ['one', 'old 1', 'old 2', 'old 3'],
    ['new 1', 'new 2', 'new 3'],
  ]);
  assert.equal(rig.sink.openSinks, 2);
  await rig.graceOver();
  assert.equal(rig.sink.openSinks, 1);
});

void test('a last line without a newline is complete when its generation ends', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'one\ntwo without an end');
  rig.start();
  await rig.caughtUp();
  rig.rename('access.log', 'access.log.1');
  rig.append('access.log', 'three\n');
  await rig.caughtUp();
  assert.deepEqual(rig.lines, ['one', 'three']);
  await rig.graceOver();
  assert.deepEqual(rig.lines, ['one', 'three', 'two without an end']);
});

void test('a log that gets its name back is read on', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'one\n');
  rig.start();
  await rig.caughtUp();
  rig.rename('access.log', 'access.log.1');
  rig.poll();
  await rig.graceOver();
  rig.append('access.log.1', 'two\n');
  rig.rename('access.log.1', 'access.log');
  await rig.caughtUp();
  assert.deepEqual(rig.lines, ['one', 'two']);
  assert.equal(rig.state().inode, fs.statSync(rig.path('access.log')).ino);
});
