// Any cut of a stream into chunks gives the same lines, and a position that leaves out the pending bytes is the right
// place to go on after a crash.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { LineFramer } from '../../src/parse/lines.ts';
import { lineScan } from '../../src/scan/line-scan.ts';
import type { LineScan } from '../../src/scan/line-scan.ts';
import { takeSeed } from '../seed.ts';

const CAP = 8;
const SCANS = [lineScan(), null];

class Framing {
  readonly events: string[] = [];
  readonly framer: LineFramer;

  constructor(lineBytesMax = CAP, scan: LineScan | null = lineScan()) {
    this.framer = new LineFramer(
      lineBytesMax,
      {
        line: (bytes, start, end) => this.events.push(`line ${bytes.toString('latin1', start, end)}`),
        tooLong: (head) => this.events.push(`long ${head.toString('latin1')}`),
      },
      scan,
    );
  }

  /** Hands `text` over in a buffer that is overwritten afterwards, as that of a source is. */
  write(text: string): this {
    const bytes = Buffer.from(text, 'latin1');
    this.framer.write(bytes);
    bytes.fill('#');
    return this;
  }

  writeInPieces(text: string, cuts: readonly number[]): this {
    let from = 0;
    for (const cut of [...cuts, text.length]) {
      this.write(text.slice(from, cut));
      from = cut;
    }
    return this;
  }

  end(): string[] {
    this.framer.end();
    return this.events;
  }
}

/** The same by other means: what a text of lines must give. */
function linesOf(text: string, lineBytesMax = CAP): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines
    .map((line) => line.replace(/\r$/, ''))
    .map((line) => (line.length <= lineBytesMax ? `line ${line}` : `long ${line.slice(0, lineBytesMax)}`));
}

const SAMPLE = 'ab\r\n\n\r\n12345678\n12345678\r\n123456789\n\r\r\n123456789\r\nx\r1234567890abcdef\n1\nlast';
const SAMPLE_LINES = [
  'line ab',
  'line ',
  'line ',
  'line 12345678',
  'line 12345678',
  'long 12345678',
  'line \r',
  'long 12345678',
  'long x\r123456',
  'line 1',
  'line last',
];

void test('lines end at LF or CRLF, empty ones count, and the last needs no end', () => {
  assert.deepEqual(new Framing().write(SAMPLE).end(), SAMPLE_LINES);
  assert.deepEqual(linesOf(SAMPLE), SAMPLE_LINES);
});

void test('a byte-order mark before the first line is no part of it, however the stream is cut', () => {
  const mark = '\u00ef\u00bb\u00bf';
  for (const scan of SCANS) {
    for (const cut of [0, 1, 2, 3, 4, 8])
      assert.deepEqual(new Framing(CAP, scan).writeInPieces(`${mark}one\ntwo\n`, [cut]).events, [
        'line one',
        'line two',
      ]);
    assert.deepEqual(new Framing(CAP, scan).writeInPieces(`a\n${mark}b\n`, []).events, [
      'line a',
      `line ${mark}b`,
    ]);
  }
});

void test('a stream cut in three anywhere gives the same lines', () => {
  for (let first = 0; first <= SAMPLE.length; first++) {
    for (let second = first; second <= SAMPLE.length; second++) {
      for (const scan of SCANS) {
        const events = new Framing(CAP, scan).writeInPieces(SAMPLE, [first, second]).end();
        assert.deepEqual(events, SAMPLE_LINES, `cut at ${first} and ${second}`);
      }
    }
  }
});

void test('a stream that comes byte by byte gives the same lines', () => {
  const everywhere = Array.from({ length: SAMPLE.length }, (_, i) => i);
  for (const scan of SCANS)
    assert.deepEqual(new Framing(CAP, scan).writeInPieces(SAMPLE, everywhere).end(), SAMPLE_LINES);
});

void test('after a crash at any byte, going on before the pending bytes gives every line once', () => {
  for (let crash = 0; crash <= SAMPLE.length; crash++) {
    for (let cut = 0; cut <= crash; cut++) {
      const before = new Framing().writeInPieces(SAMPLE.slice(0, crash), [cut]);
      const position = crash - before.framer.pendingBytes;
      assert.ok(position === 0 || SAMPLE[position - 1] === '\n', `position ${position}`);
      const after = new Framing().write(SAMPLE.slice(position)).end();
      assert.deepEqual([...before.events, ...after], SAMPLE_LINES, `cut at ${cut}, crash at ${crash}`);
    }
  }
});

void test('while an over-long line goes by, all of it is pending: it is read again and counted once', () => {
  const framing = new Framing().write('a\n').write('x'.repeat(100)).write('y'.repeat(1000));
  assert.equal(framing.framer.pendingBytes, 1100);
  assert.deepEqual(framing.events, ['line a']);
  framing.write('z\nb');
  assert.equal(framing.framer.pendingBytes, 1);
  assert.deepEqual(framing.end(), ['line a', 'long xxxxxxxx', 'line b']);
});

void test('what was pending at the end is counted once, and lines may follow', () => {
  const framing = new Framing().write('abc');
  framing.end();
  assert.equal(framing.framer.pendingBytes, 0);
  framing.end();
  framing.write('d\n');
  assert.deepEqual(framing.end(), ['line abc', 'line d']);
  assert.deepEqual(new Framing().end(), []);
});

void test('a line of exactly 64 KiB is a line, with CRLF as well, and one byte more is too long', () => {
  const cap = 65_536;
  const line = 'x'.repeat(cap);
  for (const scan of SCANS) {
    for (const cut of [0, 1, cap - 1, cap, cap + 1, cap + 2]) {
      const framing = (text: string): string[] => new Framing(cap, scan).writeInPieces(text, [cut]).end();
      assert.deepEqual(framing(`${line}\n`), [`line ${line}`]);
      assert.deepEqual(framing(`${line}\r\n`), [`line ${line}`]);
      assert.deepEqual(framing(`${line}y\r\n`), [`long ${line}`]);
    }
  }
});

void test('lines of a mebibyte, for which the scan has no room, are lines like others', () => {
  const cap = 1024 * 1024;
  const text = ['a', 'x'.repeat(cap), 'b', 'y'.repeat(cap + 1), 'z'.repeat(200_000), 'c'].join('\n');
  const expected = linesOf(text, cap);
  for (const scan of SCANS)
    for (const cuts of [[], [3], [100_000, 130_000, 1_100_000], [cap + 3, 2 * cap + 7]])
      assert.deepEqual(new Framing(cap, scan).writeInPieces(text, cuts).end(), expected);
});

void test('more lines than there are rows for, in one chunk, are all there', () => {
  const text = Array.from({ length: 70_000 }, (_, i) => (i % 3 === 0 ? '' : `${i % 10}`)).join('\n');
  for (const scan of SCANS) assert.deepEqual(new Framing(CAP, scan).write(text).end(), linesOf(text));
});

void test('a framer may be written to while another one hands out its lines', () => {
  const inner = new Framing();
  const events: string[] = [];
  const outer = new LineFramer(CAP, {
    line(bytes, start, end) {
      inner.write(`<${bytes.toString('latin1', start, end)}>\n`);
      events.push(bytes.toString('latin1', start, end));
    },
    tooLong: () => {},
  });
  outer.write(Buffer.from('ab\ncd\n\nef\n'));
  assert.deepEqual(events, ['ab', 'cd', '', 'ef']);
  assert.deepEqual(inner.end(), ['line <ab>', 'line <cd>', 'line <>', 'line <ef>']);
});

void test('a consumer that throws does not keep the scan to itself', () => {
  const failing = new LineFramer(CAP, {
    line: () => {
      throw new Error('no more');
    },
    tooLong: () => {},
  });
  assert.throws(() => failing.write(Buffer.from('a\n')), /no more/);
  assert.equal(lineScan()?.isBusy, false);
});

void test('any text in any chunks gives the same lines, and any crash loses and doubles none', (t) => {
  const line = fc.string({ unit: fc.constantFrom('a', '\r', ' ', '\u00e9'), maxLength: CAP + 3 });
  const ended = fc.tuple(line, fc.constantFrom('\n', '\r\n')).map((parts) => parts.join(''));
  const text = fc
    .tuple(fc.array(ended, { maxLength: 12 }), line)
    .map(([lines, last]) => lines.join('') + last);
  const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 });
  fc.assert(
    fc.property(text, shares, (whole, cutShares) => {
      const cuts = cutShares.map((share) => Math.floor(share * whole.length)).toSorted((a, b) => a - b);
      const expected = linesOf(whole);
      for (const scan of SCANS)
        assert.deepEqual(new Framing(CAP, scan).writeInPieces(whole, cuts).end(), expected);
      const crash = cuts.at(-1) ?? 0;
      const before = new Framing().writeInPieces(whole.slice(0, crash), cuts.slice(0, -1));
      const after = new Framing().write(whole.slice(crash - before.framer.pendingBytes)).end();
      assert.deepEqual([...before.events, ...after], expected);
    }),
    { numRuns: 2000, seed: takeSeed(t) },
  );
});
