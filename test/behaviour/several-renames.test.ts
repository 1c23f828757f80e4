import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRig } from './rig.ts';

void test('a generation that came and went between two looks is found among its siblings', async (t) => {
  const rig = createRig(t);
  rig.append('access.log.1', 'history\n');
  rig.append('access.log', 'one\n');
  rig.start();
  await rig.caughtUp();
  rig.append('access.log', 'two\n');
  rig.rename('access.log.1', 'access.log.3');
  rig.rename('access.log', 'access.log.2');
  rig.append('access.log', 'three\n');
  rig.rename('access.log', 'access.log-20261124');
  rig.append('access.log', 'four\n');
  await rig.caughtUp();
  assert.deepEqual(rig.lines, ['one', 'two', 'three', 'four']);
  assert.equal(rig.state().possibleLoss, 0);
});

void test('a file beside the log that is not called like one of its generations is left alone', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'one\n');
  rig.start();
  await rig.caughtUp();
  rig.append('access.log.notes', 'not a line\n');
  rig.append('error.log.1', 'not a line\n');
  rig.rename('access.log', 'access.log.1');
  rig.append('access.log', 'two\n');
  await rig.caughtUp();
  assert.deepEqual(rig.lines, ['one', 'two']);
});

void test('a generation that was compressed before anyone saw it is a possible loss, said once', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'one\n');
  rig.start();
  await rig.caughtUp();
  rig.rename('access.log', 'access.log.2');
  rig.append('access.log.1.gz', 'compressed');
  rig.append('access.log', 'three\n');
  await rig.caughtUp();
  await rig.graceOver();
  assert.deepEqual(rig.lines, ['one', 'three']);
  assert.equal(rig.state().possibleLoss, 1);
  assert.deepEqual(rig.warnings(), [
    'possible loss of lines: a rotated log was compressed before it was read',
  ]);
});

void test('a generation that was read and is compressed then is neither lost nor counted again', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'one\n');
  rig.start();
  await rig.caughtUp();
  rig.rename('access.log', 'access.log.1');
  rig.append('access.log', 'two\n');
  await rig.caughtUp();
  rig.append('access.log.1.gz', 'compressed');
  rig.remove('access.log.1');
  await rig.caughtUp();
  rig.rename('access.log', 'access.log.1');
  rig.append('access.log', 'three\n');
  await rig.caughtUp();
  assert.deepEqual(rig.lines, ['one', 'two', 'three']);
  assert.equal(rig.state().possibleLoss, 0);
});

void test('many rotated logs are all read before any of them is let go', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'line 0\n');
  rig.start();
  await rig.caughtUp();
  const expected = ['line 0'];
  for (let rotation = 1; rotation <= 100; rotation++) {
    rig.rename('access.log', `access.log-${String(rotation).padStart(3, '0')}`);
    rig.append('access.log', `line ${rotation}\n`);
    expected.push(`line ${rotation}`);
    // Time goes on, and reading, which is real, hardly does.
    rig.poll();
  }
  await rig.caughtUp();
  assert.deepEqual(rig.lines, expected);
  assert.equal(rig.state().possibleLoss, 0);
});
