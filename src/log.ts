// One log on its way from lines to records, over all its generations: its parser, its counters, how far its own time
// has come.
import * as v from 'valibot';
import type { Aggregator } from './aggregate/aggregator.ts';
import { LineFramer } from './parse/lines.ts';
import { createRecord, EMPTY_LINE } from './parse/record.ts';
import type { AccessRecord, LineParser, Misfit } from './parse/record.ts';
import { isW3cDirective } from './parse/w3c.ts';
import type { LineScan } from './scan/line-scan.ts';
import { CountSchema, restoreTime, saveTime, WholeSchema } from './saved.ts';
import { SkewWatch } from './skew.ts';
import { LogCountersSchema, LogTelemetry } from './telemetry.ts';

/** A log that gave so many lines in a row without a time can't say how far it has come: others don't wait for it. */
const TIMELESS_LINES_MAX = 1000;
/** So many lines of which none can be read are no accident. */
const MISMATCH_LINES_MIN = 20;
/** In a row, of a log that could be read before. */
const UNREAD_LINES_MIN = 100;

export const LogSnapshotSchema = v.strictObject({
  /** What the parser needs to go on; of an earlier version, the bare name of the format. */
  format: v.string(),
  formatsTold: v.array(v.string()),
  newestSeconds: v.nullable(WholeSchema),
  timelessLines: CountSchema,
  counters: LogCountersSchema,
});
export type LogSnapshot = v.InferOutput<typeof LogSnapshotSchema>;

/** Event time, in seconds since the epoch: from here on, and before that. */
export interface Span {
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

export const ALL_TIME: Span = {
  fromSeconds: Number.NEGATIVE_INFINITY,
  toSeconds: Number.POSITIVE_INFINITY,
};

/** Records outside the span. */
export interface OutsideRecords {
  readonly count: number;
  /** Event time of the earliest and of the latest; not finite without any. */
  readonly firstSeconds: number;
  readonly lastSeconds: number;
}

export const NONE_OUTSIDE: OutsideRecords = {
  count: 0,
  firstSeconds: Number.POSITIVE_INFINITY,
  lastSeconds: Number.NEGATIVE_INFINITY,
};

export function addOutside(a: OutsideRecords, b: OutsideRecords): OutsideRecords {
  return {
    count: a.count + b.count,
    firstSeconds: Math.min(a.firstSeconds, b.firstSeconds),
    lastSeconds: Math.max(a.lastSeconds, b.lastSeconds),
  };
}

export interface LogOptions {
  /** Records outside are passed over. */
  readonly span: Span;
  /** Of one file: its lines have numbers, and one that is no record has the time of the record before it, not of its reading. */
  readonly isReplay: boolean;
}

/** One log, over all its generations. */
export class Log {
  telemetry: LogTelemetry;
  readonly parser: LineParser;
  /** Generations that are being read. */
  openGenerations = 0;
  /** Some line could be read. */
  hasRecords = false;
  /** Newest event time in this log that is not of the future. */
  newestSeconds = Number.NEGATIVE_INFINITY;
  /** Those that are passed over. */
  #outside = { ...NONE_OUTSIDE };
  readonly #aggregator: Aggregator;
  readonly #span: Span;
  readonly #isReplay: boolean;
  readonly #path: string;
  readonly #record = createRecord();
  readonly #formatsTold = new Set<string>();
  readonly #skew = new SkewWatch();
  #timelessLines = 0;
  #isMismatchTold = false;

  /** `path`: what the log is told apart by, where it is. */
  constructor(path: string, aggregator: Aggregator, parser: LineParser, { span, isReplay }: LogOptions) {
    this.#aggregator = aggregator;
    this.#span = span;
    this.#isReplay = isReplay;
    this.#path = path;
    this.parser = parser;
    this.telemetry = new LogTelemetry(parser.mask, isReplay);
    this.#formatsTold.add(parser.name);
  }

  get outside(): OutsideRecords {
    return this.#outside;
  }

  get isTimeless(): boolean {
    return this.#timelessLines >= TIMELESS_LINES_MAX;
  }

  /** The last lines could not be read, and are too many for chance. */
  get isUnread(): boolean {
    return this.#timelessLines >= (this.hasRecords ? UNREAD_LINES_MIN : MISMATCH_LINES_MIN);
  }

  /** True the first time that the parser has come to a format: a log that mixes two would tell them without end. */
  hasNewFormat(): boolean {
    const { name } = this.parser;
    if (this.#formatsTold.has(name)) return false;
    this.#formatsTold.add(name);
    return true;
  }

  /** True once, when so many lines have come and not one of them could be read. */
  hasMismatch(): boolean {
    if (this.hasRecords || this.#isMismatchTold || this.#timelessLines < MISMATCH_LINES_MIN) return false;
    this.#isMismatchTold = true;
    return true;
  }

  /** Once, when it lasts: by how many seconds, whole half hours, the last line read is ahead of the clock; else null. */
  findSkew(nowSeconds: number): number | null {
    return this.hasRecords ? this.#skew.look(nowSeconds, this.#record.timeSeconds) : null;
  }

  /** By how many seconds its times are off against the clock, as long as they are and it is there. */
  get skewSeconds(): number | null {
    return this.openGenerations > 0 ? this.#skew.lastingSeconds : null;
  }

  snapshot(): LogSnapshot {
    return {
      format: this.parser.saved,
      formatsTold: [...this.#formatsTold],
      newestSeconds: saveTime(this.newestSeconds),
      timelessLines: this.#timelessLines,
      counters: this.telemetry.snapshot(),
    };
  }

  forgetCounts(): void {
    this.telemetry = new LogTelemetry(this.parser.mask, this.#isReplay);
    this.#outside = { ...NONE_OUTSIDE };
  }

  restore(saved: LogSnapshot): void {
    for (const format of saved.formatsTold) this.#formatsTold.add(format);
    this.newestSeconds = restoreTime(saved.newestSeconds);
    this.#timelessLines = saved.timelessLines;
    this.hasRecords = saved.newestSeconds !== null;
    this.telemetry.merge(saved.counters);
  }

  /** Bytes come next. */
  beginChunk(nowMs: number): void {
    this.telemetry.beginChunk(nowMs);
    this.#record.sourceId = this.#aggregator.sourceIdOf(this.#path);
  }

  /** Lines that were passed over, and are not counted. Who has read some of the log knows better. */
  preface(bytes: Buffer): void {
    if (this.hasRecords) return;
    const framer = new LineFramer(bytes.length, {
      line: (line, start, end) => {
        if (isW3cDirective(line.toString('latin1', start, end)))
          this.parser.parse(line, start, end, this.#record);
      },
      tooLong: () => {},
    });
    framer.write(bytes);
  }

  line(bytes: Buffer, start: number, end: number): void {
    this.telemetry.lines++;
    if (start === end) return this.#fail(EMPTY_LINE, bytes.subarray(start, end));
    const result = this.parser.parse(bytes, start, end, this.#record);
    if (!result.ok) {
      if (result.reason !== 'directive') this.#fail(result, bytes.subarray(start, end));
      return;
    }
    this.#timelessLines = 0;
    this.hasRecords = true;
    if (this.#aggregator.details.lines !== undefined) this.#noteLine(bytes, start, end);
    this.#add(this.#record);
  }

  takeRows(scan: LineScan, from: number, end: number): number {
    const { rowReader } = this.parser;
    if (rowReader === undefined || this.#aggregator.details.lines !== undefined) return 0;
    let line = from;
    for (; line < end; line++) {
      scan.goTo(line);
      if (!rowReader.readRow(this.#record)) break;
      this.#add(this.#record);
    }
    const count = line - from;
    if (count === 0) return 0;
    this.parser.tookRows?.(count);
    this.telemetry.lines += count;
    this.#timelessLines = 0;
    this.hasRecords = true;
    return count;
  }

  passedOver(): void {
    this.telemetry.lines++;
  }

  tooLong(head: Buffer): void {
    this.telemetry.lines++;
    this.#fail({ ok: false, reason: 'line-too-long', column: head.length }, head);
  }

  #add(record: AccessRecord): void {
    const { timeSeconds } = record;
    if (timeSeconds > this.newestSeconds && timeSeconds < this.#aggregator.timeline.futureSeconds)
      this.newestSeconds = timeSeconds;
    if (timeSeconds < this.#span.fromSeconds || timeSeconds >= this.#span.toSeconds)
      this.#passOver(timeSeconds);
    else this.#aggregator.add(record);
  }

  #passOver(timeSeconds: number): void {
    const outside = this.#outside;
    outside.count++;
    if (timeSeconds < outside.firstSeconds) outside.firstSeconds = timeSeconds;
    if (timeSeconds > outside.lastSeconds) outside.lastSeconds = timeSeconds;
  }

  /** For whoever keeps lines. */
  #noteLine(bytes: Buffer, start: number, end: number): void {
    this.#record.lineBytes = bytes;
    this.#record.lineStart = start;
    this.#record.lineEnd = end;
  }

  #fail(misfit: Misfit, line: Buffer): void {
    this.#timelessLines++;
    this.telemetry.fail(misfit.reason, misfit.column, line);
    const timeSeconds = this.#isReplay ? this.newestSeconds : this.#aggregator.nowSeconds;
    if (!Number.isFinite(timeSeconds)) return;
    this.#aggregator.addFailure(this.#record.sourceId, timeSeconds);
    this.#aggregator.details.lines?.keepUnread(this.#path, timeSeconds, line);
  }
}
