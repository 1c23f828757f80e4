import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { createRig } from './rig.ts';

void test('a log that is removed and made anew is read whole, and so is what the server still wrote', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'one\n');
  rig.start();
  await rig.caughtUp();
  const fd = fs.openSync(rig.path('access.log'), 'a');
  rig.remove('access.log');
  fs.writeSync(fd, 'two\n');
  rig.append('access.log', 'three\n');
  fs.writeSync(fd, 'four\n');
  fs.closeSync(fd);
  await rig.caughtUp();
  assert.deepEqual(rig.lines.toSorted(), ['four', 'one', 'three', 'two']);
  assert.deepEqual(rig.sink.lives[0], ['one', 'two', 'four']);
});

void test('a new log in a used inode is another log', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'one\ntwo\n');
  rig.start({ graceMs: 0 });
  await rig.caughtUp();
  rig.remove('access.log');
  rig.poll();
  rig.poll();
  assert.equal(rig.sink.openSinks, 0);
  // Nothing holds the old file: many file systems give its number to the next one.
  rig.append('access.log', 'three\nfour\nfive\n');
  await rig.caughtUp();
  assert.deepEqual(rig.lines, ['one', 'two', 'three', 'four', 'five']);
});

void test('a log that stays away is called missing, after a while, and that it is back is said as well', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'one\n');
  rig.start();
  await rig.caughtUp();
  rig.remove('access.log');
  rig.poll();
  assert.equal(rig.state().problem, null);
  rig.clock.advance(6000);
  assert.equal(rig.state().problem?.code, 'missing');
  rig.append('access.log', 'two\n');
  await rig.caughtUp();
  assert.equal(rig.state().problem, null);
  assert.deepEqual(rig.lines, ['one', 'two']);
  assert.deepEqual(
    rig.log.filter(({ message }) => message === 'the log is there now').map(({ level }) => level),
    ['info'],
  );
});
