import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { createRig } from './rig.ts';

void test('lines of the renamed file and of its successor are each counted once', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'one\ntwo\n');
  rig.start();
  await rig.caughtUp();
  rig.append('access.log', 'three\n');
  rig.rename('access.log', 'access.log.1');
  rig.append('access.log', 'four\n');
  await rig.caughtUp();
  assert.deepEqual(rig.lines, ['one', 'two', 'three', 'four']);
  await rig.graceOver();
  assert.deepEqual(rig.sink.lives, [['one', 'two', 'three'], ['four']]);
  assert.equal(rig.sink.openSinks, 1);
  assert.equal(rig.state().inode, fs.statSync(rig.path('access.log')).ino);
  assert.equal(rig.state().offset, 5);
});

void test('twenty rotations in a row lose and repeat nothing', async (t) => {
  const rig = createRig(t);
  rig.start();
  const expected: string[] = [];
  for (let round = 0; round < 20; round += 1) {
    for (let suffix = round; suffix > 0; suffix -= 1) {
      rig.rename(suffix === 1 ? 'access.log' : `access.log.${suffix - 1}`, `access.log.${suffix}`);
    }
    for (let line = 0; line < 50; line += 1) {
      expected.push(`line ${round}/${line}`);
      rig.append('access.log', `line ${round}/${line}\n`);
    }
    if (round % 3 === 0) await rig.caughtUp();
    else rig.poll();
  }
  await rig.caughtUp();
  assert.deepEqual(rig.lines, expected);
});
