// Records in, closed Seconds out, in order. Late records make one more Second for a second that is closed already.
import * as v from 'valibot';
import type { AccessRecord } from '../parse/record.ts';
import { CountSchema, restoreTime, saveTime, WholeSchema } from '../saved.ts';
import { WordView } from '../parse/words.ts';
import { AGGREGATOR_DEFAULTS } from './aggregator-options.ts';
import type { AggregatorOptions, SecondDetails } from './aggregator-options.ts';
import { OpenSecond } from './open-second.ts';
import { OpenSeconds } from './open-seconds.ts';
import { hashWords } from './path-keys.ts';
import { PathTable } from './paths.ts';
import { NO_LINE } from './sampled-lines.ts';
import { restoreSeconds, SavedSecondsSchema, saveSeconds } from './saved-seconds.ts';
import { SampleTexts } from './sample-texts.ts';
import type { Sample } from './sample.ts';
import type { SecondConsumer } from './second.ts';

export const AggregatorSnapshotSchema = v.strictObject({
  lateRecords: CountSchema,
  futureRecords: CountSchema,
  forcedSeconds: CountSchema,
  overflowRecords: CountSchema,
  /** Null while there is none, here and below. */
  newestSeconds: v.nullable(WholeSchema),
  closedBeforeSeconds: v.nullable(WholeSchema),
  open: SavedSecondsSchema,
  stray: SavedSecondsSchema,
  failing: v.optional(SavedSecondsSchema),
});
export type AggregatorSnapshot = v.InferOutput<typeof AggregatorSnapshotSchema>;

/** Of the open seconds, when there are too many. */
const FORCED_SHARE = 1 / 8;

export class Aggregator {
  /** Records of a second that was closed already. */
  lateRecords = 0;
  /** Records above `futureSeconds`. */
  futureRecords = 0;
  /** Seconds that had to be closed before their time. */
  forcedSeconds = 0;
  /** Newest event time so far, seconds since the epoch; records of the future do not count. */
  newestSeconds = Number.NEGATIVE_INFINITY;
  /** With `closesBehindSeconds`: no second from here on closes, as another log has not come so far yet. */
  holdSeconds = Number.POSITIVE_INFINITY;
  /** The time of the clock, where one has a say; what is read and has no time of its own is of now. */
  nowSeconds = Number.NEGATIVE_INFINITY;
  /** Event times from here on are a clock gone wrong: counted, but kept out of the order of seconds. */
  futureSeconds = Number.POSITIVE_INFINITY;
  readonly #consumer: SecondConsumer;
  readonly #options: AggregatorOptions;
  /** May change at any time. */
  details: SecondDetails;
  readonly #texts = new SampleTexts(() => this.#openSamples());
  readonly #words = new WordView();
  readonly #paths: PathTable;
  readonly #open: OpenSeconds;
  /** Seconds out of order: late ones, and those of the future. */
  readonly #stray: OpenSeconds;
  /** What was read in a second and is no record, whatever second its neighbours tell. */
  readonly #failing: OpenSeconds;
  /** Stands where no second is at hand; its time equals none. */
  readonly #noSecond: OpenSecond;
  /** The second of the last record: most records follow one of the same second. */
  #last: OpenSecond;
  /** Series in all open seconds; of the last one, those that it had when it was selected. */
  #openSeries = 0;
  #lastSeriesBefore = 0;
  #lastStamp = 0;
  #closedBeforeSeconds = Number.NEGATIVE_INFINITY;

  constructor(consumer: SecondConsumer, options: AggregatorOptions = AGGREGATOR_DEFAULTS) {
    this.#consumer = consumer;
    this.#options = options;
    this.details = options.details;
    this.#paths = new PathTable(options, () => this.#openSeriesIds());
    const { series } = this.#paths;
    this.#open = new OpenSeconds(series, this.#texts);
    this.#stray = new OpenSeconds(series, this.#texts);
    this.#failing = new OpenSeconds(series, this.#texts);
    this.#last = this.#noSecond = new OpenSecond(series, this.#texts);
  }

  get openCount(): number {
    return this.#open.count + this.#stray.count;
  }

  get overflowRecords(): number {
    return this.#paths.overflowRecords;
  }

  get paths(): Pick<PathTable, 'wasFull' | 'use'> {
    return this.#paths;
  }

  /** What it has counted so far is told elsewhere; what it holds stays. */
  forgetCounts(): void {
    this.lateRecords = this.futureRecords = this.forcedSeconds = this.#paths.overflowRecords = 0;
  }

  add(record: AccessRecord): void {
    if (record.timeSeconds !== this.#last.timeSeconds) this.#last = this.#select(record.timeSeconds);
    if (record.timeSeconds < this.#closedBeforeSeconds) this.lateRecords++;
    else if (record.timeSeconds >= this.futureSeconds) this.futureRecords++;
    const seriesId = this.#paths.find(record, this.newestSeconds);
    this.#last.count(seriesId, 1, record.bytesSent);
    this.#last.countLatency(seriesId, record.latencyMs);
    const { hasSamples, hasClients } = this.details;
    if (hasClients) this.#last.clients.push(seriesId, this.#hashClient(record));
    if (hasSamples) {
      const sample = this.#last.sampleFor(record.status);
      if (sample.isWanted()) this.#keep(sample, seriesId, record);
    }
  }

  /** A line that is no record, of the log `sourceId`, was read at `timeSeconds`. */
  addFailure(sourceId: number, timeSeconds: number): void {
    const second = this.#failing.find(timeSeconds) ?? this.#failing.begin(timeSeconds, ++this.#lastStamp);
    second.countFailure(sourceId);
  }

  /** What `sourceId` of a record is to be for the log at `path`. */
  sourceIdOf(path: string): number {
    return this.details.hasSources ? this.#paths.series.sources.idOf(path) : 0;
  }

  /** Closes every second before `timeSeconds`, oldest first. Going back does nothing. */
  closeBefore(timeSeconds: number): void {
    if (this.#stray.count > 0) this.#flushStray();
    if (timeSeconds <= this.#closedBeforeSeconds) return;
    for (;;) {
      const second = this.#open.takeBefore(timeSeconds);
      if (second === undefined) break;
      if (second === this.#last) this.#leaveLast();
      this.#openSeries -= second.seriesCount;
      if (this.#failing.count > 0) this.#flushFailing(second.timeSeconds);
      if (second.timeSeconds > this.#closedBeforeSeconds) this.#consumer.advanceTo(second.timeSeconds);
      this.#consumer.add(second);
      this.#open.giveBack(second);
    }
    if (this.#failing.count > 0) this.#flushFailing(timeSeconds);
    this.#closedBeforeSeconds = timeSeconds;
    this.#consumer.advanceTo(timeSeconds);
  }

  /** Closes all there is. Returns the end of the last second, or the time it was closed up to before. */
  closeAll(): number {
    const newest = this.#open.all().at(-1);
    const end = newest === undefined ? this.#closedBeforeSeconds : newest.timeSeconds + 1;
    this.closeBefore(Math.max(end, this.#closedBeforeSeconds));
    return this.#closedBeforeSeconds;
  }

  /**
   * Everything but the table of paths, which would be large: after a restart a table that was full has room again,
   * so requests that would have been `(other)` may be counted under their own path.
   */
  snapshot(): AggregatorSnapshot {
    const { lateRecords, futureRecords, forcedSeconds, overflowRecords } = this;
    return {
      lateRecords,
      futureRecords,
      forcedSeconds,
      overflowRecords,
      newestSeconds: saveTime(this.newestSeconds),
      closedBeforeSeconds: saveTime(this.#closedBeforeSeconds),
      open: saveSeconds(this.#open.all()),
      stray: saveSeconds(this.#stray.all()),
      failing: saveSeconds(this.#failing.all()),
    };
  }

  /** Goes on from a snapshot; for an aggregator that has seen nothing yet. Tells the consumer how far time has come. */
  restore(saved: AggregatorSnapshot): void {
    this.lateRecords = saved.lateRecords;
    this.futureRecords = saved.futureRecords;
    this.forcedSeconds = saved.forcedSeconds;
    this.newestSeconds = restoreTime(saved.newestSeconds);
    this.#closedBeforeSeconds = restoreTime(saved.closedBeforeSeconds);
    const { newestSeconds } = this;
    for (const [seconds, open] of [
      [saved.open, this.#open],
      [saved.stray, this.#stray],
      [saved.failing, this.#failing],
    ] as const) {
      if (seconds === undefined) continue;
      const begin = (timeSeconds: number): OpenSecond => open.begin(timeSeconds, ++this.#lastStamp);
      restoreSeconds(seconds, { paths: this.#paths, begin, nowSeconds: newestSeconds });
      for (const second of open.all()) this.#openSeries += second.seriesCount;
    }
    // Interning the saved names again may have counted some.
    this.#paths.overflowRecords = saved.overflowRecords;
    if (saved.closedBeforeSeconds !== null) this.#consumer.advanceTo(saved.closedBeforeSeconds);
  }

  #keep(sample: Sample, seriesId: number, record: AccessRecord): void {
    const client = this.#texts.clientIdOf(record);
    const agent = this.#texts.agentIdOf(record);
    const line = sample.isLineWanted() ? this.details.lines?.keep(record) : NO_LINE;
    sample.keep(seriesId, record.latencyMs, client, agent, line ?? NO_LINE);
  }

  #hashClient({ bytes, clientStart, clientEnd }: AccessRecord): number {
    return hashWords(this.#words.of(bytes), clientStart, clientEnd);
  }

  #select(timeSeconds: number): OpenSecond {
    this.#leaveLast();
    // In order, as most logs are, a second that is not the last one's has not been before.
    const known =
      timeSeconds > this.newestSeconds && this.#stray.count === 0
        ? undefined
        : (this.#open.find(timeSeconds) ?? this.#stray.find(timeSeconds));
    const second = known ?? this.#begin(timeSeconds);
    this.#lastSeriesBefore = second.seriesCount;
    return second;
  }

  #begin(timeSeconds: number): OpenSecond {
    const { openSecondsMax, openSeriesMax, closesBehindSeconds } = this.#options;
    if (this.openCount >= openSecondsMax || this.#openSeries >= openSeriesMax) this.#makeRoom();
    const isStray = timeSeconds < this.#closedBeforeSeconds || timeSeconds >= this.futureSeconds;
    if (isStray) return this.#stray.begin(timeSeconds, ++this.#lastStamp);
    if (timeSeconds > this.newestSeconds) {
      this.newestSeconds = timeSeconds;
      if (closesBehindSeconds !== null)
        this.closeBefore(Math.min(timeSeconds, this.holdSeconds) - closesBehindSeconds);
    }
    return this.#open.begin(timeSeconds, ++this.#lastStamp);
  }

  /** Closes the oldest part, not only the oldest: what is full will soon be full again. */
  #makeRoom(): void {
    if (this.#stray.count > 0) {
      this.#flushStray();
      return;
    }
    const open = this.#open.all();
    const closeCount = Math.ceil(open.length * FORCED_SHARE);
    this.forcedSeconds += closeCount;
    this.closeBefore((open[closeCount - 1]?.timeSeconds ?? 0) + 1);
  }

  #flushFailing(beforeSeconds: number): void {
    for (;;) {
      const second = this.#failing.takeBefore(beforeSeconds);
      if (second === undefined) return;
      if (second.timeSeconds > this.#closedBeforeSeconds) this.#consumer.advanceTo(second.timeSeconds);
      this.#consumer.add(second);
      this.#failing.giveBack(second);
    }
  }

  #flushStray(): void {
    for (;;) {
      const second = this.#stray.takeBefore(Number.POSITIVE_INFINITY);
      if (second === undefined) return;
      if (second === this.#last) this.#leaveLast();
      this.#openSeries -= second.seriesCount;
      this.#consumer.add(second);
      this.#stray.giveBack(second);
    }
  }

  /** Of the seconds that are not told yet, newest first; so `#last` is among them. */
  *#openSamples(): Iterable<Sample> {
    for (const second of [...this.#stray.all(), ...this.#open.all()].toReversed()) yield* second.samples;
  }

  *#openSeriesIds(): Iterable<number> {
    for (const second of [...this.#open.all(), ...this.#stray.all()]) {
      yield* second.seriesIds.subarray(0, second.seriesCount);
    }
  }

  #leaveLast(): void {
    this.#openSeries += this.#last.seriesCount - this.#lastSeriesBefore;
    this.#last.leave();
    this.#last = this.#noSecond;
    this.#lastSeriesBefore = 0;
  }
}
