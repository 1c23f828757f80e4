// A path that passes the quick look is one that the normaliser leaves as it is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { PathNormaliser } from '../../src/aggregate/path-normaliser.ts';
import { lineScan } from '../../src/scan/line-scan.ts';
import { isPlainPath } from '../../src/scan/plain-path.ts';
import { takeSeed } from '../seed.ts';

/** In the memory of the scan, with something behind it that must not matter. */
function isPlain(path: string): boolean {
  const scan = lineScan();
  assert.ok(scan !== null);
  const length = scan.input.write(`${path}/1%2/\\x41`, scan.inputStart, 'latin1') - '/1%2/\\x41'.length;
  return isPlainPath(scan.input, scan.inputStart, scan.inputStart + length);
}

const x = (count: number): string => 'x'.repeat(count);

void test('escapes, segments that begin with a digit, and long ones are looked at closely', () => {
  const plain = [
    '/',
    '/a',
    '/shop/item-12',
    `/${x(15)}`,
    `/${x(15)}/${x(15)}/${x(15)}/y`,
    '//',
    '/a1/b2/',
    '/ä',
  ];
  const other = [
    '/1',
    '/a/42',
    '/a/42/b',
    '/a/4x',
    '/%41',
    '/a%',
    '/\\x41',
    `/${x(16)}`,
    `/${x(16)}/`,
    `/a/${x(16)}`,
    `/abcdefghijklmn/${x(16)}/a`,
    `/${x(15)}/${x(15)}/1`,
    `/${x(40)}`,
    `/${x(14)}/%`,
  ];
  for (const path of plain) assert.equal(isPlain(path), true, path);
  for (const path of other) assert.equal(isPlain(path), false, path);
});

void test('what no scan has read is not known to be plain', () => {
  assert.equal(isPlainPath(Buffer.from('/a'), 0, 2), false);
});

void test('a plain path comes out of the normaliser as it went in', (t) => {
  const normaliser = new PathNormaliser(1024, { templatesIds: true });
  const segment = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.integer({ min: 0 }).map(String),
    fc.uuid(),
    fc.stringMatching(/^[0-9a-f]{14,18}$/),
    fc.stringMatching(/^[a-z%0-9A-F\\]{0,6}$/),
    fc.stringMatching(/^[a-z-]{1,8}[0-9]{0,4}$/),
  );
  let plain = 0;
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 6 }), (segments) => {
      const path = Buffer.from(`/${segments.join('/')}`, 'latin1').toString('latin1');
      if (!isPlain(path)) return;
      plain++;
      normaliser.normalise(Buffer.from(path, 'latin1'), 0, path.length);
      assert.equal(normaliser.bytes.toString('latin1', 0, normaliser.length), path);
      assert.ok(normaliser.isAsItWas);
    }),
    { seed: takeSeed(t), numRuns: 3000 },
  );
  assert.ok(plain > 100, `${plain}`);
});
