import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePositions } from '../../src/source/positions.ts';
import { createRandom, takeSeed } from '../seed.ts';

const file = { dev: 1, ino: 2, birthtimeMs: 1_795_510_634_123.4 };
const position = { ...file, head: '3:ungWv48Bz-pBQUDe', offset: 4 };
const fitting = {
  version: 1,
  filename: ['/logs/*.log'],
  paths: [
    {
      path: '/logs/a.log',
      generations: [{ ...position, openedAs: '/logs/a.log', isNamed: true, isFinite: false }],
      current: 0,
      heads: ['3:ungWv48Bz-pBQUDe'],
      siblings: { dev: 1, ino: 9, mtimeMs: 5.5, plain: ['3:4.5'], compressed: [], named: '2:3' },
      isSettled: true,
      firstSight: { ...file, size: 0 },
      copy: null,
      possibleLoss: 0,
    },
  ],
  released: [position],
};

void test('positions that fit are taken as they are', () => {
  assert.deepEqual(parsePositions(structuredClone(fitting)), fitting);
});

void test('positions that do not fit are refused as a whole', () => {
  const [path] = fitting.paths;
  for (const value of [
    null,
    undefined,
    [],
    'text',
    {},
    { ...fitting, version: 2 },
    { ...fitting, more: 1 },
    { ...fitting, filename: '/logs' },
    { ...fitting, paths: [{ ...path, current: 1 }] },
    { ...fitting, paths: [{ ...path, heads: ['3'] }] },
    { ...fitting, paths: [{ ...path, possibleLoss: -1 }] },
    { ...fitting, released: [{ ...position, offset: 1.5 }] },
    { ...fitting, released: [{ ...position, birthtimeMs: null }] },
  ])
    assert.equal(parsePositions(value), null, JSON.stringify(value));
});

void test('JSON that is damaged anywhere is refused or still fits, and never throws', (t) => {
  const random = createRandom(takeSeed(t));
  const text = JSON.stringify(fitting);
  let refused = 0;
  for (let round = 0; round < 3000; round += 1) {
    const at = random(text.length);
    const damaged = text.slice(0, at) + String.fromCharCode(32 + random(95)) + text.slice(at + 1 + random(3));
    let value: unknown;
    try {
      value = JSON.parse(damaged);
    } catch {
      continue;
    }
    const parsed = parsePositions(value);
    if (parsed === null) refused += 1;
    else assert.equal(parsed.paths.length, 1);
  }
  assert.ok(refused > 0);
});
