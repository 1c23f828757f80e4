import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  headBytesMax,
  isEmptyPrint,
  isPrint,
  isPrintOfSame,
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
  assert.ok(isStillHead(bytes('abc'), bytes('abcxyz'), 3));
  assert.ok(!isStillHead(bytes('abc'), bytes('abcxyz'), 2));
});

void test('two heads are of the same content when one begins the other with a whole line', () => {
  assert.ok(isSameContent(bytes('ab\n'), bytes('ab\nc')));
  assert.ok(isSameContent(bytes('ab\nc'), bytes('ab\n')));
  assert.ok(!isSameContent(bytes('ab\n'), bytes('b\n')));
  assert.ok(!isSameContent(bytes(''), bytes('ab\n')));
  const long = Buffer.alloc(headBytesMax, 'a');
  assert.ok(isSameContent(long, long));
});

void test('the part of a first line tells nothing: another file can begin with the same client', () => {
  assert.ok(!isSameContent(bytes('203.0.113.9 '), bytes('203.0.113.9 - - [24/Nov')));
  assert.ok(!isPrintOfSame(printOf(bytes('203.0.113.9 ')), bytes('203.0.113.9 - - [24/Nov\n')));
  assert.ok(isPrintOfSame(printOf(bytes('203.0.113.9\n')), bytes('203.0.113.9\n203')));
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
