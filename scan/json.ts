// The quick way through a JSON line, in AssemblyScript, a part of scan.ts: reads the line once from its first byte to its
// last, checks the grammar as it goes, and leaves what the known keys hold in their places of a table.
//
// It gives up on what is unusual: a known key twice, an escape in a name, deep nesting, broken JSON. A line end stands
// behind every line and is allowed in no token, so that no search has to look for the end of its line.

import { COLON, COMMA, DASH, E, OBJECT, QUOTE, SPACE, ZERO } from './bytes';
import {
  ABSENT,
  END,
  findKey,
  IS_PARENT,
  IS_PLAIN,
  KIND,
  LIST,
  OTHER,
  ROOT,
  SEEN,
  START,
  STRING,
} from './json-keys';
import { fillRow, isUsualLogger } from './json-row';
import {
  endValue,
  finishModel,
  isRecording,
  pauseModel,
  readByShape,
  recordValue,
  resumeModel,
  startModel,
} from './json-shape';
import {
  findSpecial,
  readNumber,
  readString,
  skipNumber,
  skipSpace,
  skipString,
  specialsOf64,
} from './json-tokens';

const ARRAY: u8 = 0x5b;
const ARRAY_END: u8 = 0x5d;
const OBJECT_END: u8 = 0x7d;
/** `true`, `null` and `fals` */
const TRUE: u32 = 0x65757274;
const NULL: u32 = 0x6c6c756e;
const FALS: u32 = 0x736c6166;
/** `":["`, `"]` and `,"` */
const BEFORE_VALUE: u32 = 0x225b3a22;
const BEHIND_VALUE: u16 = 0x5d22;
const BEFORE_NAME: u16 = 0x222c;

const DEPTH_MAX: i32 = 32;

/** The number of the line at hand. */
export let lines: i32 = 0;
/** Where it ends. */
export let lineEnd: usize = 0;

/**
 * Reads the line `[start, end)` of a chunk that was scanned, and fills the row from it. False for what is no JSON object,
 * or is unusual: the row then holds anything.
 */
export function readJson(start: usize, end: usize): bool {
  if (load<u8>(start) != OBJECT) return false;
  return (readByShape(start, end) || readWhole(start, end)) && fillRow(start);
}

function readWhole(start: usize, end: usize): bool {
  startLine(end);
  startModel(start, end);
  const after = readObject(start + 1, ROOT, 0);
  const isWhole = after != 0 && (after == end || skipSpace(after) == end);
  finishModel(start, end, isWhole && isUsualLogger());
  return isWhole;
}

/** Another line, or the same one from the start. */
export function startLine(end: usize): void {
  lineEnd = end;
  if (++lines == 0) lines = 1;
}

/** From behind the opening brace to behind the closing one; like all below 0 when it is not to be read here. */
function readObject(start: usize, parent: usize, depth: i32): usize {
  let i = start;
  if (load<u8>(i) != QUOTE) {
    i = skipSpace(i);
    if (load<u8>(i) == OBJECT_END) return i + 1;
    if (load<u8>(i) != QUOTE) return 0;
  }
  if (depth > DEPTH_MAX) return 0;
  if (!isRecording) {
    i = readHeaders(i, parent);
    if (i == 0) return 0;
    if (load<u8>(i) == OBJECT_END) return i + 1;
  }
  do {
    i = readMember(i + 1, parent, depth);
    if (i == 0) return 0;
    let byte = load<u8>(i);
    if (byte <= SPACE) {
      i = skipSpace(i);
      byte = load<u8>(i);
    }
    if (byte == OBJECT_END) return i + 1;
    if (byte != COMMA) return 0;
    i++;
    if (load<u8>(i) != QUOTE) i = skipSpace(i);
  } while (load<u8>(i) == QUOTE);
  return 0;
}

/**
 * Reads members as Go writes headers, `"name":["value"]`, and nothing between them but a comma, from the one at `start`
 * on. Returns where the closing brace stands behind them, or the first member that is another one begins.
 */
function readHeaders(start: usize, parent: usize): usize {
  let member = start;
  let block = start + 1;
  let specials = specialsOf64(block);
  for (;;) {
    while (specials == 0) specials = specialsOf64((block += 64));
    const nameEnd = block + <usize>ctz(specials);
    specials &= specials - 1;
    if (load<u32>(nameEnd) != BEFORE_VALUE) break;
    while (specials == 0) specials = specialsOf64((block += 64));
    specials &= specials - 1;
    while (specials == 0) specials = specialsOf64((block += 64));
    const end = block + <usize>ctz(specials);
    specials &= specials - 1;
    if (load<u16>(end) != BEHIND_VALUE) break;
    const isLast = load<u8>(end, 2) == OBJECT_END;
    if (!isLast && load<u16>(end, 2) != BEFORE_NAME) break;
    const key = parent == 0 ? 0 : findKey(parent, member + 1, nameEnd);
    if (key != 0) {
      if (load<i32>(key, SEEN) == lines) return 0;
      store<i32>(key, lines, SEEN);
      readString(nameEnd + 4, key, LIST);
    }
    if (isLast) return end + 2;
    member = end + 3;
    while (specials == 0) specials = specialsOf64((block += 64));
    specials &= specials - 1;
  }
  return member;
}

/** From behind the quote that opens the name to behind the value. */
function readMember(name: usize, parent: usize, depth: i32): usize {
  const nameEnd = findSpecial(name);
  if (load<u8>(nameEnd) != QUOTE) return 0;
  let i = nameEnd + 1;
  if (load<u8>(i) != COLON) {
    i = skipSpace(i);
    if (load<u8>(i) != COLON) return 0;
  }
  const key = parent == 0 ? 0 : findKey(parent, name, nameEnd);
  if (key != 0) {
    if (load<i32>(key, SEEN) == lines) return 0;
    store<i32>(key, lines, SEEN);
  }
  const value = recordValue(i + 1, key);
  const end = readValue(i + 1, key, depth);
  endValue(value, end);
  return end;
}

/** `key`: which one has the value, or 0. */
export function readValue(from: usize, key: usize, depth: i32): usize {
  let start = from;
  let byte = load<u8>(start);
  if (byte <= SPACE) {
    start = skipSpace(start);
    byte = load<u8>(start);
  }
  if (byte == QUOTE) return key == 0 ? skipString(start + 1) : readString(start + 1, key, STRING);
  if (byte == OBJECT) {
    if (key != 0) store<i32>(key, OTHER, KIND);
    return readObject(start + 1, key != 0 && load<u32>(key, IS_PARENT) != 0 ? key : 0, depth + 1);
  }
  if (byte == ARRAY) {
    const wasRecording = pauseModel();
    const end = readArray(start + 1, key, depth + 1);
    resumeModel(wasRecording);
    return end;
  }
  if (byte - ZERO <= 9 || byte == DASH) return key == 0 ? skipNumber(start) : readNumber(start, key);
  const word = load<u32>(start);
  if (key != 0) store<i32>(key, word == NULL ? ABSENT : OTHER, KIND);
  if (word == TRUE || word == NULL) return start + 4;
  return word == FALS && load<u8>(start, 4) == E ? start + 5 : 0;
}

/** Of a list counts its first value, if that is a string. */
function readArray(start: usize, key: usize, depth: i32): usize {
  if (depth > DEPTH_MAX) return 0;
  let i = start;
  if (load<u8>(i) <= SPACE) i = skipSpace(i);
  if (key != 0) {
    store<i32>(key, LIST, KIND);
    store<u32>(key, <u32>i, START);
    store<u32>(key, <u32>i, END);
    store<u32>(key, 1, IS_PLAIN);
  }
  if (load<u8>(i) == ARRAY_END) return i + 1;
  i = key != 0 && load<u8>(i) == QUOTE ? readString(i + 1, key, LIST) : readValue(i, 0, depth);
  while (i != 0) {
    let byte = load<u8>(i);
    if (byte <= SPACE) {
      i = skipSpace(i);
      byte = load<u8>(i);
    }
    if (byte == ARRAY_END) return i + 1;
    if (byte != COMMA) return 0;
    i = readValue(i + 1, 0, depth);
  }
  return 0;
}
