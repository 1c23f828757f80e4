// Clients and user agents as texts: the same text for the same bytes, safe to print, and bounded whatever comes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { printText, TABLE_FULL, TextTable } from '../../src/aggregate/text-table.ts';
import { lineScan } from '../../src/scan/line-scan.ts';
import { takeSeed } from '../seed.ts';

const scan = lineScan();
assert.ok(scan !== null);

/** As part of a chunk that is scanned, where the texts that came last are at hand, and of other bytes. */
const idIn = (table: TextTable, text: string): number => {
  const bytes = Buffer.from(`<${text}>`);
  bytes.copy(scan.input, scan.inputStart);
  const start = scan.inputStart + 1;
  const id = table.idOf(scan.input, start, start + bytes.length - 2);
  assert.equal(table.idOf(bytes, 1, bytes.length - 1), id);
  return id;
};

const textIn = (table: TextTable, text: string): string => {
  const known = idIn(table, text);
  if (known !== TABLE_FULL) return table.textOf(known);
  table.clear();
  return table.textOf(idIn(table, text));
};

void test('the same bytes have the same id, until it is full and is emptied', () => {
  const table = new TextTable(2);
  const all = ['', '192.0.2.1', '192.0.2.2', '192.0.2.1', '192.0.2.3'];
  assert.deepEqual(
    all.map((text) => idIn(table, text)),
    [0, 1, 2, 1, TABLE_FULL],
  );
  assert.deepEqual([table.count, table.textOf(2), table.textOf(0)], [2, '192.0.2.2', '']);
  table.clear();
  assert.deepEqual([table.count, idIn(table, '192.0.2.3'), table.textOf(1)], [0, 1, '192.0.2.3']);
  assert.deepEqual(table.bytesOf(1), Buffer.from('192.0.2.3'));
  assert.deepEqual(table.bytesOf(0), Buffer.alloc(0));
});

void test('texts are what the bytes say, over and over, also when more come than it holds', () => {
  const table = new TextTable(8);
  const texts = Array.from({ length: 1000 }, (_, i) => `192.0.2.${i % 37}`);
  assert.deepEqual(
    texts.map((text) => textIn(table, text)),
    texts,
  );
  assert.equal(textIn(table, ''), '');
  assert.equal(textIn(table, 'Größe 文'), 'Größe 文');
});

void test('texts that differ in one byte only, or in their length, are told apart, one after the other', () => {
  const table = new TextTable(128);
  const texts = ['', 'a', 'ab', 'abc', 'abcd', 'abcde', '2001:db8::1', '2001:db8::12', 'x'.repeat(39)];
  const long = Array.from({ length: 60 }, (_, i) => `${'y'.repeat(i)}z${'y'.repeat(59 - i)}`);
  const all = [
    ...texts,
    ...long,
    ...[7, 8, 9, 15, 16, 17, 32, 40, 41, 60].map((length) => 'y'.repeat(length)),
  ];
  for (let round = 0; round < 3; round++)
    for (const text of all) for (let times = 0; times < 2; times++) assert.equal(textIn(table, text), text);
});

void test('texts that share their first, middle and last word take turns', () => {
  const table = new TextTable(8);
  const [one, other] = ['headAAAAmiddBBBBtail', 'headCCCCmiddBBBBtail'];
  const asked = [one, other, one, one, other, other, one];
  assert.deepEqual(
    asked.map((text) => textIn(table, text)),
    asked,
  );
});

void test('each table knows its own, and none after it was emptied', () => {
  const [one, other] = [new TextTable(8), new TextTable(8)];
  assert.equal(textIn(other, 'curl/8.14.1'), 'curl/8.14.1');
  for (const text of ['192.0.2.1', '192.0.2.2', '192.0.2.1', 'y'.repeat(90), '192.0.2.2']) {
    assert.equal(textIn(one, text), text);
    assert.equal(textIn(other, text), text);
  }
  assert.deepEqual([one.count, other.count], [3, 4]);
  one.clear();
  assert.deepEqual([idIn(one, '192.0.2.2'), idIn(other, '192.0.2.2')], [1, 3]);
});

void test('at most 160 bytes are kept', () => {
  const table = new TextTable(8);
  assert.equal(textIn(table, 'x'.repeat(160)), 'x'.repeat(160));
  assert.equal(textIn(table, 'x'.repeat(5000)), 'x'.repeat(160));
});

void test('what steers a terminal is shown as a number', () => {
  const table = new TextTable(8);
  assert.equal(textIn(table, 'a\u001b[31m\u0000\u007f\u0085'), 'a\\u001b[31m\\u0000\\u007f\\u0085');
  assert.equal(textIn(table, 'a\u202eb\u2066c\u2028d'), 'a\\u202eb\\u2066c\\u2028d');
});

void test('no bytes at all make a text that is not safe to print', (t) => {
  const table = new TextTable(16);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (array) => {
      const bytes = Buffer.from(array);
      if (table.count === 16) table.clear();
      const text = table.textOf(table.idOf(bytes, 0, bytes.length));
      assert.doesNotMatch(text, /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u);
      assert.equal(text, printText(bytes.subarray(0, 160)));
    }),
    { seed: takeSeed(t), numRuns: 500 },
  );
});
