import assert from 'node:assert/strict';
import fs from 'node:fs';
import nodePath from 'node:path';
import { test } from 'node:test';
import { lineStart } from '../../src/source/line-start.ts';
import { createFolder } from './folder.ts';

for (const { title, text, expected } of [
  { title: 'a complete last line: at the end', text: 'one\ntwo\n', expected: 8 },
  { title: 'half a last line: where it begins', text: 'one\ntw', expected: 4 },
  { title: 'nothing but half a line: at the beginning', text: 'on', expected: 0 },
  { title: 'an empty file: at the beginning', text: '', expected: 0 },
  { title: 'no line end in the last 64 KiB: at the end', text: `a\n${'x'.repeat(70_000)}`, expected: 70_002 },
  { title: 'a line end 64 KiB before the end: after it', text: `a\n${'x'.repeat(65_535)}`, expected: 2 },
]) {
  void test(`reading begins, with ${title}`, (t) => {
    const path = nodePath.join(createFolder(t), 'log');
    fs.writeFileSync(path, text);
    const fd = fs.openSync(path, 'r');
    t.after(() => fs.closeSync(fd));
    assert.equal(lineStart(fd, text.length), expected);
  });
}
