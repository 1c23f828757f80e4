// A rotating file keeps whole texts only, under its own name, and a bounded number of files.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { RotatingFile } from '../../src/outputs/rotating-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'fluffy-rotating-file-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let folders = 0;

function createFile(limits: { fileBytesMax?: number; fileCountMax?: number } = {}) {
  const path = join(folder, String(folders++), 'data', 'alerts.log');
  return { path, file: new RotatingFile({ path, fileBytesMax: 65_536, fileCountMax: 3, ...limits }) };
}

void test('opening creates the folders on the way and an empty file', async () => {
  const { path, file } = createFile();
  await file.open();
  assert.equal(readFileSync(path, 'utf8'), '');
  await file.close();
});

void test('what is appended follows what an earlier run has written', async () => {
  const { path, file } = createFile();
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, 'before\n');
  await file.append('one\n');
  await file.append('zwei ü\n');
  assert.equal(readFileSync(path, 'utf8'), 'before\none\nzwei ü\n');
  await file.close();
});

void test('a full file is rotated, and so many are kept as are asked for', async () => {
  const { path, file } = createFile({ fileBytesMax: 10, fileCountMax: 3 });
  for (const text of ['aaaaaaaaa\n', 'bbbbbbbbb\n', 'ccccccccc\n', 'ddddddddd\n', 'e\n'])
    await file.append(text);
  await file.close();
  const names = readdirSync(join(path, '..')).toSorted();
  assert.deepEqual(names, ['alerts.log', 'alerts.log.1', 'alerts.log.2']);
  assert.equal(readFileSync(path, 'utf8'), 'e\n');
  assert.equal(readFileSync(`${path}.1`, 'utf8'), 'ddddddddd\n');
  assert.equal(readFileSync(`${path}.2`, 'utf8'), 'ccccccccc\n');
});

void test('a file that is over the size already is rotated when it is opened', async () => {
  const { path, file } = createFile({ fileBytesMax: 4 });
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, 'too large\n');
  await file.append('x\n');
  assert.equal(readFileSync(`${path}.1`, 'utf8'), 'too large\n');
  assert.equal(readFileSync(path, 'utf8'), 'x\n');
  await file.close();
});

void test('a file that somebody has renamed or deleted is begun anew under its name', async () => {
  const { path, file } = createFile();
  await file.append('one\n');
  renameSync(path, `${path}.moved`);
  await file.append('two\n');
  rmSync(path);
  await file.append('three\n');
  assert.equal(readFileSync(`${path}.moved`, 'utf8'), 'one\n');
  assert.equal(readFileSync(path, 'utf8'), 'three\n');
  await file.close();
});

void test('a folder that somebody has deleted is made again', async () => {
  const { path, file } = createFile();
  await file.append('one\n');
  rmSync(join(path, '..'), { recursive: true });
  await file.append('two\n');
  assert.equal(readFileSync(path, 'utf8'), 'two\n');
  await file.close();
});

void test('a directory in the place of the file is said, and the file is written once it is gone', async () => {
  const { path, file } = createFile();
  mkdirSync(path, { recursive: true });
  await assert.rejects(file.open(), {
    message: `cannot write ${path}: Can't write on: ${path} (it is not a file)`,
  });
  await assert.rejects(file.append('lost\n'));
  rmSync(path, { recursive: true });
  await file.append('one\n');
  assert.equal(readFileSync(path, 'utf8'), 'one\n');
  await file.close();
});

void test('a folder that is a file is said', async () => {
  const { path, file } = createFile();
  mkdirSync(join(path, '..', '..'), { recursive: true });
  writeFileSync(join(path, '..'), '');
  await assert.rejects(file.append('x\n'), /^Error: cannot write .*alerts\.log: ENOTDIR/);
  await file.close();
});

void test('closing a file that never was open, or could not be opened, ends', async () => {
  const { file } = createFile();
  await file.close();
  const other = createFile();
  mkdirSync(other.path, { recursive: true });
  await assert.rejects(other.file.open());
  await other.file.close();
});

void test('a text that only fits in part is refused and leaves nothing of itself behind', () => {
  const path = join(folder, 'limited.log');
  const script = `
    import { RotatingFile } from ${JSON.stringify(join(import.meta.dirname, '../../src/outputs/rotating-file.ts'))};
    const file = new RotatingFile({ path: ${JSON.stringify(path)}, fileBytesMax: 65536, fileCountMax: 2 });
    await file.append('a'.repeat(299) + '\\n');
    await file.append('b'.repeat(299) + '\\n').catch((error) => console.log(error.message));
    await file.append('c'.repeat(99) + '\\n');
    await file.close();`;
  // The limit on the size of files stands for a disk that is nearly full; the unit is 512 bytes.
  const command = `trap '' XFSZ; ulimit -f 1; exec "$0" --input-type=module-typescript --eval "$1"`;
  const result = spawnSync('sh', ['-c', command, process.execPath, script], { encoding: 'utf8' });
  assert.equal(result.stderr, '');
  assert.equal(result.stdout, `cannot write ${path}: no room left on the disk\n`);
  assert.equal(readFileSync(path, 'utf8'), `${'a'.repeat(299)}\n${'c'.repeat(99)}\n`);
});

void test('what others append meanwhile stays', async () => {
  const { path, file } = createFile();
  await file.append('one\n');
  appendFileSync(path, 'a note of mine\n');
  await file.append('two\n');
  assert.equal(readFileSync(path, 'utf8'), 'one\na note of mine\ntwo\n');
  assert.equal(existsSync(`${path}.1`), false);
  assert.equal(statSync(path).isFile(), true);
  await file.close();
});
