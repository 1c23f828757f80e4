// Logs that a pattern finds by their dates, and that came and were compressed while no process was there.
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import fs from 'node:fs';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { createRig } from './rig.ts';
import type { Checkpoint, Rig } from './rig.ts';

type Pack = (bytes: Buffer) => Buffer;

const MINUTE_MS = 60_000;
const startMs = Date.now();

/** As gzip does: it is as old as what it was compressed from. `minute`: after the start. */
function writePacked(rig: Rig, name: string, text: string, minute: number, pack: Pack = gzipSync): void {
  fs.writeFileSync(rig.path(name), pack(Buffer.from(text)));
  const time = new Date(startMs + minute * MINUTE_MS);
  fs.utimesSync(rig.path(name), time, time);
}

/** Killed when it had read the first day. */
async function killedOnDayOne(test_: TestContext, pattern = 'access-*.log'): Promise<[Rig, Checkpoint]> {
  const rig = createRig(test_);
  writePacked(rig, 'access-0.log.gz', 'history\n', -1);
  rig.append('access-1.log', 'one\n');
  rig.start({ filename: [rig.path(pattern)], unpackFolder: rig.path('unpacked') });
  await rig.caughtUp();
  const last = rig.checkpoint();
  await rig.crash(last);
  rig.letTimePass();
  return [rig, last];
}

void test('a log that came and was compressed meanwhile is read whole, between its neighbours', async (t) => {
  const [rig, last] = await killedOnDayOne(t);
  rig.append('access-1.log', 'one more\n');
  // Of less, nothing would be missed.
  const two = hash('sha512', 'two');
  writePacked(rig, 'access-2.log.gz', `${two}\ntwo more\n`, 1);
  writePacked(rig, 'access-3.log.zst', 'three\n', 2, zstdCompressSync);
  rig.append('access-4.log', 'four\n');
  await rig.resumed(last, { startFrom: 'end' });
  assert.deepEqual(rig.lines.toSorted(), [two, 'four', 'one', 'one more', 'three', 'two more'].toSorted());
  assert.ok(!fs.existsSync(rig.path('unpacked')), 'nothing is left of it');
  await rig.graceOver();
  const next = rig.checkpoint();
  await rig.crash(next);
  await rig.resumed(next);
  assert.equal(rig.lines.length, 6);
  assert.deepEqual(rig.warnings(), []);
});

void test('the log that was read last is compressed as well', async (t) => {
  const [rig, last] = await killedOnDayOne(t);
  rig.remove('access-1.log');
  writePacked(rig, 'access-1.log.gz', 'one\none more\n', 1);
  writePacked(rig, 'access-2.log.gz', 'two\n', 2);
  await rig.resumed(last);
  assert.deepEqual(rig.lines.toSorted(), ['one', 'one more', 'two']);
  assert.deepEqual(
    rig.warnings().filter((message) => message.startsWith('possible loss')),
    [],
  );
});

void test('one that was read before it was compressed is not read again', async (t) => {
  const rig = createRig(t);
  rig.append('access-1.log', 'one\n');
  rig.start({ filename: [rig.path('access-*.log')], unpackFolder: rig.path('unpacked') });
  await rig.caughtUp();
  rig.append('access-2.log', 'two\n');
  await rig.caughtUp();
  const last = rig.checkpoint();
  await rig.crash(last);
  rig.letTimePass();
  rig.remove('access-1.log');
  writePacked(rig, 'access-1.log.gz', 'one\n', 3);
  rig.append('access-2.log', 'two more\n');
  await rig.resumed(last);
  await rig.graceOver();
  const next = rig.checkpoint();
  await rig.crash(next);
  await rig.resumed(next);
  assert.deepEqual(rig.lines, ['one', 'two', 'two more']);
});

void test('killed while it reads such a log, it unpacks that again and goes on', async (t) => {
  const [rig, last] = await killedOnDayOne(t);
  const lines = Array.from({ length: 5000 }, (_, number) => `${'x'.repeat(1000)} ${number}`);
  writePacked(rig, 'access-2.log.gz', `${lines.join('\n')}\n`, 1);
  const again = await rig.killedAtLine(last, lines.length / 2);
  await rig.resumed(again);
  assert.deepEqual(rig.lines, ['one', ...lines]);
  assert.deepEqual(rig.warnings(), []);
});

void test('one that cannot be unpacked is told as lost', async (t) => {
  const [rig, last] = await killedOnDayOne(t);
  writePacked(rig, 'access-2.log.gz', hash('sha512', 'two'), 1, (bytes) => gzipSync(bytes).subarray(0, 100));
  rig.append('access-1.log', 'one more\n');
  await rig.resumed(last);
  assert.deepEqual(rig.lines, ['one', 'one more']);
  assert.deepEqual(rig.warnings(), [
    'a rotated log cannot be unpacked',
    'possible loss of lines: a rotated log was compressed before it was read',
  ]);
  const losses = rig.source.states().map(({ path, possibleLoss }) => [path, possibleLoss]);
  assert.deepEqual(losses, [
    [rig.path('access-1.log'), 0],
    [rig.path('access-2.log'), 1],
  ]);
});

void test('rotated logs of one that the pattern finds are its generations', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'one\n');
  rig.start({ filename: [rig.path('access.log*')], unpackFolder: rig.path('unpacked') });
  await rig.caughtUp();
  const last = rig.checkpoint();
  await rig.crash(last);
  rig.letTimePass();
  rig.remove('access.log');
  writePacked(rig, 'access.log.2.gz', 'one\ntwo\n', 1);
  writePacked(rig, 'access.log.1.gz', 'three\n', 2);
  rig.append('access.log', 'four\n');
  await rig.resumed(last);
  assert.deepEqual(rig.lines, ['one', 'two', 'three', 'four']);
});

void test('what is older than what was read is history, although it was put there later', async (t) => {
  const [rig, last] = await killedOnDayOne(t);
  writePacked(rig, 'access-00.log.gz', 'from an archive\n', -60);
  rig.append('access-1.log', 'one more\n');
  await rig.resumed(last);
  assert.deepEqual(rig.lines, ['one', 'one more']);
});

void test('of an empty one nothing is told', async (t) => {
  const [rig, last] = await killedOnDayOne(t);
  writePacked(rig, 'access-2.log.gz', '', 1);
  rig.append('access-1.log', 'one more\n');
  await rig.resumed(last);
  assert.deepEqual(rig.lines, ['one', 'one more']);
  assert.deepEqual(rig.warnings(), []);
});
