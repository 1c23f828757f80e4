import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { createRig } from './rig.ts';

void test('a link that is turned to the next dated file is followed, and the last file is drained', async (t) => {
  const rig = createRig(t);
  rig.append('day-1.log', 'one\n');
  fs.symlinkSync('day-1.log', rig.path('access.log'));
  rig.start();
  await rig.caughtUp();
  rig.append('day-1.log', 'two\n');
  rig.append('day-2.log', 'three\n');
  rig.remove('access.log');
  fs.symlinkSync('day-2.log', rig.path('access.log'));
  await rig.caughtUp();
  rig.append('day-1.log', 'late\n');
  await rig.caughtUp();
  assert.deepEqual(rig.lines, ['one', 'two', 'three', 'late']);
});

void test('a file with two names is read once', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'one\n');
  fs.linkSync(rig.path('access.log'), rig.path('same.log'));
  rig.start({ filename: [rig.path('access.log'), rig.path('same.log')] });
  await rig.caughtUp();
  rig.append('same.log', 'two\n');
  await rig.caughtUp();
  assert.deepEqual(rig.lines, ['one', 'two']);
});

for (const target of ['/dev/stdout', '/dev/stderr', '/proc/self/fd/1']) {
  void test(`a link to ${target} is never opened, and the remedy is said`, async (t) => {
    const rig = createRig(t);
    fs.symlinkSync(target, rig.path('access.log'));
    rig.start();
    const { problem, inode } = rig.state();
    assert.equal(problem?.code, 'link-to-stdout');
    assert.match(problem.message, /nginx image.*mount a host directory over \/var\/log\/nginx/);
    assert.equal(inode, null);
    rig.poll();
    assert.deepEqual(rig.warnings(), [problem.message]);
    rig.remove('access.log');
    rig.append('access.log', 'one\n');
    await rig.caughtUp();
    assert.deepEqual(rig.lines, ['one']);
  });
}
