// W3C extended log files, as IIS and CloudFront write them: lines that begin with # are about the log, and `#Fields`
// says which columns follow, whenever it comes.
import { readMilliseconds, readNumber } from './number.ts';
import { DIRECTIVE, PARSED, resetRecord } from './record.ts';
import type { AccessRecord, LineParser, Misfit, ParseFailure, ParseResult } from './record.ts';
import { readTarget } from './request.ts';
import { TimeParts } from './time-parts.ts';
import { UTC } from './zone.ts';

const HASH = 0x23;
const SPACE = 0x20;
const TAB = 0x09;
const DASH = 0x2d;

type Column =
  | 'ignored'
  | 'date'
  | 'time'
  | 'client'
  | 'method'
  | 'path'
  | 'target'
  | 'status'
  | 'bytes'
  | 'latency'
  | 'forwarded'
  | 'agent';

/** Names of columns in small letters; what is not listed is passed over. */
const COLUMNS: ReadonlyMap<string, Column> = new Map<string, Column>([
  ['date', 'date'],
  ['time', 'time'],
  ['c-ip', 'client'],
  ['cs-method', 'method'],
  ['cs-uri-stem', 'path'],
  ['cs-uri', 'target'],
  ['sc-status', 'status'],
  ['sc-bytes', 'bytes'],
  ['time-taken', 'latency'],
  ['x-forwarded-for', 'forwarded'],
  ['cs(x-forwarded-for)', 'forwarded'],
  ['cs(user-agent)', 'agent'],
]);

/** What IIS logs unless it is told otherwise. */
const IIS_FIELDS =
  'date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken';
/** The order of CloudFront's standard logs, to which new columns are added at the end. */
const CLOUDFRONT_FIELDS =
  'date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end';

interface Dialect {
  readonly fields: string;
  readonly separator: number;
  /** CloudFront's times are in seconds, those of IIS in milliseconds. */
  readonly unitsPerSecond: number;
  /** Lines may have more columns than were announced. */
  readonly isOpen: boolean;
}

const DIALECTS: Readonly<Record<'w3c' | 'iis' | 'cloudfront', Dialect>> = {
  w3c: { fields: IIS_FIELDS, separator: SPACE, unitsPerSecond: 1000, isOpen: false },
  iis: { fields: IIS_FIELDS, separator: SPACE, unitsPerSecond: 1000, isOpen: false },
  cloudfront: { fields: CLOUDFRONT_FIELDS, separator: TAB, unitsPerSecond: 1, isOpen: true },
};

/** Longer announcements are not taken: what is saved stays small. */
const FIELDS_LENGTH_MAX = 4096;

/** Goes on from `saved`, what such a parser has saved; anything else begins with the columns that are the default. */
export function createW3cParser(name: keyof typeof DIALECTS, saved: string | null = null): LineParser {
  return new W3cParser(name, DIALECTS[name], saved);
}

class W3cParser implements LineParser {
  readonly name: string;
  readonly #dialect: Dialect;
  readonly #time = new TimeParts(UTC);
  #fields: string;
  #columns: readonly Column[] = [];

  constructor(name: string, dialect: Dialect, saved: string | null) {
    this.name = name;
    this.#dialect = dialect;
    const isOwn = saved?.startsWith(`${name} `) === true;
    this.#fields = isOwn ? saved.slice(name.length + 1) : dialect.fields;
    this.#columns = readColumns(this.#fields);
  }

  get saved(): string {
    return this.#fields === this.#dialect.fields ? this.name : `${this.name} ${this.#fields}`;
  }

  parse(bytes: Buffer, start: number, end: number, record: AccessRecord): ParseResult {
    if (bytes[start] === HASH && start < end) return this.#readDirective(bytes, start, end);
    record.bytes = bytes;
    resetRecord(record);
    this.#time.reset();
    let hasDate = false;
    let hasTime = false;
    let position = start;
    for (let index = 0; index < this.#columns.length; index++) {
      // The end of the line may come behind the last column only.
      if (position > end) return misfit('format-mismatch', end - start);
      const column = this.#columns[index] ?? 'ignored';
      const fieldEnd = findEnd(bytes, position, end, this.#dialect.separator);
      const reason = this.#take(column, position, fieldEnd, record);
      if (reason !== null) return misfit(reason, position - start);
      hasDate ||= column === 'date';
      hasTime ||= column === 'time';
      position = fieldEnd + 1;
    }
    if (!this.#dialect.isOpen && position <= end) return misfit('format-mismatch', position - start);
    if (!hasDate || !hasTime) return misfit('missing-field', 0);
    record.timeSeconds = this.#time.seconds;
    return Number.isNaN(record.timeSeconds) ? misfit('bad-timestamp', 0) : PARSED;
  }

  #readDirective(bytes: Buffer, start: number, end: number): ParseResult {
    const line = bytes.toString('latin1', start, Math.min(end, start + FIELDS_LENGTH_MAX));
    if (!isW3cDirective(line)) return misfit('format-mismatch', 0);
    const fields = /^#Fields:\s*(\S.*)$/i.exec(line)?.[1];
    if (fields !== undefined && isSeparatedLike(fields, this.#dialect)) {
      this.#fields = fields.trim().replaceAll(/\s+/g, ' ');
      this.#columns = readColumns(this.#fields);
    }
    return DIRECTIVE;
  }

  /** Puts the column `[start, end)` into the record; returns why it can't, or null. */
  #take(column: Column, start: number, end: number, record: AccessRecord): ParseFailure | null {
    const { bytes } = record;
    if (column === 'date') return this.#takeDate(bytes, start, end) ? null : 'bad-timestamp';
    if (column === 'time') return this.#takeTime(bytes, start, end) ? null : 'bad-timestamp';
    if (end - start === 1 && bytes[start] === DASH) return null;
    switch (column) {
      case 'ignored':
        return start < end ? null : 'format-mismatch';
      case 'client':
        record.clientStart = start;
        record.clientEnd = end;
        return null;
      case 'method':
        record.methodStart = start;
        record.methodEnd = end;
        return null;
      case 'path':
        record.pathStart = start;
        record.pathEnd = end;
        return null;
      case 'target':
        readTarget(bytes, start, end, record);
        return null;
      case 'status':
        record.status = end - start <= 3 ? readNumber(bytes, start, end) : Number.NaN;
        return Number.isNaN(record.status) ? 'bad-status' : null;
      case 'bytes':
        record.bytesSent = readNumber(bytes, start, end);
        return Number.isNaN(record.bytesSent) ? 'bad-size' : null;
      case 'latency':
        record.latencyMs = readMilliseconds(bytes, start, end, this.#dialect.unitsPerSecond);
        return null;
      case 'forwarded':
        record.forwardedStart = start;
        record.forwardedEnd = end;
        return null;
      case 'agent':
        record.agentStart = start;
        record.agentEnd = end;
        return null;
    }
  }

  /** `2022-11-07` */
  #takeDate(bytes: Buffer, start: number, end: number): boolean {
    return (
      end - start === 10 &&
      bytes[start + 4] === DASH &&
      bytes[start + 7] === DASH &&
      this.#time.take('year', bytes, start, start + 4) &&
      this.#time.take('month', bytes, start + 5, start + 7) &&
      this.#time.take('day', bytes, start + 8, start + 10)
    );
  }

  /** `14:29:06`, and a fraction if there is one. */
  #takeTime(bytes: Buffer, start: number, end: number): boolean {
    return (
      end - start >= 8 &&
      bytes[start + 2] === 0x3a &&
      bytes[start + 5] === 0x3a &&
      (end - start === 8 || bytes[start + 8] === 0x2e) &&
      this.#time.take('hour', bytes, start, start + 2) &&
      this.#time.take('minute', bytes, start + 3, start + 5) &&
      this.#time.take('second', bytes, start + 6, start + 8)
    );
  }
}

/** The directives of the draft; a line that merely begins with # is a broken one. */
export function isW3cDirective(line: string): boolean {
  return /^#(?:Version|Fields|Software|Start-Date|End-Date|Date|Remark):/i.test(line);
}

/** The announcement of CloudFront is separated by spaces though its lines are not: its own columns tell it. */
function isSeparatedLike(fields: string, dialect: Dialect): boolean {
  return /\bx-edge-/i.test(fields) === (dialect.separator === TAB);
}

function readColumns(fields: string): readonly Column[] {
  const columns = fields.split(' ').map((name) => COLUMNS.get(name.toLowerCase()) ?? 'ignored');
  // Of two columns that say the same, the first counts.
  return columns.map((column, index) => (columns.indexOf(column) === index ? column : 'ignored'));
}

function findEnd(bytes: Buffer, start: number, end: number, separator: number): number {
  let i = start;
  while (i < end && bytes[i] !== separator) i++;
  return i;
}

function misfit(reason: ParseFailure, column: number): Misfit {
  return { ok: false, reason, column };
}
