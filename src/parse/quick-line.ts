// The quick way through a log line: the fields that every relative of the Common Log Format has, as the scan of its chunk
// has read them already, for lines without anything unusual. Part of the hot path.
import { lineScan, QUOTED_FIELDS_MAX, ROW } from '../scan/line-scan.ts';
import type { LineScan } from '../scan/line-scan.ts';
import type { AccessRecord, RowReader } from './record.ts';
import type { TimestampReader } from './timestamp.ts';

const DASH = 0x2d;
const TIME_LENGTH = 26;
/** `] "`, between time and method. */
const BEFORE_REQUEST_LENGTH = 3;
const NO_FIELD = -1;

/** Formats with a quick way: quoted fields behind the size. */
const COMMON_RELATIVE =
  /^\$remote_addr \$ident \$remote_user \[\$time_local\] "\$request" \$status \$body_bytes_sent((?: "\$[a-z0-9_]+")*)$/;

/** Null when `format` is no relative of the Common Log Format, has more quoted fields than are scanned, or none are. */
export function createQuickReader(format: string, timestamps: TimestampReader): QuickReader | null {
  const scan = lineScan();
  const match = COMMON_RELATIVE.exec(format);
  if (scan === null || match === null) return null;
  const quotedFields = (match[1] ?? '').match(/[a-z0-9_]+/g) ?? [];
  return quotedFields.length > QUOTED_FIELDS_MAX ? null : new QuickReader(quotedFields, timestamps, scan);
}

export class QuickReader implements RowReader {
  readonly #scan: LineScan;
  readonly #timestamps: TimestampReader;
  readonly #quotedFields: number;
  /** Which of the quoted fields they are. */
  readonly #agentField: number;
  readonly #forwardedField: number;
  /** The minute that the last line was in, by its number and in seconds since the epoch. */
  #minute = Number.NaN;
  #minuteSeconds = Number.NaN;

  constructor(quotedFields: readonly string[], timestamps: TimestampReader, scan: LineScan) {
    this.#scan = scan;
    this.#timestamps = timestamps;
    this.#quotedFields = quotedFields.length;
    this.#agentField = quotedFields.lastIndexOf('http_user_agent');
    this.#forwardedField = quotedFields.lastIndexOf('http_x_forwarded_for');
  }

  /**
   * Reads an ordinary line from `start` on into `record`; returns where the last field ends. -1 for a line that is not
   * ordinary: it may be broken, have an escape in its request or a user with spaces, or a request that is no HTTP; or
   * that no scan has read. The steps of the format decide about those; what is accepted here they would read in the same
   * way.
   */
  read(bytes: Buffer, start: number, end: number, record: AccessRecord): number {
    return this.#scan.isRead(bytes, start, end) ? this.#readFields(record) : -1;
  }

  /** Lines with something behind the last field are none that it reads: that is seen first, as some logs have no others. */
  readRow(record: AccessRecord): boolean {
    const { rows, row } = this.#scan;
    const isWhole = rows[row + ROW.sizeEnd + this.#quotedFields] === rows[row + ROW.end];
    return isWhole && rows[row + ROW.sizeEnd] !== 0 && this.#readFields(record) > 0;
  }

  #readFields(record: AccessRecord): number {
    const { input: bytes, rows, row } = this.#scan;
    // The field before the first quoted one is the size.
    const fieldsEnd = rows[row + ROW.sizeEnd + this.#quotedFields] ?? 0;
    if (fieldsEnd === 0) return -1;
    record.timeSeconds = this.#readTime(bytes, rows, row);
    if (Number.isNaN(record.timeSeconds)) return -1;
    record.bytes = bytes;
    record.clientStart = rows[row + ROW.start] ?? 0;
    record.clientEnd = rows[row + ROW.clientEnd] ?? 0;
    record.methodStart = rows[row + ROW.methodStart] ?? 0;
    record.methodEnd = rows[row + ROW.methodEnd] ?? 0;
    record.pathStart = record.methodEnd + 1;
    record.pathEnd = rows[row + ROW.pathEnd] ?? 0;
    record.pathHash = rows[row + ROW.pathHash] ?? 0;
    record.status = rows[row + ROW.status] ?? 0;
    record.bytesSent = rows[row + ROW.bytesSent] ?? 0;
    record.latencyMs = Number.NaN;
    record.agentStart = record.agentEnd = record.forwardedStart = record.forwardedEnd = fieldsEnd;
    this.#readQuotedFields(bytes, rows, row + ROW.quotedEnds, record);
    return fieldsEnd;
  }

  /** The time in seconds since the epoch, of which the minute is mostly the one before; else NaN. */
  #readTime(bytes: Buffer, rows: Int32Array, row: number): number {
    const second = rows[row + ROW.second] ?? 0;
    const minute = rows[row + ROW.minute] ?? 0;
    if (minute === this.#minute && second >= 0) return this.#minuteSeconds + second;
    const end = (rows[row + ROW.methodStart] ?? 0) - BEFORE_REQUEST_LENGTH;
    const seconds = this.#timestamps.read(bytes, end - TIME_LENGTH, end);
    if (Number.isNaN(seconds) || second < 0) return seconds;
    this.#minute = minute;
    this.#minuteSeconds = seconds - second;
    return seconds;
  }

  #readQuotedFields(bytes: Buffer, rows: Int32Array, quotedEnds: number, record: AccessRecord): void {
    if (this.#agentField !== NO_FIELD) {
      const end = (rows[quotedEnds + this.#agentField] ?? 0) - 1;
      const start = (rows[quotedEnds + this.#agentField - 1] ?? 0) + 2;
      if (!isAbsent(bytes, start, end)) {
        record.agentStart = start;
        record.agentEnd = end;
      }
    }
    if (this.#forwardedField !== NO_FIELD) {
      const end = (rows[quotedEnds + this.#forwardedField] ?? 0) - 1;
      const start = (rows[quotedEnds + this.#forwardedField - 1] ?? 0) + 2;
      if (!isAbsent(bytes, start, end)) {
        record.forwardedStart = start;
        record.forwardedEnd = end;
      }
    }
  }
}

function isAbsent(bytes: Buffer, start: number, end: number): boolean {
  return end === start + 1 && bytes[start] === DASH;
}
