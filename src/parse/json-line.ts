// From the places of the values in an ordinary JSON line to a record. Part of the hot path; it decides nothing that
// json-object.ts would decide in another way, and leaves it the lines that are unusual.
import { EXACT_DIGITS_MAX, POWERS_OF_TEN } from './json-bytes.ts';
import type { JsonKeys, JsonPath, UnitsPerSecond } from './json-keys.ts';
import { readGoDuration, toMilliseconds } from './json-object.ts';
import type { JsonSlot } from './json-nodes.ts';
import { JsonScanner } from './json-scanner.ts';
import { readEpochNumber } from './json-time.ts';
import { EPOCH_SECONDS_MAX, isDigit, readNumber } from './number.ts';
import { PARSED } from './record.ts';
import type { AccessRecord, ParseResult } from './record.ts';
import { readRequest, readTarget } from './request.ts';
import type { TimestampReader } from './timestamp.ts';

const BACKSLASH = 0x5c;
const DASH = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const QUESTION_MARK = 0x3f;
const DEL = 0x7f;

/** What a value is that JSON.parse has to look at. */
const UNUSUAL = -1;

export class JsonLineReader {
  readonly #scanner = new JsonScanner();
  readonly #times: TimestampReader;
  readonly #latencyUnits: readonly UnitsPerSecond[];
  readonly #time: readonly JsonSlot[];
  readonly #client: readonly JsonSlot[];
  readonly #method: readonly JsonSlot[];
  readonly #target: readonly JsonSlot[];
  readonly #request: readonly JsonSlot[];
  readonly #status: readonly JsonSlot[];
  readonly #size: readonly JsonSlot[];
  readonly #latency: readonly JsonSlot[];
  readonly #forwarded: readonly JsonSlot[];
  readonly #agent: readonly JsonSlot[];

  constructor(keys: JsonKeys, times: TimestampReader) {
    const slotsOf = (paths: readonly JsonPath[]): JsonSlot[] => paths.map((path) => this.#scanner.add(path));
    this.#times = times;
    this.#latencyUnits = keys.latencyUnits;
    this.#time = slotsOf(keys.time);
    this.#client = slotsOf(keys.client);
    this.#method = slotsOf(keys.method);
    this.#target = slotsOf(keys.target);
    this.#request = slotsOf(keys.request);
    this.#status = slotsOf(keys.status);
    this.#size = slotsOf(keys.bytes);
    this.#latency = slotsOf(keys.latency);
    this.#forwarded = slotsOf(keys.forwarded);
    this.#agent = slotsOf(keys.agent);
  }

  /** Null for a line that is unusual, or fails. */
  read(bytes: Buffer, start: number, end: number, record: AccessRecord): ParseResult | null {
    if (!this.#scanner.scan(bytes, start, end)) return null;
    record.bytes = bytes;
    record.timeSeconds = this.#readTime(bytes, this.#first(this.#time));
    record.status = readCount(bytes, this.#first(this.#status));
    record.bytesSent = readCount(bytes, this.#first(this.#size));
    record.latencyMs = this.#readLatency(bytes);
    const isOrdinary =
      record.timeSeconds >= 0 &&
      record.status >= 0 &&
      record.status <= 999 &&
      record.bytesSent >= 0 &&
      record.latencyMs !== UNUSUAL &&
      this.#readTexts(bytes, start, record) &&
      this.#readRequest(bytes, record);
    return isOrdinary ? PARSED : null;
  }

  #readTime(bytes: Buffer, slot: JsonSlot | null): number {
    if (slot === null) return UNUSUAL;
    if (slot.kind === 'number') return readEpochOf(bytes, slot);
    if (slot.kind === 'string' && isDigits(bytes, slot)) return readEpoch(bytes, slot.start, slot.end);
    if (slot.kind !== 'string' || !isPlain(bytes, slot)) return UNUSUAL;
    return this.#times.read(bytes, slot.start, slot.end);
  }

  #readLatency(bytes: Buffer): number {
    for (let i = 0; i < this.#latency.length; i++) {
      const slot = this.#latency[i];
      if (slot === undefined || slot.seen !== this.#scanner.scans || slot.kind === 'absent') continue;
      const { kind, start, end } = slot;
      if (kind === 'number' || (kind === 'string' && isDigits(bytes, slot))) {
        const value = kind === 'number' ? readDecimalOf(slot) : readDecimal(bytes, start, end);
        return value < 0 ? UNUSUAL : toMilliseconds(value, this.#latencyUnits[i] ?? 1);
      }
      return kind === 'string' && isPlainOrMicro(bytes, start, end)
        ? readGoDuration(bytes, start, end)
        : UNUSUAL;
    }
    return Number.NaN;
  }

  #readTexts(bytes: Buffer, start: number, record: AccessRecord): boolean {
    const client = this.#first(this.#client);
    if (client !== null && (client.kind !== 'string' || !isPlain(bytes, client))) return false;
    record.clientStart = client === null ? start : client.start;
    record.clientEnd = client === null ? start : client.end;
    const forwarded = this.#first(this.#forwarded);
    const agent = this.#first(this.#agent);
    if (!isText(bytes, forwarded) || !isText(bytes, agent)) return false;
    record.forwardedStart = forwarded === null ? start : forwarded.start;
    record.forwardedEnd = forwarded === null ? start : endUnlessDash(bytes, forwarded);
    record.agentStart = agent === null ? start : agent.start;
    record.agentEnd = agent === null ? start : endUnlessDash(bytes, agent);
    return true;
  }

  #readRequest(bytes: Buffer, record: AccessRecord): boolean {
    const method = this.#first(this.#method);
    const target = this.#first(this.#target);
    if (method !== null && target !== null && method.kind === 'string' && target.kind === 'string') {
      if (!isPlain(bytes, method)) return false;
      if (!isPlainTarget(bytes, target)) return false;
      record.methodStart = method.start;
      record.methodEnd = method.end;
      readTarget(bytes, target.start, target.end, record);
      return true;
    }
    const request = this.#first(this.#request);
    if (request === null || request.kind !== 'string' || !isPlain(bytes, request)) return false;
    readRequest(bytes, request.start, request.end, record);
    return true;
  }

  /** The first of `slots` that the line fills. */
  #first(slots: readonly JsonSlot[]): JsonSlot | null {
    const { scans } = this.#scanner;
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i];
      if (slot !== undefined && slot.seen === scans && slot.kind !== 'absent') return slot;
    }
    return null;
  }
}

/** ASCII without escapes: the bytes of the line are the value. */
function isPlain(bytes: Buffer, slot: JsonSlot): boolean {
  return slot.isPlain || isPlainUntil(bytes, slot.start, slot.end);
}

function isPlainUntil(bytes: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const byte = bytes[i] ?? 0;
    if (byte === BACKSLASH || byte > DEL) return false;
  }
  return true;
}

/** What stands in the query string is not looked at: Traefik has each `&` there as an escape. */
function isPlainTarget(bytes: Buffer, { start, end, isPlain: isPlainAll }: JsonSlot): boolean {
  if (isPlainAll) return true;
  for (let i = start; i < end; i++) {
    const byte = bytes[i] ?? 0;
    if (byte === QUESTION_MARK) return true;
    if (byte === BACKSLASH || byte > DEL) return false;
  }
  return true;
}

/** Go writes microseconds with a micro sign, which is C2 B5. */
function isPlainOrMicro(bytes: Buffer, start: number, end: number): boolean {
  const isMicro = end - start > 3 && bytes[end - 3] === 0xc2 && bytes[end - 2] === 0xb5;
  return isPlainUntil(bytes, start, isMicro ? end - 3 : end);
}

function isText(bytes: Buffer, slot: JsonSlot | null): boolean {
  if (slot === null) return true;
  return (slot.kind === 'string' || slot.kind === 'list') && isPlain(bytes, slot);
}

function endUnlessDash(bytes: Buffer, { start, end }: JsonSlot): number {
  return end === start + 1 && bytes[start] === DASH ? start : end;
}

/** Digits with a point among them or without one. */
function isDigits(bytes: Buffer, { start, end }: JsonSlot): boolean {
  let points = 0;
  for (let i = start; i < end; i++) {
    if (isDigit(bytes[i])) continue;
    if (bytes[i] !== DOT || i === start || i === end - 1 || ++points > 1) return false;
  }
  return end > start;
}

/** A whole number, as such or as text; absence, `-` and an empty text are 0. */
function readCount(bytes: Buffer, slot: JsonSlot | null): number {
  if (slot === null) return 0;
  const { kind, start, end } = slot;
  if (kind === 'number') return slot.point === end && !Number.isNaN(slot.whole) ? slot.whole : UNUSUAL;
  if (kind === 'string' && (end === start || (end === start + 1 && bytes[start] === DASH))) return 0;
  if (kind !== 'string') return UNUSUAL;
  const count = readNumber(bytes, start, end);
  return Number.isNaN(count) ? UNUSUAL : count;
}

/** As below, of a number. */
function readEpochOf(bytes: Buffer, { whole, point, end }: JsonSlot): number {
  if (Number.isNaN(whole)) return UNUSUAL;
  if (point === end) return readEpochNumber(whole);
  return whole >= EPOCH_SECONDS_MAX || isNearlyOne(bytes, point + 1) ? UNUSUAL : whole;
}

/** Whole seconds; UNUSUAL near the end of a second, where JSON.parse rounds up. */
function readEpoch(bytes: Buffer, start: number, end: number): number {
  let point = start;
  while (point < end && isDigit(bytes[point])) point++;
  const whole = readNumber(bytes, start, point);
  if (Number.isNaN(whole)) return UNUSUAL;
  if (point === end) return readEpochNumber(whole);
  if (bytes[point] !== DOT || whole >= EPOCH_SECONDS_MAX || isNearlyOne(bytes, point + 1)) return UNUSUAL;
  for (let i = point + 1; i < end; i++) if (!isDigit(bytes[i])) return UNUSUAL;
  return whole;
}

/** Whether the fraction whose digits begin here may be 1 after it was rounded. */
function isNearlyOne(bytes: Buffer, start: number): boolean {
  return (
    bytes[start] === NINE &&
    bytes[start + 1] === NINE &&
    bytes[start + 2] === NINE &&
    bytes[start + 3] === NINE
  );
}

/** As below, of a number. */
function readDecimalOf({ whole, fraction, start, point, end }: JsonSlot): number {
  if (Number.isNaN(whole) || end - start - 1 > EXACT_DIGITS_MAX) return UNUSUAL;
  if (point === end) return whole;
  const scale = POWERS_OF_TEN[end - point - 1] ?? 1;
  return (whole * scale + fraction) / scale;
}

/** `0.000929675`, as exactly as JSON.parse reads it; UNUSUAL for more digits, an exponent, or a sign. */
function readDecimal(bytes: Buffer, start: number, end: number): number {
  let digits = 0;
  let point = end;
  for (let i = start; i < end; i++) {
    const byte = bytes[i] ?? 0;
    if (isDigit(byte)) digits = digits * 10 + byte - ZERO;
    else if (byte === DOT && point === end) point = i;
    else return UNUSUAL;
  }
  const count = point === end ? end - start : end - start - 1;
  // Both the digits and the power of ten are exact, so that their quotient is rounded once, as by JSON.parse.
  return count > EXACT_DIGITS_MAX ? UNUSUAL : digits / (POWERS_OF_TEN[end - point - 1] ?? 1);
}
