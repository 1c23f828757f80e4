// The quick way through a log line: the run of fields that every relative of the Common Log Format has, in one pass,
// for lines without anything unusual. Part of the hot path.
import { findSpace } from './field-end.ts';
import { isDigit } from './number.ts';
import type { AccessRecord } from './record.ts';
import type { TimestampReader } from './timestamp.ts';
import { findByte, repeat, WordView } from './words.ts';

const SPACE = 0x20;
const QUOTE = 0x22;
const DASH = 0x2d;
const DOT = 0x2e;
const SLASH = 0x2f;
const ZERO = 0x30;
const QUESTION_MARK = 0x3f;
const BACKSLASH = 0x5c;
const TIME_LENGTH = 26;
const METHOD_BYTES_MAX = 16;
/** What follows the time at least: `] "G / HTTP/1" 200 1`. */
const REST_LENGTH_MIN = 20;
/** ` - - [`, which stands between client and time in most lines, as two words that overlap. */
const NOBODY_START = 0x2d202d20;
const NOBODY_END = 0x5b202d20;
const NOBODY_LENGTH = 6;
/** `GET ` and `HTTP` */
const GET = 0x20544547;
const HTTP = 0x50545448;
const SPACES = repeat(SPACE);
const QUOTES = repeat(QUOTE);
const QUESTION_MARKS = repeat(QUESTION_MARK);
/** ` HTTP/1.1` */
const PROTOCOL_LENGTH_MAX = 9;

/** Formats with a quick way: any number of quoted fields behind the size. */
const COMMON_RELATIVE =
  /^\$remote_addr \$ident \$remote_user \[\$time_local\] "\$request" \$status \$body_bytes_sent((?: "\$[a-z0-9_]+")*)$/;

/** Null when `format` is no relative of the Common Log Format. */
export function createQuickReader(format: string, timestamps: TimestampReader): QuickReader | null {
  const match = COMMON_RELATIVE.exec(format);
  return match === null ? null : new QuickReader((match[1] ?? '').match(/[a-z0-9_]+/g) ?? [], timestamps);
}

export class QuickReader {
  readonly #timestamps: TimestampReader;
  readonly #quotedFields: number;
  /** Which of the quoted fields they are; -1 for none. */
  readonly #agentField: number;
  readonly #forwardedField: number;
  readonly #words = new WordView();
  /** The minute that the last line was in, as text and in seconds since the epoch. */
  readonly #minute = new DataView(new ArrayBuffer(TIME_LENGTH));
  #minuteSeconds = Number.NaN;

  constructor(quotedFields: readonly string[], timestamps: TimestampReader) {
    this.#timestamps = timestamps;
    this.#quotedFields = quotedFields.length;
    this.#agentField = quotedFields.lastIndexOf('http_user_agent');
    this.#forwardedField = quotedFields.lastIndexOf('http_x_forwarded_for');
  }

  /**
   * Reads an ordinary line from `start` on into `record`; returns where the last field ends. -1 for a line that is not
   * ordinary: it may be broken, have an escape in its request or a user with spaces, or a request that is no HTTP. The
   * steps of the format decide about those; what is accepted here they would read in the same way.
   */
  read(bytes: Buffer, start: number, end: number, record: AccessRecord): number {
    const view = this.#words.of(bytes);
    const clientEnd = findByte(view, start, end, SPACES);
    if (clientEnd === start || (clientEnd === start + 1 && bytes[start] === DASH)) return -1;
    const time = findTime(view, bytes, clientEnd, end);
    if (time < 0) return -1;
    record.timeSeconds = this.#readTime(view, bytes, time);
    if (Number.isNaN(record.timeSeconds)) return -1;
    record.bytes = bytes;
    record.clientStart = start;
    record.clientEnd = clientEnd;
    record.latencyMs = Number.NaN;
    const requestEnd = readRequest(view, bytes, time + TIME_LENGTH + 3, end, record);
    const sizeEnd = requestEnd < 0 ? -1 : readStatusAndSize(bytes, requestEnd, end, record);
    return sizeEnd < 0 ? -1 : this.#readQuotedFields(view, bytes, sizeEnd, end, record);
  }

  /** The time at `start` in seconds since the epoch, of which the minute is mostly the one before; else NaN. */
  #readTime(view: DataView, bytes: Buffer, start: number): number {
    if (!isSameMinute(this.#minute, view, start)) return this.#readNewMinute(view, bytes, start);
    const tens = (bytes[start + 18] ?? 0) - ZERO;
    const ones = (bytes[start + 19] ?? 0) - ZERO;
    if (tens < 0 || tens > 5 || ones < 0 || ones > 9)
      return this.#timestamps.read(bytes, start, start + TIME_LENGTH);
    return this.#minuteSeconds + tens * 10 + ones;
  }

  #readNewMinute(view: DataView, bytes: Buffer, start: number): number {
    const seconds = this.#timestamps.read(bytes, start, start + TIME_LENGTH);
    if (Number.isNaN(seconds)) return seconds;
    for (let i = 0; i < TIME_LENGTH; i++) this.#minute.setUint8(i, view.getUint8(start + i));
    this.#minuteSeconds =
      seconds - ((bytes[start + 18] ?? 0) - ZERO) * 10 - ((bytes[start + 19] ?? 0) - ZERO);
    return seconds;
  }

  /** Reads ` "referer" "agent"` and what may follow; returns where the last closing quote ends, or -1. */
  #readQuotedFields(view: DataView, bytes: Buffer, start: number, end: number, record: AccessRecord): number {
    record.agentStart = record.agentEnd = record.forwardedStart = record.forwardedEnd = start;
    let i = start;
    for (let field = 0; field < this.#quotedFields; field++) {
      if (i + 2 >= end || bytes[i] !== SPACE || bytes[i + 1] !== QUOTE) return -1;
      const fieldStart = i + 2;
      i = findByte(view, fieldStart, end, QUOTES);
      // Behind a backslash it may be part of the value, or not.
      if (i === end || bytes[i - 1] === BACKSLASH) return -1;
      const isAbsent = i === fieldStart + 1 && bytes[fieldStart] === DASH;
      if (field === this.#agentField && !isAbsent) {
        record.agentStart = fieldStart;
        record.agentEnd = i;
      } else if (field === this.#forwardedField && !isAbsent) {
        record.forwardedStart = fieldStart;
        record.forwardedEnd = i;
      }
      i++;
    }
    return i;
  }
}

/** All of `dd/Mon/yyyy:HH:MM:SS +hhmm` but the seconds. */
function isSameMinute(known: DataView, view: DataView, start: number): boolean {
  return (
    // From the back: the minute changes more often than the year.
    known.getInt32(14, true) === view.getInt32(start + 14, true) &&
    known.getInt32(10, true) === view.getInt32(start + 10, true) &&
    known.getInt32(6, true) === view.getInt32(start + 6, true) &&
    known.getInt32(2, true) === view.getInt32(start + 2, true) &&
    known.getInt16(0, true) === view.getInt16(start, true) &&
    known.getInt32(20, true) === view.getInt32(start + 20, true) &&
    known.getInt16(24, true) === view.getInt16(start + 24, true)
  );
}

/** Passes over ident and user, each a word; returns where the time starts that stands before a request, or -1. */
function findTime(view: DataView, bytes: Buffer, clientEnd: number, end: number): number {
  if (clientEnd + NOBODY_LENGTH + TIME_LENGTH + REST_LENGTH_MIN > end) return -1;
  const isNobody =
    view.getInt32(clientEnd, true) === NOBODY_START && view.getInt32(clientEnd + 2, true) === NOBODY_END;
  const time = isNobody ? clientEnd + NOBODY_LENGTH : findTimeBehindUser(bytes, clientEnd + 1, end);
  const timeEnd = time + TIME_LENGTH;
  const isBeforeRequest =
    time >= 0 && bytes[timeEnd] === 0x5d && bytes[timeEnd + 1] === SPACE && bytes[timeEnd + 2] === QUOTE;
  return isBeforeRequest ? time : -1;
}

function findTimeBehindUser(bytes: Buffer, start: number, end: number): number {
  const identEnd = findSpace(bytes, start, end);
  const userEnd = findSpace(bytes, identEnd + 1, end);
  const isTime =
    userEnd + 2 + TIME_LENGTH + REST_LENGTH_MIN <= end &&
    identEnd > start &&
    userEnd > identEnd + 1 &&
    bytes[userEnd + 1] === 0x5b;
  return isTime ? userEnd + 2 : -1;
}

/** Reads `GET /path?query HTTP/1.1"`; returns where the closing quote stands, or -1. */
function readRequest(
  view: DataView,
  bytes: Buffer,
  start: number,
  end: number,
  record: AccessRecord,
): number {
  const quote = findByte(view, start, end, QUOTES);
  if (quote === end || bytes[quote - 1] === BACKSLASH) return -1;
  const methodEnd = view.getInt32(start, true) === GET ? start + 3 : findMethodEnd(bytes, start, end);
  const target = methodEnd + 1;
  const targetEnd = findProtocol(view, bytes, target, quote);
  if (methodEnd < 0 || targetEnd < 0 || bytes[target] !== SLASH) return -1;
  record.methodStart = start;
  record.methodEnd = methodEnd;
  record.pathStart = target;
  record.pathEnd = findByte(view, target, targetEnd, QUESTION_MARKS);
  return quote;
}

/** Where the space behind a method stands, or -1. */
function findMethodEnd(bytes: Buffer, start: number, end: number): number {
  const limit = Math.min(end, start + METHOD_BYTES_MAX);
  let i = start;
  for (; i < limit; i++) {
    const byte = bytes[i] ?? 0;
    if (byte < 0x41 || byte > 0x5a) break;
  }
  return i > start && bytes[i] === SPACE ? i : -1;
}

/** Where the space before a closing `HTTP/1.1` or `HTTP/2` stands, behind which the line has not another one; or -1. */
function findProtocol(view: DataView, bytes: Buffer, target: number, end: number): number {
  if (end - PROTOCOL_LENGTH_MAX <= target || !isDigit(bytes[end - 1])) return -1;
  const space = bytes[end - 2] === DOT && isDigit(bytes[end - 3]) ? end - 9 : end - 7;
  const isProtocol =
    bytes[space] === SPACE &&
    bytes[space - 1] !== SPACE &&
    view.getInt32(space + 1, true) === HTTP &&
    bytes[space + 5] === SLASH;
  return isProtocol ? space : -1;
}

/** Reads `" 200 2326` from the quote on; returns where the digits of the size end, or -1. */
function readStatusAndSize(bytes: Buffer, quote: number, end: number, record: AccessRecord): number {
  const size = quote + 6;
  if (size >= end || bytes[quote + 1] !== SPACE || bytes[quote + 5] !== SPACE) return -1;
  const hundreds = (bytes[quote + 2] ?? 0) - ZERO;
  const tens = (bytes[quote + 3] ?? 0) - ZERO;
  const ones = (bytes[quote + 4] ?? 0) - ZERO;
  if (hundreds < 0 || hundreds > 9 || tens < 0 || tens > 9 || ones < 0 || ones > 9) return -1;
  record.status = hundreds * 100 + tens * 10 + ones;
  let i = size;
  let value = 0;
  // Nine digits are a small integer still; longer ones are rare enough for the steps.
  for (const limit = Math.min(end, size + 9); i < limit; i++) {
    const digit = (bytes[i] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  record.bytesSent = value;
  if (i === size) return bytes[i] === DASH ? i + 1 : -1;
  return i < end && isDigit(bytes[i]) ? -1 : i;
}
