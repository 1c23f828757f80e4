import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRig } from './rig.ts';

void test('from the end, a half written line is counted whole once it is complete', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'history\nhal');
  rig.start({ startFrom: 'end' });
  await rig.caughtUp();
  rig.append('access.log', 'f\nnew\n');
  await rig.caughtUp();
  assert.deepEqual(rig.lines, ['half', 'new']);
});

void test('from the end, what is written right after the start is new', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'history\n');
  rig.start({ startFrom: 'end' });
  rig.append('access.log', 'new\n');
  await rig.caughtUp();
  assert.deepEqual(rig.lines, ['new']);
});

void test('a log that appears after the start is read from its beginning', async (t) => {
  const rig = createRig(t);
  rig.start({ startFrom: 'end' });
  rig.append('access.log', 'one\n');
  await rig.caughtUp();
  assert.deepEqual(rig.lines, ['one']);
});

void test('a partial line waits for its end, however small the pieces', async (t) => {
  const rig = createRig(t);
  rig.start();
  for (const piece of ['o', 'n', 'e', '\nt', 'wo\n']) {
    rig.append('access.log', piece);
    await rig.caughtUp();
  }
  assert.deepEqual(rig.lines, ['one', 'two']);
});

void test('stopping hands over all that is written, at once, and closes everything', async (t) => {
  const rig = createRig(t);
  rig.start();
  rig.append('access.log', 'one\ntwo\n');
  await rig.source.stop(2000);
  assert.deepEqual(rig.lines, ['one', 'two']);
  assert.equal(rig.sink.openSinks, 0);
  await rig.source.stop(2000);
  assert.deepEqual(rig.lines, ['one', 'two']);
});
