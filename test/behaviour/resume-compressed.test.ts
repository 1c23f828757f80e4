// What was compressed while no process was there is unpacked and read on, each line once.
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import fs from 'node:fs';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { createRig } from './rig.ts';
import type { Rig } from './rig.ts';

const startMs = Date.now();
const lost = 'possible loss of lines: a log was removed or compressed while nobody read it';

/** As gzip and logrotate do: the compressed file was last written to when its original was. */
function compress(rig: Rig, name: string, pack: (bytes: Buffer) => Buffer = gzipSync, suffix = '.gz'): void {
  const { atime, mtime } = fs.statSync(rig.path(name));
  fs.writeFileSync(rig.path(`${name}${suffix}`), pack(fs.readFileSync(rig.path(name))));
  fs.utimesSync(rig.path(`${name}${suffix}`), atime, mtime);
  rig.remove(name);
}

/** As hard to compress as a line of a log. */
function textOf(number: number): string {
  return hash('sha512', String(number));
}

/** So many minutes after the first lines were written. */
function minuteTime(minute: number): Date {
  return new Date(startMs + minute * 60_000);
}

function compressIfThere(rig: Rig, name: string): void {
  if (fs.existsSync(rig.path(name))) compress(rig, name);
}

function shift(rig: Rig): void {
  for (let number = 9; number > 0; number--)
    for (const suffix of ['', '.gz'])
      if (fs.existsSync(rig.path(`access.log.${number}${suffix}`)))
        rig.rename(`access.log.${number}${suffix}`, `access.log.${number + 1}${suffix}`);
}

/** A rotation by numbers; `minute` orders them, as the clock of a file system is coarse. `isDelayed`: with `delaycompress`. */
function rotate(rig: Rig, minute: number, isDelayed = false): void {
  shift(rig);
  rig.rename('access.log', 'access.log.1');
  fs.utimesSync(rig.path('access.log.1'), minuteTime(minute), minuteTime(minute));
  compressIfThere(rig, isDelayed ? 'access.log.2' : 'access.log.1');
}

/** The same, with `copytruncate` and `delaycompress`. */
function copyTruncate(rig: Rig, minute: number): void {
  rig.copyTruncate('access.log', 'copy');
  shift(rig);
  rig.rename('copy', 'access.log.1');
  fs.utimesSync(rig.path('access.log.1'), minuteTime(minute), minuteTime(minute));
  compressIfThere(rig, 'access.log.2');
}

for (const [name, pack, suffix] of [
  ['gzip', gzipSync, '.gz'],
  ['zstd', zstdCompressSync, '.zst'],
] as const)
  void test(`a log that was renamed and compressed by ${name} meanwhile is read to its end`, async (t) => {
    const rig = createRig(t);
    const last = await rig.killedAfter('one\n');
    rig.append('access.log', 'two\n');
    rig.rename('access.log', 'access.log.1');
    compress(rig, 'access.log.1', pack, suffix);
    rig.append('access.log', 'three\n');
    await rig.resumed(last, { unpackFolder: rig.path('unpacked') });
    assert.deepEqual(rig.lines, ['one', 'two', 'three']);
    assert.equal(rig.state().possibleLoss, 0);
    assert.deepEqual(rig.warnings(), []);
    assert.ok(!fs.existsSync(rig.path('unpacked')), 'nothing is left of it');
  });

void test('several generations that came and were compressed meanwhile are read in their order', async (t) => {
  const rig = createRig(t);
  const last = await rig.killedAfter('one\n');
  rig.append('access.log', 'two\n');
  rotate(rig, 1);
  for (const [minute, text] of ['three\n', '', 'four\nfive\n'].entries()) {
    rig.append('access.log', text);
    rotate(rig, minute + 2);
  }
  rig.append('access.log', 'six\n');
  await rig.resumed(last, { unpackFolder: rig.path('unpacked') });
  assert.deepEqual(rig.lines, ['one', 'two', 'three', 'four', 'five', 'six']);
  assert.equal(rig.state().possibleLoss, 0);
  assert.deepEqual(rig.warnings(), []);
});

void test('with delaycompress the newest is as it was, and comes behind those that are compressed', async (t) => {
  const rig = createRig(t);
  const last = await rig.killedAfter('one\n');
  rig.append('access.log', 'two\n');
  for (const [minute, text] of ['three\n', 'four\n', 'five\n'].entries()) {
    rotate(rig, minute + 1, true);
    rig.append('access.log', text);
  }
  await rig.resumed(last, { unpackFolder: rig.path('unpacked') });
  assert.deepEqual(rig.lines, ['one', 'two', 'three', 'four', 'five']);
  assert.equal(rig.state().possibleLoss, 0);
});

void test('history that was there before the first start is not read when it is compressed later', async (t) => {
  const rig = createRig(t);
  rig.append('access.log.1', 'history\n');
  fs.utimesSync(rig.path('access.log.1'), minuteTime(-9), minuteTime(-9));
  const last = await rig.killedAfter('one\n');
  rig.append('access.log', 'two\n');
  rotate(rig, 1, true);
  rig.append('access.log', 'three\n');
  rotate(rig, 2, true);
  rig.append('access.log', 'four\n');
  await rig.resumed(last, { unpackFolder: rig.path('unpacked') });
  assert.deepEqual(rig.lines, ['one', 'two', 'three', 'four']);
  assert.equal(rig.state().possibleLoss, 0);
});

void test('killed while it reads what was unpacked, it unpacks that again and goes on', async (t) => {
  const rig = createRig(t);
  const last = await rig.killedAfter('one\n');
  const many = Array.from({ length: 5000 }, (_, number) => `${'x'.repeat(1000)} ${number}`);
  rig.append('access.log', `${many.join('\n')}\n`);
  rotate(rig, 1);
  rig.append('access.log', 'missed\n');
  rotate(rig, 2);
  rig.append('access.log', 'last\n');
  const options = { unpackFolder: rig.path('unpacked') };
  const again = await rig.killedAtLine(last, many.length / 2, options);
  await rig.resumed(again);
  assert.deepEqual(rig.lines, ['one', ...many, 'missed', 'last']);
  assert.equal(rig.state().possibleLoss, 0);
});

void test('stopped while it unpacks, it has the positions of before', async (t) => {
  const rig = createRig(t);
  const last = await rig.killedAfter('one\n');
  rig.append('access.log', 'two\n'.repeat(1_000_000));
  rotate(rig, 1);
  rig.append('access.log', 'three\n');
  rig.resume(last, { unpackFolder: rig.path('unpacked') });
  assert.deepEqual(
    rig.source.states().map(({ lagBytes, problem }) => [lagBytes > 0, problem]),
    [[true, null]],
  );
  await rig.stop();
  assert.deepEqual(JSON.parse(JSON.stringify(rig.source.positions())), JSON.parse(last.positions));
  assert.deepEqual(rig.lines, ['one']);
  assert.ok(!fs.existsSync(rig.path('unpacked')));
});

void test('what can be unpacked in part only, or is packed otherwise, is a possible loss', async (t) => {
  for (const spoil of [
    (bytes: Buffer) => gzipSync(bytes).subarray(0, -9),
    (bytes: Buffer) => Buffer.concat([Buffer.from('BZh9'), bytes]),
  ]) {
    const rig = createRig(t);
    const last = await rig.killedAfter('one\n');
    rig.append('access.log', 'two\n'.repeat(1000));
    rig.rename('access.log', 'access.log.1');
    compress(rig, 'access.log.1', spoil);
    rig.append('access.log', 'three\n');
    await rig.resumed(last, { unpackFolder: rig.path('unpacked') });
    assert.deepEqual(rig.lines, ['one', 'three']);
    assert.equal(rig.state().possibleLoss, 1);
    assert.equal(rig.warnings().at(-1), lost);
  }
});

void test('one of several that is damaged is a possible loss, the others are read', async (t) => {
  const rig = createRig(t);
  const last = await rig.killedAfter('one\n');
  rotate(rig, 1);
  for (const minute of [2, 3]) {
    rig.append('access.log', `${textOf(minute)}\n`);
    rotate(rig, minute);
  }
  fs.truncateSync(rig.path('access.log.2.gz'), 80);
  fs.utimesSync(rig.path('access.log.2.gz'), minuteTime(2), minuteTime(2));
  rig.append('access.log', 'last\n');
  await rig.resumed(last, { unpackFolder: rig.path('unpacked') });
  assert.deepEqual(rig.lines, ['one', textOf(3), 'last']);
  assert.equal(rig.state().possibleLoss, 1);
  assert.deepEqual(rig.warnings(), [
    'a rotated log cannot be unpacked',
    'possible loss of lines: a rotated log was compressed before it was read',
  ]);
});

void test('what follows a log that was empty when it was last saved is read, behind one that was read', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'one\n');
  rig.start();
  await rig.caughtUp();
  rotate(rig, 1, true);
  rig.append('access.log', '');
  await rig.caughtUp();
  const last = rig.checkpoint();
  await rig.crash(last);
  rig.append('access.log', 'two\n');
  rotate(rig, 2);
  compressIfThere(rig, 'access.log.2');
  rig.append('access.log', 'three\n');
  await rig.resumed(last, { unpackFolder: rig.path('unpacked') });
  assert.deepEqual(rig.lines, ['one', 'two', 'three']);
  assert.equal(rig.state().possibleLoss, 0);
});

void test('empty logs that were compressed are no loss', async (t) => {
  const rig = createRig(t);
  const last = await rig.killedAfter('one\n');
  for (const minute of [1, 2, 3]) {
    rotate(rig, minute);
    rig.append('access.log', '');
  }
  await rig.resumed(last, { unpackFolder: rig.path('unpacked') });
  rotate(rig, 4);
  rig.append('access.log', 'two\n');
  await rig.caughtUp();
  assert.deepEqual(rig.lines, ['one', 'two']);
  assert.deepEqual(rig.warnings(), []);
});

void test('logs that begin with the same comments are not taken for one another', async (t) => {
  const rig = createRig(t);
  const comments = '#Version: 1.0\n#Fields: date time cs-uri\n';
  const last = await rig.killedAfter(comments);
  rotate(rig, 1, true);
  rig.append('access.log', `${comments}one\n`);
  rotate(rig, 2, true);
  rig.append('access.log', `${comments}two\n`);
  await rig.resumed(last, { unpackFolder: rig.path('unpacked') });
  assert.deepEqual(
    rig.lines.filter((line) => !line.startsWith('#')),
    ['one', 'two'],
  );
  assert.equal(rig.state().possibleLoss, 0);
});

void test('a copy that was read and then compressed is no loss when copytruncate goes on', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'one\n');
  rig.start();
  await rig.caughtUp();
  for (const [minute, text] of ['two\n', 'three\n'].entries()) {
    copyTruncate(rig, minute + 1);
    rig.append('access.log', text);
    await rig.caughtUp();
  }
  const last = rig.checkpoint();
  await rig.crash(last);
  for (const [minute, text] of ['four\n', 'five\n'].entries()) {
    copyTruncate(rig, minute + 3);
    rig.append('access.log', text);
  }
  await rig.resumed(last, { unpackFolder: rig.path('unpacked') });
  assert.deepEqual(rig.lines, ['one', 'two', 'three', 'four', 'five']);
  assert.equal(rig.state().possibleLoss, 0);
});

void test('what is unpacked while the newest log is in its place is let go of at once', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'one\n');
  rig.start();
  await rig.caughtUp();
  rotate(rig, 1, true);
  rig.append('access.log', 'two\n');
  await rig.caughtUp();
  const last = rig.checkpoint();
  await rig.crash(last);
  compress(rig, 'access.log.1');
  await rig.resumed(last, { unpackFolder: rig.path('unpacked') });
  rotate(rig, 2, true);
  rig.append('access.log', 'three\n');
  await rig.caughtUp();
  rig.poll();
  await rig.caughtUp();
  assert.deepEqual(rig.lines, ['one', 'two', 'three']);
  assert.deepEqual(rig.warnings(), []);
});

void test('a rotation that compresses while it is unpacked is seen', async (t) => {
  const rig = createRig(t);
  const last = await rig.killedAfter('one\n');
  rig.append('access.log', 'two\n'.repeat(300_000));
  rotate(rig, 1);
  rig.append('access.log', 'three\n');
  rig.resume(last, { unpackFolder: rig.path('unpacked') });
  rotate(rig, 2);
  rig.append('access.log', 'four\n');
  await rig.caughtUp();
  assert.deepEqual([rig.lines.length, ...rig.lines.slice(-2)], [300_003, 'three', 'four']);
  assert.equal(rig.state().possibleLoss, 0);
});

void test('a folder that nothing can be written into is said, and what it costs', async (t) => {
  const rig = createRig(t);
  const last = await rig.killedAfter('one\n');
  rig.append('access.log', 'two\n');
  rotate(rig, 1);
  rig.append('access.log', 'three\n');
  rig.append('file', '');
  await rig.resumed(last, { unpackFolder: rig.path('file/unpacked') });
  assert.deepEqual(rig.lines, ['one', 'three']);
  assert.deepEqual(rig.warnings(), ['a rotated log cannot be unpacked', lost]);
});

void test('of a large log that was read nearly to its end, only the rest takes room', async (t) => {
  const rig = createRig(t);
  const line = `${'x'.repeat(99)}\n`;
  const last = await rig.killedAfter(line.repeat(100_000));
  rig.append('access.log', 'end\n');
  rotate(rig, 1);
  rig.append('access.log', 'next\n');
  rig.resume(last, { unpackFolder: rig.path('unpacked') });
  let blocks = 0;
  await rig.until(() => {
    const unpacked = fs.statSync(rig.path('unpacked/0'), { throwIfNoEntry: false });
    blocks = Math.max(blocks, unpacked?.blocks ?? 0);
    return rig.lines.length === 100_002;
  });
  assert.deepEqual(rig.lines.slice(-2), ['end', 'next']);
  assert.ok(blocks > 0 && blocks * 512 < 2_000_000, `${blocks} blocks`);
});

void test('a large log that was read to its very end is not missed', async (t) => {
  const rig = createRig(t);
  const last = await rig.killedAfter(`${'x'.repeat(99)}\n`.repeat(10_000));
  rotate(rig, 1);
  rig.append('access.log', 'next\n');
  await rig.resumed(last, { unpackFolder: rig.path('unpacked') });
  assert.equal(rig.lines.length, 10_001);
  assert.deepEqual(rig.warnings(), []);
});
