import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRig } from './rig.ts';

void test('a path that was removed from the settings is dropped quietly', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'one\n');
  rig.append('other.log', 'other one\n');
  rig.start({ filename: [rig.path('access.log'), rig.path('other.log')] });
  await rig.caughtUp();
  const last = rig.checkpoint();
  await rig.crash(last);
  rig.append('access.log', 'two\n');
  rig.append('other.log', 'other two\n');
  await rig.resumed(last, { filename: [rig.path('access.log')] });
  // Between two logs there is no order.
  assert.deepEqual(rig.lines.toSorted(), ['one', 'other one', 'two']);
  assert.equal(rig.source.states().length, 1);
  assert.deepEqual(rig.warnings(), []);
});

for (const { startFrom, expected } of [
  { startFrom: 'end' as const, expected: ['one', 'two', 'new'] },
  { startFrom: 'beginning' as const, expected: ['one', 'two', 'history', 'new'] },
]) {
  void test(`a path that was added to the settings is read from its ${startFrom}`, async (t) => {
    const rig = createRig(t);
    rig.append('access.log', 'one\n');
    rig.append('other.log', 'history\n');
    rig.start();
    await rig.caughtUp();
    const last = rig.checkpoint();
    await rig.crash(last);
    rig.append('access.log', 'two\n');
    const filename = [rig.path('access.log'), rig.path('other.log')];
    await rig.resumed(last, { filename, startFrom });
    rig.append('other.log', 'new\n');
    await rig.caughtUp();
    // Between two logs there is no order.
    assert.deepEqual(rig.lines.toSorted(), expected.toSorted());
  });
}

void test('a file that a known glob matches since is read whole, the others go on', async (t) => {
  const rig = createRig(t);
  rig.append('a.log', 'a1\n');
  const filename = [rig.path('*.log')];
  rig.start({ filename });
  await rig.caughtUp();
  const last = rig.checkpoint();
  await rig.crash(last);
  rig.append('a.log', 'a2\n');
  rig.append('b.log', 'b1\n');
  await rig.resumed(last, { startFrom: 'end' });
  assert.deepEqual(rig.lines.toSorted(), ['a1', 'a2', 'b1']);
});

void test('the files of a new glob are read as start-from says', async (t) => {
  const rig = createRig(t);
  rig.append('a.log', 'a1\n');
  rig.append('b.log', 'history\n');
  rig.start({ filename: [rig.path('a.log')] });
  await rig.caughtUp();
  const last = rig.checkpoint();
  await rig.crash(last);
  rig.append('a.log', 'a2\n');
  await rig.resumed(last, { filename: [rig.path('*.log')], startFrom: 'end' });
  rig.append('b.log', 'b1\n');
  await rig.caughtUp();
  assert.deepEqual(rig.lines, ['a1', 'a2', 'b1']);
});

void test('a file that its glob has lost meanwhile is read to its end', async (t) => {
  const rig = createRig(t);
  rig.append('a.log', 'a1\n');
  rig.start({ filename: [rig.path('*.log')] });
  await rig.caughtUp();
  const last = rig.checkpoint();
  await rig.crash(last);
  rig.append('a.log', 'a2\n');
  rig.rename('a.log', 'a.log.1');
  await rig.resumed(last);
  assert.deepEqual(rig.lines, ['a1', 'a2']);
  assert.equal(rig.state().possibleLoss, 0);
});

void test('a glob that matches rotated names as well reads each file once', async (t) => {
  const rig = createRig(t);
  rig.append('access.log.1', 'one\n');
  rig.append('access.log', 'two\n');
  rig.start({ filename: [rig.path('access.log*')] });
  await rig.caughtUp();
  const last = rig.checkpoint();
  await rig.crash(last);
  rig.append('access.log', 'three\n');
  rig.rename('access.log.1', 'access.log.2');
  rig.rename('access.log', 'access.log.1');
  rig.append('access.log', 'four\n');
  await rig.resumed(last);
  await rig.graceOver();
  await rig.caughtUp();
  assert.deepEqual(rig.lines.toSorted(), ['four', 'one', 'three', 'two']);
  assert.deepEqual(rig.warnings(), []);
});

void test('a file that could not be opened at the first start is still read from where it ended then', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'history\n');
  rig.start({ startFrom: 'end' });
  const { paths, ...rest } = rig.source.positions();
  const [saved] = paths;
  const [generation] = saved?.generations ?? [];
  assert.ok(saved !== undefined && generation !== undefined);
  const { dev, ino, birthtimeMs } = generation;
  const refused = {
    ...saved,
    generations: [],
    current: null,
    firstSight: { dev, ino, birthtimeMs, size: 8 },
  };
  const last = { lines: [], positions: JSON.stringify({ ...rest, paths: [refused] }) };
  await rig.crash(last);
  rig.append('access.log', 'one\n');
  await rig.resumed(last);
  assert.deepEqual(rig.lines, ['one']);
});
