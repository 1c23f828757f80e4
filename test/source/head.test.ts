import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  isEmptyPrint,
  isPrint,
  isSameContent,
  isStillHead,
  isStillPrinted,
  printOf,
} from '../../src/source/head.ts';

const bytes = (text: string) => Buffer.from(text);

void test('a head stays the same while its file grows, and not when its file is cut or written anew', () => {
  assert.ok(isStillHead(bytes('abc'), bytes('abcdef')));
  assert.ok(isStillHead(bytes(''), bytes('abc')));
  assert.ok(!isStillHead(bytes('abc'), bytes('ab')));
  assert.ok(!isStillHead(bytes('abc'), bytes('abd')));
});

void test('two heads can be of the same content when one begins the other and is not empty', () => {
  assert.ok(isSameContent(bytes('ab'), bytes('abc')));
  assert.ok(isSameContent(bytes('abc'), bytes('ab')));
  assert.ok(!isSameContent(bytes(''), bytes('ab')));
  assert.ok(!isSameContent(bytes('ab'), bytes('b')));
});

void test('a print tells as much as the head it was taken of', () => {
  const print = printOf(bytes('abc'));
  assert.equal(print, '3:ungWv48Bz-pBQUDe');
  assert.ok(isStillPrinted(print, bytes('abcdef')));
  assert.ok(!isStillPrinted(print, bytes('ab')));
  assert.ok(!isStillPrinted(print, bytes('abd')));
  assert.ok(isEmptyPrint(printOf(bytes(''))));
  assert.ok(isStillPrinted(printOf(bytes('')), bytes('anything')));
});

void test('only a print is one', () => {
  assert.ok(isPrint('3:ungWv48Bz-pBQUDe'));
  for (const text of [
    '',
    '3',
    'x:ungWv48Bz-pBQUDe',
    '3:ungWv48Bz-pBQUD',
    '1025:ungWv48Bz-pBQUDe',
    '3:ungWv48Bz+pBQUDe',
  ])
    assert.ok(!isPrint(text), text);
});
