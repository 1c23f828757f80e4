// Files that are named to be looked at may be packed.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import nodePath from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { sampleFiles } from '../../src/source/packed-sample.ts';
import { createFolder } from './folder.ts';

const NOTHING = Readable.from([]);
const LINE = `${'x'.repeat(99)}\n`;

void test('of a packed file the sample is its first whole lines, of another the last ones', async (t) => {
  const folder = createFolder(t);
  const text = `first\n${LINE.repeat(1000)}half`;
  fs.writeFileSync(nodePath.join(folder, 'a.gz'), gzipSync(text));
  fs.writeFileSync(nodePath.join(folder, 'b.zst'), zstdCompressSync(text));
  fs.writeFileSync(nodePath.join(folder, 'c.log'), text);
  const samples = await sampleFiles(
    ['a.gz', 'b.zst', 'c.log'].map((name) => nodePath.join(folder, name)),
    NOTHING,
  );
  const [packed, last] = [`first\n${LINE.repeat(655)}`, LINE.repeat(655)];
  assert.deepEqual(
    samples.map(({ packing, bytes, problem }) => [packing, bytes.toString(), problem]),
    [
      ['gzip', packed, null],
      ['zstd', packed, null],
      [undefined, last, null],
    ],
  );
});

void test('a packed file that is short is shown whole, also its last line', async (t) => {
  const folder = createFolder(t);
  const texts = ['half', `${LINE}half`, LINE, '', LINE.repeat(655).padEnd(65_536, 'x')];
  const names = texts.map((text, i) => {
    const name = nodePath.join(folder, `${i}.gz`);
    fs.writeFileSync(name, gzipSync(text));
    return name;
  });
  assert.deepEqual(
    (await sampleFiles(names, NOTHING)).map(({ bytes }) => bytes.toString()),
    texts.map((text) => (text.endsWith('\n') || text === '' ? text : `${text}\n`)),
  );
});

void test('a packed file that is damaged, or that fluffy does not unpack, is the problem of its sample', async (t) => {
  const folder = createFolder(t);
  const [cut, foreign, archive] = ['cut.gz', 'a.xz', 'a.tar'].map((name) => nodePath.join(folder, name));
  assert.ok(cut !== undefined && foreign !== undefined && archive !== undefined);
  fs.writeFileSync(cut, gzipSync(LINE).subarray(0, 14));
  fs.writeFileSync(foreign, Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]));
  fs.writeFileSync(archive, `${'a.log'.padEnd(257, '\0')}ustar`);
  const samples = await sampleFiles([cut, foreign, archive], NOTHING);
  assert.deepEqual(
    samples.map(({ problem }) => problem?.message),
    [
      `${cut}: the file is cut off: what could be unpacked was read`,
      `${foreign} is packed by xz, which fluffy does not unpack: pipe it in by xz -dc FILE`,
      `${archive} is packed by tar, which fluffy does not unpack: pipe it in by tar -xOf FILE`,
    ],
  );
});

void test('a file that is named and is not there is not waited for', async (t) => {
  const folder = createFolder(t);
  const [missing, none] = ['a.log', '*.log'].map((name) => nodePath.join(folder, name));
  assert.ok(missing !== undefined && none !== undefined);
  assert.deepEqual(
    (await sampleFiles([missing, none], NOTHING)).map(({ problem }) => problem?.message),
    [`${missing} does not exist`, `no file matches ${none}`],
  );
});

async function sampleInput(chunks: readonly (string | Buffer)[]): Promise<unknown[]> {
  const stdin = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
  const [sample, ...others] = await sampleFiles(['-', '-'], stdin);
  assert.deepEqual(others, []);
  return [sample?.path, sample?.bytes.toString(), sample?.isBeginning, sample?.problem?.message];
}

void test('of standard input the sample is its first whole lines, packed or not, and its last one if it is short', async () => {
  const [path, packed] = ['standard input', gzipSync(`${LINE}half`)];
  assert.deepEqual(await sampleInput(['fir', `st\n${LINE}`, 'half']), [
    path,
    `first\n${LINE}half\n`,
    true,
    undefined,
  ]);
  assert.deepEqual(await sampleInput([packed.subarray(0, 1), packed.subarray(1)]), [
    path,
    `${LINE}half\n`,
    true,
    undefined,
  ]);
  assert.deepEqual(await sampleInput([LINE.repeat(1000), LINE.repeat(1000)]), [
    path,
    LINE.repeat(655),
    true,
    undefined,
  ]);
});

void test('standard input without anything, or with something else, is told', async () => {
  for (const nothing of [[], [''], [gzipSync('')]])
    assert.equal((await sampleInput(nothing))[3], 'standard input is empty');
  assert.equal(
    (await sampleInput([gzipSync(LINE).subarray(0, 14)]))[3],
    'standard input: the file is cut off: what could be unpacked was read',
  );
});

void test('standard input comes behind the files', async (t) => {
  const path = nodePath.join(createFolder(t), 'a.log');
  fs.writeFileSync(path, LINE);
  const samples = await sampleFiles(['-', path], Readable.from([Buffer.from('half')]));
  assert.deepEqual(
    samples.map((sample) => [sample.path, sample.bytes.toString()]),
    [
      [path, LINE],
      ['standard input', 'half\n'],
    ],
  );
});
