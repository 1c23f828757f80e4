// One JSON object a line, as Caddy, Traefik and hand-written nginx formats log it.
import { PARSED, resetRecord } from './record.ts';
import type { AccessRecord, LineParser, Misfit, ParseFailure, ParseResult } from './record.ts';
import { readRequest, readTarget } from './request.ts';
import { createClfTimestampReader, readDay } from './timestamp.ts';

/** Where a value may stand, in order of preference: Caddy's key, Traefik's, nginx's variable names. */
const KEYS = {
  time: [
    'ts',
    'StartUTC',
    'StartLocal',
    'time_iso8601',
    'time_local',
    'msec',
    'timestamp',
    '@timestamp',
    'time',
  ],
  client: ['request.client_ip', 'request.remote_ip', 'ClientHost', 'remote_addr', 'client_ip'],
  method: ['request.method', 'RequestMethod', 'request_method', 'method'],
  target: ['request.uri', 'RequestPath', 'request_uri', 'uri', 'path'],
  request: ['request'],
  status: ['status', 'DownstreamStatus', 'OriginStatus'],
  bytes: ['size', 'DownstreamContentSize', 'body_bytes_sent', 'bytes_sent', 'bytes'],
} as const satisfies Record<string, readonly string[]>;

/** Above this an epoch number counts milliseconds, then microseconds, then nanoseconds; seconds reach the year 5138. */
const EPOCH_SECONDS_MAX = 1e11;

const BRACE = 0x7b;

export function createJsonParser(): LineParser {
  return new JsonParser();
}

class JsonParser implements LineParser {
  readonly name = 'json';
  readonly saved = 'json';
  readonly #timestamps = createClfTimestampReader();
  /** Decoded values live here: their escapes make them differ from the bytes of the line. */
  #values = Buffer.alloc(4096);

  parse(bytes: Buffer, start: number, end: number, record: AccessRecord): ParseResult {
    const line = bytes[start] === BRACE ? parseObject(bytes.toString('utf8', start, end)) : null;
    if (line === null) return misfit('bad-json');
    const time = this.#readTime(find(line, KEYS.time));
    if (Number.isNaN(time)) return misfit('bad-timestamp');
    const status = readCount(find(line, KEYS.status));
    if (Number.isNaN(status) || status > 999) return misfit('bad-status');
    const sent = readCount(find(line, KEYS.bytes));
    if (Number.isNaN(sent)) return misfit('bad-size');
    const request = find(line, KEYS.request);
    const method = find(line, KEYS.method);
    const target = find(line, KEYS.target);
    if (typeof request !== 'string' && (typeof method !== 'string' || typeof target !== 'string')) {
      return misfit('missing-field');
    }
    resetRecord(record);
    record.timeSeconds = time;
    record.status = status;
    record.bytesSent = sent;
    const client = find(line, KEYS.client);
    this.#write(record, typeof client === 'string' ? client : '', { request, method, target });
    return PARSED;
  }

  #write(
    record: AccessRecord,
    client: string,
    of: Readonly<Record<'request' | 'method' | 'target', unknown>>,
  ): void {
    const isSplit = typeof of.method === 'string' && typeof of.target === 'string';
    const method = typeof of.method === 'string' && isSplit ? of.method : '';
    const rest = String(isSplit ? of.target : of.request);
    const needed = 3 * (client.length + method.length + rest.length);
    if (this.#values.length < needed) this.#values = Buffer.alloc(needed);
    record.bytes = this.#values;
    record.clientStart = 0;
    record.clientEnd = this.#values.write(client, 0);
    record.methodStart = record.clientEnd;
    record.methodEnd = record.methodStart + this.#values.write(method, record.methodStart);
    const end = record.methodEnd + this.#values.write(rest, record.methodEnd);
    if (isSplit) readTarget(this.#values, record.methodEnd, end, record);
    else readRequest(this.#values, record.methodEnd, end, record);
  }

  #readTime(value: unknown): number {
    if (typeof value === 'number') return readEpoch(value);
    if (typeof value !== 'string') return Number.NaN;
    if (/^\d+(\.\d+)?$/.test(value)) return readEpoch(Number(value));
    const bytes = Buffer.from(value, 'latin1');
    const clf = this.#timestamps.read(bytes, 0, bytes.length);
    return Number.isNaN(clf) ? readIsoTime(value) : clf;
  }
}

function misfit(reason: ParseFailure): Misfit {
  return { ok: false, reason, column: 0 };
}

function parseObject(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : null;
  } catch {
    return null;
  }
}

function find(line: object, keys: readonly string[]): unknown {
  for (const key of keys) {
    let value: unknown = line;
    for (const part of key.split('.')) {
      value =
        typeof value === 'object' && value !== null && Object.hasOwn(value, part)
          ? Reflect.get(value, part)
          : undefined;
    }
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}

/** A whole number that JSON holds as a number or as digits in a string; `-` and absence are 0; else NaN. */
function readCount(value: unknown): number {
  if (value === undefined || value === '-' || value === '') return 0;
  const count = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : Number.NaN;
}

const ISO_TIME = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,]\d+)?(?:Z|([+-])(\d\d):?(\d\d))$/;

/** `2026-11-23T22:14:00.123+01:00` in whole seconds; NaN without an offset, as no one could say which moment it is. */
function readIsoTime(text: string): number {
  const match = ISO_TIME.exec(text);
  if (match === null) return Number.NaN;
  const part = (index: number): number => Number(match[index] ?? 0);
  const [hour, minute, second, offsetHours, offsetMinutes] = [part(4), part(5), part(6), part(8), part(9)];
  if (hour > 23 || minute > 59 || second > 60 || offsetHours > 14 || offsetMinutes > 59) return Number.NaN;
  const offset = (offsetHours * 3600 + offsetMinutes * 60) * (match[7] === '-' ? -1 : 1);
  const time = readDay(part(1), part(2) - 1, part(3)) + hour * 3600 + minute * 60 + second - offset;
  return time >= 0 ? time : Number.NaN;
}

function readEpoch(value: number): number {
  let seconds = value;
  while (seconds > EPOCH_SECONDS_MAX) seconds /= 1000;
  return seconds >= 0 && Number.isFinite(seconds) ? Math.floor(seconds) : Number.NaN;
}
