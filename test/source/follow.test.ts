// With real time and real inotify: the other tests of the follower make do with polls under a clock that stands still.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import nodePath from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../src/clock.ts';
import { createFollower } from '../../src/source/follow.ts';
import type { Source } from '../../src/source/source.ts';
import { LineCollector } from '../behaviour/rig.ts';
import { createFolder } from './folder.ts';

const silent = () => {};
const neverMs = 3_600_000;

void test('inotify alone tells of new lines and of a rotation, long before the next poll', async (t) => {
  const path = nodePath.join(createFolder(t), 'access.log');
  fs.writeFileSync(path, 'one\n');
  const sink = new LineCollector();
  const source = follow(path, sink);
  t.after(() => source.stop(1000));
  source.start();
  await hasLines(sink, 1);
  fs.appendFileSync(path, 'two\n');
  await hasLines(sink, 2);
  fs.renameSync(path, `${path}.1`);
  fs.writeFileSync(path, 'three\n');
  await hasLines(sink, 3);
  fs.appendFileSync(`${path}.1`, 'four\n');
  await hasLines(sink, 4);
  assert.deepEqual(sink.lines, ['one', 'two', 'three', 'four']);
});

void test('two backlogs that are read when the end comes are not mixed up', async (t) => {
  const folder = createFolder(t);
  const lineOf = (log: string, number: number) => `${log} ${'x'.repeat(80)} ${number}`;
  const count = 30_000;
  for (const log of ['a', 'b']) {
    const lines = Array.from({ length: count }, (_, number) => `${lineOf(log, number)}\n`);
    fs.writeFileSync(nodePath.join(folder, `${log}.log`), lines.join(''));
  }
  const sink = new LineCollector();
  const source = follow(nodePath.join(folder, '*.log'), sink);
  source.start();
  await hasLines(sink, 1);
  await source.stop(5000);
  const lives = sink.lives.toSorted((one, other) => (one[0] ?? '').localeCompare(other[0] ?? ''));
  assert.deepEqual(
    lives.map((life) => life.length),
    [count, count],
  );
  for (const [at, log] of ['a', 'b'].entries())
    assert.deepEqual(
      lives[at]?.filter((line, number) => line !== lineOf(log, number)),
      [],
    );
});

function follow(pattern: string, sink: LineCollector): Source {
  return createFollower({
    filename: [pattern],
    startFrom: 'beginning',
    pollIntervalMs: neverMs,
    graceMs: neverMs,
    clock: systemClock,
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    sink,
  });
}

async function hasLines(sink: LineCollector, count: number): Promise<void> {
  const endMs = Date.now() + 5000;
  while (sink.lines.length < count) {
    if (Date.now() > endMs) assert.fail(`only ${sink.lines.join(', ')}`);
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
