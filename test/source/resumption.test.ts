import assert from 'node:assert/strict';
import fs from 'node:fs';
import nodePath from 'node:path';
import { test } from 'node:test';
import { Resumption } from '../../src/source/resumption.ts';
import type { SavedPath } from '../../src/source/source.ts';
import { createFolder } from './folder.ts';

const generation = {
  dev: 7,
  ino: 2,
  birthtimeMs: 3,
  head: '3:ungWv48Bz-pBQUDe',
  offset: 4,
  openedAs: '/x',
  isNamed: true,
  isFinite: false,
};

function savedPath(path: string, change: Partial<SavedPath> = {}): SavedPath {
  const rest = { current: 0, heads: [], siblings: null, isSettled: true, firstSight: null, copy: null };
  return { path, generations: [generation], ...rest, possibleLoss: 0, ...change };
}

void test('each path is given out once; those that are gone only if they would be followed still', () => {
  const paths = [
    savedPath('/a.log'),
    savedPath('/b.log'),
    savedPath('/c.txt'),
    savedPath('/d.log', { generations: [] }),
  ];
  const resumption = new Resumption({ version: 1, filename: ['/*.log', '/c.txt'], paths, released: [] });
  assert.equal(resumption.take('/a.log')?.path, '/a.log');
  assert.equal(resumption.take('/a.log'), null);
  assert.ok(resumption.hasCovered('/new.log'));
  assert.ok(!resumption.hasCovered('/new.txt'));
  assert.deepEqual(
    resumption.takeGone(['/*.log']).map(({ path }) => path),
    ['/b.log'],
  );
});

void test('a device number that has changed with the mount is changed everywhere', (t) => {
  const folder = createFolder(t);
  const { dev, ino } = fs.statSync(folder);
  const siblings = { dev: 7, ino, mtimeMs: 1, plain: [], compressed: [], named: null };
  const path = nodePath.join(folder, 'access.log');
  const { head, offset, birthtimeMs } = generation;
  const released = [{ dev: 7, ino: 5, birthtimeMs, head, offset }];
  const resumption = new Resumption({
    version: 1,
    filename: [path],
    paths: [savedPath(path, { siblings })],
    released,
  });
  assert.equal(resumption.released[0]?.dev, dev);
  const saved = resumption.take(path);
  assert.equal(saved?.generations[0]?.dev, dev);
  assert.equal(saved?.siblings?.dev, dev);
});
