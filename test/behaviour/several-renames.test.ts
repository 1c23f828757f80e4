import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRig } from './rig.ts';

/** Births that are so far apart differ: file systems have a clock of their own. */
const BIRTH_MS = 15;

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
  rig.append('access.log.1.gz', 'compressed'.repeat(7));
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

void test('a generation that no listing showed while the files were renamed is found by the next look', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'one\n');
  rig.start();
  await rig.caughtUp();
  const names = ['access.log.4', 'access.log.3', 'access.log.2', 'access.log.1'];
  const texts = ['two\n', 'three\n', 'four\n', 'five\n'];
  rig.rename('access.log', 'access.log.5');
  for (const [index, name] of names.entries()) {
    rig.append(name, texts[index] ?? '');
    await sleep(BIRTH_MS);
  }
  rig.append('access.log', 'six\n');
  // Two listings of five passes, each another one, and none of them with the file of 'three'.
  const real = fs.readdirSync.bind(fs);
  let listings = 0;
  t.mock.method(fs, 'readdirSync', (path: string) => {
    const hidden = listings < 10 ? ['access.log.3', names[listings++ % 2 === 0 ? 0 : 3]] : [];
    return real(path).filter((name) => !hidden.includes(name));
  });
  await rig.caughtUp();
  assert.deepEqual(rig.lines.toSorted(), ['five', 'four', 'one', 'six', 'three', 'two']);
  assert.equal(rig.state().possibleLoss, 0);
});

void test('a file that has only begun its first line makes no copies of those that begin like it', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'one\n');
  rig.start();
  await rig.caughtUp();
  rig.rename('access.log', 'access.log.3');
  rig.append('access.log.2', '203.0.113.9 two\n');
  rig.append('access.log.1', '203.0.113.9 three\n');
  rig.append('access.log', '203.0.113.9 ');
  await rig.caughtUp();
  rig.append('access.log', 'four\n');
  await rig.caughtUp();
  // Files of one moment come in any order.
  assert.deepEqual(rig.lines.toSorted(), ['203.0.113.9 four', '203.0.113.9 three', '203.0.113.9 two', 'one']);
});
