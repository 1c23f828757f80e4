// W3C extended log files, as IIS and CloudFront write them: lines that begin with # are about the log, and `#Fields`
// says which columns follow, whenever it comes. Where they have no date, it is that of `#Date`.
import { readMilliseconds, readNumber } from './number.ts';
import { DIRECTIVE, PARSED, resetRecord } from './record.ts';
import type { AccessRecord, LineParser, Misfit, ParseFailure, ParseResult } from './record.ts';
import { readTarget } from './request.ts';
import { TimeParts } from './time-parts.ts';
import { findClosingQuote, findEnd, hasPoint, isNull, joinQuotes, readColumns } from './w3c-columns.ts';
import type { Column } from './w3c-columns.ts';
import { W3cDate } from './w3c-date.ts';
import { UTC } from './zone.ts';

const HASH = 0x23;
const QUOTE = 0x22;
const SPACE = 0x20;
const TAB = 0x09;
const DASH = 0x2d;

/** What IIS logs unless it is told otherwise. */
const IIS_FIELDS =
  'date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken';
/** The order of CloudFront's standard logs, to which new columns are added at the end. */
const CLOUDFRONT_FIELDS =
  'date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end';

interface Dialect {
  readonly fields: string;
  readonly separator: number;
  /**
   * Its lines may have more columns than were announced, and its times are in seconds. A date and values without quotes
   * have all of them.
   */
  readonly isCloudFront: boolean;
  /** Whole numbers of a time taken are milliseconds, whoever has written them. */
  readonly isIis: boolean;
}

const DIALECTS: Readonly<Record<'w3c' | 'iis' | 'cloudfront', Dialect>> = {
  w3c: { fields: IIS_FIELDS, separator: SPACE, isCloudFront: false, isIis: false },
  iis: { fields: IIS_FIELDS, separator: SPACE, isCloudFront: false, isIis: true },
  cloudfront: { fields: CLOUDFRONT_FIELDS, separator: TAB, isCloudFront: true, isIis: false },
};

/** What a quote at the beginning of a column is. */
type Quotes =
  /** A sign that the line is to be read in another way. */
  | 'unexpected'
  /** The beginning of a value that another quote ends. */
  | 'around values'
  /** A character like others. */
  | 'characters';

/** The servers whose times taken are in milliseconds, by `#Software`. */
const MICROSOFT = /Microsoft|Internet Information Services/i;
/** Saved behind fields and date where the server is another one. */
const SECONDS = 's';

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
  readonly #date: W3cDate;
  #fields = '';
  #columns: readonly Column[] = [];
  #hasDate = false;
  #hasTime = false;
  /** Of whole numbers of a time taken; those with a fraction are seconds. */
  #hasSeconds: boolean;
  /** Lines with quotes are read in here. */
  #copy = Buffer.alloc(1024);

  constructor(name: string, dialect: Dialect, saved: string | null) {
    this.name = name;
    this.#dialect = dialect;
    const isOwn = saved?.startsWith(`${name} `) === true;
    const [fields = '', date = '', unit] = isOwn
      ? saved.slice(name.length + 1).split('\t')
      : [dialect.fields];
    this.#date = new W3cDate(date);
    this.#hasSeconds = dialect.isCloudFront || unit === SECONDS;
    this.#announce(fields);
  }

  get saved(): string {
    const date = this.#date.saved;
    if (this.#hasSeconds && !this.#dialect.isCloudFront)
      return `${this.name} ${this.#fields}\t${date}\t${SECONDS}`;
    if (date !== '') return `${this.name} ${this.#fields}\t${date}`;
    return this.#fields === this.#dialect.fields ? this.name : `${this.name} ${this.#fields}`;
  }

  parse(bytes: Buffer, start: number, end: number, record: AccessRecord): ParseResult {
    if (bytes[start] === HASH && start < end) return this.#readDirective(bytes, start, end);
    record.bytes = bytes;
    return this.#readLine(start, end, record, this.#dialect.isCloudFront ? 'characters' : 'unexpected');
  }

  /** Of the bytes of the record. */
  #readLine(start: number, end: number, record: AccessRecord, quotes: Quotes): ParseResult {
    const { bytes } = record;
    resetRecord(record);
    this.#time.reset();
    let position = start;
    for (let index = 0; index < this.#columns.length; index++) {
      // The end of the line may come behind the last column only.
      if (position > end) return misfit('format-mismatch', end - start);
      const column = this.#columns[index] ?? 'ignored';
      let close = -1;
      if (bytes[position] === QUOTE && quotes !== 'characters' && position < end) {
        if (quotes === 'unexpected') return this.#readQuoted(start, end, record);
        close = findClosingQuote(bytes, position, end);
      }
      const fieldEnd = close < 0 ? findEnd(bytes, position, end, this.#dialect.separator) : close + 1;
      const reason =
        close < 0
          ? this.#take(column, position, fieldEnd, record)
          : this.#takeQuoted(column, position + 1, close, record);
      if (reason !== null) return misfit(reason, position - start);
      position = fieldEnd + 1;
    }
    if (!this.#dialect.isCloudFront && position <= end) return misfit('format-mismatch', position - start);
    return this.#takeMoment(record, end - start);
  }

  /** A quote may be one by chance: what does not fit in the one way is read in the other. */
  #readQuoted(start: number, end: number, record: AccessRecord): ParseResult {
    const { bytes } = record;
    const length = end - start;
    if (this.#copy.length < length) this.#copy = Buffer.alloc(2 * length);
    bytes.copy(this.#copy, 0, start, end);
    record.bytes = this.#copy;
    const quoted = this.#readLine(0, length, record, 'around values');
    if (quoted.ok) return quoted;
    record.bytes = bytes;
    const plain = this.#readLine(start, end, record, 'characters');
    return plain.ok || plain.column > quoted.column ? plain : quoted;
  }

  /** The columns are taken: when was it? `length`: of the line. */
  #takeMoment(record: AccessRecord, length: number): ParseResult {
    if (!this.#hasTime) return missing('time', length);
    if (this.#hasDate) {
      record.timeSeconds = this.#time.seconds;
      return Number.isNaN(record.timeSeconds) ? misfit('bad-timestamp', 0) : PARSED;
    }
    record.timeSeconds = this.#date.secondsAt(this.#time.secondOfDay);
    if (Number.isNaN(record.timeSeconds)) return missing('date', length);
    this.#date.goOn(record.timeSeconds);
    return PARSED;
  }

  #readDirective(bytes: Buffer, start: number, end: number): ParseResult {
    const line = bytes.toString('latin1', start, Math.min(end, start + FIELDS_LENGTH_MAX));
    if (!isW3cDirective(line)) return misfit('format-mismatch', 0);
    const date = /^#Date:\s*(\S.*)$/i.exec(line)?.[1];
    if (date !== undefined && !this.#dialect.isCloudFront) this.#date.begin(date.trim());
    const software = /^#Software:\s*(\S.*)$/i.exec(line)?.[1];
    if (software !== undefined && !this.#dialect.isCloudFront && !this.#dialect.isIis)
      this.#hasSeconds = !MICROSOFT.test(software);
    const fields = /^#Fields:\s*(\S.*)$/i.exec(line)?.[1];
    if (fields !== undefined && isSeparatedLike(fields, this.#dialect)) {
      this.#announce(fields.trim().replaceAll(/\s+/g, ' '));
      if (this.#hasDate) this.#date.forget();
    }
    return DIRECTIVE;
  }

  #announce(fields: string): void {
    this.#fields = fields;
    this.#columns = readColumns(fields);
    this.#hasDate = this.#columns.includes('date');
    this.#hasTime = this.#columns.includes('time');
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
        if (isNull(bytes, start, end)) return null;
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
        record.latencyMs = readMilliseconds(bytes, start, end, this.#unitsPerSecond(bytes, start, end));
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

  /** Of the draft and of CloudFront are seconds, of IIS milliseconds, which have no fraction. */
  #unitsPerSecond(bytes: Buffer, start: number, end: number): 1 | 1000 {
    return this.#hasSeconds || hasPoint(bytes, start, end) ? 1 : 1000;
  }

  /** The same of a value in quotes, which may be empty. */
  #takeQuoted(column: Column, start: number, close: number, record: AccessRecord): ParseFailure | null {
    const end = joinQuotes(record.bytes, start, close);
    const isNeeded = column === 'date' || column === 'time';
    return start === end && !isNeeded ? null : this.#take(column, start, end, record);
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

function misfit(reason: ParseFailure, column: number): Misfit {
  return { ok: false, reason, column };
}

/** Behind the last column stands what the log does not have. */
function missing(field: string, length: number): Misfit {
  return { ok: false, reason: 'missing-field', column: length, field };
}
