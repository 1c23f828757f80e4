// Contract between a parser and the aggregator: one access-log line, as numbers and byte ranges.

/**
 * One parsed line. A parser has one record and fills it again for every line: whoever needs a value longer
 * copies it. Ranges are `[start, end)` into `bytes`; an absent field is an empty range.
 */
export interface AccessRecord {
  bytes: Buffer;
  /** Which log it is from; 0 while they are not told apart. No parser's matter. */
  sourceId: number;
  /** The whole line; set only while lines are kept. `bytes` may be another buffer. No parser's matter either. */
  lineBytes: Buffer;
  lineStart: number;
  lineEnd: number;
  /** Event time, whole seconds since the epoch. */
  timeSeconds: number;
  clientStart: number;
  clientEnd: number;
  methodStart: number;
  methodEnd: number;
  /** Path without query string; an empty range when the request line was not HTTP. */
  pathStart: number;
  pathEnd: number;
  /** Of the path, where a parser had it at hand (src/aggregate/path-keys.ts says how it is made); else 0. */
  pathHash: number;
  /** HTTP status, 100 to 999; 0 when the log does not say. */
  status: number;
  /** Size of the response in bytes; 0 when the log says `-`. */
  bytesSent: number;
  /** Time taken to answer, milliseconds, 0 or more and not necessarily whole; NaN when the log does not say. */
  latencyMs: number;
  /** Value of X-Forwarded-For as it was logged; empty when the log does not say, or says `-`. */
  forwardedStart: number;
  forwardedEnd: number;
  /** User agent as it was logged; empty likewise. */
  agentStart: number;
  agentEnd: number;
}

/** Why a line is not a record. The names are values of a metric label: they do not change. */
export const PARSE_FAILURES = [
  'format-mismatch',
  'bad-timestamp',
  'bad-status',
  'bad-size',
  'bad-json',
  'missing-field',
  'empty-line',
  'line-too-long',
] as const;

export type ParseFailure = (typeof PARSE_FAILURES)[number];

export type ParseResult = { readonly ok: true } | Misfit | Directive;

export interface Misfit {
  readonly ok: false;
  readonly reason: ParseFailure;
  /** Offset in bytes from the start of the line to the first field that did not fit. */
  readonly column: number;
  /**
   * Of `missing-field`, where the parser can tell: which one, by its name in `json-fields` or among the columns of W3C; of
   * `bad-timestamp` in JSON, the key of the time.
   */
  readonly field?: string;
}

/** Of a line without a character, which no parser is asked about. */
export const EMPTY_LINE: Misfit = { ok: false, reason: 'empty-line', column: 0 };

/**
 * A line that is about the log or the server and tells of no request, or of one that another line tells of, such as
 * `#Fields: date time`: neither a record nor a failure.
 */
export interface Directive {
  readonly ok: false;
  readonly reason: 'directive';
  readonly column: 0;
}

export const DIRECTIVE: Directive = { ok: false, reason: 'directive', column: 0 };

/** The one value of success: the hot path allocates nothing. */
export const PARSED: ParseResult = { ok: true };

const NO_BYTES = Buffer.alloc(0);

export function createRecord(): AccessRecord {
  return {
    bytes: NO_BYTES,
    sourceId: 0,
    lineBytes: NO_BYTES,
    lineStart: 0,
    lineEnd: 0,
    timeSeconds: 0,
    clientStart: 0,
    clientEnd: 0,
    methodStart: 0,
    methodEnd: 0,
    pathStart: 0,
    pathEnd: 0,
    pathHash: 0,
    status: 0,
    bytesSent: 0,
    latencyMs: Number.NaN,
    forwardedStart: 0,
    forwardedEnd: 0,
    agentStart: 0,
    agentEnd: 0,
  };
}

/** Empties every field but `bytes` and the time: what a parser does not fill must not be the line's before. */
export function resetRecord(record: AccessRecord): void {
  record.clientStart = record.clientEnd = record.methodStart = record.methodEnd = 0;
  record.pathStart = record.pathEnd = record.pathHash = record.status = record.bytesSent = 0;
  record.latencyMs = Number.NaN;
  record.forwardedStart = record.forwardedEnd = record.agentStart = record.agentEnd = 0;
}

/** Of the lines looked at, some thousands at most, so many were of the format that fitted last. */
export interface Fit {
  readonly looked: number;
  readonly fitted: number;
}

/** Reads lines by the row that the scan has of the line at hand. */
export interface RowReader {
  /** As `parse` would; false for a line that only that can judge. */
  readRow(record: AccessRecord): boolean;
}

/** Parses the line `bytes[start, end)` (no line end) into `record`. */
export interface LineParser {
  /** Name shown to people, such as `combined`. */
  readonly name: string;
  /**
   * All that `createParser(logFormat, saved)` needs to go on exactly as this parser would, in another process: what
   * follows depends on nothing else. Text that only `createParser` understands, but a bare name of a format is one.
   */
  readonly saved: string;
  /** How sure a format is that was not named, but recognised; left out by parsers of a format that was named. */
  readonly fit?: Fit | undefined;
  /** What of a line may be shown where a line is shown as a sample; left out when all of it may. Gives a copy. */
  readonly mask?: ((line: Buffer) => Buffer) | undefined;
  parse(bytes: Buffer, start: number, end: number, record: AccessRecord): ParseResult;
  /** What reads the lines to come that are ordinary; whoever uses it calls `tookRows`. Left out where nothing does. */
  readonly rowReader?: RowReader | undefined;
  /** So many lines in a row were read by `rowReader`. */
  tookRows?(count: number): void;
  /**
   * Tries a line that did not fit once more, as servers write it that leave quotes as they are or cut lines off; true when it is
   * read. For who knows that the line is of no other format. Left out where there is no such way.
   */
  rescue?(bytes: Buffer, start: number, end: number, record: AccessRecord): boolean;
}
