import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { createRig } from './rig.ts';

for (const { title, after } of [
  { title: 'shorter than before', after: ['3'] },
  { title: 'exactly as long as before', after: ['abc', 'def'] },
  { title: 'longer than before', after: ['three', 'four', 'five'] },
]) {
  void test(`a log that was truncated and is ${title} now is read from its beginning`, async (t) => {
    const rig = createRig(t);
    rig.append('access.log', 'one\ntwo\n');
    rig.start();
    await rig.caughtUp();
    fs.truncateSync(rig.path('access.log'));
    rig.append('access.log', `${after.join('\n')}\n`);
    await rig.caughtUp();
    assert.deepEqual(rig.lines, ['one', 'two', ...after]);
    assert.equal(rig.state().possibleLoss, 0);
  });
}

void test('a log that was longer than the kept head and grows beyond its old end is told by the head', async (t) => {
  const rig = createRig(t);
  const before = Array.from({ length: 400 }, (_, index) => `before ${index}`);
  const after = Array.from({ length: 500 }, (_, index) => `after ${index}`);
  rig.append('access.log', `${before.join('\n')}\n`);
  rig.start();
  await rig.caughtUp();
  fs.writeFileSync(rig.path('access.log'), `${after.join('\n')}\n`);
  await rig.caughtUp();
  assert.deepEqual(rig.lines, [...before, ...after]);
});

void test('a log that was empty at first sight is read, and told when it is truncated later', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', '');
  rig.start({ startFrom: 'end' });
  await rig.caughtUp();
  rig.append('access.log', 'one\n');
  await rig.caughtUp();
  fs.truncateSync(rig.path('access.log'));
  rig.append('access.log', 'two\nthree\n');
  await rig.caughtUp();
  assert.deepEqual(rig.lines, ['one', 'two', 'three']);
});

void test('a truncation before everything was read is a possible loss, said once', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'one\n');
  rig.start();
  await rig.caughtUp();
  rig.append('access.log', 'two\n');
  // The size is asked for, nothing is read yet.
  assert.equal(rig.state().lagBytes, 4);
  fs.truncateSync(rig.path('access.log'));
  rig.append('access.log', 'three\n');
  await rig.caughtUp();
  assert.equal(rig.state().possibleLoss + Number(rig.lines.includes('two')), 1);
  assert.deepEqual(
    rig.lines.filter((line) => line !== 'two'),
    ['one', 'three'],
  );
});
