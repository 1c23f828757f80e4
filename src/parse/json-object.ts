// Reads a JSON line by JSON.parse: the definition of what a line means, and the way of those that json-scanner.ts leaves.
import { isAboutRequests, isOfServer } from './caddy-logger.ts';
import { cutPort } from './client-port.ts';
import { formatJsonPath, LONG_LATENCY } from './json-keys.ts';
import type { JsonKeys, JsonPath, UnitsPerSecond } from './json-keys.ts';
import { readEpochNumber } from './json-time.ts';
import { readSumOfMilliseconds, readWithUnit } from './number.ts';
import { skipPrefix, skipTime } from './prefix.ts';
import { DIRECTIVE, PARSED, resetRecord } from './record.ts';
import type { AccessRecord, Misfit, ParseFailure, ParseResult } from './record.ts';
import { readRequest, readTarget } from './request.ts';
import type { TimestampReader } from './timestamp.ts';

const TAB = 0x09;
const SPACE = 0x20;
const BRACE = 0x7b;
/** White space around a colon beyond this is not looked through. */
const COLON_LENGTH_MAX = 32;
/** What there is instead of a method where a server got no request of HTTP; `<BADREQ>` is HAProxy's. */
const NO_METHODS = new Set(['-', '<BADREQ>']);

type Texts = Readonly<Record<'client' | 'method' | 'target' | 'forwarded' | 'agent', string>> & {
  readonly isSplit: boolean;
};

export class JsonObjectReader {
  readonly #keys: JsonKeys;
  readonly #times: TimestampReader;
  /** Decoded values live here: their escapes make them differ from the bytes of the line. */
  #values = Buffer.alloc(4096);

  constructor(keys: JsonKeys, times: TimestampReader) {
    this.#keys = keys;
    this.#times = times;
  }

  read(bytes: Buffer, start: number, end: number, record: AccessRecord): ParseResult {
    const keys = this.#keys;
    const from = findObject(bytes, start, end);
    const line = from < 0 ? null : parseObject(bytes.toString('utf8', from, end));
    if (line === null) return misfit('bad-json');
    const logger = textOf(find(line, keys.logger));
    if (isAboutRequests(logger)) return DIRECTIVE;
    const when = find(line, keys.time);
    if (when === undefined) return misfit('missing-field', 'time');
    const time = this.#readTime(when);
    const bad = (reason: ParseFailure, paths: readonly JsonPath[], field?: string): Misfit =>
      misfit(reason, field, from - start + placeOf(line, paths, bytes.toString('utf8', from, end)));
    if (Number.isNaN(time)) return bad('bad-timestamp', keys.time, keyOf(line, keys.time));
    const code = find(line, keys.status);
    const status = code === -1 || code === '-1' ? 0 : readCount(code);
    if (Number.isNaN(status) || status > 999) return bad('bad-status', keys.status);
    const sent = readCount(find(line, keys.bytes));
    if (Number.isNaN(sent)) return bad('bad-size', keys.bytes);
    const request = find(line, keys.request);
    const method = find(line, keys.method);
    const target = find(line, keys.target);
    const isSplit = typeof method === 'string' && typeof target === 'string';
    if (typeof request !== 'string' && !isSplit) {
      const hasNothing = (code ?? request ?? method ?? target) === undefined;
      return hasNothing && isOfServer(line, logger)
        ? DIRECTIVE
        : misfit('missing-field', missingPart(method, target));
    }
    const asked = isSplit ? target : textOf(request);
    const isNone = isSplit && NO_METHODS.has(method);
    resetRecord(record);
    record.timeSeconds = time;
    record.status = status;
    record.bytesSent = sent;
    record.latencyMs = this.#readLatency(line);
    this.#write(record, {
      client: textOf(find(line, keys.client)),
      method: isSplit && !isNone ? method : '',
      target: isNone ? '' : asked,
      forwarded: textOf(firstOf(find(line, keys.forwarded))),
      agent: textOf(firstOf(find(line, keys.agent))),
      isSplit,
    });
    return PARSED;
  }

  #write(record: AccessRecord, { client, method, target, forwarded, agent, isSplit }: Texts): void {
    const needed = 3 * (client.length + method.length + target.length + forwarded.length + agent.length);
    if (this.#values.length < needed) this.#values = Buffer.alloc(needed);
    const values = this.#values;
    record.bytes = values;
    record.clientStart = 0;
    record.clientEnd = writeUnlessDash(values, client, 0);
    record.forwardedStart = record.clientEnd;
    record.forwardedEnd = record.forwardedStart + writeUnlessDash(values, forwarded, record.forwardedStart);
    record.agentStart = record.forwardedEnd;
    record.agentEnd = record.agentStart + writeUnlessDash(values, agent, record.agentStart);
    record.methodStart = record.agentEnd;
    record.methodEnd = record.methodStart + values.write(method, record.methodStart);
    const targetStart = record.methodEnd;
    const end = targetStart + values.write(target, targetStart);
    cutPort(record);
    if (isSplit) readTarget(values, targetStart, end, record);
    else readRequest(values, targetStart, end, record);
  }

  #readTime(value: unknown): number {
    if (typeof value === 'number') return readEpochNumber(value);
    if (typeof value !== 'string') return Number.NaN;
    if (/^\d+(\.\d+)?$/.test(value)) return readEpochNumber(Number(value));
    const bytes = Buffer.from(value);
    return this.#times.read(bytes, 0, bytes.length);
  }

  #readLatency(line: object): number {
    for (const [i, path] of this.#keys.latency.entries()) {
      const value = find(line, [path]);
      if (value === undefined) continue;
      const isLong = Number.isInteger(value) && Number(value) >= LONG_LATENCY;
      const units = isLong ? this.#keys.longLatencyUnits : this.#keys.latencyUnits;
      return readLatency(value, units[i] ?? 1);
    }
    return Number.NaN;
  }
}

/**
 * A number of 0 or more in its unit, as such or as text, or text with its own unit, in milliseconds; else NaN. A list is the
 * sum of what is in it, as one in a text is: the times of several upstreams.
 */
function readLatency(value: unknown, unitsPerSecond: UnitsPerSecond): number {
  if (Array.isArray(value)) return sumOfLatencies(value, unitsPerSecond);
  const number = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  if (typeof number === 'number')
    return number >= 0 && Number.isFinite(number) ? toMilliseconds(number, unitsPerSecond) : Number.NaN;
  if (typeof number !== 'string') return Number.NaN;
  const bytes = Buffer.from(number);
  return readLatencyText(bytes, 0, bytes.length, unitsPerSecond);
}

/** `null` and `-` stand for an upstream that gave no answer; NaN when all did not, and for a list of anything else. */
function sumOfLatencies(values: readonly unknown[], unitsPerSecond: UnitsPerSecond): number {
  const answers = values.filter((value) => value !== null && value !== '-');
  if (answers.length === 0) return Number.NaN;
  return answers.reduce<number>(
    (sum, value) => sum + (Array.isArray(value) ? Number.NaN : readLatency(value, unitsPerSecond)),
    0,
  );
}

export function toMilliseconds(value: number, unitsPerSecond: UnitsPerSecond): number {
  return (value * 1000) / unitsPerSecond;
}

/** A duration as Go writes it, or nginx's times of several upstreams in the unit, in milliseconds; NaN for anything else. */
export function readLatencyText(
  bytes: Buffer,
  start: number,
  end: number,
  unitsPerSecond: UnitsPerSecond,
): number {
  const duration = readGoDuration(bytes, start, end);
  return Number.isNaN(duration) ? readSumOfMilliseconds(bytes, start, end, unitsPerSecond) : duration;
}

/** Go's way of writing a duration, such as `929.675µs` or `1h2m3.5s`, in milliseconds; NaN for anything else. */
function readGoDuration(bytes: Buffer, start: number, end: number): number {
  const single = readWithUnit(bytes, start, end);
  if (!Number.isNaN(single)) return single;
  const match = /^(?:(\d{1,9})h)?(\d{1,2})m(\d{1,2}(?:\.\d{1,9})?)s$/.exec(
    bytes.toString('latin1', start, end),
  );
  if (match === null) return Number.NaN;
  return (Number(match[1] ?? 0) * 3600 + Number(match[2]) * 60 + Number(match[3])) * 1000;
}

function misfit(reason: ParseFailure, field?: string, column = 0): Misfit {
  return field === undefined ? { ok: false, reason, column } : { ok: false, reason, column, field };
}

/** How many bytes of `text`, which `line` was read from, are before the value that `find` gives; 0 where that is not sure. */
function placeOf(line: object, paths: readonly JsonPath[], text: string): number {
  const path = paths.find((candidate) => find(line, [candidate]) !== undefined) ?? [];
  const value = JSON.stringify(find(line, [path]));
  const name = JSON.stringify(path.at(-1) ?? '');
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const behind = at + name.length;
    const colon = /^\s*:\s*/.exec(text.slice(behind, behind + COLON_LENGTH_MAX))?.[0] ?? '';
    if (colon !== '' && text.startsWith(value, behind + colon.length))
      return Buffer.byteLength(text.slice(0, behind + colon.length));
  }
  return 0;
}

/** Half a request asks for its other half; where there is neither, a request of any kind would do. */
function missingPart(method: unknown, target: unknown): string {
  if (typeof method === 'string') return 'target';
  return typeof target === 'string' ? 'method' : 'request';
}

/** Whether it begins with a brace, behind a prefix and white space or not. */
export function isMeantAsObject(bytes: Buffer, start: number, end: number): boolean {
  return findObject(bytes, start, end) >= 0;
}

/** Where that brace stands, or -1. */
function findObject(bytes: Buffer, start: number, end: number): number {
  const first = skipSpace(bytes, start, end);
  const behind = (): number => skipTime(bytes, skipPrefix(bytes, start, end, false), end);
  const brace = bytes[first] === BRACE ? first : skipSpace(bytes, behind(), end);
  return brace < end && bytes[brace] === BRACE ? brace : -1;
}

function skipSpace(bytes: Buffer, start: number, end: number): number {
  let i = start;
  while (i < end && (bytes[i] === SPACE || bytes[i] === TAB)) i++;
  return i;
}

function parseObject(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : null;
  } catch {
    return null;
  }
}

function find(line: object, paths: readonly JsonPath[]): unknown {
  for (const path of paths) {
    let value: unknown = line;
    for (const name of path) {
      value =
        typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name)
          ? Reflect.get(value, name)
          : undefined;
    }
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}

/** Of those that may have the value the key that has it, as `json-fields` has it. */
function keyOf(line: object, paths: readonly JsonPath[]): string | undefined {
  const path = paths.find((candidate) => find(line, [candidate]) !== undefined);
  return path === undefined ? undefined : formatJsonPath(path);
}

function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : value;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function writeUnlessDash(values: Buffer, text: string, at: number): number {
  return text === '-' ? 0 : values.write(text, at);
}

/** A whole number that JSON holds as a number or as digits in a string; `-` and absence are 0; else NaN. */
function readCount(value: unknown): number {
  if (value === undefined || value === '-' || value === '') return 0;
  const count = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : Number.NaN;
}
