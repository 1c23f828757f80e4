import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { test } from 'node:test';
import { createRig } from './rig.ts';
import type { Rig } from './rig.ts';
import { MAIN } from '../monitor-process.ts';

void test('a directory that is made later is found, and its log read whole', async (t) => {
  const rig = createRig(t);
  const filename = [rig.path('logs/access.log')];
  rig.start({ filename, startFrom: 'end' });
  const { problem } = rig.state();
  assert.equal(problem?.code, 'missing');
  assert.ok(problem.message.includes(`its nearest existing directory is ${rig.folder}`));
  fs.mkdirSync(rig.path('logs'));
  rig.append('logs/access.log', 'one\n');
  await rig.caughtUp();
  assert.deepEqual(rig.lines, ['one']);
});

void test('a directory that is replaced brings history along, which is not read', async (t) => {
  const rig = createRig(t);
  fs.mkdirSync(rig.path('logs'));
  rig.append('logs/access.log', 'one\n');
  rig.start({ filename: [rig.path('logs/access.log')] });
  await rig.caughtUp();
  fs.mkdirSync(rig.path('mounted'));
  rig.append('mounted/access.log.1', 'history\n');
  rig.append('mounted/access.log', 'two\n');
  rig.rename('logs', 'away');
  rig.rename('mounted', 'logs');
  await rig.caughtUp();
  assert.deepEqual(rig.lines, ['one', 'two']);
});

void test('a name that leads to a directory for a while is said, and the log is read when it is back', async (t) => {
  const rig = createRig(t);
  rig.append('access.log', 'one\n');
  rig.start();
  await rig.caughtUp();
  rig.rename('access.log', 'kept');
  fs.mkdirSync(rig.path('access.log'));
  rig.poll();
  assert.equal(rig.state().problem?.code, 'not-a-file');
  fs.rmdirSync(rig.path('access.log'));
  rig.append('kept', 'two\n');
  rig.rename('kept', 'access.log');
  await rig.caughtUp();
  assert.deepEqual(rig.lines, ['one', 'two']);
  assert.equal(rig.state().problem, null);
});

void test('a named pipe is not opened', (t) => {
  const rig = createRig(t);
  execFileSync('mkfifo', [rig.path('access.log')]);
  rig.start();
  assert.deepEqual(rig.state().problem, {
    code: 'not-a-file',
    message: `${rig.path('access.log')} is a named pipe, not a log file: set filename to the access log itself`,
  });
});

void test('a log that may not be read, and then may again, loses nothing', async (t) => {
  await asNobody(createRig(t), async (rig) => {
    rig.append('logs/access.log', 'history\n');
    const fd = fs.openSync(rig.path('logs/access.log'), 'a');
    fs.chmodSync(rig.path('logs/access.log'), 0);
    rig.start({ filename: [rig.path('logs/access.log')], startFrom: 'end' });
    const { problem } = rig.state();
    assert.equal(problem?.code, 'unreadable');
    assert.match(problem.message, /with mode 0000 .* chmod g\+r /);
    fs.writeSync(fd, 'one\n');
    rig.poll();
    fs.chmodSync(rig.path('logs/access.log'), 0o600);
    await rig.caughtUp();
    assert.deepEqual(rig.lines, ['one']);
    assert.equal(rig.state().problem, null);
    // Once it is open, it is read although the way to it is barred.
    fs.chmodSync(rig.path('logs'), 0);
    fs.writeSync(fd, 'two\n');
    fs.closeSync(fd);
    await rig.caughtUp();
    assert.deepEqual(rig.lines, ['one', 'two']);
    assert.equal(rig.state().problem?.code, 'unreadable');
  });
});

for (const barred of ['logs', 'logs/access.log']) {
  void test(`a log that may not be read at a restart goes on where it was left: ${barred}`, async (t) => {
    await asNobody(createRig(t), async (rig) => {
      await resumeBarred(rig, barred);
      // One more restart before it can be read.
      const next = rig.checkpoint();
      await rig.crash(next);
      rig.resume(next);
      rig.poll();
      fs.chmodSync(rig.path(barred), 0o700);
      await rig.caughtUp();
      assert.deepEqual(rig.lines, ['one', 'two']);
      assert.equal(rig.state().possibleLoss, 0);
    });
  });

  void test(`a log that is rotated while it may not be read loses nothing: ${barred}`, async (t) => {
    await asNobody(createRig(t), async (rig) => {
      await resumeBarred(rig, barred);
      fs.chmodSync(rig.path('logs'), 0o700);
      rig.rename('logs/access.log', 'logs/access.log.1');
      rig.append('logs/access.log', 'three\n');
      if (barred !== 'logs') fs.chmodSync(rig.path('logs/access.log.1'), 0o600);
      await rig.caughtUp();
      assert.deepEqual(rig.lines, ['one', 'two', 'three']);
      assert.equal(rig.state().possibleLoss, 0);
    });
  });
}

/** A log of one line was read and grew by another one when the process was away; now the way to it is barred. */
async function resumeBarred(rig: Rig, barred: string): Promise<void> {
  rig.append('logs/access.log', 'one\n');
  rig.start({ filename: [rig.path('logs/access.log')] });
  await rig.caughtUp();
  const last = rig.checkpoint();
  await rig.crash(last);
  rig.append('logs/access.log', 'two\n');
  fs.chmodSync(rig.path(barred), 0);
  rig.resume(last);
  rig.poll();
  assert.equal(rig.state().problem?.code, 'unreadable');
}

/** Nothing is refused to root. `act` has a directory `logs`. */
async function asNobody(rig: Rig, act: (rig: Rig) => Promise<void>): Promise<void> {
  fs.chmodSync(rig.folder, 0o777);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  fs.mkdirSync(rig.path('logs'));
  try {
    await act(rig);
  } finally {
    fs.chmodSync(rig.path('logs'), 0o700);
    if (isRoot) process.seteuid?.(0);
  }
}

void test('a glob in a directory that may not be read says so, not that nothing matches', (t) => {
  const rig = createRig(t);
  fs.chmodSync(rig.folder, 0o755);
  fs.mkdirSync(rig.path('logs'), 0o700);
  rig.append('logs/access.log', 'one\n');
  // Root may read everything: somebody else looks.
  const isRoot = process.getuid?.() === 0;
  if (!isRoot) fs.chmodSync(rig.path('logs'), 0);
  const { stdout } = spawnSync(process.execPath, [MAIN, 'check', rig.path('logs/*.log')], {
    encoding: 'utf8',
    cwd: '/',
    ...(isRoot ? { uid: 65_534, gid: 65_534 } : {}),
  });
  assert.ok(
    stdout.startsWith(`cannot read ${rig.path('logs/*.log')}: the directory ${rig.path('logs')} belongs to`),
    stdout,
  );
});

void test('a read that fails within a backlog is said, and tried again from there', async (t) => {
  const rig = createRig(t);
  const lines = Array.from({ length: 20_000 }, (_, number) => `line ${number} ${'x'.repeat(40)}`);
  rig.append('access.log', `${lines.join('\n')}\n`);
  const { readSync } = fs;
  let blocks = 0;
  let failures = 0;
  t.mock.method(fs, 'readSync', (...args: Parameters<typeof fs.readSync>) => {
    if (args[1].byteLength >= 65_536 && [3, 4, 9].includes(++blocks)) {
      failures++;
      throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' });
    }
    return readSync(...args);
  });
  rig.start();
  await rig.until(() => rig.state().problem?.code === 'read-error');
  await rig.caughtUp();
  assert.equal(failures, 3);
  assert.deepEqual(rig.lines, lines);
  assert.equal(rig.state().problem, null);
});
