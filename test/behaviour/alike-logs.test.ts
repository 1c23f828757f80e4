// Logs that begin alike, and have names as if one was a copy of the other: two virtual hosts that a monitor asks at the same
// second. What goes on in its own way is a log of its own.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { createRig } from './rig.ts';
import type { Rig } from './rig.ts';

const PATTERN = 'app*.log';

void test('a log that begins like another, and goes on otherwise, is read from its beginning', async (t) => {
  const rig = createRig(t);
  rig.append('app.log', 'check\n');
  rig.start({ filename: [rig.path(PATTERN)] });
  await rig.caughtUp();
  rig.append('app-2.log', 'check\n');
  await rig.caughtUp();
  rig.append('app-2.log', 'two\n');
  rig.append('app.log', 'one\n');
  await settled(rig);
  assert.deepEqual([...rig.lines].toSorted(), ['check', 'check', 'one', 'two']);
});

void test('… also when only the other goes on', async (t) => {
  const rig = createRig(t);
  rig.append('app.log', 'check\n');
  rig.start({ filename: [rig.path(PATTERN)] });
  await rig.caughtUp();
  rig.append('app-2.log', 'check\ntwo\n');
  await rig.caughtUp();
  rig.append('app.log', 'one\n');
  await settled(rig);
  assert.deepEqual([...rig.lines].toSorted(), ['check', 'check', 'one', 'two']);
});

void test('… also when it was there first', async (t) => {
  const rig = createRig(t);
  rig.append('app-2.log', 'check\n');
  rig.start({ filename: [rig.path(PATTERN)] });
  await rig.caughtUp();
  rig.append('app.log', 'check\n');
  await rig.caughtUp();
  rig.append('app-2.log', 'two\n');
  rig.append('app.log', 'one\n');
  await settled(rig);
  assert.deepEqual([...rig.lines].toSorted(), ['check', 'check', 'one', 'two']);
});

void test('… also when both go on after a crash, or have gone on before it is over', async (t) => {
  for (const isDown of [false, true]) {
    const rig = createRig(t);
    rig.append('app.log', 'check\n');
    rig.start({ filename: [rig.path(PATTERN)] });
    await rig.caughtUp();
    rig.append('app-2.log', 'check\n');
    await rig.caughtUp();
    const last = rig.checkpoint();
    await rig.crash(last);
    const goOn = (): void => {
      rig.append('app-2.log', 'two\n');
      rig.append('app.log', 'one\n');
    };
    if (isDown) goOn();
    await rig.resumed(last);
    if (!isDown) goOn();
    await settled(rig);
    assert.deepEqual([...rig.lines].toSorted(), ['check', 'check', 'one', 'two'], String(isDown));
  }
});

void test('logs that have only comments in common are two', async (t) => {
  const rig = createRig(t);
  rig.append('app.log', '#Fields: x\n');
  rig.start({ filename: [rig.path(PATTERN)] });
  await rig.caughtUp();
  rig.append('app-2.log', '#Fields: x\n');
  await rig.caughtUp();
  rig.append('app-2.log', 'two\n');
  await rig.caughtUp();
  rig.append('app.log', 'one\n');
  await settled(rig);
  assert.deepEqual([...rig.lines].toSorted(), ['#Fields: x', '#Fields: x', 'one', 'two']);
});

void test('a copy that is made anew in the same file, again and again, stays a copy', async (t) => {
  const rig = createRig(t);
  rig.append('app.log', '');
  rig.start({ filename: [rig.path(PATTERN)] });
  const expected: string[] = [];
  for (let life = 0; life < 5; life++) {
    for (const line of [`${life} a`, `${life} b`]) {
      rig.append('app.log', `${line}\n`);
      expected.push(line);
      await rig.caughtUp();
    }
    rig.copyTruncate('app.log', 'app-2.log');
    await settled(rig);
  }
  assert.deepEqual(rig.lines, expected);
});

void test('a log that has two names is read once, however it grows', async (t) => {
  const rig = createRig(t);
  rig.append('one.log', 'a\n');
  rig.start({ filename: [rig.path('*.log')] });
  await rig.caughtUp();
  fs.linkSync(rig.path('one.log'), rig.path('two.log'));
  for (const line of ['b', 'c', 'd']) {
    rig.append('one.log', `${line}\n`);
    await settled(rig);
  }
  assert.deepEqual(rig.lines, ['a', 'b', 'c', 'd']);
  assert.deepEqual(
    rig.log.filter(({ message }) => message.includes('no copy')),
    [],
  );
});

void test('a copy of a log that goes on stays one', async (t) => {
  const rig = createRig(t);
  rig.append('app.log', 'a\nb\n');
  rig.start({ filename: [rig.path(PATTERN)] });
  await rig.caughtUp();
  fs.copyFileSync(rig.path('app.log'), rig.path('app-2.log'));
  for (const line of ['c', 'd', 'e']) {
    rig.append('app.log', `${line}\n`);
    await settled(rig);
  }
  assert.deepEqual(rig.lines, ['a', 'b', 'c', 'd', 'e']);
});

/** All is read, and whoever looks again now and then has done so. */
async function settled(rig: Rig): Promise<void> {
  await rig.caughtUp();
  await rig.graceOver();
  rig.clock.advance(2000);
  await rig.caughtUp();
}
