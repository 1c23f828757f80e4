// The quick way through a chunk of a log, in AssemblyScript: finds where its lines end and reads the fields that every
// relative of the Common Log Format has, 16 bytes at a time. `npm run build:scan` makes src/scan/module.ts of it.
//
// Of each line one row of 16 numbers is left for src/scan/line-scan.ts, which names them; all places are addresses in
// this memory. A line is read up to where it stops being ordinary; what stands before that is all there is of its row.

import {
  BACKSLASH,
  BRACKET,
  CARRIAGE_RETURN,
  DASH,
  DOT,
  QUESTION_MARK,
  QUOTE,
  SLASH,
  SPACE,
  digitAt,
  hashOf,
} from './bytes';
import { isClient } from './client';
import { JSON_STATE, JSON_STATE_BYTES } from './json-keys';
export { readJson } from './json';
export {
  addJsonKey,
  addJsonRole,
  clearJsonKeys,
  JSON_STATE,
  JSON_STATE_BYTES,
  nextJsonName,
} from './json-keys';
export { JSON_ROW } from './json-row';
export { isPlainPath } from './plain-path';
export { findText, keepText } from './texts';

/** The time of the last line that was looked at: 26 bytes. */
const TIME: usize = 64;
const TIME_LENGTH: usize = 26;

export const ROWS: usize = 1024;
export const ROWS_MAX: i32 = 1024;
const ROW_BYTES: usize = 64;

export const INPUT: usize = JSON_STATE + JSON_STATE_BYTES;
/** Up to the fourth page of 64 KiB, less what is read beyond a chunk: its line end, and with it 64 bytes at once at most. */
export const INPUT_BYTES: usize = 179_072;

/** In bytes from the start of a row. */
const END: usize = 4;
const CLIENT_END: usize = 8;
const MINUTE: usize = 12;
const SECOND: usize = 16;
const METHOD_START: usize = 20;
const METHOD_END: usize = 24;
const PATH_END: usize = 28;
const STATUS: usize = 32;
const BYTES_SENT: usize = 36;
const PATH_HASH: usize = 40;
const SIZE_END: usize = 44;
const QUOTED_ENDS: usize = 48;

const NEWLINE: u8 = 0x0a;
/** ` - - [`, which stands between client and time in most lines, as two words that overlap. */
const NOBODY_START: u32 = 0x2d202d20;
const NOBODY_END: u32 = 0x5b202d20;
const NOBODY_LENGTH: usize = 6;
/** `] "`, of a word's lower three bytes */
const BEFORE_REQUEST: u32 = 0x22205d;
const BEFORE_REQUEST_LENGTH: usize = 3;
/** ` "` */
const BEFORE_QUOTED: u16 = 0x2220;
/** `GET ` and `HTTP` */
const GET: u32 = 0x20544547;
const HTTP: u32 = 0x50545448;
/** ` HTTP/1.1` and ` HTTP/2` */
const PROTOCOL_LENGTH: usize = 9;
const SHORT_PROTOCOL_LENGTH: usize = 7;
const METHOD_BYTES_MAX: usize = 16;

/** How often the minute was another one than that of the line before. */
let minutes: i32 = 0;
/** Where the first line begins that has no row yet. */
let next: usize = INPUT;

export function nextLine(): usize {
  return next;
}

/**
 * Reads lines of the chunk `[start, end)` until it is over or all rows are taken; returns how many rows there are. What
 * is left behind the last line end has none.
 */
export function scan(start: usize, end: usize): i32 {
  // Every search ends here at the latest.
  store<u8>(end, NEWLINE);
  let count: i32 = 0;
  let line = start;
  while (line < end && count < ROWS_MAX) {
    const row = ROWS + <usize>count * ROW_BYTES;
    const newline = findNewline(readLine(line, row));
    if (newline >= end) break;
    const hasReturn = newline > line && load<u8>(newline - 1) == CARRIAGE_RETURN;
    store<u32>(row, <u32>line);
    store<u32>(row, <u32>(hasReturn ? newline - 1 : newline), END);
    line = newline + 1;
    count++;
  }
  next = line;
  return count;
}

/** Fills the row of the line at `start` and returns how far it looked: the line does not end before that. */
function readLine(start: usize, row: usize): usize {
  store<u32>(row, 0, SIZE_END);
  v128.store(row, i32x4.splat(0), QUOTED_ENDS);
  const clientEnd = findSpace(start);
  if (load<u8>(clientEnd) != SPACE || !isClient(start, clientEnd)) return clientEnd;
  store<u32>(row, <u32>clientEnd, CLIENT_END);
  const isNobody = load<u32>(clientEnd) == NOBODY_START && load<u32>(clientEnd, 2) == NOBODY_END;
  const time = isNobody ? clientEnd + NOBODY_LENGTH : findTime(clientEnd + 1);
  if (time == 0 || !readTime(time, row)) return clientEnd;
  const timeEnd = time + TIME_LENGTH;
  if ((load<u32>(timeEnd) & 0xffffff) != BEFORE_REQUEST) return timeEnd;
  return readRequest(timeEnd + BEFORE_REQUEST_LENGTH, row);
}

/** Passes over ident and user, each a word; returns where the time starts behind them, or 0. */
function findTime(ident: usize): usize {
  const identEnd = findSpace(ident);
  if (load<u8>(identEnd) != SPACE || identEnd == ident) return 0;
  const userEnd = findSpace(identEnd + 1);
  if (load<u8>(userEnd) != SPACE || userEnd == identEnd + 1) return 0;
  return load<u8>(userEnd, 1) == BRACKET ? userEnd + 2 : 0;
}

/** Notes the second, or -1 for what is none, and which minute it is in. False when no time is there. */
function readTime(time: usize, row: usize): bool {
  const first = v128.load(time);
  const last = v128.load(time, 10);
  const seconds = i8x16(0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 0, 0, 0, 0, 0, 0);
  const isOther = v128.or(
    v128.xor(first, v128.load(TIME)),
    v128.andnot(v128.xor(last, v128.load(TIME, 10)), seconds),
  );
  if (v128.any_true(isOther)) {
    const newlines = i8x16.splat(NEWLINE);
    if (v128.any_true(v128.or(i8x16.eq(first, newlines), i8x16.eq(last, newlines)))) return false;
    v128.store(TIME, first);
    v128.store(TIME, last, 10);
    minutes++;
  }
  const tens = digitAt(time + 18);
  const ones = digitAt(time + 19);
  const isSecond = tens <= 5 && ones <= 9;
  if (!isSecond && (load<u8>(time, 18) == NEWLINE || load<u8>(time, 19) == NEWLINE)) return false;
  store<i32>(row, minutes, MINUTE);
  store<i32>(row, isSecond ? <i32>(tens * 10 + ones) : -1, SECOND);
  return true;
}

/** Reads `GET /path?query HTTP/1.1" 200 2326` and what follows. */
function readRequest(method: usize, row: usize): usize {
  const methodEnd = load<u32>(method) == GET ? method + 3 : findMethodEnd(method);
  if (load<u8>(methodEnd) != SPACE || methodEnd == method) return methodEnd;
  const target = methodEnd + 1;
  if (load<u8>(target) != SLASH) return target;
  let block = target;
  let question: usize = 0;
  let ends: i32 = 0;
  for (; ; block += 16) {
    const bytes = v128.load(block);
    const questions = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(QUESTION_MARK)));
    if (questions != 0 && question == 0) question = block + ctz(questions);
    ends = hitsOf(bytes, QUOTE);
    if (ends != 0) break;
  }
  const quote = block + ctz(ends);
  const space = findProtocol(target, quote);
  if (space == 0) return quote;
  const pathEnd = question != 0 && question < space ? question : space;
  store<u32>(row, <u32>method, METHOD_START);
  store<u32>(row, <u32>methodEnd, METHOD_END);
  store<u32>(row, <u32>pathEnd, PATH_END);
  store<u32>(row, hashOf(target, pathEnd), PATH_HASH);
  return readStatus(quote + 1, row);
}

function findMethodEnd(method: usize): usize {
  const limit = method + METHOD_BYTES_MAX;
  let end = method;
  while (end < limit && load<u8>(end) - 0x41 < 26) end++;
  return end;
}

/** Where the space before the protocol stands that ends at `quote`, or 0. */
function findProtocol(target: usize, quote: usize): usize {
  if (load<u8>(quote) != QUOTE || quote <= target + PROTOCOL_LENGTH) return 0;
  if (digitAt(quote - 1) > 9) return 0;
  const isLong = load<u8>(quote - 2) == DOT && digitAt(quote - 3) <= 9;
  const space = quote - (isLong ? PROTOCOL_LENGTH : SHORT_PROTOCOL_LENGTH);
  const isProtocol =
    load<u8>(space) == SPACE &&
    load<u8>(space - 1) != SPACE &&
    load<u32>(space, 1) == HTTP &&
    load<u8>(space, 5) == SLASH;
  return isProtocol ? space : 0;
}

/** Reads ` 200 2326` and the quoted fields behind it. */
function readStatus(start: usize, row: usize): usize {
  if (load<u8>(start) != SPACE) return start;
  const hundreds = digitAt(start + 1);
  if (hundreds > 9) return start + 1;
  const tens = digitAt(start + 2);
  if (tens > 9) return start + 2;
  const ones = digitAt(start + 3);
  if (ones > 9) return start + 3;
  if (load<u8>(start, 4) != SPACE) return start + 4;
  store<u32>(row, hundreds * 100 + tens * 10 + ones, STATUS);
  const size = start + 5;
  const sizeEnd = readSize(size, row);
  if (sizeEnd == 0) return size;
  store<u32>(row, <u32>sizeEnd, SIZE_END);
  return readQuotedFields(sizeEnd, row);
}

/** Reads up to nine digits, or a dash for 0; returns where they end, or 0: ten may be no small integer. */
function readSize(size: usize, row: usize): usize {
  let value: u32 = 0;
  let end = size;
  for (const limit = size + 9; end < limit; end++) {
    const digit = digitAt(end);
    if (digit > 9) break;
    value = value * 10 + digit;
  }
  store<u32>(row, value, BYTES_SENT);
  if (end == size) return load<u8>(size) == DASH ? size + 1 : 0;
  return digitAt(end) <= 9 ? 0 : end;
}

/** Reads ` "referer" "agent"` and what may follow, as far as a row has places for their ends. */
function readQuotedFields(start: usize, row: usize): usize {
  let end = start;
  const limit = row + ROW_BYTES;
  for (let place = row + QUOTED_ENDS; place < limit; place += 4) {
    if (load<u16>(end) != BEFORE_QUOTED) return end;
    const quote = findQuote(end + 2);
    // Behind a backslash it may be part of the value, or not.
    if (load<u8>(quote) != QUOTE || load<u8>(quote - 1) == BACKSLASH) return quote;
    end = quote + 1;
    store<u32>(place, <u32>end);
  }
  return end;
}

/** Where the next line end stands. */
function findNewline(start: usize): usize {
  // Most lines are read to their end.
  if (load<u8>(start) == NEWLINE) return start;
  let block = start;
  let hits = newlinesAt(block);
  while (hits == 0) {
    block += 16;
    hits = newlinesAt(block);
  }
  return block + ctz(hits);
}

/** Where the next space or line end stands. */
function findSpace(start: usize): usize {
  let block = start;
  let hits = hitsOf(v128.load(block), SPACE);
  while (hits == 0) {
    block += 16;
    hits = hitsOf(v128.load(block), SPACE);
  }
  return block + ctz(hits);
}

/** Where the next quote or line end stands. */
function findQuote(start: usize): usize {
  let block = start;
  let hits = hitsOf(v128.load(block), QUOTE);
  while (hits == 0) {
    block += 16;
    hits = hitsOf(v128.load(block), QUOTE);
  }
  return block + ctz(hits);
}

/** A bit for each of the bytes that is a line end. */
function newlinesAt(block: usize): i32 {
  return i8x16.bitmask(i8x16.eq(v128.load(block), i8x16.splat(NEWLINE)));
}

/** A bit for each of the bytes that is `byte` or a line end. */
function hitsOf(bytes: v128, byte: u8): i32 {
  return i8x16.bitmask(v128.or(i8x16.eq(bytes, i8x16.splat(byte)), i8x16.eq(bytes, i8x16.splat(NEWLINE))));
}
