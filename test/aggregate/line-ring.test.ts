// Lines in a buffer that never grows: which of them are still there, and how those that are too long end.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineRing } from '../../src/aggregate/line-ring.ts';
import { createRandom, takeSeed } from '../seed.ts';

function keep(ring: LineRing, text: string): number {
  const bytes = Buffer.from(`<${text}>`);
  return ring.keep(bytes, 1, bytes.length - 1);
}

function read(ring: LineRing, position: number): string | null {
  const kept = ring.at(position);
  return kept === null ? null : `${kept.bytes.toString()}${kept.isCut ? '…' : ''}`;
}

void test('a line is found until others have overwritten it, the oldest first', () => {
  // Each takes its ten bytes and two more; four of them have room, and what is left at the end is too small for a fifth.
  const ring = new LineRing(50, 20);
  const positions = ['1', '2', '3', '4', '5', '6'].map((digit) => keep(ring, digit.repeat(10)));
  const found = positions.map((position) => read(ring, position));
  assert.deepEqual(found, [null, null, '3333333333', '4444444444', '5555555555', '6666666666']);
  assert.deepEqual(
    positions.map((position) => ring.has(position)),
    [false, false, true, true, true, true],
  );
});

void test('nothing is at 0, and nothing in a ring that has kept no line', () => {
  const ring = new LineRing(50, 20);
  assert.equal(read(ring, 0), null);
  assert.equal(read(ring, 2), null);
  assert.ok(keep(ring, '') > 0);
  assert.equal(read(ring, 0), null);
});

void test('a line that is too long is cut between two characters, one of exactly the length is not', () => {
  const ring = new LineRing(500, 10);
  const cut = (text: string): string | null => read(ring, keep(ring, text));
  assert.equal(cut('0123456789'), '0123456789');
  assert.equal(cut('0123456789a'), '0123456789…');
  assert.equal(cut('01234567é!'), '01234567é…');
  assert.equal(cut('012345678é'), '012345678…');
  assert.equal(cut('0123456😀!'), '0123456…');
  assert.equal(cut('012345😀!'), '012345😀…');
  assert.equal(ring.at(ring.keep(Buffer.alloc(12, 0x80), 0, 12))?.bytes.length, 10);
});

void test('whatever is kept, what is found is what was kept, and the youngest are found', (t) => {
  const random = createRandom(takeSeed(t));
  const ring = new LineRing(400, 30);
  const kept: [position: number, text: string][] = [];
  for (let i = 0; i < 3000; i++) {
    const text = `${i}`.padEnd(random(30), '.');
    kept.push([keep(ring, text), text]);
    for (const [position, expected] of kept.slice(-60)) {
      const found = read(ring, position);
      assert.ok(found === null || found === expected, `${found} in place of ${expected}`);
    }
    // Eleven of the longest, and a line that did not fit at the end.
    for (const [position, expected] of kept.slice(-11)) assert.equal(read(ring, position), expected);
  }
});
