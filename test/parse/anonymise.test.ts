// Lines without whole addresses: shortened wherever they stand, and no line at all where one may have been missed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anonymiseLine } from '../../src/parse/anonymise.ts';

function anonymised(text: string): string | null {
  return anonymiseLine(Buffer.from(text))?.toString() ?? null;
}

void test('every address of a line is shortened', () => {
  const lines = [
    [
      '203.0.113.77 - - [23/Nov/2026:22:14:05 +0000] "GET / HTTP/1.1" 200 1',
      '203.0.113.0 - - [23/Nov/2026:22:14:05 +0000] "GET / HTTP/1.1" 200 1',
    ],
    [
      '2001:db8:85a3:1:2:3:4:5 "GET /?ip=198.51.100.7&v=1 HTTP/1.1"',
      '2001:db8:85a3:: "GET /?ip=198.51.100.0&v=1 HTTP/1.1"',
    ],
    [
      '{"ip":"203.0.113.77","fwd":"192.0.2.9, 10.0.0.1:443"}',
      '{"ip":"203.0.113.0","fwd":"192.0.2.0, 10.0.0.0:443"}',
    ],
    ['::ffff:203.0.113.77 [2001:db8::9]:80', '::ffff:203.0.113.0 [2001:db8::]:80'],
  ] as const;
  for (const [line, expected] of lines) assert.equal(anonymised(line), expected);
});

void test('a line without an address stays as it is: times, versions, encoded URLs', () => {
  for (const line of [
    '- - [23/Nov/2026:22:14:05 +0000] "GET /?next=https%3A%2F%2Fexample.org%2Fa HTTP/2.0" 200 1 "Chrome/120.0.6099.71"',
    '{"ts":"2026-11-23T22:14:05.123Z","id":"550e8400-e29b-41d4-a716-446655440000","n":1795472040.123}',
    'Mozilla/5.0 (X11) Chrome/120.0.0.0 été',
  ])
    assert.equal(anonymised(line), line);
});

void test('where an address may have been missed there is no line', () => {
  for (const line of [
    'ec2-203-0-113-77.compute.example.org - - "GET / HTTP/1.1"',
    '"GET /ip203.0.113.77x HTTP/1.1"',
    '"GET /?from=_203.0.113.77 HTTP/1.1"',
    '"GET /?a=203%2e0%2E113%2e77 HTTP/1.1"',
    '"GET /?a=2001%3Adb8%3A85a3%3A1%3A2%3A3%3A4%3A5 HTTP/1.1"',
    '{"ip":"203.0.113.\\u00377"}',
    '\\x3203.0.113.77',
    '203.000.113.077 - -',
    'fe80::1x',
    'deadbeef2001:db8:85a3:1:2:3:4:5',
  ])
    assert.equal(anonymised(line), null, line);
});

void test('a line of nothing but digits, however long, is looked at once', () => {
  // Looked at once from each of them, a quarter of a million took half a minute.
  for (const digits of ['a'.repeat(250_000), `${'0'.repeat(125_000)}:${'0'.repeat(125_000)}`]) {
    const beginMs = performance.now();
    assert.equal(anonymised(digits), digits);
    assert.ok(performance.now() - beginMs < 5000);
  }
});
