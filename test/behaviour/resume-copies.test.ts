import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import type { SourcePositions } from '../../src/source/source.ts';
import { createRig } from './rig.ts';

void test('a copy of an earlier life that is made meanwhile is not read', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'one\n');
  rig.start();
  await rig.caughtUp();
  rig.copyTruncate('access.log', 'access.log.1');
  rig.append('access.log', 'two\n');
  await rig.caughtUp();
  const last = rig.checkpoint();
  await rig.crash(last);
  fs.copyFileSync(rig.path('access.log.1'), rig.path('access.log.5'));
  rig.rename('access.log', 'access.log.3');
  rig.append('access.log', 'three\n');
  await rig.resumed(last);
  assert.deepEqual(rig.lines, ['one', 'two', 'three']);
});

void test('a copy that was found empty before the crash is known for a copy after it', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'one\ntwo\n');
  rig.start();
  await rig.caughtUp();
  // The log is away for a look while the copy has only just been made.
  rig.append('access.log.1', '');
  rig.rename('access.log', 'access.log.2');
  rig.poll();
  const last = rig.checkpoint();
  await rig.crash(last);
  rig.append('access.log.1', 'one\ntwo\n');
  rig.append('access.log', 'three\n');
  await rig.resumed(last);
  assert.deepEqual(rig.lines, ['one', 'two', 'three']);
});

for (const [seen, text] of [
  ['empty', ''],
  ['half a line long', 'on'],
] as const) {
  void test(`a copy that was ${seen} before the crash has the rest of the life it is a copy of`, async (t) => {
    const rig = createRig(t);
    await rig.sawCopyAs(text);
    const last = rig.checkpoint();
    await rig.crash(last);
    rig.append('access.log', 'three\n');
    rig.copyTruncate('access.log', 'access.log.1');
    rig.append('access.log', 'four\n');
    await rig.resumed(last);
    await rig.graceOver();
    assert.deepEqual(rig.lines, ['one', 'two', 'three', 'four']);
    assert.equal(rig.state().possibleLoss, 0);
  });
}

void test('what was undecided before the crash, and is truncated before it is read, ends like any other life', async (t) => {
  const rig = createRig(t);
  await rig.sawCopyAs('');
  const last = rig.checkpoint();
  await rig.crash(last);
  rig.append('access.log.1', 'three\n');
  rig.resume(last);
  fs.truncateSync(rig.path('access.log.1'));
  rig.append('access.log.1', 'four\n');
  await rig.caughtUp();
  rig.append('access.log', 'five\n');
  await rig.caughtUp();
  assert.deepEqual(rig.lines, ['one', 'two', 'four', 'five']);
  assert.equal(rig.state().possibleLoss, 1);
  await rig.stop();
  assert.equal(rig.sink.openSinks, 0);
});

void test('a copy that has a followed name is left alone after a crash as before it', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'one\n');
  rig.start({ filename: [rig.path('access.log*')] });
  await rig.caughtUp();
  fs.copyFileSync(rig.path('access.log'), rig.path('access.log.1'));
  rig.clock.advance(1000);
  await rig.caughtUp();
  const { lines, positions } = rig.checkpoint();
  const saved = JSON.parse(positions) as SourcePositions;
  // As if so much had come and gone that what it is a copy of is forgotten.
  const paths = saved.paths.map((each) => ({ ...each, generations: [], current: null, heads: [] }));
  const last = { lines, positions: JSON.stringify({ ...saved, paths, released: [] }) };
  await rig.crash(last);
  rig.remove('access.log');
  await rig.resumed(last);
  assert.deepEqual(rig.lines, ['one']);
  rig.append('access.log', 'two\n');
  rig.clock.advance(1000);
  await rig.caughtUp();
  assert.deepEqual(rig.lines, ['one', 'two']);
});

void test('a life that nobody had looked for when the monitor was killed is found in its copy', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', '');
  rig.start();
  await rig.caughtUp();
  const first = JSON.parse(rig.checkpoint().positions) as SourcePositions;
  rig.append('access.log', 'one\n');
  rig.copyTruncate('access.log', 'access.log.1');
  rig.append('access.log', 'two\n');
  await rig.caughtUp();
  const second = JSON.parse(rig.checkpoint().positions) as SourcePositions;
  // Killed when the new life had been read, and before the look that finds the copy.
  const siblings = first.paths[0]?.siblings ?? null;
  const paths = second.paths.map((saved) => ({
    ...saved,
    generations: saved.generations.slice(-1),
    current: 0,
    heads: [],
    siblings,
    isSettled: false,
  }));
  const last = { lines: ['two'], positions: JSON.stringify({ ...second, paths, released: [] }) };
  await rig.crash(last);
  await rig.resumed(last);
  assert.deepEqual(rig.lines, ['two', 'one']);
});

void test('a file that was read and let go is read on, not again, when another followed name leads to it', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'one\n');
  rig.start({ filename: [rig.path('access.log'), rig.path('other.log')] });
  await rig.caughtUp();
  rig.rename('access.log', 'kept');
  await rig.graceOver();
  assert.equal(rig.sink.openSinks, 0);
  const last = rig.checkpoint();
  await rig.crash(last);
  rig.append('kept', 'two\n');
  rig.rename('kept', 'other.log');
  await rig.resumed(last);
  assert.deepEqual(rig.lines, ['one', 'two']);
});
