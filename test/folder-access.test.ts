import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { explainFolder } from '../src/folder-access.ts';
import { temporaryFolder } from './monitor-process.ts';

const MODULE = join(import.meta.dirname, '..', 'src', 'folder-access.ts');
const IS_ROOT = process.getuid?.() === 0;
/** Root may write anywhere. */
const UID = IS_ROOT ? 1000 : (process.getuid?.() ?? -1);

/** What somebody who is not root is told. */
function explainAsUser(path: string): string {
  const program = `import { explainFolder } from ${JSON.stringify(MODULE)}; process.stdout.write(String(explainFolder(${JSON.stringify(path)})));`;
  const args = ['--input-type=module', '--eval', program];
  return execFileSync(process.execPath, args, { encoding: 'utf8', ...(IS_ROOT ? { uid: UID } : {}) });
}

void test('nothing is wrong with a folder that can be written into, or that can be made', (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'file'), '');
  for (const path of ['fluffy.db', 'data/fluffy.db', 'file/fluffy.db'])
    assert.equal(explainFolder(join(folder, path)), null);
});

void test('a folder of somebody else is told with its owner and the remedy', (t) => {
  const folder = temporaryFolder(t);
  chmodSync(folder, 0o755);
  const data = join(folder, 'data');
  mkdirSync(data);
  chmodSync(data, 0o555);
  if (IS_ROOT) chownSync(data, 0, 0);
  const owner = IS_ROOT ? '0:0' : `${UID}:${process.getgid?.()}`;
  const told =
    `fluffy runs as uid ${UID} and may not write into ${data} (owner ${owner}, mode 555): ` +
    `chown ${UID} it, or run fluffy as its owner`;
  assert.equal(explainAsUser(join(data, 'fluffy.db')), told);
  assert.equal(explainAsUser(join(data, 'deeper', 'fluffy.db')), told);
  chmodSync(data, 0o600);
  assert.equal(explainAsUser(join(data, 'deeper', 'fluffy.db')), told.replace('555', '600'));
});

const skip =
  (!IS_ROOT || spawnSync('unshare', ['-m', 'true']).status !== 0) && 'mounting is not permitted here';

/** What uid 1000 is told of `data/fluffy.db` after `mount`, a command of the shell in a namespace of its own. */
function explainMounted(folder: string, mount: string): string {
  const path = JSON.stringify(join(folder, 'data', 'fluffy.db'));
  const program = `import { explainFolder } from ${JSON.stringify(MODULE)}; process.setuid(1000); process.stdout.write(String(explainFolder(${path})));`;
  const args = ['-m', 'sh', '-c', `${mount} && exec "$@"`, 'sh', process.execPath];
  return execFileSync('unshare', [...args, '--input-type=module', '--eval', program], {
    cwd: folder,
    encoding: 'utf8',
  });
}

void test('a folder that is mounted read-only is told with what to mount', { skip }, (t) => {
  const folder = temporaryFolder(t);
  chmodSync(folder, 0o755);
  const data = join(folder, 'data');
  mkdirSync(data);
  chownSync(data, 1000, 1000);
  assert.equal(
    explainMounted(folder, 'mount --bind data data && mount -o remount,ro,bind data'),
    `${data} is mounted read-only: take away :ro if it is a volume of its own; in a container with --read-only (read_only: true), ` +
      `mount a volume there, -v "$PWD/data:${data}", or --tmpfs ${data}:uid=1000 for what need not outlast the container`,
  );
});

void test('a tmpfs that belongs to root is told with how to mount it', { skip }, (t) => {
  const folder = temporaryFolder(t);
  chmodSync(folder, 0o755);
  const data = join(folder, 'data');
  mkdirSync(data);
  assert.equal(
    explainMounted(folder, 'mount -t tmpfs -o mode=755 none data'),
    `fluffy runs as uid 1000 and may not write into ${data} (owner 0:0, mode 755): ` +
      `it is a tmpfs, so mount it as fluffy's, --tmpfs ${data}:uid=1000`,
  );
});
