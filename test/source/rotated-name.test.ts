import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isCompressedName, isRotatedName, withoutCompression } from '../../src/source/rotated-name.ts';

void test('the names that rotation gives are recognised', () => {
  for (const name of [
    'access.log.1',
    'access.log.12',
    'access.log-20261123',
    'access.log-20261123-1795510634',
    'access.log.2026-11-23',
    'access-20261123.log',
    'access.1.log',
    'access_2026-11-23.log',
    'access.log.old',
    'access.log~1',
  ])
    assert.ok(isRotatedName('access.log', name), name);
});

void test('other logs beside it are not its generations', () => {
  for (const name of [
    'access.log',
    'access.log.1.gz',
    'access.log-20261123.zst',
    'access.logs.1',
    'access2.log',
    'access-ssl.log',
    'error.log.1',
    'other-access.log.1',
    'access.log.lock',
  ])
    assert.ok(!isRotatedName('access.log', name), name);
});

void test('compressed names are recognised, and what they were before', () => {
  assert.ok(isCompressedName('access.log.2.gz'));
  assert.ok(!isCompressedName('access.log.2'));
  assert.equal(withoutCompression('access.log.2.gz'), 'access.log.2');
  assert.equal(withoutCompression('access.log-20261123.zst'), 'access.log-20261123');
  assert.equal(withoutCompression('access.log'), 'access.log');
});
