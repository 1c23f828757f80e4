// The WebAssembly module is that of its source, its rows say what they should, and without it nothing breaks.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compileScan } from '../../scan/build.ts';
import { lineScan, QUOTED_FIELDS_MAX, ROW } from '../../src/scan/line-scan.ts';

const SRC = join(import.meta.dirname, '..', '..', 'src', 'scan');

void test('the committed module is what its source compiles to', async () => {
  const committed = readFileSync(join(SRC, 'module.ts'), 'utf8');
  assert.equal(committed, await compileScan(), 'run `npm run build:scan`');
});

/** The rows of the lines of `text`, by name, places counted from the start of their line; and what is left. */
function scanText(text: string): { rows: Record<string, number>[]; left: string } {
  const scan = lineScan();
  assert.ok(scan !== null);
  const end = scan.inputStart + scan.input.write(text, scan.inputStart, 'latin1');
  const count = scan.read(scan.inputStart, end);
  const rows = Array.from({ length: count }, (_, line) => {
    const row = scan.goTo(line);
    const start = scan.rows[row + ROW.start] ?? 0;
    const numbers = Object.entries(ROW).map(([name, place]) => [name, scan.rows[row + place] ?? 0] as const);
    const isPlace = (name: string): boolean => /end/i.test(name) || name.startsWith('method');
    return Object.fromEntries(
      numbers.map(([name, number]) => [name, isPlace(name) && number > 0 ? number - start : number]),
    );
  });
  return { rows, left: scan.input.toString('latin1', scan.next, end) };
}

void test('a row holds where the parts of a line end, and what they say', () => {
  const line =
    '192.0.2.1 - - [23/Nov/2026:22:14:05 +0000] "POST /a/b?c HTTP/1.1" 404 2326 "-" "curl/8" "x" "y" "z"';
  const { rows, left } = scanText(`${line}\r\n\nno line\n::1 - - [`);
  const [row, empty, odd, ...more] = rows;
  assert.deepEqual(row, {
    ...row,
    end: line.length,
    clientEnd: 9,
    second: 5,
    methodStart: 44,
    methodEnd: 48,
    pathEnd: 53,
    status: 404,
    bytesSent: 2326,
    sizeEnd: 74,
    quotedEnds: 78,
  });
  assert.deepEqual([empty?.['end'], empty?.['sizeEnd']], [0, 0]);
  assert.deepEqual([odd?.['end'], odd?.['sizeEnd']], [7, 0]);
  assert.deepEqual(more, []);
  assert.equal(left, '::1 - - [');
  assert.equal(QUOTED_FIELDS_MAX, 4);
});

void test('lines of one minute have one number, whatever their second', () => {
  const at = (time: string): string => `::1 - - [${time}] "GET / HTTP/1.1" 200 -\n`;
  const { rows } = scanText(
    [
      '23/Nov/2026:22:14:05 +0000',
      '23/Nov/2026:22:14:59 +0000',
      '23/Nov/2026:22:14:60 +0000',
      '23/Nov/2026:22:15:00 +0000',
      '23/Nov/2026:22:15:01 +0100',
      '24/Nov/2026:22:15:02 +0100',
    ]
      .map(at)
      .join(''),
  );
  assert.deepEqual(
    rows.map((row) => row['second']),
    [5, 59, -1, 0, 1, 2],
  );
  const first = rows[0]?.['minute'] ?? Number.NaN;
  assert.deepEqual(
    rows.map((row) => (row['minute'] ?? Number.NaN) - first),
    [0, 0, 0, 1, 2, 3],
  );
  assert.deepEqual([rows[0]?.['bytesSent'], rows[0]?.['sizeEnd']], [0, 59]);
});

void test('there is no scan without WebAssembly, or when its module is refused', async (t) => {
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, 'WebAssembly') ?? {};
  t.after(() => Object.defineProperty(globalThis, 'WebAssembly', descriptor));
  const refuse = function (): never {
    throw new Error('Wasm SIMD unsupported');
  };
  for (const [name, value] of Object.entries({ none: undefined, refusing: { Module: refuse } })) {
    Object.defineProperty(globalThis, 'WebAssembly', { configurable: true, value });
    // Under another name it is loaded anew.
    const fresh = (await import(`../../src/scan/line-scan.ts?${name}`)) as {
      lineScan: typeof lineScan;
    };
    assert.equal(fresh.lineScan(), null);
  }
});
