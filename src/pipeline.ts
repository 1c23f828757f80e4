// The data path in one piece: bytes of every log to lines, to records, to closed Seconds, to the consumers. Decides
// when a second closes.
import { Aggregator } from './aggregate/aggregator.ts';
import type { SecondConsumer } from './aggregate/second.ts';
import { LineFramer } from './parse/lines.ts';
import { createRecord } from './parse/record.ts';
import type { LineParser } from './parse/record.ts';
import type { GenerationSink, SourceSink, SourceState } from './source/source.ts';
import { LogTelemetry } from './telemetry.ts';
import type { LogCounters } from './telemetry.ts';

/** Event times that are further ahead of the clock are a clock gone wrong. */
const FUTURE_SKEW_SECONDS = 10;
/** With more seconds open, a backlog is being read: look which can close before reading on. */
const OPEN_SECONDS_BEFORE_LOOK = 64;

export interface PipelineOptions {
  readonly createParser: () => LineParser;
  readonly lineBytesMax: number;
  readonly latenessSeconds: number;
  readonly consumers: readonly SecondConsumer[];
  /** Wall time, milliseconds since the epoch. */
  readonly now: () => number;
  /** How far every log has been read, asked anew. */
  readonly look: () => readonly SourceState[];
  /** A log turned out to have this format. */
  readonly formatFound: (path: string, format: string) => void;
}

export interface PipelineLimits {
  /** Records of a second that was closed already. */
  readonly lateRecords: number;
  /** Records more than 10 s ahead of the clock. */
  readonly futureRecords: number;
  /** Records counted as `(other)` because the table of paths was full. */
  readonly otherPathRecords: number;
  /** Seconds closed before their time because too many were open. */
  readonly forcedSeconds: number;
}

export interface LogState extends LogCounters {
  readonly path: string;
  readonly format: string;
}

export class Pipeline implements SourceSink {
  readonly #options: PipelineOptions;
  readonly #aggregator: Aggregator;
  readonly #logs = new Map<string, Log>();

  constructor(options: PipelineOptions) {
    this.#options = options;
    this.#aggregator = new Aggregator({
      add: (second) => options.consumers.forEach((consumer) => consumer.add(second)),
      advanceTo: (seconds) => options.consumers.forEach((consumer) => consumer.advanceTo(seconds)),
    });
  }

  open(path: string): GenerationSink {
    const log = this.#logs.get(path) ?? new Log(this.#aggregator, this.#options.createParser());
    this.#logs.set(path, log);
    const framer = new LineFramer(this.#options.lineBytesMax, log);
    return {
      write: (bytes) => this.#read(path, log, () => framer.write(bytes)),
      end: () => framer.end(),
      get pendingBytes() {
        return framer.pendingBytes;
      },
    };
  }

  /** Closes the seconds whose time has come. Call it several times a second. */
  advance(): void {
    const nowSeconds = Math.floor(this.#options.now() / 1000);
    this.#aggregator.futureSeconds = nowSeconds + FUTURE_SKEW_SECONDS;
    let watermark = nowSeconds;
    for (const { path, lagBytes, problem } of this.#options.look()) {
      // The clock judges a log that is read to its end, or that can't be read; the log's own time judges a backlog.
      if (lagBytes > 0 && problem === null) {
        watermark = Math.min(watermark, this.#logs.get(path)?.newestSeconds ?? Number.NEGATIVE_INFINITY);
      }
    }
    this.#aggregator.closeBefore(watermark - this.#options.latenessSeconds);
  }

  /** The sources have ended: closes all there is. Returns the event time up to which everything is told. */
  finish(): number {
    return this.#aggregator.closeAll();
  }

  logs(): LogState[] {
    return [...this.#logs].map(([path, log]) => ({
      path,
      format: log.parser.name,
      lines: log.telemetry.lines,
      failures: log.telemetry.failures,
      lastReadMs: log.telemetry.lastReadMs,
    }));
  }

  limits(): PipelineLimits {
    const { lateRecords, futureRecords, overflowRecords, forcedSeconds } = this.#aggregator;
    return { lateRecords, futureRecords, otherPathRecords: overflowRecords, forcedSeconds };
  }

  #read(path: string, log: Log, feed: () => void): void {
    const formatBefore = log.parser.name;
    log.telemetry.beginChunk(this.#options.now());
    feed();
    if (log.parser.name !== formatBefore) this.#options.formatFound(path, log.parser.name);
    if (this.#aggregator.openCount > OPEN_SECONDS_BEFORE_LOOK) this.advance();
  }
}

/** One log, over all its generations. */
class Log {
  readonly telemetry = new LogTelemetry();
  readonly parser: LineParser;
  /** Newest event time in this log that is not of the future. */
  newestSeconds = Number.NEGATIVE_INFINITY;
  readonly #aggregator: Aggregator;
  readonly #record = createRecord();

  constructor(aggregator: Aggregator, parser: LineParser) {
    this.#aggregator = aggregator;
    this.parser = parser;
  }

  line(bytes: Buffer, start: number, end: number): void {
    this.telemetry.lines++;
    if (start === end) {
      this.telemetry.fail('empty-line', 0, bytes.subarray(start, end));
      return;
    }
    const result = this.parser.parse(bytes, start, end, this.#record);
    if (!result.ok) {
      this.telemetry.fail(result.reason, result.column, bytes.subarray(start, end));
      return;
    }
    const { timeSeconds } = this.#record;
    if (timeSeconds > this.newestSeconds && timeSeconds < this.#aggregator.futureSeconds)
      this.newestSeconds = timeSeconds;
    this.#aggregator.add(this.#record);
  }

  tooLong(head: Buffer): void {
    this.telemetry.lines++;
    this.telemetry.fail('line-too-long', head.length, head);
  }
}
