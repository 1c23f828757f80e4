// The client of a text line, where it is more or less than a word.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createParser } from '../../src/parse/detect.ts';
import { BASE, read, readFramed } from './reading.ts';
import type { Reading } from './reading.ts';

function lineOf(client: string): string {
  return `${client} - - [23/Nov/2026:22:14:05 +0000] "GET /a HTTP/1.1" 200 12`;
}

function readClient(client: string): Reading | string {
  const line = lineOf(client);
  const reading = readFramed(createParser('common'), Buffer.from(line));
  assert.deepEqual(read(createParser('common'), line), reading);
  return reading;
}

void test('quotes around a client are no part of it', () => {
  assert.deepEqual(readClient('"192.0.2.1"'), BASE);
  assert.deepEqual(readClient('"2001:db8::1"'), { ...BASE, client: '2001:db8::1' });
});

void test('a dash is none, in quotes as well', () => {
  for (const client of ['-', '"-"']) assert.deepEqual(readClient(client), { ...BASE, client: '' });
});

void test('one of them, or nothing between them, does not fit', () => {
  for (const client of ['"192.0.2.1', '""', '"', '"""'])
    assert.equal(readClient(client), 'format-mismatch at 0', client);
});

void test('of a list, the first one is the client', () => {
  for (const proxies of ['', ', 10.0.0.1', ', 10.0.0.1, 10.0.0.2', ', 10.0.0.1, 10.0.0.2, 10.0.0.3'])
    for (const logFormat of ['common', 'auto'])
      assert.deepEqual(
        read(createParser(logFormat), lineOf(`192.0.2.1${proxies}`)),
        BASE,
        `${logFormat} ${proxies}`,
      );
  assert.equal(typeof readClient('198.51.100.7, 10.0.0.1 ,10.0.0.2'), 'string');
  assert.equal(readClient('198.51.100.7,'), 'format-mismatch at 0');
  assert.deepEqual(readClient('198.51.100.7,10.0.0.1'), { ...BASE, client: '198.51.100.7,10.0.0.1' });
});
