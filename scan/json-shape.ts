// The shape of the lines of a JSON log, in AssemblyScript, a part of scan.ts: one line of it, its model, and the values in
// there that other lines have other ones of. Between these holes a line is compared with the model, 16 bytes at a time.
//
// A value that turns out to differ becomes a hole; so does an object whose members often come in another order. After
// some thousand lines, or when too few of them fit, the next line is the model.
import { OBJECT } from './bytes';
import { lines, readValue, startLine } from './json';
import { IS_NEEDED, KIND, OTHER, SEEN, SHAPE } from './json-keys';

/** In bytes from the start of the shape. It has no model while this is 0. */
const MODEL_END: usize = 0;
const VALUES_END: usize = 4;
const HOLES_END: usize = 8;
const LINES: usize = 12;
const MISFITS: usize = 16;

const MODEL: usize = SHAPE + 32;
const MODEL_BYTES_MAX: usize = 4096;
/** The values of the members of the model, each object before what is in it. */
const VALUES: usize = MODEL + MODEL_BYTES_MAX + 16;
const VALUE_BYTES: usize = 24;
const VALUES_MAX: usize = 128;
/** Which of them are holes, in the order of their places. */
const HOLES: usize = VALUES + VALUES_MAX * VALUE_BYTES;

/** In bytes from the start of a value. */
const START: usize = 0;
const END: usize = 4;
const KEY: usize = 8;
const IS_OBJECT: usize = 12;
const IS_HOLE: usize = 16;
/** Of an object: in how many lines its members were others. */
const DISORDER: usize = 20;

const LINES_MAX: u32 = 16_384;
/** Where more than a quarter of the lines have other members, but not in the first line that happens to. */
const DISORDER_MIN: u32 = 4;
const MISFITS_MIN: u32 = 16;

/** While the model is being read: what to subtract from a place in its line. */
let modelOffset: usize = 0;
export let isRecording = false;

/** Takes down the values of the line that is read from here on, if it is time for a model. */
export function startModel(start: usize, end: usize): void {
  const isUseful =
    load<u32>(SHAPE, MODEL_END) != 0 &&
    load<u32>(SHAPE, MISFITS) <= MISFITS_MIN + load<u32>(SHAPE, LINES) / 2;
  if (isUseful || end - start > MODEL_BYTES_MAX) return;
  isRecording = true;
  modelOffset = start - MODEL;
  store<u32>(SHAPE, 0, MODEL_END);
  store<u32>(SHAPE, <u32>VALUES, VALUES_END);
}

/** The line was read as a whole and may be one that others are compared with, or not. */
export function finishModel(start: usize, end: usize, isUsual: bool): void {
  if (!isRecording) return;
  isRecording = false;
  if (!isUsual) return;
  memory.copy(MODEL, start, end - start);
  store<u32>(SHAPE, <u32>(end - modelOffset), MODEL_END);
  store<u32>(SHAPE, 0, LINES);
  store<u32>(SHAPE, 0, MISFITS);
  findHoles();
}

/** Stops recording within lists; returns what `resumeModel` takes behind them. */
export function pauseModel(): bool {
  const was = isRecording;
  isRecording = false;
  return was;
}

export function resumeModel(was: bool): void {
  isRecording = was;
}

/** Takes down the value of `key` (0: of none) that begins at `start`; returns what `endValue` takes. */
export function recordValue(start: usize, key: usize): usize {
  if (!isRecording) return 0;
  const value = <usize>load<u32>(SHAPE, VALUES_END);
  if (value == HOLES) {
    isRecording = false;
    return 0;
  }
  store<u32>(SHAPE, <u32>(value + VALUE_BYTES), VALUES_END);
  const isObject = load<u8>(start) == OBJECT;
  const isNeeded = key != 0 && load<u32>(key, IS_NEEDED) != 0;
  store<u32>(value, <u32>(start - modelOffset), START);
  store<u32>(value, <u32>key, KEY);
  store<u32>(value, isObject ? 1 : 0, IS_OBJECT);
  store<u32>(value, isNeeded && !isObject ? 1 : 0, IS_HOLE);
  store<u32>(value, 0, DISORDER);
  return value;
}

export function endValue(value: usize, end: usize): void {
  if (value != 0) store<u32>(value, <u32>(end - modelOffset), END);
}

/** Lists the holes that are in no other, and the objects with a key, of which each line has to hear. */
function findHoles(): void {
  const valuesEnd = <usize>load<u32>(SHAPE, VALUES_END);
  let hole = HOLES;
  let end: u32 = 0;
  for (let value = VALUES; value < valuesEnd; value += VALUE_BYTES) {
    const isHole = load<u32>(value, IS_HOLE) != 0;
    if (load<u32>(value, START) < end || (!isHole && !isObjectOfKey(value))) continue;
    if (isHole) end = load<u32>(value, END);
    store<u32>(hole, <u32>value);
    hole += 4;
  }
  store<u32>(SHAPE, <u32>hole, HOLES_END);
}

function isObjectOfKey(value: usize): bool {
  return load<u32>(value, IS_OBJECT) != 0 && load<u32>(value, KEY) != 0;
}

/** Reads the line if it has the shape of the model, and says whether it has. */
export function readByShape(start: usize, end: usize): bool {
  const modelEnd = <usize>load<u32>(SHAPE, MODEL_END);
  if (modelEnd == 0) return false;
  const count = load<u32>(SHAPE, LINES);
  if (count == LINES_MAX) {
    store<u32>(SHAPE, 0, MODEL_END);
    return false;
  }
  store<u32>(SHAPE, count + 1, LINES);
  startLine(end);
  let i = start;
  let model = MODEL;
  let hole = HOLES;
  for (;;) {
    const value = hole < <usize>load<u32>(SHAPE, HOLES_END) ? <usize>load<u32>(hole) : 0;
    const length = (value == 0 ? modelEnd : <usize>load<u32>(value, START)) - model;
    const same = countSame(model, i, length);
    if (same != length) {
      if (!makeHole(model + same)) break;
      // It comes before `value`.
      continue;
    }
    i += length;
    if (value == 0) {
      if (i == end) return true;
      break;
    }
    model += length;
    hole += 4;
    const key = <usize>load<u32>(value, KEY);
    if (key != 0) store<i32>(key, lines, SEEN);
    if (load<u32>(value, IS_HOLE) == 0) {
      store<i32>(key, OTHER, KIND);
      continue;
    }
    i = readValue(i, key, 1);
    if (i == 0) break;
    model = <usize>load<u32>(value, END);
  }
  store<u32>(SHAPE, load<u32>(SHAPE, MISFITS) + 1, MISFITS);
  return false;
}

/**
 * A line differs from the model at `place`. True when that is within a value, or right behind one, as 10 begins like 1:
 * it is a hole from now on. Otherwise the members of an object are others.
 */
function makeHole(place: usize): bool {
  const valuesEnd = <usize>load<u32>(SHAPE, VALUES_END);
  let object: usize = 0;
  for (let value = VALUES; value < valuesEnd; value += VALUE_BYTES) {
    if (<usize>load<u32>(value, START) > place) break;
    if (<usize>load<u32>(value, END) < place) continue;
    if (load<u32>(value, IS_OBJECT) != 0) {
      object = value;
    } else if (load<u32>(value, IS_HOLE) == 0) {
      store<u32>(value, 1, IS_HOLE);
      findHoles();
      return true;
    }
  }
  if (object == 0) return false;
  const disorder = load<u32>(object, DISORDER) + 1;
  store<u32>(object, disorder, DISORDER);
  if (disorder >= DISORDER_MIN && disorder > load<u32>(SHAPE, LINES) / 4) {
    store<u32>(object, 1, IS_HOLE);
    findHoles();
  }
  return false;
}

/** How many bytes are the same from two places on, `length` at most. */
function countSame(model: usize, line: usize, length: usize): usize {
  for (let i: usize = 0; i < length; i += 16) {
    const others = i8x16.bitmask(i8x16.ne(v128.load(model + i), v128.load(line + i)));
    if (others != 0) return min(length, i + ctz(others));
  }
  return length;
}
