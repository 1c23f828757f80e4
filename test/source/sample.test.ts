import assert from 'node:assert/strict';
import fs from 'node:fs';
import nodePath from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { sampleLogs } from '../../src/source/sample.ts';
import { createFolder } from './folder.ts';

void test('the sample of a log is its last whole lines', (t) => {
  const path = nodePath.join(createFolder(t), 'access.log');
  const line = `${'x'.repeat(99)}\n`;
  fs.writeFileSync(path, `${line.repeat(1000)}half`);
  const [sample] = sampleLogs([path]);
  assert.equal(sample?.size, 100_004);
  assert.equal(sample.problem, null);
  assert.equal(sample.bytes.toString(), line.repeat(655));
});

void test('the sample of a log that ends with a very long line has lines before it as well', (t) => {
  const path = nodePath.join(createFolder(t), 'access.log');
  const line = `${'x'.repeat(99)}\n`;
  for (const length of [70_000, 200_000, 3_000_000]) {
    const long = `${'y'.repeat(length)}\n`;
    fs.writeFileSync(path, `${line.repeat(1000)}${long}half`);
    const bytes = sampleLogs([path])[0]?.bytes.toString() ?? '';
    assert.ok(bytes.startsWith(line.repeat(600)) && bytes.endsWith(`${line}${long}`), `${length}`);
    fs.writeFileSync(path, `${line.repeat(3)}${long}`);
    assert.equal(sampleLogs([path])[0]?.bytes.toString(), line.repeat(3) + long);
  }
  fs.writeFileSync(path, `${line}${'y'.repeat(6_000_000)}\n`);
  assert.equal(sampleLogs([path])[0]?.bytes.length, 0);
});

void test('what cannot be read is the sample’s problem', (t) => {
  const folder = createFolder(t);
  const samples = sampleLogs([folder, nodePath.join(folder, 'none'), nodePath.join(folder, '*.log')]);
  assert.deepEqual(
    samples.map(({ problem, bytes }) => [problem?.code, bytes.length]),
    [
      ['not-a-file', 0],
      ['missing', 0],
      ['no-match', 0],
    ],
  );
});

void test('the directives at the beginning of a large log come before its last lines', (t) => {
  const path = nodePath.join(createFolder(t), 'u_ex.log');
  const head = '#Version: 1.0\n#Fields: date time\n';
  const line = `${'x'.repeat(99)}\n`;
  fs.writeFileSync(path, `${head}${line.repeat(1000)}`);
  const [sample] = sampleLogs([path]);
  assert.equal(sample?.bytes.toString(), head + line.repeat(655));
  fs.writeFileSync(path, `${head}${line.repeat(3)}`);
  assert.equal(sampleLogs([path])[0]?.bytes.toString(), head + line.repeat(3));
  fs.writeFileSync(path, `\uFEFF${head}${line.repeat(1000)}`);
  assert.equal(sampleLogs([path])[0]?.bytes.toString(), `\uFEFF${head}${line.repeat(655)}`);
});

void test('a packed log is none that can be followed, and what reads it is said', (t) => {
  const path = nodePath.join(createFolder(t), 'access.log.1');
  fs.writeFileSync(path, gzipSync('line\n'));
  assert.equal(
    sampleLogs([path])[0]?.problem?.message,
    `${path} is packed by gzip, and nothing is appended to such a file: set filename to the log that the server writes; ` +
      'fluffy check FILE, replay and suggest read packed ones',
  );
});

void test('the number of a line is that in the log, whatever part of it the sample has', (t) => {
  const path = nodePath.join(createFolder(t), 'access.log');
  const numbersOf = (text: string): unknown[] => {
    fs.writeFileSync(path, text);
    const [sample] = sampleLogs([path]);
    const lines = sample?.bytes.toString().split('\n').slice(0, -1) ?? [];
    const numberOf = sample?.lineNumberOf ?? ((line: number) => line);
    // Each line says which one it is.
    assert.deepEqual(
      lines.map((_, i) => numberOf(i + 1)),
      lines.map((line) => Number(/\d+/.exec(line)?.[0])),
    );
    return [lines.length, numberOf(1), numberOf(lines.length)];
  };
  const log = (head: number, lines: number): string =>
    Array.from({ length: lines }, (_, i) => `${i < head ? '#' : ''}${i + 1} `.padEnd(99, 'x')).join('\n');
  assert.deepEqual(numbersOf(`${log(0, 600)}\n`), [600, 1, 600]);
  assert.deepEqual(numbersOf(`${log(0, 8000)}\nhalf`), [655, 7346, 8000]);
  assert.deepEqual(numbersOf(`\uFEFF${log(3, 8000)}\n`), [658, 1, 8000]);
  // The directives are a part of its last lines as well.
  assert.deepEqual(numbersOf(`${log(20, 660)}\n`), [660, 1, 660]);
});

void test('a log that is another one by now, or shorter, gives no number', (t) => {
  const path = nodePath.join(createFolder(t), 'access.log');
  const text = `${'x'.repeat(99)}\n`.repeat(2000);
  fs.writeFileSync(path, text);
  const [sample] = sampleLogs([path]);
  assert.equal(sample?.lineNumberOf?.(1), 1346);
  fs.truncateSync(path, 50_000);
  assert.equal(sample.lineNumberOf(1), null);
  fs.writeFileSync(path, 'x'.repeat(200_000));
  assert.equal(sample.lineNumberOf(1), null);
  fs.renameSync(path, `${path}.1`);
  assert.equal(sample.lineNumberOf(1), null);
  fs.writeFileSync(path, text);
  assert.equal(sample.lineNumberOf(1), null);
});

void test('a log that is too large to be read for the number of a line has none', (t) => {
  const path = nodePath.join(createFolder(t), 'access.log');
  fs.writeFileSync(path, '');
  fs.truncateSync(path, 257 * 1024 * 1024);
  fs.appendFileSync(path, '\nx\n');
  const [sample] = sampleLogs([path]);
  assert.equal(sample?.bytes.toString(), 'x\n');
  assert.equal(sample.lineNumberOf?.(1), null);
});
