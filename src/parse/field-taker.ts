// Puts the fields of a line into its record, one after the other. Part of the hot path.
import { startsWith } from './field-end.ts';
import type { LatencyField, PlainField, WholeTime } from './format-token.ts';
import { isDigit, readEpoch, readMilliseconds, readNumber } from './number.ts';
import { readSumOfMilliseconds, readWithUnit } from './number.ts';
import type { AccessRecord, ParseFailure } from './record.ts';
import { readRequest, readTarget } from './request.ts';
import type { Step } from './steps.ts';
import { TimeParts } from './time-parts.ts';
import { createIsoTimestampReader } from './timestamp.ts';
import type { TimestampReader } from './timestamp.ts';
import type { Zone } from './zone.ts';

const SPACE = 0x20;
const DASH = 0x2d;
const QUOTE = 0x22;
const COMMA = 0x2c;
const PLUS = 0x2b;
const COLON = 0x3a;
const SLASH = 0x2f;
const ZERO = 0x30;
const QUESTION_MARK = 0x3f;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** What a client begins with that came by a Unix socket. */
export const UNIX_CLIENT = Buffer.from('unix:');

/** Takes the fields of one line between `begin` and `finish`; nothing is left for the next line. */
export class FieldTaker {
  readonly #clf: TimestampReader;
  readonly #iso: TimestampReader;
  readonly #parts: TimeParts;
  /** The line at hand has an ident that is not `-`. */
  #hasIdent = false;
  #hasParts = false;
  /** Where the first part of the time at hand started. */
  timeStart = 0;

  constructor(clf: TimestampReader, zone: Zone) {
    this.#clf = clf;
    this.#iso = createIsoTimestampReader(zone);
    this.#parts = new TimeParts(zone);
  }

  begin(): void {
    this.#hasIdent = this.#hasParts = false;
  }

  /** Puts the field `[start, end)` into the record; returns why it can't, or null. */
  take(step: Step, start: number, end: number, record: AccessRecord): ParseFailure | null {
    switch (step.group) {
      case 'plain':
        return step.field === 'ignored' ? null : this.#takePlain(step.field, start, end, record);
      case 'latency':
        record.latencyMs = readLatency(step.field, step.unitsPerSecond, record, start, end);
        // A time with its unit is what a format is recognised by; elsewhere a line is worth more than its latency.
        return step.field === 'latency-with-unit' && isNoTime(record, start, end) ? 'format-mismatch' : null;
      case 'time':
        record.timeSeconds = this.#readTime(step.field, step.unitsPerSecond, record.bytes, start, end);
        return Number.isNaN(record.timeSeconds) ? 'bad-timestamp' : null;
      case 'time-part':
        if (!this.#hasParts) {
          this.#hasParts = true;
          this.timeStart = start;
          this.#parts.reset();
        }
        return this.#parts.take(step.field, record.bytes, start, end) ? null : 'bad-timestamp';
    }
  }

  #takePlain(field: PlainField, start: number, end: number, record: AccessRecord): ParseFailure | null {
    const { bytes } = record;
    switch (field) {
      case 'ignored':
        return null;
      case 'client':
        return takeClient(start, end, record) ? null : 'format-mismatch';
      case 'client-or-none':
        record.clientStart = start;
        record.clientEnd = isDash(bytes, start, end) ? start : end;
        return isWord(bytes, start, end) || start === end ? null : 'format-mismatch';
      case 'client-and-port':
        return takeClientAndPort(start, end, record) ? null : 'format-mismatch';
      case 'host-and-port':
        return isHostAndPort(bytes, start, end) ? null : 'format-mismatch';
      case 'ident':
        this.#hasIdent = !isDash(bytes, start, end);
        return null;
      case 'user':
        return isUser(bytes, start, end, this.#hasIdent) ? null : 'format-mismatch';
      case 'request':
        readRequest(bytes, start, end, record);
        return null;
      case 'method':
        // nginx and Apache have no method to tell when the request was none.
        record.methodStart = start;
        record.methodEnd = isDash(bytes, start, end) ? start : end;
        return isWord(bytes, start, end) || start === end ? null : 'format-mismatch';
      case 'target':
        if (!isDash(bytes, start, end)) readTarget(bytes, start, end, record);
        return null;
      case 'target-or-dash':
        takeTargetOrDash(start, end, record);
        return null;
      case 'path':
        record.pathStart = start;
        record.pathHash = 0;
        record.pathEnd = isDash(bytes, start, end) ? start : end;
        return null;
      case 'status':
        record.status = readStatus(bytes, start, end);
        return Number.isNaN(record.status) ? 'bad-status' : null;
      case 'bytes':
        record.bytesSent = readSize(bytes, start, end);
        return Number.isNaN(record.bytesSent) ? 'bad-size' : null;
      case 'forwarded':
        record.forwardedStart = start;
        record.forwardedEnd = isDash(bytes, start, end) ? start : end;
        return null;
      case 'agent':
        record.agentStart = start;
        record.agentEnd = isDash(bytes, start, end) ? start : end;
        return null;
    }
  }

  #readTime(field: WholeTime, unitsPerSecond: number, bytes: Buffer, start: number, end: number): number {
    switch (field) {
      case 'time-clf':
        return this.#clf.read(bytes, start, end);
      case 'time-iso':
        return this.#iso.read(bytes, start, end);
      case 'time-epoch':
        return readEpoch(bytes, start, end, unitsPerSecond);
    }
  }

  /** All fields are taken: puts the parts of a time together. False when they are no time. */
  finish(record: AccessRecord): boolean {
    if (!this.#hasParts) return true;
    record.timeSeconds = this.#parts.seconds;
    return !Number.isNaN(record.timeSeconds);
  }
}

/** Milliseconds; NaN for `-`, `-1` and whatever else is no time. */
function readLatency(
  field: LatencyField,
  unitsPerSecond: number,
  { bytes, latencyMs }: AccessRecord,
  start: number,
  end: number,
): number {
  switch (field) {
    case 'latency':
      return readMilliseconds(bytes, start, end, unitsPerSecond);
    case 'latency-further':
      return latencyMs + readMilliseconds(bytes, start, end, unitsPerSecond);
    case 'latency-list':
      return readSumOfMilliseconds(bytes, start, end, unitsPerSecond);
    case 'latency-with-unit':
      return readWithUnit(bytes, start, end);
    case 'latency-last': {
      let last = end;
      while (last > start && bytes[last - 1] !== SLASH && bytes[last - 1] !== PLUS) last--;
      return readMilliseconds(bytes, last, end, unitsPerSecond);
    }
  }
}

function isNoTime({ bytes, latencyMs }: AccessRecord, start: number, end: number): boolean {
  return Number.isNaN(latencyMs) && !isDash(bytes, start, end);
}

/** `-` is 0; a plus tells that HAProxy logged before the end. */
function readSize(bytes: Buffer, start: number, end: number): number {
  if (isDash(bytes, start, end)) return 0;
  return readNumber(bytes, bytes[start] === PLUS && end - start > 1 ? start + 1 : start, end);
}

function readStatus(bytes: Buffer, start: number, end: number): number {
  if (end - start === 3) return readNumber(bytes, start, end);
  if (isDash(bytes, start, end)) return 0;
  const isMinusOne = end - start === 2 && bytes[start] === DASH && bytes[start + 1] === ZERO + 1;
  const isZero = end - start === 1 && bytes[start] === ZERO;
  return isMinusOne || isZero ? 0 : Number.NaN;
}

/** A word, in quotes or without, or the first of a list; `-` for none. A comma behind it tells of a list that was taken apart. */
function takeClient(start: number, end: number, record: AccessRecord): boolean {
  const { bytes } = record;
  const list = findListItem(bytes, start, end);
  if (list < end) return takeClient(start, list, record);
  const isQuoted = end - start > 2 && bytes[start] === QUOTE && bytes[end - 1] === QUOTE;
  record.clientStart = isQuoted ? start + 1 : start;
  record.clientEnd = isQuoted ? end - 1 : end;
  const isBroken = bytes[record.clientStart] === QUOTE || bytes[end - 1] === COMMA;
  if (isDash(bytes, record.clientStart, record.clientEnd)) record.clientEnd = record.clientStart;
  return isWord(bytes, start, end) && !isBroken;
}

/** Where the first item of a list ends; `end` when it is none. */
function findListItem(bytes: Buffer, start: number, end: number): number {
  for (let i = start; i < end - 1; i++) if (bytes[i] === COMMA && bytes[i + 1] === SPACE) return i;
  return end;
}

/**
 * `192.0.2.1:33317`, `[2001:db8::1]:33317`, or `2001:db8::1:33317`; HAProxy's `unix:1`, and nginx's `unix::` without a port, have a
 * client of its own name.
 */
function takeClientAndPort(start: number, end: number, record: AccessRecord): boolean {
  const { bytes } = record;
  let colon = end - 1;
  while (colon > start && isDigit(bytes[colon])) colon--;
  if (colon <= start || bytes[colon] !== COLON || !isWord(bytes, start, end)) return false;
  if (colon === end - 1 && !startsWith(bytes, start, colon, UNIX_CLIENT)) return false;
  const isBracketed = bytes[start] === OPEN_BRACKET && bytes[colon - 1] === CLOSE_BRACKET;
  record.clientStart = isBracketed ? start + 1 : start;
  record.clientEnd = isBracketed ? colon - 1 : colon;
  return record.clientEnd > record.clientStart;
}

function isDash(bytes: Buffer, start: number, end: number): boolean {
  return end - start === 1 && bytes[start] === DASH;
}

function isWord(bytes: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] === SPACE) return false;
  return end > start;
}

/** `/path-` for `/path` without a query, `/path?a=1`, and `--` or `-?-` for no request. */
function takeTargetOrDash(start: number, end: number, record: AccessRecord): void {
  const { bytes } = record;
  let mark = start;
  while (mark < end && bytes[mark] !== QUESTION_MARK) mark++;
  const targetEnd = mark === end && end > start && bytes[end - 1] === DASH ? end - 1 : mark;
  if (!isDash(bytes, start, targetEnd)) readTarget(bytes, start, targetEnd, record);
}

/**
 * A user name may contain spaces, and is nothing where nginx escapes for JSON or not at all and nobody has logged in. After an
 * ident, one that starts with `- ` tells that the line has a column more in front than this format: the client was taken for
 * the ident, and the user begins with the true ident.
 */
function isUser(bytes: Buffer, start: number, end: number, hasIdent: boolean): boolean {
  const isShifted = hasIdent && end - start > 1 && bytes[start] === DASH && bytes[start + 1] === SPACE;
  return !isShifted;
}

/** `example.org:80`: a word that ends in a colon and digits. */
function isHostAndPort(bytes: Buffer, start: number, end: number): boolean {
  let i = end - 1;
  while (i > start && isDigit(bytes[i])) i--;
  return i > start && i < end - 1 && bytes[i] === COLON && isWord(bytes, start, end);
}
