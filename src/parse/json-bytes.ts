// The grammar of JSON's tokens, over the bytes of a line. Part of the hot path; used by json-scanner.ts.
import type { JsonSlot } from './json-nodes.ts';
import { isDigit } from './number.ts';
import { findSpecial } from './words.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const DASH = 0x2d;
const PLUS = 0x2b;
const DOT = 0x2e;
const ZERO = 0x30;

const SMALL_DIGITS = 9;
/** So many digits make an exact number. */
export const EXACT_DIGITS_MAX = 15;
export const POWERS_OF_TEN = Array.from({ length: EXACT_DIGITS_MAX + 1 }, (_, exponent) => 10 ** exponent);

/** The byte at `i`; -1 from `end` on. */
export function byteAt(view: DataView, i: number, end: number): number {
  return i < end ? view.getUint8(i) : -1;
}

/** Where the quote stands that closes the string from `start` on; -1 when the string is broken. */
export function findClose(view: DataView, start: number, end: number): number {
  let i = findSpecial(view, start, end);
  while (byteAt(view, i, end) === BACKSLASH) {
    const next = byteAt(view, i + 1, end);
    if (next === 0x75) {
      for (let digit = i + 2; digit < i + 6; digit++) if (!isHexDigit(byteAt(view, digit, end))) return -1;
      i += 6;
    } else if (isEscape(next)) i += 2;
    else return -1;
    i = findSpecial(view, i, end);
  }
  return byteAt(view, i, end) === QUOTE ? i : -1;
}

/**
 * Notes in `slot` the number that begins at `start`; returns where it ends, -1 when it is none.
 */
export function readNumberInto(slot: JsonSlot, view: DataView, start: number, end: number): number {
  const point = skipDigits(view, start, end);
  const count = point - start;
  slot.kind = 'number';
  slot.start = start;
  slot.point = point;
  if (count > 1 && view.getUint8(start) === ZERO) return -1;
  slot.whole = readDigits(view, start, point);
  let i = point;
  if (byteAt(view, i, end) === DOT) {
    i = skipDigits(view, point + 1, end);
    if (i === point + 1) return -1;
    slot.fraction = readDigits(view, point + 1, i);
  }
  if (count > 0 && count <= EXACT_DIGITS_MAX && (byteAt(view, i, end) | 0x20) !== 0x65) {
    slot.end = i;
    return i;
  }
  slot.whole = Number.NaN;
  slot.end = skipNumber(view, start, end);
  return slot.end;
}

/** Digits as a number, exact for at most 15 of them. */
function readDigits(view: DataView, start: number, end: number): number {
  // Up to nine digits make a small integer, which is quicker to reckon with.
  const middle = end - start > SMALL_DIGITS ? end - SMALL_DIGITS : start;
  let low = 0;
  for (let i = middle; i < end; i++) low = (Math.imul(low, 10) + view.getUint8(i) - ZERO) | 0;
  if (middle === start) return low;
  let high = 0;
  for (let i = start; i < middle; i++) high = (Math.imul(high, 10) + view.getUint8(i) - ZERO) | 0;
  return high * 1e9 + low;
}

/** Where the number that begins at `start` ends; -1 when it is none. */
export function skipNumber(view: DataView, start: number, end: number): number {
  const first = view.getUint8(start) === DASH ? start + 1 : start;
  let i = skipDigits(view, first, end);
  if (i === first || (i > first + 1 && view.getUint8(first) === ZERO)) return -1;
  if (byteAt(view, i, end) === DOT) {
    const fraction = i + 1;
    i = skipDigits(view, fraction, end);
    if (i === fraction) return -1;
  }
  if ((byteAt(view, i, end) | 0x20) !== 0x65) return i;
  const sign = byteAt(view, i + 1, end);
  const exponent = sign === DASH || sign === PLUS ? i + 2 : i + 1;
  i = skipDigits(view, exponent, end);
  return i === exponent ? -1 : i;
}

function skipDigits(view: DataView, start: number, end: number): number {
  let i = start;
  while (i < end) {
    const digit = view.getUint8(i) - ZERO;
    if (digit < 0 || digit > 9) break;
    i++;
  }
  return i;
}

/** Where `true`, `false` or `null` ends that begins at `start`; -1 when it is none of them. */
export function skipWord(view: DataView, start: number, end: number): number {
  if (start + 4 > end) return -1;
  const word = view.getUint32(start, false);
  if (word === 0x74727565 || word === 0x6e756c6c) return start + 4;
  return word === 0x66616c73 && byteAt(view, start + 4, end) === 0x65 ? start + 5 : -1;
}

/** Where the white space from `start` on ends. */
export function skipSpace(view: DataView, start: number, end: number): number {
  let i = start;
  while (i < end) {
    const byte = view.getUint8(i);
    if (byte > SPACE || (byte !== SPACE && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) break;
    i++;
  }
  return i;
}

export function isNumberStart(byte: number): boolean {
  return byte === DASH || isDigit(byte);
}

function isHexDigit(byte: number): boolean {
  const lower = byte | 0x20;
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66);
}

/** What may stand behind a backslash besides `u`. */
function isEscape(byte: number): boolean {
  return (
    byte === QUOTE ||
    byte === BACKSLASH ||
    byte === 0x2f ||
    byte === 0x62 ||
    byte === 0x66 ||
    byte === 0x6e ||
    byte === 0x72 ||
    byte === 0x74
  );
}
