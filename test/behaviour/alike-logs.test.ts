// Logs that begin alike, and have names as if one was a copy of the other: two virtual hosts that a monitor asks at the same
// second. What goes on in its own way is a log of its own.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { createRig } from './rig.ts';
import type { Rig } from './rig.ts';

/** The second name could be that of a rotated file of the first. */
const [LOG, OTHER] = ['app.log', 'app-2.log'];

type Line = readonly [name: string, text: string];

/** Follows all logs; of these lines, written one after the other, all is read or left alone. */
async function followed(t: TestContext, lines: readonly Line[]): Promise<Rig> {
  const rig = createRig(t);
  rig.start({ filename: [rig.path('*.log')] });
  await written(rig, lines);
  return rig;
}

async function written(rig: Rig, lines: readonly Line[]): Promise<void> {
  for (const [name, text] of lines) {
    rig.append(name, text);
    await rig.caughtUp();
  }
}

/** All is read, and whoever looks again now and then has done so. */
async function settled(rig: Rig): Promise<void> {
  await rig.caughtUp();
  await rig.graceOver();
  rig.clock.advance(2000);
  await rig.caughtUp();
}

const BOTH = ['check', 'check', 'one', 'two'];

void describe('a log that begins like another, and goes on otherwise, is read as a whole', () => {
  const cases: readonly (readonly [title: string, before: readonly Line[], then: readonly Line[]])[] = [
    [
      'when both go on',
      [
        [LOG, 'check\n'],
        [OTHER, 'check\n'],
      ],
      [
        [OTHER, 'two\n'],
        [LOG, 'one\n'],
      ],
    ],
    [
      'when only the other one goes on',
      [
        [LOG, 'check\n'],
        [OTHER, 'check\ntwo\n'],
      ],
      [[LOG, 'one\n']],
    ],
    [
      'when it was there first',
      [
        [OTHER, 'check\n'],
        [LOG, 'check\n'],
      ],
      [
        [OTHER, 'two\n'],
        [LOG, 'one\n'],
      ],
    ],
  ];
  for (const [title, before, then] of cases) {
    void test(title, async (t) => {
      const rig = await followed(t, before);
      for (const [name, text] of then) rig.append(name, text);
      await settled(rig);
      assert.deepEqual([...rig.lines].toSorted(), BOTH);
    });
  }

  for (const isDown of [true, false]) {
    void test(`when both go on ${isDown ? 'while the monitor is down' : 'after a crash'}`, async (t) => {
      const rig = await followed(t, [
        [LOG, 'check\n'],
        [OTHER, 'check\n'],
      ]);
      const last = rig.checkpoint();
      await rig.crash(last);
      const goOn = (): void => {
        rig.append(OTHER, 'two\n');
        rig.append(LOG, 'one\n');
      };
      if (isDown) goOn();
      await rig.resumed(last);
      if (!isDown) goOn();
      await settled(rig);
      assert.deepEqual([...rig.lines].toSorted(), BOTH);
    });
  }

  void test('when they have only comments in common', async (t) => {
    const rig = await followed(t, [
      [LOG, '#Fields: x\n'],
      [OTHER, '#Fields: x\n'],
      [OTHER, 'two\n'],
      [LOG, 'one\n'],
    ]);
    await settled(rig);
    assert.deepEqual([...rig.lines].toSorted(), ['#Fields: x', '#Fields: x', 'one', 'two']);
  });
});

void test('a copy that is made anew in the same file, again and again, stays a copy', async (t) => {
  const rig = await followed(t, [[LOG, '']]);
  const expected: string[] = [];
  for (let life = 0; life < 5; life++) {
    const lines = [`${life} a`, `${life} b`];
    expected.push(...lines);
    await written(
      rig,
      lines.map((line) => [LOG, `${line}\n`]),
    );
    rig.copyTruncate(LOG, OTHER);
    await settled(rig);
  }
  assert.deepEqual(rig.lines, expected);
});

for (const isRead of [false, true]) {
  void test(`… also while the monitor is down, of lines that it has ${isRead ? '' : 'not '}read`, async (t) => {
    const rig = await followed(t, [[LOG, 'a\n']]);
    rig.copyTruncate(LOG, OTHER);
    await settled(rig);
    if (isRead) await written(rig, [[LOG, 'b\nc\n']]);
    const last = rig.checkpoint();
    await rig.crash(last);
    if (!isRead) rig.append(LOG, 'b\nc\n');
    rig.copyTruncate(LOG, OTHER);
    rig.append(LOG, 'd\n');
    await rig.resumed(last);
    await settled(rig);
    assert.deepEqual([...rig.lines].toSorted(), ['a', 'b', 'c', 'd']);
  });
}

const SECOND_NAMES = [
  ['a copy of a log that goes on stays one', LOG, OTHER, fs.copyFileSync],
  ['a log that has two names is read once, however it grows', 'one.log', 'two.log', fs.linkSync],
] as const;

for (const [title, name, secondName, make] of SECOND_NAMES) {
  void test(title, async (t) => {
    const rig = await followed(t, [[name, 'a\nb\n']]);
    make(rig.path(name), rig.path(secondName));
    for (const line of ['c', 'd', 'e']) {
      rig.append(name, `${line}\n`);
      await settled(rig);
    }
    assert.deepEqual(rig.lines, ['a', 'b', 'c', 'd', 'e']);
    assert.ok(!rig.log.some(({ message }) => message.includes('no copy')));
  });
}
