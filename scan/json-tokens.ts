// The tokens of JSON, in AssemblyScript, a part of scan.ts: strings, numbers and white space. All return where the token
// ends, or 0 when it is none; a line end ends every token, as it is allowed in none.
import {
  BACKSLASH,
  CARRIAGE_RETURN,
  DASH,
  DOT,
  E,
  EXACT_DIGITS_MAX,
  QUESTION_MARK,
  QUOTE,
  SLASH,
  SPACE,
  ZERO,
  countDigits,
  digitAt,
  digitsOf,
  hashOf,
} from './bytes';
import { lineEnd } from './json';
import {
  END,
  FRACTION,
  IS_PLAIN,
  IS_TARGET,
  KIND,
  NUMBER,
  PATH_END,
  PATH_HASH,
  POINT,
  START,
  WHOLE,
} from './json-keys';

const TAB: u8 = 0x09;
const PLUS: u8 = 0x2b;
const U: u8 = 0x75;

/** From behind the opening quote to behind the closing one. */
export function readString(start: usize, key: usize, kind: i32): usize {
  let block = start;
  let others: i32 = 0;
  let hits: i32;
  for (; ; block += 16) {
    const bytes = v128.load(block);
    const high = i8x16.bitmask(bytes);
    hits = specialsOf(bytes);
    if (hits != 0) {
      others |= high & (hits ^ (hits - 1));
      break;
    }
    others |= high;
  }
  const special = block + ctz(hits);
  const isWhole = load<u8>(special) == QUOTE;
  const close = isWhole ? special : findClose(special);
  if (close == 0) return 0;
  store<i32>(key, kind, KIND);
  store<u32>(key, isWhole && others == 0 ? 1 : 0, IS_PLAIN);
  store<u32>(key, <u32>start, START);
  store<u32>(key, <u32>close, END);
  if (load<u32>(key, IS_TARGET) != 0) readPath(start, close, key);
  return close + 1;
}

/** Of a target: where its query string begins or it ends, and the hash of what stands before that. */
function readPath(start: usize, end: usize, key: usize): void {
  let block = start;
  let hits: i32;
  do {
    hits = i8x16.bitmask(i8x16.eq(v128.load(block), i8x16.splat(QUESTION_MARK)));
    if (hits != 0) break;
    block += 16;
  } while (block < end);
  const question = block + ctz(hits);
  const pathEnd = hits != 0 && question < end ? question : end;
  store<u32>(key, <u32>pathEnd, PATH_END);
  store<u32>(key, load<u8>(start) == SLASH ? hashOf(start, pathEnd) : 0, PATH_HASH);
}

export function skipString(start: usize): usize {
  const special = findSpecial(start);
  if (load<u8>(special) == QUOTE) return special + 1;
  const close = findClose(special);
  return close == 0 ? 0 : close + 1;
}

/** Where the quote stands that closes the string whose first special byte is `special`. */
function findClose(special: usize): usize {
  let i = special;
  while (load<u8>(i) == BACKSLASH) {
    const next = load<u8>(i, 1);
    if (next == U) {
      for (let digit = i + 2; digit < i + 6; digit++) if (!isHexDigit(load<u8>(digit))) return 0;
      i += 6;
    } else if (isEscape(next)) i += 2;
    else return 0;
    i = findSpecial(i);
  }
  return load<u8>(i) == QUOTE ? i : 0;
}

export function readNumber(start: usize, key: usize): usize {
  const count = countDigits(start);
  const point = start + count;
  if (count > 1 && load<u8>(start) == ZERO) return 0;
  store<i32>(key, NUMBER, KIND);
  store<u32>(key, <u32>start, START);
  store<u32>(key, <u32>point, POINT);
  if (count == 0 || count > EXACT_DIGITS_MAX) return readUnusualNumber(start, key);
  let end = point;
  if (load<u8>(point) == DOT) {
    const rest = countDigits(point + 1);
    if (rest == 0) return 0;
    if (rest > EXACT_DIGITS_MAX) return readUnusualNumber(start, key);
    end = point + 1 + rest;
    store<f64>(key, <f64>(<i64>digitsOf(point + 1, rest)), FRACTION);
  } else store<f64>(key, 0, FRACTION);
  if ((load<u8>(end) | 0x20) == E) return readUnusualNumber(start, key);
  store<u32>(key, <u32>end, END);
  store<f64>(key, <f64>(<i64>digitsOf(start, count)), WHOLE);
  return end;
}

/** With a sign, an exponent, or more digits than are exact. */
function readUnusualNumber(start: usize, key: usize): usize {
  store<f64>(key, NaN, WHOLE);
  return skipNumber(start);
}

export function skipNumber(start: usize): usize {
  const first = load<u8>(start) == DASH ? start + 1 : start;
  let i = skipDigits(first);
  if (i == first || (i > first + 1 && load<u8>(first) == ZERO)) return 0;
  if (load<u8>(i) == DOT) {
    const fraction = i + 1;
    i = skipDigits(fraction);
    if (i == fraction) return 0;
  }
  if ((load<u8>(i) | 0x20) != E) return i;
  const sign = load<u8>(i, 1);
  const exponent = sign == DASH || sign == PLUS ? i + 2 : i + 1;
  i = skipDigits(exponent);
  return i == exponent ? 0 : i;
}

function skipDigits(start: usize): usize {
  let i = start;
  while (digitAt(i) <= 9) i++;
  return i;
}

export function skipSpace(start: usize): usize {
  let i = start;
  while (i < lineEnd) {
    const byte = load<u8>(i);
    if (byte != SPACE && byte != TAB && byte != CARRIAGE_RETURN) break;
    i++;
  }
  return i;
}

/** Where the next quote, backslash or control character stands, such as a line end. */
export function findSpecial(start: usize): usize {
  let block = start;
  let hits = specialsOf(v128.load(block));
  while (hits == 0) {
    block += 16;
    hits = specialsOf(v128.load(block));
  }
  return block + ctz(hits);
}

/** A bit for each of 64 bytes that is one. */
export function specialsOf64(block: usize): u64 {
  return (
    (<u64>specialsOf(v128.load(block))) |
    ((<u64>specialsOf(v128.load(block, 16))) << 16) |
    ((<u64>specialsOf(v128.load(block, 32))) << 32) |
    ((<u64>specialsOf(v128.load(block, 48))) << 48)
  );
}

function specialsOf(bytes: v128): i32 {
  const ends = v128.or(i8x16.eq(bytes, i8x16.splat(QUOTE)), i8x16.eq(bytes, i8x16.splat(BACKSLASH)));
  return i8x16.bitmask(v128.or(ends, i8x16.lt_u(bytes, i8x16.splat(SPACE))));
}

function isHexDigit(byte: u8): bool {
  return byte - ZERO <= 9 || (byte | 0x20) - 0x61 <= 5;
}

/** What may stand behind a backslash besides `u`. */
function isEscape(byte: u8): bool {
  return (
    byte == QUOTE ||
    byte == BACKSLASH ||
    byte == SLASH ||
    byte == 0x62 ||
    byte == 0x66 ||
    byte == 0x6e ||
    byte == 0x72 ||
    byte == 0x74
  );
}
