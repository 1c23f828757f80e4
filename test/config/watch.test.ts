// A configuration file that changes under the running monitor.
import assert from 'node:assert/strict';
import {
  closeSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findReplacement, watchConfigFile } from '../../src/config/watch.ts';
import { FakeClock } from '../fake-clock.ts';
import { temporaryFolder } from '../monitor-process.ts';

void test('each change is told once, within seconds; a file that is gone is waited for', (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'config.yml');
  writeFileSync(path, 'threshold: 1\n');
  const clock = new FakeClock();
  let changes = 0;
  const stop = watchConfigFile(path, clock, () => changes++);
  clock.advance(60_000);
  assert.equal(changes, 0);
  writeFileSync(path, 'threshold: 22\n');
  clock.advance(5000);
  assert.equal(changes, 1);
  clock.advance(60_000);
  assert.equal(changes, 1);
  rmSync(path);
  clock.advance(5000);
  assert.equal(changes, 1);
  writeFileSync(path, 'threshold: 3\n');
  utimesSync(path, 1, 1);
  clock.advance(5000);
  assert.equal(changes, 2);
  stop();
  writeFileSync(path, 'threshold: 444\n');
  clock.advance(60_000);
  assert.equal(changes, 2);
});

void test('a link that leads elsewhere now is a change, as in a ConfigMap of Kubernetes', (t) => {
  const folder = temporaryFolder(t);
  for (const version of ['1', '2']) {
    mkdirSync(join(folder, version));
    writeFileSync(join(folder, version, 'config.yml'), `threshold: ${version}\n`);
  }
  symlinkSync('1', join(folder, '..data'));
  symlinkSync('..data/config.yml', join(folder, 'config.yml'));
  const clock = new FakeClock();
  let changes = 0;
  watchConfigFile(join(folder, 'config.yml'), clock, () => changes++);
  symlinkSync('2', join(folder, '..new'));
  renameSync(join(folder, '..new'), join(folder, '..data'));
  clock.advance(5000);
  assert.equal(changes, 1);
});

void test('a file that was replaced is told by its having no name any more', (t) => {
  const path = join(temporaryFolder(t), 'config.yml');
  writeFileSync(path, 'threshold: 1\n');
  const descriptor = openSync(path, 'r');
  t.after(() => closeSync(descriptor));
  // What a container sees of a file that is mounted by itself is the file, whatever happens to its name.
  const mounted = `/proc/self/fd/${descriptor}`;
  const clock = new FakeClock();
  let changes = 0;
  t.after(watchConfigFile(mounted, clock, () => changes++));
  assert.equal(findReplacement(mounted), null);
  writeFileSync(`${path}.new`, 'threshold: 2\n');
  renameSync(`${path}.new`, path);
  assert.match(
    findReplacement(mounted, 'config.yml') ?? '',
    /^config\.yml: was replaced outside the container, /,
  );
  assert.equal(findReplacement(path), null);
  clock.advance(5000);
  assert.equal(changes, 1);
});
