// What a JSON line says of its request, in AssemblyScript, a part of scan.ts: of the keys that may have a value the line's
// first one that has, and what that says, as a row of numbers for src/scan/json-scan.ts, which names them.
import { BACKSLASH, DASH, DOT, EXACT_DIGITS_MAX, SLASH, countDigits, digitAt, digitsOf } from './bytes';
import { findPort, isInBrackets } from './client';
import { lines } from './json';
import {
  ABSENT,
  AGENT,
  CLIENT,
  END,
  FORWARDED,
  FRACTION,
  IS_PLAIN,
  KIND,
  LATENCY,
  LIST,
  LOGGER,
  METHOD,
  NUMBER,
  PATH_END,
  PATH_HASH,
  POINT,
  REQUEST,
  ROLE_BYTES,
  ROLES,
  SEEN,
  SIZE,
  START,
  STATUS,
  STRING,
  TARGET,
  TIME,
  WHOLE,
} from './json-keys';

export const JSON_ROW: usize = 128;
/** In bytes from its start. Numbers that need not be small: */
const TIME_WHOLE: usize = 0;
const BYTES_SENT: usize = 8;
const LATENCY_WHOLE: usize = 16;
const LATENCY_FRACTION: usize = 24;
/** … and the others. */
const TIME_KIND: usize = 32;
const TIME_START: usize = 36;
const TIME_END: usize = 40;
const STATUS_CODE: usize = 44;
const LATENCY_KIND: usize = 48;
const LATENCY_INDEX: usize = 52;
const LATENCY_START: usize = 56;
const LATENCY_END: usize = 60;
const LATENCY_SCALE: usize = 64;
const CLIENT_START: usize = 68;
const CLIENT_END: usize = 72;
const FORWARDED_START: usize = 76;
const FORWARDED_END: usize = 80;
const AGENT_START: usize = 84;
const AGENT_END: usize = 88;
const REQUEST_KIND: usize = 92;
const METHOD_START: usize = 96;
const METHOD_END: usize = 100;
const PATH_START: usize = 104;
const PATH_STOP: usize = 108;
const HASH: usize = 112;

/** What a time is. */
const TIME_TEXT: i32 = 1;
const TIME_SECONDS: i32 = 2;
/** Seconds, or something less. */
const TIME_EPOCH: i32 = 3;
/** What a latency is. */
const LATENCY_NONE: i32 = 0;
const LATENCY_TEXT: i32 = 1;
const LATENCY_NUMBER: i32 = 2;
/** Text that is read like a number. */
const LATENCY_DIGITS: i32 = 3;
/** What a request is: a method and a path, a method and another target, or all in one. */
const REQUEST_PATH: i32 = 1;
const REQUEST_TARGET: i32 = 2;
const REQUEST_LINE: i32 = 3;

const HIGHEST_ASCII: u8 = 0x7f;
const LESS: u8 = 0x3c;
/** `9999` */
const NEARLY_ONE: u32 = 0x39393939;
const EPOCH_SECONDS_MAX: f64 = 1e11;
const STATUS_MAX: f64 = 999;
/** `http`, `http.log` and `g.access` */
const HTTP: u32 = 0x70747468;
const HTTP_LOG: u64 = 0x676f6c2e70747468;
const LOG_ACCESS: u64 = 0x7373656363612e67;

/** False for values that are unusual: an escape, too many digits, something of another kind. */
export function fillRow(line: usize): bool {
  return (
    isUsualLogger() &&
    fillTime() &&
    fillNumbers() &&
    fillLatency() &&
    fillClient(line) &&
    fillText(find(FORWARDED), line, FORWARDED_START) &&
    fillText(find(AGENT), line, AGENT_START) &&
    fillRequest()
  );
}

/** False where Caddy's `http.log.error` may have written the line, or another one that tells of requests besides its access log. */
export function isUsualLogger(): bool {
  const key = find(LOGGER);
  if (key == 0 || load<i32>(key, KIND) != STRING) return true;
  if (!isPlain(key)) return false;
  const start = <usize>load<u32>(key, START);
  const length = <usize>load<u32>(key, END) - start;
  if (length < 5 || load<u32>(start) != HTTP || load<u8>(start, 4) != DOT) return true;
  return length >= 15 && load<u64>(start) == HTTP_LOG && load<u64>(start, 7) == LOG_ACCESS;
}

/** The first key of `role` that the line has, or 0. */
function find(role: usize): usize {
  const list = ROLES + role * ROLE_BYTES;
  const end = list + 4 + 4 * <usize>load<u32>(list);
  for (let place = list + 4; place < end; place += 4) {
    const key = <usize>load<u32>(place);
    if (load<i32>(key, SEEN) == lines && load<i32>(key, KIND) != ABSENT) return key;
  }
  return 0;
}

function fillTime(): bool {
  const key = find(TIME);
  if (key == 0) return false;
  if (!isNumber(key)) {
    if (load<i32>(key, KIND) != STRING || !isPlain(key)) return false;
    store<i32>(JSON_ROW, TIME_TEXT, TIME_KIND);
    store<u32>(JSON_ROW, load<u32>(key, START), TIME_START);
    store<u32>(JSON_ROW, load<u32>(key, END), TIME_END);
    return true;
  }
  const whole = load<f64>(key, WHOLE);
  const point = <usize>load<u32>(key, POINT);
  const hasFraction = <u32>point != load<u32>(key, END);
  // Near the end of a second JSON.parse rounds up.
  if (isNaN(whole) || (hasFraction && (whole >= EPOCH_SECONDS_MAX || load<u32>(point + 1) == NEARLY_ONE)))
    return false;
  store<f64>(JSON_ROW, whole, TIME_WHOLE);
  store<i32>(JSON_ROW, hasFraction ? TIME_SECONDS : TIME_EPOCH, TIME_KIND);
  return true;
}

function fillNumbers(): bool {
  const status = readCount(find(STATUS));
  const size = readCount(find(SIZE));
  store<i32>(JSON_ROW, <i32>status, STATUS_CODE);
  store<f64>(JSON_ROW, size, BYTES_SENT);
  return status >= 0 && status <= STATUS_MAX && size >= 0;
}

/** A whole number, as such or as text; absence, `-` and an empty text are 0; -1 for anything else. */
function readCount(key: usize): f64 {
  if (key == 0) return 0;
  if (isNumber(key)) {
    const whole = load<f64>(key, WHOLE);
    return load<u32>(key, POINT) == load<u32>(key, END) && !isNaN(whole) ? whole : -1;
  }
  return load<i32>(key, KIND) == STRING && load<u32>(key, START) == endUnlessDash(key) ? 0 : -1;
}

function fillLatency(): bool {
  const key = find(LATENCY);
  store<i32>(JSON_ROW, LATENCY_NONE, LATENCY_KIND);
  if (key == 0) return true;
  const start = load<u32>(key, START);
  const end = load<u32>(key, END);
  store<i32>(JSON_ROW, indexOf(LATENCY, key), LATENCY_INDEX);
  if (!isNumber(key)) {
    store<i32>(JSON_ROW, LATENCY_TEXT, LATENCY_KIND);
    store<u32>(JSON_ROW, start, LATENCY_START);
    store<u32>(JSON_ROW, end, LATENCY_END);
    // Digits here are too many, or in no order.
    return load<i32>(key, KIND) == STRING && digitAt(<usize>end - 1) > 9;
  }
  const point = load<u32>(key, POINT);
  store<i32>(JSON_ROW, load<i32>(key, KIND) == NUMBER ? LATENCY_NUMBER : LATENCY_DIGITS, LATENCY_KIND);
  store<f64>(JSON_ROW, load<f64>(key, WHOLE), LATENCY_WHOLE);
  store<f64>(JSON_ROW, load<f64>(key, FRACTION), LATENCY_FRACTION);
  store<u32>(JSON_ROW, point == end ? 0 : end - point - 1, LATENCY_SCALE);
  return !isNaN(load<f64>(key, WHOLE)) && end - start <= <u32>EXACT_DIGITS_MAX;
}

/** Which of the keys of `role` it is. */
function indexOf(role: usize, key: usize): i32 {
  let index: i32 = 0;
  while (<usize>load<u32>(ROLES + role * ROLE_BYTES + 4 + 4 * <usize>index) != key) index++;
  return index;
}

function fillClient(line: usize): bool {
  const key = find(CLIENT);
  if (key != 0 && (load<i32>(key, KIND) != STRING || !isPlain(key))) return false;
  const start = key == 0 ? line : <usize>load<u32>(key, START);
  const whole = key == 0 ? line : <usize>endUnlessDash(key);
  const end = findPort(start, whole);
  const isBracketed = end != whole && isInBrackets(start, end);
  store<u32>(JSON_ROW, <u32>(isBracketed ? start + 1 : start), CLIENT_START);
  store<u32>(JSON_ROW, <u32>(isBracketed ? end - 1 : end), CLIENT_END);
  return true;
}

/** Text, or the first one of a list, of which `-` is as good as nothing; `start`: where the range of it is in the row. */
function fillText(key: usize, line: usize, start: usize): bool {
  store<u32>(JSON_ROW + start, key == 0 ? <u32>line : load<u32>(key, START));
  store<u32>(JSON_ROW + start, key == 0 ? <u32>line : endUnlessDash(key), 4);
  if (key == 0) return true;
  const kind = load<i32>(key, KIND);
  return (kind == STRING || kind == LIST) && isPlain(key);
}

function fillRequest(): bool {
  const method = find(METHOD);
  const target = find(TARGET);
  if (method != 0 && target != 0 && load<i32>(method, KIND) == STRING && load<i32>(target, KIND) == STRING) {
    store<u32>(JSON_ROW, load<u32>(method, START), METHOD_START);
    store<u32>(JSON_ROW, load<u32>(method, END), METHOD_END);
    // Or it stands for what was no request.
    const first = load<u8>(<usize>load<u32>(method, START));
    return first != LESS && first != DASH && isPlain(method) && fillTarget(target);
  }
  const request = find(REQUEST);
  if (request == 0 || load<i32>(request, KIND) != STRING) return false;
  store<i32>(JSON_ROW, REQUEST_LINE, REQUEST_KIND);
  store<u32>(JSON_ROW, load<u32>(request, START), PATH_START);
  store<u32>(JSON_ROW, load<u32>(request, END), PATH_STOP);
  return isPlain(request);
}

/** What stands in the query string is not looked at: Traefik has each `&` there as an escape. */
function fillTarget(key: usize): bool {
  const start = <usize>load<u32>(key, START);
  const pathEnd = <usize>load<u32>(key, PATH_END);
  const isPath = load<u8>(start) == SLASH;
  store<i32>(JSON_ROW, isPath ? REQUEST_PATH : REQUEST_TARGET, REQUEST_KIND);
  store<u32>(JSON_ROW, <u32>start, PATH_START);
  store<u32>(JSON_ROW, isPath ? <u32>pathEnd : load<u32>(key, END), PATH_STOP);
  store<u32>(JSON_ROW, load<u32>(key, PATH_HASH), HASH);
  return isPlain(key) || isPlainUntil(start, pathEnd);
}

function isPlain(key: usize): bool {
  return load<u32>(key, IS_PLAIN) != 0;
}

function isPlainUntil(start: usize, end: usize): bool {
  for (let i = start; i < end; i++) {
    const byte = load<u8>(i);
    if (byte == BACKSLASH || byte > HIGHEST_ASCII) return false;
  }
  return true;
}

function endUnlessDash(key: usize): u32 {
  const start = load<u32>(key, START);
  const end = load<u32>(key, END);
  return end == start + 1 && load<u8>(<usize>start) == DASH ? start : end;
}

/** Whether it is a number, or text that is one without a sign or an exponent, which is then read like a number. */
function isNumber(key: usize): bool {
  const kind = load<i32>(key, KIND);
  if (kind != STRING) return kind == NUMBER;
  const start = <usize>load<u32>(key, START);
  const end = <usize>load<u32>(key, END);
  const count = countDigits(start);
  const point = start + count;
  if (count == 0 || count > EXACT_DIGITS_MAX) return false;
  let fraction: f64 = 0;
  if (point != end) {
    const rest = countDigits(point + 1);
    if (load<u8>(point) != DOT || rest == 0 || rest > EXACT_DIGITS_MAX || point + 1 + rest != end)
      return false;
    fraction = <f64>(<i64>digitsOf(point + 1, rest));
  }
  store<f64>(key, <f64>(<i64>digitsOf(start, count)), WHOLE);
  store<f64>(key, fraction, FRACTION);
  store<u32>(key, <u32>point, POINT);
  return true;
}
