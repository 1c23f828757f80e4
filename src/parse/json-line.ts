// From what the scan has read of an ordinary JSON line to a record. Part of the hot path; it decides nothing that
// json-object.ts would decide in another way, and leaves it the lines that are unusual.
import {
  createJsonScan,
  JSON_DOUBLE,
  JSON_ROW,
  LATENCY_KIND,
  REQUEST_KIND,
  TIME_KIND,
} from '../scan/json-scan.ts';
import type { JsonScan } from '../scan/json-scan.ts';
import { LONG_LATENCY } from './json-keys.ts';
import type { JsonKeys, UnitsPerSecond } from './json-keys.ts';
import { readLatencyText, toMilliseconds } from './json-object.ts';
import { readEpochNumber } from './json-time.ts';
import { PARSED } from './record.ts';
import type { AccessRecord, ParseResult, RowReader } from './record.ts';
import { readRequest, readTarget } from './request.ts';
import type { TimestampReader } from './timestamp.ts';

const BACKSLASH = 0x5c;
const DEL = 0x7f;

/** What a value is that JSON.parse has to look at. */
const UNUSUAL = -1;

/** More digits are not exact. */
const POWERS_OF_TEN = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);

/** Null where there is no scan, and for more keys than it has room for. */
export function createJsonLineReader(keys: JsonKeys, times: TimestampReader): JsonLineReader | null {
  const scan = createJsonScan(keys);
  return scan === null ? null : new JsonLineReader(scan, times, keys);
}

class JsonLineReader implements RowReader {
  readonly #scan: JsonScan;
  readonly #times: TimestampReader;
  readonly #keys: JsonKeys;

  constructor(scan: JsonScan, times: TimestampReader, keys: JsonKeys) {
    this.#scan = scan;
    this.#times = times;
    this.#keys = keys;
  }

  /** Null for a line that is unusual, or fails, or that no scan has at hand. */
  read(bytes: Buffer, start: number, end: number, record: AccessRecord): ParseResult | null {
    return this.#scan.read(bytes, start, end) && this.#take(bytes, record) ? PARSED : null;
  }

  readRow(record: AccessRecord): boolean {
    return this.#scan.readRow() && this.#take(this.#scan.input, record);
  }

  /** From what the scan has read. */
  #take(bytes: Buffer, record: AccessRecord): boolean {
    const { row, doubles } = this.#scan;
    record.timeSeconds = this.#readTime(bytes, row, doubles);
    record.latencyMs = this.#readLatency(bytes, row, doubles);
    if (!(record.timeSeconds >= 0) || record.latencyMs === UNUSUAL) return false;
    record.bytes = bytes;
    record.status = row[JSON_ROW.status] ?? 0;
    record.bytesSent = doubles[JSON_DOUBLE.bytesSent] ?? 0;
    record.clientStart = row[JSON_ROW.clientStart] ?? 0;
    record.clientEnd = row[JSON_ROW.clientEnd] ?? 0;
    record.forwardedStart = row[JSON_ROW.forwardedStart] ?? 0;
    record.forwardedEnd = row[JSON_ROW.forwardedEnd] ?? 0;
    record.agentStart = row[JSON_ROW.agentStart] ?? 0;
    record.agentEnd = row[JSON_ROW.agentEnd] ?? 0;
    this.#readRequest(bytes, row, record);
    return true;
  }

  #readTime(bytes: Buffer, row: Int32Array, doubles: Float64Array): number {
    const kind = row[JSON_ROW.timeKind];
    if (kind === TIME_KIND.text)
      return this.#times.read(bytes, row[JSON_ROW.timeStart] ?? 0, row[JSON_ROW.timeEnd] ?? 0);
    const whole = doubles[JSON_DOUBLE.time] ?? 0;
    return kind === TIME_KIND.seconds ? whole : readEpochNumber(whole);
  }

  #readLatency(bytes: Buffer, row: Int32Array, doubles: Float64Array): number {
    const kind = row[JSON_ROW.latencyKind];
    if (kind === LATENCY_KIND.none) return Number.NaN;
    const key = row[JSON_ROW.latencyKey] ?? 0;
    const unitsPerSecond = this.#keys.latencyUnits[key] ?? 1;
    if (kind === LATENCY_KIND.text) {
      const start = row[JSON_ROW.latencyStart] ?? 0;
      const end = row[JSON_ROW.latencyEnd] ?? 0;
      return isPlainOrMicro(bytes, start, end) ? readLatencyText(bytes, start, end, unitsPerSecond) : UNUSUAL;
    }
    const scale = POWERS_OF_TEN[row[JSON_ROW.latencyScale] ?? 0] ?? 1;
    const digits =
      (doubles[JSON_DOUBLE.latencyWhole] ?? 0) * scale + (doubles[JSON_DOUBLE.latencyFraction] ?? 0);
    // Both the digits and the power of ten are exact, so that their quotient is rounded once, as by JSON.parse.
    const value = digits / scale;
    return toMilliseconds(value, value < LONG_LATENCY ? unitsPerSecond : this.#unitOfLong(value, kind, key));
  }

  #unitOfLong(value: number, kind: number | undefined, key: number): UnitsPerSecond {
    const isLong = kind === LATENCY_KIND.number && Number.isInteger(value);
    return (isLong ? this.#keys.longLatencyUnits[key] : this.#keys.latencyUnits[key]) ?? 1;
  }

  #readRequest(bytes: Buffer, row: Int32Array, record: AccessRecord): void {
    const kind = row[JSON_ROW.requestKind];
    const start = row[JSON_ROW.targetStart] ?? 0;
    const end = row[JSON_ROW.targetEnd] ?? 0;
    if (kind === REQUEST_KIND.line) {
      readRequest(bytes, start, end, record);
      return;
    }
    record.methodStart = row[JSON_ROW.methodStart] ?? 0;
    record.methodEnd = row[JSON_ROW.methodEnd] ?? 0;
    if (kind === REQUEST_KIND.target) {
      readTarget(bytes, start, end, record);
      return;
    }
    record.pathStart = start;
    record.pathEnd = end;
    record.pathHash = row[JSON_ROW.pathHash] ?? 0;
  }
}

/** ASCII without escapes, but that Go writes microseconds with a micro sign, which is C2 B5. */
function isPlainOrMicro(bytes: Buffer, start: number, end: number): boolean {
  const isMicro = end - start > 3 && bytes[end - 3] === 0xc2 && bytes[end - 2] === 0xb5;
  const plainEnd = isMicro ? end - 3 : end;
  for (let i = start; i < plainEnd; i++) {
    const byte = bytes[i] ?? 0;
    if (byte === BACKSLASH || byte > DEL) return false;
  }
  return true;
}
