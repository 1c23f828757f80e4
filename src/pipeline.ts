// The data path in one piece: bytes of every log to lines, to records, to closed Seconds, to the consumers. Decides
// when a second closes.
import * as v from 'valibot';
import { Aggregator } from './aggregate/aggregator.ts';
import { AllConsumers } from './aggregate/all-consumers.ts';
import { AGGREGATOR_DEFAULTS, NO_DETAILS } from './aggregate/aggregator-options.ts';
import type { SecondDetails } from './aggregate/aggregator-options.ts';
import { AggregatorSnapshotSchema } from './aggregate/aggregator-snapshot.ts';
import type { PathGrouping } from './aggregate/paths.ts';
import type { SecondConsumer } from './aggregate/second.ts';
import { addOutside, ALL_TIME, Log, LogSnapshotSchema, NONE_OUTSIDE } from './log.ts';
import type { OutsideRecords, Span } from './log.ts';
import { LineFramer } from './parse/lines.ts';
import type { Fit, LineParser } from './parse/record.ts';
import type { GenerationSink, SourceSink, SourceState } from './source/source.ts';
import type { FailureCount, LogCounters } from './telemetry.ts';

/** Event times that are further ahead of the clock are a clock gone wrong. */
const FUTURE_SKEW_SECONDS = 10;
/** With more seconds open, a backlog is being read: look which can close before reading on. */
const OPEN_SECONDS_BEFORE_LOOK = 64;

/** A glob may match a new log every day: the counters of those that ended long ago are added up in one. */
const LOGS_MAX = 1000;
const FURTHER_LOGS = '(further logs)';

export interface PipelineOptions {
  /** For one log; `saved` is its parser's of an earlier process, null when there is none. */
  readonly createParser: (saved: string | null) => LineParser;
  readonly lineBytesMax: number;
  readonly latenessSeconds: number;
  /**
   * Finished logs are read: the records alone close the seconds, each one those that are more than the lateness before
   * it and before every other log that is open. `advance` is for live logs, of which the clock has a say.
   */
  readonly isReplay: boolean;
  /** Records outside are passed over; all of them count when it is left out. */
  readonly span?: Span;
  readonly paths: PathGrouping;
  readonly details?: SecondDetails;
  readonly consumers: readonly SecondConsumer[];
  /** Wall time, milliseconds since the epoch. */
  readonly now: () => number;
  /** How far every log has been read, asked anew. */
  readonly look: () => readonly SourceState[];
  /** A log turned out to have this format; told once for each format that it has. `fit`: how sure that is, if it was recognised. */
  readonly formatFound: (path: string, format: string, fit: Fit | null) => void;
  /** Not one line of a log could be read so far; told once, with the newest of each kind of failure. */
  readonly formatMissing?: (path: string, failures: readonly FailureCount[]) => void;
  /** The times in a log are off by whole half hours, positive when they are ahead; told once. For live logs only. */
  readonly skewFound?: (path: string, skewSeconds: number) => void;
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

const PipelineSnapshotSchema = v.strictObject({
  version: v.literal(1),
  aggregator: AggregatorSnapshotSchema,
  logs: v.array(v.strictObject({ path: v.string(), log: LogSnapshotSchema })),
});
export type PipelineSnapshot = v.InferOutput<typeof PipelineSnapshotSchema>;

export interface LogState extends LogCounters {
  readonly path: string;
  readonly format: string;
  /** Its times are off by so many seconds against the clock, positive when ahead of it; null: they are not. */
  readonly skewSeconds: number | null;
  /** The last lines could not be read, and are too many for chance. */
  readonly isUnread: boolean;
  readonly hasRecords: boolean;
}

/** What a replay has counted besides Seconds. */
export interface PipelineCounts {
  /** Those that were read to their end come first. */
  readonly logs: readonly LogState[];
  readonly finishedLogs: number;
  readonly limits: PipelineLimits;
  readonly outside: OutsideRecords;
}

export class Pipeline implements SourceSink {
  readonly #options: PipelineOptions;
  readonly #aggregator: Aggregator;
  readonly #logs = new Map<string, Log>();
  /** Of a replay: logs that were read to their end. A parser may hold a whole buffer in memory. */
  readonly #finishedLogs: LogState[] = [];
  #finishedLines = 0;
  #finishedOutside = NONE_OUTSIDE;

  constructor(options: PipelineOptions) {
    this.#options = options;
    const { consumers, isReplay, latenessSeconds, paths, details = NO_DETAILS } = options;
    this.#aggregator = new Aggregator(new AllConsumers(consumers), {
      ...AGGREGATOR_DEFAULTS,
      ...paths,
      details,
      closesBehindSeconds: isReplay ? latenessSeconds : null,
    });
    if (!isReplay) this.#setNow(this.#nowSeconds());
  }

  open(path: string): GenerationSink {
    if (!this.#logs.has(path) && this.#logs.size >= LOGS_MAX) this.#foldOldest();
    const log = this.#logs.get(path) ?? this.#begin(path, null);
    log.openGenerations++;
    const framer = new LineFramer(this.#options.lineBytesMax, log);
    return {
      preface: (bytes) => log.preface(bytes),
      write: (bytes) => {
        if (this.#options.isReplay) this.#holdFor(log);
        log.beginChunk(this.#options.now());
        framer.write(bytes);
        this.#afterRead(path, log);
      },
      end: (isCut = false) => {
        if (!isCut) framer.end();
        log.openGenerations--;
        this.#afterRead(path, log);
        if (this.#options.isReplay) this.#finishLog(path, log);
      },
      get pendingBytes() {
        return framer.pendingBytes;
      },
    };
  }

  /** Closes the seconds whose time has come. Call it several times a second. */
  advance(): void {
    const nowSeconds = this.#nowSeconds();
    this.#setNow(nowSeconds);
    let watermark = nowSeconds;
    for (const { path, lagBytes, problem } of this.#options.look()) {
      // The clock judges a log that is read to its end, or that can't be read; the log's own time judges a backlog.
      if (lagBytes > 0 && problem === null) {
        const log = this.#logs.get(path);
        if (log?.isTimeless !== true)
          watermark = Math.min(watermark, log?.newestSeconds ?? Number.NEGATIVE_INFINITY);
      }
    }
    this.#aggregator.timeline.closeBefore(watermark - this.#options.latenessSeconds);
  }

  /**
   * The sources have ended: closes all there is, and the quiet seconds before `toSeconds`. Returns the event time up to
   * which everything is told.
   */
  finish(toSeconds = Number.NEGATIVE_INFINITY): number {
    const end = this.#aggregator.timeline.closeAll();
    this.#aggregator.timeline.closeBefore(toSeconds);
    return Math.max(end, toSeconds);
  }

  /** What seconds keep from now on. */
  set details(details: SecondDetails) {
    this.#aggregator.details = details;
  }

  /** How far a log has come, in event time; -Infinity before its first record. */
  newestSecondsOf(path: string): number {
    return this.#logs.get(path)?.newestSeconds ?? Number.NEGATIVE_INFINITY;
  }

  /** A log that is open has nothing before `seconds`. */
  beginsAt(path: string, seconds: number): void {
    const log = this.#logs.get(path);
    if (log !== undefined) log.newestSeconds = Math.max(log.newestSeconds, seconds);
  }

  get lineCount(): number {
    return [...this.#logs.values()].reduce((sum, log) => sum + log.telemetry.lines, this.#finishedLines);
  }

  logs(): LogState[] {
    return [...this.#finishedLogs, ...Array.from(this.#logs, ([path, log]) => stateOf(path, log))];
  }

  limits(): PipelineLimits {
    const { lateRecords, futureRecords, overflowRecords, timeline } = this.#aggregator;
    const { forcedSeconds } = timeline;
    return { lateRecords, futureRecords, otherPathRecords: overflowRecords, forcedSeconds };
  }

  /**
   * For the state database, together with the positions in the logs: the bytes of lines that are not complete are not
   * in it, a position stops before them.
   */
  snapshot(): PipelineSnapshot {
    return {
      version: 1,
      aggregator: this.#aggregator.snapshot(),
      logs: Array.from(this.#logs, ([path, log]) => ({ path, log: log.snapshot() })),
    };
  }

  counts(): PipelineCounts {
    let outside = this.#finishedOutside;
    for (const log of this.#logs.values()) outside = addOutside(outside, log.outside);
    const finishedLogs = this.#finishedLogs.length;
    return { logs: this.logs(), finishedLogs, limits: this.limits(), outside };
  }

  get paths(): Aggregator['paths'] {
    return this.#aggregator.paths;
  }

  /** What was counted so far is told elsewhere: counters of lines, failures and limits begin anew, seconds do not. */
  forgetCounts(): void {
    this.#finishedLogs.length = 0;
    this.#finishedLines = 0;
    this.#finishedOutside = NONE_OUTSIDE;
    this.#aggregator.forgetCounts();
    for (const log of this.#logs.values()) log.forgetCounts();
  }

  /**
   * Goes on from a snapshot, before anything is read. The consumers are told how far time has come; what they hold
   * they restore themselves. False, and nothing changes, when `saved` is no snapshot.
   */
  restore(saved: unknown): boolean {
    if (!v.is(PipelineSnapshotSchema, saved)) return false;
    this.#aggregator.restore(saved.aggregator);
    for (const { path, log: savedLog } of saved.logs) {
      this.#begin(path, savedLog.format).restore(savedLog);
    }
    return true;
  }

  #finishLog(path: string, log: Log): void {
    this.#finishedLogs.push(stateOf(path, log));
    this.#finishedLines += log.telemetry.lines;
    this.#finishedOutside = addOutside(this.#finishedOutside, log.outside);
    this.#logs.delete(path);
  }

  /** Seconds close only as far as all other open logs have come. */
  #holdFor(log: Log): void {
    let holdSeconds = Number.POSITIVE_INFINITY;
    for (const other of this.#logs.values())
      if (other !== log && other.openGenerations > 0)
        holdSeconds = Math.min(holdSeconds, other.newestSeconds);
    this.#aggregator.timeline.holdSeconds = holdSeconds;
  }

  #begin(path: string, saved: string | null): Log {
    const { createParser, isReplay, span = ALL_TIME } = this.#options;
    const log = new Log(path, this.#aggregator, createParser(saved), { span, isReplay });
    this.#logs.set(path, log);
    return log;
  }

  /** Adds the counters of the log that has been quiet for longest, of those not being read, to `FURTHER_LOGS`. */
  #foldOldest(): void {
    const [oldest] = [...this.#logs]
      .filter(([path, log]) => log.openGenerations === 0 && path !== FURTHER_LOGS)
      .toSorted(([, a], [, b]) => (a.telemetry.lastReadMs ?? 0) - (b.telemetry.lastReadMs ?? 0));
    if (oldest === undefined) return;
    const [path, log] = oldest;
    this.#logs.delete(path);
    const further = this.#logs.get(FURTHER_LOGS) ?? this.#begin(FURTHER_LOGS, null);
    further.telemetry.merge(log.telemetry);
  }

  #setNow(nowSeconds: number): void {
    this.#aggregator.nowSeconds = nowSeconds;
    this.#aggregator.timeline.futureSeconds = nowSeconds + FUTURE_SKEW_SECONDS;
  }

  #nowSeconds(): number {
    return Math.floor(this.#options.now() / 1000);
  }

  #afterRead(path: string, log: Log): void {
    this.#aggregator.timeline.closeDue();
    const { parser } = log;
    if (log.hasNewFormat()) this.#options.formatFound(path, parser.name, parser.fit ?? null);
    if (log.hasMismatch()) this.#options.formatMissing?.(path, log.telemetry.failures);
    if (this.#options.skewFound !== undefined) {
      const skewSeconds = log.findSkew(this.#nowSeconds());
      if (skewSeconds !== null) this.#options.skewFound(path, skewSeconds);
    }
    const { isReplay } = this.#options;
    if (!isReplay && this.#aggregator.timeline.openCount > OPEN_SECONDS_BEFORE_LOOK) this.advance();
  }
}

function stateOf(path: string, { parser, telemetry, isUnread, hasRecords, skewSeconds }: Log): LogState {
  const { lines, failures, lastReadMs } = telemetry;
  return { path, format: parser.name, isUnread, hasRecords, skewSeconds, lines, failures, lastReadMs };
}
