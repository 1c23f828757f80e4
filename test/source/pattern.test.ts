import assert from 'node:assert/strict';
import fs from 'node:fs';
import nodePath from 'node:path';
import { test } from 'node:test';
import { expand, isMatch } from '../../src/source/pattern.ts';
import { createFolder } from './folder.ts';

void test('a path stays as it is, a glob becomes what matches it, without directories and compressed files', (t) => {
  const folder = createFolder(t);
  for (const name of ['b.log', 'a.log', 'a.log.gz']) fs.writeFileSync(nodePath.join(folder, name), '');
  fs.mkdirSync(nodePath.join(folder, 'c.log'));
  const { paths, unmatched, directories } = expand([
    '/nowhere/access.log',
    nodePath.join(folder, '*.log*'),
    nodePath.join(folder, '*', 'x?.log'),
  ]);
  assert.deepEqual(
    [...paths],
    ['/nowhere/access.log', nodePath.join(folder, 'a.log'), nodePath.join(folder, 'b.log')],
  );
  assert.deepEqual(unmatched, [nodePath.join(folder, '*', 'x?.log')]);
  assert.deepEqual([...directories], ['/nowhere', folder]);
});

void test('a file that has the very name of a glob is a path', (t) => {
  const name = nodePath.join(createFolder(t), 'a[1].log');
  fs.writeFileSync(name, '');
  assert.deepEqual([...expand([name]).paths], [name]);
});

void test('a path is matched by itself and by globs, however they are written', () => {
  assert.ok(isMatch(['/logs/a.log'], '/logs/a.log'));
  assert.ok(isMatch(['/other', '/logs/*.log'], '/logs/a.log'));
  assert.ok(isMatch(['./logs/*.log'], 'logs/a.log'));
  assert.ok(!isMatch(['/logs/*.log'], '/logs/deep/a.log'));
  assert.ok(!isMatch(['/logs/a.log'], '/logs/b.log'));
});
