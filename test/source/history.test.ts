// Finished logs as bytes: whatever they are packed in, however they are damaged, and wherever they come from.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createWriteStream, linkSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { findHistory, readHistory } from '../../src/source/history.ts';
import { temporaryFolder } from '../monitor-process.ts';
import { createRandom, takeSeed } from '../seed.ts';

/** All bytes that `path` gives, in order, and the problem at the end if there is one. */
async function read(path: string, stdin = Readable.from([])) {
  const { files, problems } = findHistory([path]);
  const [file] = files;
  if (file === undefined) return { text: '', problem: problems[0] ?? '' };
  const pieces: Buffer[] = [];
  let problem: string | null = null;
  for await (const chunk of readHistory(file, stdin)) {
    if (chunk.ok) pieces.push(Buffer.from(chunk.bytes));
    else problem = chunk.problem;
  }
  return { text: Buffer.concat(pieces).toString('latin1'), problem };
}

/** Two mebibytes that can be packed, but not to nothing. */
function createText(random: (below: number) => number): string {
  const words = Array.from({ length: 400_000 }, () => random(90_000).toString(36));
  return `${words.join('\n')}\n`;
}

const SKIPPED_FRAME = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4]);

void test('plain, gzip and zstd are told by their bytes, and give the same text', async (t) => {
  const folder = temporaryFolder(t);
  const text = createText(createRandom(takeSeed(t)));
  const bytes = Buffer.from(text);
  for (const [name, packed] of [
    ['plain.gz', bytes],
    ['gzip.log', gzipSync(bytes)],
    ['zstd.txt', zstdCompressSync(bytes)],
    ['frames-with-one-to-skip', Buffer.concat([SKIPPED_FRAME, zstdCompressSync(bytes)])],
  ] as const) {
    writeFileSync(join(folder, name), packed);
    const { text: got, problem } = await read(join(folder, name));
    assert.equal(problem, null, name);
    assert.ok(got === text, name);
  }
});

void test('members of gzip and frames of zstd that follow one another are one log, wherever they are cut', async (t) => {
  const folder = temporaryFolder(t);
  const random = createRandom(takeSeed(t));
  const text = createText(random);
  for (const [name, pack] of [
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ] as const) {
    const parts: Buffer[] = [];
    for (let start = 0; start < text.length;) {
      const end = start + 1 + random(random(4) === 0 ? 600_000 : 20);
      parts.push(pack(Buffer.from(text.slice(start, end))));
      start = end;
    }
    writeFileSync(join(folder, name), Buffer.concat(parts));
    const { text: got, problem } = await read(join(folder, name));
    assert.equal(problem, null, name);
    assert.ok(got === text, `${name}: ${got.length} of ${text.length} characters`);
  }
});

void test('zeros behind the last member of gzip are padding', async (t) => {
  const path = join(temporaryFolder(t), 'padded');
  writeFileSync(path, Buffer.concat([gzipSync('a\n'), Buffer.alloc(100_000)]));
  assert.deepEqual(await read(path), { text: 'a\n', problem: null });
});

void test('what stands before a cut is given, then the problem', async (t) => {
  const folder = temporaryFolder(t);
  const text = createText(createRandom(takeSeed(t)));
  for (const [name, packed] of [
    ['gzip', gzipSync(text)],
    ['zstd', zstdCompressSync(text)],
  ] as const) {
    const path = join(folder, name);
    writeFileSync(path, packed.subarray(0, packed.length >> 1));
    const { text: got, problem } = await read(path);
    assert.equal(problem, `${path}: the file is cut off: what could be unpacked was read`);
    assert.ok(text.startsWith(got));
    assert.ok(got.length > text.length * 0.3 && got.length < text.length * 0.7, `${name} ${got.length}`);
  }
});

void test('damage in the middle is told, and what stands well before it is given', async (t) => {
  const path = join(temporaryFolder(t), 'damaged');
  const text = createText(createRandom(takeSeed(t)));
  const packed = gzipSync(text);
  const middle = packed.length >> 1;
  packed.fill(0xff, middle, middle + 64);
  writeFileSync(path, packed);
  const { text: got, problem } = await read(path);
  // Damaged data may also look as if it went on beyond the end.
  assert.match(problem ?? '', /: the file is (?:damaged|cut off): what could be unpacked was read$/);
  assert.ok(got.slice(0, 600_000) === text.slice(0, 600_000));
});

void test('other ways of packing are named, with the command that unpacks them', async (t) => {
  const folder = temporaryFolder(t);
  for (const [name, head, said] of [
    ['a', 'BZh91AY&SY', 'is packed by bzip2, which fluffy does not unpack: pipe it in by bzip2 -dc FILE'],
    ['b', '\xfd7zXZ\0', 'is packed by xz, which fluffy does not unpack: pipe it in by xz -dc FILE'],
    ['c', 'PK\x03\x04', 'is packed by zip, which fluffy does not unpack: pipe it in by unzip -p FILE'],
  ] as const) {
    writeFileSync(join(folder, name), head, 'latin1');
    assert.deepEqual(await read(join(folder, name)), { text: '', problem: `${join(folder, name)}: ${said}` });
  }
  const stdin = Readable.from([Buffer.from('BZ'), Buffer.from('h91AY&SY')]);
  assert.equal((await read('-', stdin)).problem?.startsWith('standard input: is packed by bzip2'), true);
});

void test('an archive of tar is no log, neither as it is nor packed, nor in pieces', async (t) => {
  const folder = temporaryFolder(t);
  const path = (name: string): string => join(folder, name);
  writeFileSync(path('a.log'), 'a line\n');
  execFileSync('tar', ['-cf', path('a.tar'), '-C', folder, 'a.log']);
  const archive = readFileSync(path('a.tar'));
  writeFileSync(path('a.tar.gz'), gzipSync(archive));
  writeFileSync(path('a.tar.zst'), zstdCompressSync(archive));
  const said = 'is packed by tar, which fluffy does not unpack: pipe it in by tar -xOf FILE';
  for (const name of ['a.tar', 'a.tar.gz', 'a.tar.zst'])
    assert.deepEqual(await read(path(name)), { text: '', problem: `${path(name)}: ${said}` });
  const bytewise = Readable.from(Array.from(archive, (_, i) => archive.subarray(i, i + 1)));
  assert.deepEqual(await read('-', bytewise), { text: '', problem: `standard input: ${said}` });
});

void test('a line of a pipe is given before the next one comes', async () => {
  const stdin = new PassThrough();
  stdin.write('first\n');
  const chunks = readHistory({ path: '-', size: 0, isPipe: true }, stdin);
  const { value } = await chunks.next();
  assert.deepEqual(value, { ok: true, bytes: Buffer.from('first\n'), bytesDone: 0 });
  await chunks.return(undefined);
});

void test('standard input may be packed, and come in pieces of a byte', async () => {
  const packed = gzipSync('first\nsecond\n');
  const bytewise = Readable.from(Array.from(packed, (_, i) => packed.subarray(i, i + 1)));
  assert.deepEqual(await read('-', bytewise), { text: 'first\nsecond\n', problem: null });
  assert.deepEqual(await read('-', Readable.from([Buffer.from('a')])), { text: 'a', problem: null });
  assert.deepEqual(await read('-'), { text: '', problem: null });
});

void test('a pipe is read as standard input is', async (t) => {
  const path = join(temporaryFolder(t), 'pipe');
  execFileSync('mkfifo', [path]);
  createWriteStream(path).end('through the pipe\n');
  assert.deepEqual(await read(path), { text: 'through the pipe\n', problem: null });
});

void test('a file is read once, however often and by whatever name it is given', (t) => {
  const folder = temporaryFolder(t);
  const path = (name: string): string => join(folder, name);
  writeFileSync(path('a.log'), '');
  linkSync(path('a.log'), path('b.log'));
  symlinkSync('a.log', path('c.log'));
  const { files, doubles, problems } = findHistory([path('*.log'), path('a.log'), '-', '-']);
  assert.deepEqual(
    files.map((file) => file.path),
    [path('a.log'), '-'],
  );
  assert.deepEqual(doubles, [path('b.log'), path('c.log'), path('a.log'), '-']);
  assert.deepEqual(problems, []);
});

void test('devices and directories are no logs; links that lead nowhere are no files', (t) => {
  const folder = temporaryFolder(t);
  symlinkSync('nowhere', join(folder, 'link'));
  assert.deepEqual(findHistory(['/dev/null', folder, `${folder}/`, join(folder, 'link')]).problems, [
    '/dev/null: is a device or a socket, not a log',
    `${folder}: is a directory; name the logs in it, such as "${folder}/*"`,
    `${folder}/: is a directory; name the logs in it, such as "${folder}/*"`,
    `${join(folder, 'link')}: no such file`,
  ]);
});
