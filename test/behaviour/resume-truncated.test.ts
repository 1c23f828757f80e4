import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { createRig } from './rig.ts';

for (const { title, after } of [
  { title: 'shorter than before', after: ['six'] },
  { title: 'longer than before', after: ['six', 'seven', 'eight', 'nine', 'ten', 'eleven'] },
]) {
  void test(`a log that was copied and truncated meanwhile, now ${title}, loses nothing`, async (t) => {
    const rig = createRig(t);
    rig.append('access.log', 'one\ntwo\n');
    rig.start();
    await rig.caughtUp();
    const last = rig.checkpoint();
    await rig.crash(last);
    rig.append('access.log', 'three\nfour\n');
    rig.copyTruncate('access.log', 'access.log.1');
    rig.append('access.log', `${after.join('\n')}\n`);
    await rig.resumed(last);
    assert.deepEqual(rig.lines, ['one', 'two', 'three', 'four', ...after]);
    assert.equal(rig.state().possibleLoss, 0);
  });
}

void test('two copies and truncations meanwhile lose and repeat nothing', async (t) => {
  const rig = createRig(t);
  const last = await rig.killedAfter('one\n');
  rig.append('access.log', 'two\n');
  rig.copyTruncate('access.log', 'access.log.2');
  rig.append('access.log', 'three\nfour\n');
  rig.copyTruncate('access.log', 'access.log.1');
  rig.append('access.log', 'five\n');
  await rig.resumed(last);
  assert.deepEqual(rig.lines, ['one', 'two', 'three', 'four', 'five']);
});

void test('a log that was empty at the last look and has had two lives since is read whole', async (t) => {
  const rig = createRig(t);
  const last = await rig.killedAfter('');
  rig.append('access.log', 'one\ntwo\n');
  rig.copyTruncate('access.log', 'access.log.1');
  rig.append('access.log', 'three\n');
  await rig.resumed(last);
  assert.deepEqual(rig.lines, ['one', 'two', 'three']);
});

void test('a copy with nothing that is unread explains the truncation', async (t) => {
  const rig = createRig(t);
  const last = await rig.killedAfter('one\n');
  rig.copyTruncate('access.log', 'access.log.1');
  rig.append('access.log', 'two\n');
  await rig.resumed(last);
  await rig.graceOver();
  assert.deepEqual(rig.lines, ['one', 'two']);
  assert.equal(rig.state().possibleLoss, 0);
});

void test('half a line before the truncation is completed from the copy', async (t) => {
  const rig = createRig(t);
  const last = await rig.killedAfter('one\ntw');
  rig.append('access.log', 'o\nthree\n');
  rig.copyTruncate('access.log', 'access.log.1');
  rig.append('access.log', 'four\n');
  await rig.resumed(last);
  assert.deepEqual(rig.lines, ['one', 'two', 'three', 'four']);
});

void test('a copy that was being read when the monitor was killed is read to its end', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'one\n');
  rig.start();
  await rig.caughtUp();
  rig.append('access.log', 'two\nthree\n');
  rig.copyTruncate('access.log', 'access.log.1');
  rig.append('access.log', 'four\n');
  rig.source.states();
  const last = rig.checkpoint();
  assert.deepEqual(last.lines, ['one']);
  await rig.crash(last);
  rig.rename('access.log.1', 'access.log.2');
  await rig.resumed(last);
  assert.deepEqual(rig.lines, ['one', 'two', 'three', 'four']);
});

void test('a truncation without a copy is a possible loss, counted and said once', async (t) => {
  const rig = createRig(t);
  const last = await rig.killedAfter('one\n');
  fs.truncateSync(rig.path('access.log'));
  rig.append('access.log', 'two\nthree\n');
  await rig.resumed(last);
  assert.deepEqual(rig.lines, ['one', 'two', 'three']);
  const next = rig.checkpoint();
  await rig.crash(next);
  await rig.resumed(next);
  assert.equal(rig.state().possibleLoss, 1);
  assert.deepEqual(rig.warnings(), [
    'possible loss of lines: a log was truncated, with no copy beside it, while nobody read it',
  ]);
});
