import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRig } from './rig.ts';

void test('a glob gains and loses files; a new one is read whole, a lost one to its end', async (t) => {
  const rig = createRig(t);
  rig.append('a.log', 'history\n');
  rig.start({ filename: [rig.path('*.log')], startFrom: 'end' });
  await rig.caughtUp();
  rig.append('a.log', 'a1\n');
  rig.append('b.log', 'b1\n');
  rig.clock.advance(1000);
  await rig.caughtUp();
  assert.deepEqual(rig.lines.toSorted(), ['a1', 'b1']);
  rig.append('a.log', 'a2\n');
  rig.rename('a.log', 'a.gone');
  rig.clock.advance(1000);
  rig.append('a.gone', 'a3\n');
  await rig.caughtUp();
  assert.deepEqual(rig.lines.toSorted(), ['a1', 'a2', 'a3', 'b1']);
  await rig.graceOver();
  assert.deepEqual(
    rig.source.states().map(({ path }) => path),
    [rig.path('b.log')],
  );
});

void test('a glob that matches rotated names reads each file once over many rotations', async (t) => {
  const rig = createRig(t);
  const expected: string[] = [];
  rig.start({ filename: [rig.path('access.log*')] });
  for (let round = 0; round < 12; round += 1) {
    for (let suffix = round; suffix > 0; suffix -= 1)
      rig.rename(suffix === 1 ? 'access.log' : `access.log.${suffix - 1}`, `access.log.${suffix}`);
    rig.append('access.log', `line ${round}\n`);
    expected.push(`line ${round}`);
    rig.clock.advance(round % 2 === 0 ? 1000 : 250);
    if (round % 3 === 0) await rig.caughtUp();
  }
  rig.clock.advance(1000);
  await rig.caughtUp();
  await rig.graceOver();
  rig.clock.advance(1000);
  await rig.caughtUp();
  assert.deepEqual(rig.lines.toSorted(), expected.toSorted());
});

void test('a glob that matches nothing says so once, and when it does match', async (t) => {
  const rig = createRig(t);
  rig.start({ filename: [rig.path('*.log')] });
  const { problem } = rig.state();
  assert.equal(problem?.code, 'no-match');
  rig.clock.advance(5000);
  assert.deepEqual(rig.warnings(), [problem.message]);
  rig.append('a.log', 'one\n');
  rig.clock.advance(1000);
  await rig.caughtUp();
  assert.deepEqual(rig.lines, ['one']);
  assert.ok(rig.log.some(({ message }) => message === 'a file matches the pattern now'));
});
