import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
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
