import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { createRig } from './rig.ts';
import type { Rig } from './rig.ts';

void test('after copytruncate the new lines are read and the copy is not', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'one\ntwo\n');
  rig.start();
  await rig.caughtUp();
  fs.copyFileSync(rig.path('access.log'), rig.path('access.log.1'));
  fs.truncateSync(rig.path('access.log'));
  rig.append('access.log', 'six\n');
  await rig.caughtUp();
  await rig.graceOver();
  assert.deepEqual(rig.lines, ['one', 'two', 'six']);
  assert.equal(rig.state().possibleLoss, 0);
});

void test('lines that were not read before the truncation are taken from the copy', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'one\ntwo\n');
  rig.start();
  await rig.caughtUp();
  rig.append('access.log', 'three\n');
  fs.copyFileSync(rig.path('access.log'), rig.path('access.log.1'));
  fs.truncateSync(rig.path('access.log'));
  rig.append('access.log', 'four\n');
  await rig.caughtUp();
  assert.deepEqual(rig.lines, ['one', 'two', 'three', 'four']);
  assert.deepEqual(rig.sink.lives, [['one', 'two', 'three'], ['four']]);
  assert.equal(rig.state().possibleLoss, 0);
});

void test('two copytruncates between two looks lose and repeat nothing', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'one\ntwo\n');
  rig.start();
  await rig.caughtUp();
  rig.append('access.log', 'three\n');
  fs.copyFileSync(rig.path('access.log'), rig.path('access.log.1'));
  fs.truncateSync(rig.path('access.log'));
  rig.append('access.log', 'four\nfive\n');
  rig.rename('access.log.1', 'access.log.2');
  fs.copyFileSync(rig.path('access.log'), rig.path('access.log.1'));
  fs.truncateSync(rig.path('access.log'));
  rig.append('access.log', 'six\n');
  await rig.caughtUp();
  assert.deepEqual(rig.lines, ['one', 'two', 'three', 'four', 'five', 'six']);
});

void test('a rename after a copytruncate does not bring the copy into the count', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'one\ntwo\n');
  rig.start();
  await rig.caughtUp();
  fs.copyFileSync(rig.path('access.log'), rig.path('access.log.1'));
  fs.truncateSync(rig.path('access.log'));
  rig.append('access.log', 'three\n');
  rig.rename('access.log.1', 'access.log.2');
  rig.rename('access.log', 'access.log.1');
  rig.append('access.log', 'four\n');
  await rig.caughtUp();
  await rig.graceOver();
  assert.deepEqual(rig.lines, ['one', 'two', 'three', 'four']);
});

for (const [seen, text] of [
  ['empty', ''],
  ['half a line long', 'on'],
] as const) {
  void test(`a copy that was seen when it was ${seen} has the rest of its life`, async (t) => {
    const rig = createRig(t);
    await rig.sawCopyAs(text);
    rig.append('access.log', 'three\n');
    rig.copyTruncate('access.log', 'access.log.1');
    rig.append('access.log', 'four\n');
    await rig.caughtUp();
    await rig.graceOver();
    assert.deepEqual(rig.lines, ['one', 'two', 'three', 'four']);
    assert.equal(rig.state().possibleLoss, 0);
  });
}

for (const text of ['', 'on']) {
  void test(`a copy that has a followed name, and was seen as "${text}", is not read`, async (t) => {
    const rig = createRig(t);
    await rig.sawCopyAs(text, { filename: [rig.path('access.log*')] });
    fs.copyFileSync(rig.path('access.log'), rig.path('access.log.1'));
    rig.clock.advance(1000);
    await rig.caughtUp();
    await rig.graceOver();
    rig.clock.advance(1000);
    await rig.caughtUp();
    assert.deepEqual(rig.lines, ['one', 'two']);
  });
}

/** `access.log.1` is followed before `access.log` is, and so looked at first; nothing of either is left to read. */
async function followInReverse(rig: Rig): Promise<void> {
  rig.append('access.log.1', 'old\n');
  rig.start({ filename: [rig.path('access.log*')] });
  await rig.caughtUp();
  rig.append('access.log', 'one\n');
  await rig.caughtUp();
}

for (const half of ['two\n', 'two\nthr', 'two\nthree\nfour\n']) {
  void test(`a copy that was seen as ${JSON.stringify(half)} before its log was is given up for that`, async (t) => {
    const rig = createRig(t);
    await followInReverse(rig);
    const [rotate, log, copy] = ['access.log.2', 'access.log', 'access.log.1'];
    rig.rename(copy, rotate);
    rig.rename(log, 'access.log.3');
    rig.append(log, 'two\nthree\nfour\n');
    rig.append(copy, half);
    rig.poll();
    await rig.caughtUp();
    rig.append(copy, 'two\nthree\nfour\n'.slice(half.length));
    rig.append(log, 'five\n');
    fs.appendFileSync(rig.path(copy), 'five\n');
    fs.truncateSync(rig.path(log));
    rig.append(log, 'six\n');
    await rig.caughtUp();
    await rig.graceOver();
    assert.deepEqual(rig.lines, ['old', 'one', 'two', 'three', 'four', 'five', 'six']);
    assert.equal(
      rig.source.states().reduce((sum, { possibleLoss }) => sum + possibleLoss, 0),
      0,
    );
  });

  void test(`so is one of a life that began in the file of the one before, seen as ${JSON.stringify(half)}`, async (t) => {
    const rig = createRig(t);
    await followInReverse(rig);
    const [rotate, log, copy] = ['access.log.2', 'access.log', 'access.log.1'];
    rig.rename(copy, rotate);
    fs.truncateSync(rig.path(log));
    rig.append(log, 'two\nthree\nfour\n');
    rig.append(copy, half);
    rig.poll();
    await rig.caughtUp();
    rig.append(copy, 'two\nthree\nfour\n'.slice(half.length));
    fs.truncateSync(rig.path(log));
    rig.append(log, 'six\n');
    await rig.caughtUp();
    await rig.graceOver();
    assert.deepEqual(rig.lines, ['old', 'one', 'two', 'three', 'four', 'six']);
  });
}

void test('a copy that is seen before its log, which was empty until then, has more lines is not read', async (t) => {
  const rig = createRig(t);
  await followInReverse(rig);
  rig.append('access.log', 'two\n');
  rig.rename('access.log.1', 'access.log.2');
  rig.copyTruncate('access.log', 'access.log.1');
  await rig.caughtUp();
  rig.append('access.log', 'three\nfour\n');
  rig.rename('access.log.2', 'access.log.3');
  rig.rename('access.log.1', 'access.log.2');
  rig.append('access.log.1', 'three\n');
  rig.poll();
  await rig.caughtUp();
  assert.deepEqual(rig.lines, ['old', 'one', 'two', 'three', 'four']);
});

for (const [begun, other] of [
  ['#Fields: date time\n', '#Fields: date time\n'],
  ['#Version: 1.0\n#Fie', '#Version: 1.0\n#Fields: date time\n'],
  ['started\nthree\n', 'started\n'],
] as const) {
  void test(`a log that begins with ${JSON.stringify(other)} is no reason to give up one with ${JSON.stringify(begun)}`, async (t) => {
    const rig = createRig(t);
    await followInReverse(rig);
    rig.remove('access.log');
    rig.remove('access.log.1');
    await rig.caughtUp();
    rig.append('access.log.1', begun);
    await rig.caughtUp();
    rig.append('access.log', other);
    await rig.caughtUp();
    rig.append('access.log.1', 'lds: a\nfour\n');
    rig.append('access.log', 'five\n');
    await rig.caughtUp();
    const written = ['old\n', 'one\n', begun, 'lds: a\nfour\n', other, 'five\n'].join('');
    assert.deepEqual(rig.lines.toSorted(), written.split('\n').slice(0, -1).toSorted());
  });
}

void test('half a line that stays alone in a rotated log is a line in the end', async (t) => {
  const rig = createRig(t);
  await rig.sawCopyAs('ha');
  await rig.graceOver();
  assert.deepEqual(rig.lines, ['one', 'two', 'ha']);
});
