import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { createRig } from './rig.ts';

void test('a log that was renamed meanwhile is read to its end, and so is its successor', async (t) => {
  const rig = createRig(t);
  const last = await rig.killedAfter('one\n');
  rig.append('access.log', 'two\n');
  rig.rename('access.log', 'access.log.1');
  rig.append('access.log', 'three\n');
  await rig.resumed(last, { startFrom: 'end' });
  assert.deepEqual(rig.lines, ['one', 'two', 'three']);
  rig.append('access.log.1', 'the server goes on\n');
  await rig.caughtUp();
  assert.deepEqual(rig.lines, ['one', 'two', 'three', 'the server goes on']);
  assert.equal(rig.state().possibleLoss, 0);
});

void test('generations that came and went meanwhile are read whole, in the order of their birth', async (t) => {
  const rig = createRig(t);
  rig.append('access.log.1', 'history\n');
  const last = await rig.killedAfter('one\n');
  for (const line of ['two', 'three', 'four', 'five']) {
    for (let suffix = 6; suffix > 0; suffix -= 1) {
      const from = suffix === 1 ? 'access.log' : `access.log.${suffix - 1}`;
      if (fs.existsSync(rig.path(from))) rig.rename(from, `access.log.${suffix}`);
    }
    rig.append('access.log', `${line}\n`);
    // Two files born within one tick of the kernel's clock have no order.
    const { birthtimeMs } = fs.statSync(rig.path('access.log'));
    while (Date.now() < birthtimeMs + 12);
  }
  await rig.resumed(last);
  assert.deepEqual(rig.lines, ['one', 'two', 'three', 'four', 'five']);
  assert.equal(rig.state().possibleLoss, 0);
});

void test('a log that was renamed before the crash is drained after it', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'one\n');
  rig.start();
  await rig.caughtUp();
  rig.rename('access.log', 'access.log.1');
  rig.append('access.log', 'three\n');
  await rig.caughtUp();
  const last = rig.checkpoint();
  await rig.crash(last);
  rig.rename('access.log.1', 'access.log.2');
  rig.append('access.log.2', 'two\n');
  await rig.resumed(last);
  assert.deepEqual(rig.lines, ['one', 'three', 'two']);
});

void test('a log that was renamed meanwhile and has no successor yet is read to its end', async (t) => {
  const rig = createRig(t);
  const last = await rig.killedAfter('one\n');
  rig.append('access.log', 'two\n');
  rig.rename('access.log', 'access.log-20261124');
  await rig.resumed(last);
  rig.append('access.log', 'three\n');
  await rig.caughtUp();
  assert.deepEqual(rig.lines, ['one', 'two', 'three']);
});

void test('a link that leads to another directory by now: what it led to before is read to its end', async (t) => {
  const rig = createRig(t);
  fs.mkdirSync(rig.path('monday'));
  fs.mkdirSync(rig.path('tuesday'));
  rig.append('monday/log', 'one\n');
  fs.symlinkSync('monday/log', rig.path('access.log'));
  rig.start();
  await rig.caughtUp();
  const last = rig.checkpoint();
  await rig.crash(last);
  rig.append('monday/log', 'two\n');
  rig.append('tuesday/log', 'three\n');
  fs.unlinkSync(rig.path('access.log'));
  fs.symlinkSync('tuesday/log', rig.path('access.log'));
  await rig.resumed(last);
  assert.deepEqual(rig.lines, ['one', 'two', 'three']);
  assert.equal(rig.state().possibleLoss, 0);
});
