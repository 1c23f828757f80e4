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
