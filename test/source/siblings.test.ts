import assert from 'node:assert/strict';
import fs from 'node:fs';
import nodePath from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { FollowContext } from '../../src/source/follow-context.ts';
import { Ledger } from '../../src/source/ledger.ts';
import { Losses } from '../../src/source/losses.ts';
import { Recovery } from '../../src/source/recovery.ts';
import { parsePositions } from '../../src/source/positions.ts';
import { Siblings } from '../../src/source/siblings.ts';
import { createFolder } from './folder.ts';

function createLogs(folder: string, ...names: readonly string[]): void {
  for (const name of names) fs.writeFileSync(nodePath.join(folder, name), name);
}

function note(siblings: Siblings): void {
  const listing = siblings.changed();
  if (listing !== null) siblings.note(listing);
}

void test('what was there at the last note is not unseen, what came since is', (t) => {
  const folder = createFolder(t);
  createLogs(folder, 'access.log', 'access.log.1');
  const siblings = new Siblings(nodePath.join(folder, 'access.log'));
  note(siblings);
  fs.renameSync(nodePath.join(folder, 'access.log.1'), nodePath.join(folder, 'access.log.3'));
  createLogs(folder, 'access.log.2', 'error.log.1');
  const { plain } = siblings.takeUnseen(0);
  assert.deepEqual(
    plain.map(({ path }) => path),
    [nodePath.join(folder, 'access.log.2')],
  );
  assert.deepEqual(siblings.takeUnseen(0).plain, []);
});

void test('what was born before the given time is history', (t) => {
  const folder = createFolder(t);
  const siblings = new Siblings(nodePath.join(folder, 'access.log'));
  note(siblings);
  createLogs(folder, 'access.log.1');
  assert.deepEqual(siblings.takeUnseen(Date.now() + 60_000).plain, []);
});

void test('a directory that was never looked at brings history only', (t) => {
  const folder = createFolder(t);
  createLogs(folder, 'access.log.1', 'access.log.2.gz');
  const siblings = new Siblings(nodePath.join(folder, 'access.log'));
  assert.deepEqual(siblings.takeUnseen(0), { plain: [], compressedBytes: [] });
});

void test('a compressed file that no vanished file explains holds a generation that nobody saw', (t) => {
  const folder = createFolder(t);
  createLogs(folder, 'access.log', 'access.log.1');
  const siblings = new Siblings(nodePath.join(folder, 'access.log'));
  note(siblings);
  fs.unlinkSync(nodePath.join(folder, 'access.log.1'));
  for (const number of [2, 3])
    fs.writeFileSync(nodePath.join(folder, `access.log.${number}.gz`), 'x'.repeat(64));
  assert.deepEqual(siblings.takeUnseen(0).compressedBytes, [64]);
});

void test('what counts as seen goes through JSON to a later process', (t) => {
  const folder = createFolder(t);
  createLogs(folder, 'access.log', 'access.log.1', 'access.log.2.gz');
  const path = nodePath.join(folder, 'access.log');
  const before = new Siblings(path);
  note(before);
  const saved: unknown = JSON.parse(JSON.stringify(before.saved()));
  const after = new Siblings(path);
  after.restore(saved as ReturnType<Siblings['saved']> & object);
  assert.equal(after.changed(), null);
  createLogs(folder, 'access.log.3');
  const { plain, compressedBytes } = after.takeUnseen(0);
  assert.deepEqual(
    [plain.map((each) => nodePath.basename(each.path)), compressedBytes],
    [['access.log.3'], []],
  );
});

void test('a file is found by what it is, whatever it is called', (t) => {
  const folder = createFolder(t);
  createLogs(folder, 'kept', 'access.log');
  const siblings = new Siblings(nodePath.join(folder, 'access.log'));
  const stat = fs.statSync(nodePath.join(folder, 'kept'));
  assert.equal(siblings.nameOf(stat), nodePath.join(folder, 'kept'));
  assert.equal(siblings.nameOf({ dev: stat.dev, ino: stat.ino, birthtimeMs: 1 }), null);
});

/** `access.log.2` is new in the folder; `meanwhile` is called once when it has been listed, with the path of the log. */
function createRace(t: TestContext, meanwhile: (log: string) => void) {
  const folder = createFolder(t);
  createLogs(folder, 'access.log.1');
  const log = nodePath.join(folder, 'access.log');
  const siblings = new Siblings(log);
  note(siblings);
  createLogs(folder, 'access.log.2');
  const takeUnseen = siblings.takeUnseen.bind(siblings);
  siblings.takeUnseen = (bornMs) => {
    const unseen = takeUnseen(bornMs);
    siblings.takeUnseen = takeUnseen;
    meanwhile(log);
    return unseen;
  };
  const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const context = { ledger: new Ledger(), logger } as unknown as FollowContext;
  const losses = new Losses(log, logger);
  const recovery = new Recovery({ path: log, context, siblings, losses, freeCopies: () => {} });
  const openMissed = (): [path: string, text: string][] => {
    const files = recovery.openMissed(0, () => false);
    t.after(() => files.forEach(({ fd }) => fs.closeSync(fd)));
    return files.map(({ path, fd }) => [path, fs.readFileSync(fd, 'utf8')]);
  };
  return { log, siblings, losses, openMissed };
}

void test('a file that a rotation moves on while it is looked for is found under its next name', (t) => {
  const { log, openMissed } = createRace(t, (path) => {
    fs.renameSync(`${path}.2`, `${path}.3`);
    fs.renameSync(`${path}.1`, `${path}.2`);
  });
  assert.deepEqual(openMissed(), [[`${log}.3`, 'access.log.2']]);
});

for (const isRemoved of [false, true]) {
  const fate = isRemoved ? 'and that is removed is a loss' : 'is sought again at the next look';
  void test(`a file that no name leads to ${fate}`, (t) => {
    const { log, siblings, losses, openMissed } = createRace(t, (path) =>
      fs.renameSync(`${path}.2`, `${path}-elsewhere`),
    );
    siblings.nameOf = () => null;
    assert.deepEqual(openMissed(), []);
    assert.deepEqual([losses.count, siblings.isIncomplete], [0, true]);
    assert.ok(isAccepted(log, siblings), 'a later process goes on from what is known now');
    if (isRemoved) fs.rmSync(`${log}-elsewhere`);
    else fs.renameSync(`${log}-elsewhere`, `${log}.3`);
    assert.notEqual(siblings.changed(), null);
    assert.deepEqual(openMissed(), isRemoved ? [] : [[`${log}.3`, 'access.log.2']]);
    assert.equal(losses.count, isRemoved ? 1 : 0);
    assert.deepEqual(openMissed(), []);
    assert.equal(losses.count, isRemoved ? 1 : 0);
  });
}

function isAccepted(path: string, siblings: Siblings): boolean {
  const place = { current: null, isSettled: true, firstSight: null, copy: null, possibleLoss: 0 };
  const saved = { path, generations: [], heads: [], siblings: siblings.saved(), ...place };
  const positions = { version: 1, filename: [path], paths: [saved], released: [] };
  return parsePositions(JSON.parse(JSON.stringify(positions))) !== null;
}

void test('a file has a name although listings miss it, as long as one has it', (t) => {
  const folder = createFolder(t);
  const siblings = new Siblings(nodePath.join(folder, 'access.log'));
  const names = ['access.log.1', 'access.log.2', 'access.log.3'];
  createLogs(folder, ...names);
  const path = nodePath.join(folder, 'access.log.1');
  const stat = fs.statSync(path);
  tearListings(t, names, 2);
  assert.equal(siblings.nameOf(stat), path);
});

/** Every listing of `folder` misses one of `names`, another one each time, until `times` listings were made. */
function tearListings(t: TestContext, names: readonly string[], times: number): void {
  const real = fs.readdirSync.bind(fs);
  let listings = 0;
  t.mock.method(fs, 'readdirSync', (path: string) => {
    const missing = listings < times ? names[listings++ % names.length] : '';
    return real(path).filter((name) => name !== missing);
  });
}

void test('a rotation that goes on while the files are listed hides none of them', (t) => {
  const folder = createFolder(t);
  const siblings = new Siblings(nodePath.join(folder, 'access.log'));
  note(siblings);
  const names = ['access.log.1', 'access.log.2', 'access.log.3'];
  createLogs(folder, ...names);
  tearListings(t, names, 5);
  const listed = (): string[] => siblings.takeUnseen(0).plain.map(({ path }) => nodePath.basename(path));
  assert.deepEqual(listed().toSorted(), names);
  // Nothing of it counts as seen: there may have been more.
  assert.ok(siblings.isIncomplete);
  assert.deepEqual(listed().toSorted(), names);
  assert.ok(!siblings.isIncomplete);
  assert.deepEqual(listed(), []);
});
