import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRig } from './rig.ts';

void test('an unchanged log is read on from the last position', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'one\ntwo\n');
  rig.start();
  await rig.caughtUp();
  const last = rig.checkpoint();
  rig.append('access.log', 'three\n');
  await rig.caughtUp();
  assert.deepEqual(rig.lines, ['one', 'two', 'three']);
  await rig.crash(last);
  assert.deepEqual(rig.lines, ['one', 'two']);
  rig.append('access.log', 'four\n');
  await rig.resumed(last);
  assert.deepEqual(rig.lines, ['one', 'two', 'three', 'four']);
  assert.equal(rig.state().possibleLoss, 0);
});

void test('start-from end is not asked for a path that is known', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'history\n');
  rig.start({ startFrom: 'end' });
  const last = rig.checkpoint();
  await rig.crash(last);
  rig.append('access.log', 'one\ntwo\n');
  await rig.resumed(last);
  assert.deepEqual(rig.lines, ['one', 'two']);
});

void test('a line of which only a half was handed over is read again from its beginning', async (t) => {
  const rig = createRig(t);
  const last = await rig.killedAfter('one\ntw');
  rig.append('access.log', 'o\nthree\n');
  await rig.resumed(last);
  assert.deepEqual(rig.lines, ['one', 'two', 'three']);
});

void test('an unfinished line at the end of a run is left to the next one', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'one\ntw');
  rig.start({ isResumable: true });
  await rig.caughtUp();
  rig.append('access.log', 'o\nth');
  await rig.source.stop(2000);
  const last = rig.checkpoint();
  assert.deepEqual(last.lines, ['one', 'two']);
  rig.append('access.log', 'ree\n');
  await rig.resumed(last);
  assert.deepEqual(rig.lines, ['one', 'two', 'three']);
});

void test('without a next run the unfinished line is complete as it stands', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'one\ntw');
  rig.start();
  await rig.source.stop(2000);
  assert.deepEqual(rig.lines, ['one', 'tw']);
  assert.equal(rig.source.positions().paths[0]?.generations[0]?.offset, 6);
});

void test('positions are kept although the file system has another device number by now', async (t) => {
  const rig = createRig(t);
  const last = await rig.killedAfter('one\n');
  rig.append('access.log', 'two\n');
  const positions = last.positions.replaceAll(/"dev":\d+/g, '"dev":424242');
  await rig.resumed({ ...last, positions });
  assert.deepEqual(rig.lines, ['one', 'two']);
});

void test('a log that was read to its end twice is not read a second time after two crashes', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'one\n');
  rig.start();
  await rig.caughtUp();
  const last = rig.checkpoint();
  for (let crashes = 0; crashes < 3; crashes += 1) {
    await rig.crash(last);
    rig.append('access.log', `more ${crashes}\n`);
    await rig.resumed(last);
  }
  assert.deepEqual(rig.lines, ['one', 'more 0', 'more 1', 'more 2']);
});
