// One generation of a log: what it knows of the life that was opened.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import nodePath from 'node:path';
import { test } from 'node:test';
import { Generation } from '../../src/source/generation.ts';
import { WatchPace } from '../../src/source/watch-pace.ts';
import { FakeClock } from '../fake-clock.ts';
import { createFolder } from './folder.ts';

void test('a truncation between the opening and the first look ends the life that was opened', (t) => {
  const path = nodePath.join(createFolder(t), 'access.log');
  fs.writeFileSync(path, 'one\n');
  const fd = fs.openSync(path, 'r');
  t.after(() => fs.closeSync(fd));
  const { dev, ino, birthtimeMs } = fs.fstatSync(fd);
  const head = Buffer.from('one\n');
  // Written anew, and longer than before, as after copytruncate.
  fs.writeFileSync(path, 'two\nthree\n');
  const ended: string[] = [];
  const clock = new FakeClock();
  const generation = new Generation({
    fd,
    path,
    dev,
    ino,
    birthtimeMs,
    offset: 0,
    head,
    pace: new WatchPace({ clock, isPollingOnly: true, look: () => {} }),
    isFinite: false,
    isChecked: true,
    clock,
    events: {
      lifeEnded: ({ head: known }) => ended.push(known.toString()),
      caughtUp: () => {},
      readFailed: (_, error) => assert.fail(String(error)),
      isWanted: () => true,
    },
  });
  generation.look();
  assert.deepEqual(ended, ['one\n']);
});
