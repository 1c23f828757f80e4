// Records in, closed Seconds out, in order. Late records make one more Second for a second that is closed already.
import * as v from 'valibot';
import type { AccessRecord } from '../parse/record.ts';
import { CountSchema, restoreTime, saveTime, WholeSchema } from '../saved.ts';
import { PathTable } from './paths.ts';
import type { PathTableLimits } from './paths.ts';
import { restoreSeconds, SavedSecondsSchema, saveSeconds } from './saved-seconds.ts';
import { OpenSecond } from './second.ts';
import type { SecondConsumer } from './second.ts';

export interface AggregatorLimits extends PathTableLimits {
  /** Seconds open at a time; above it the oldest are closed early. */
  readonly openSecondsMax: number;
  /** Series in all open seconds together; above it likewise. */
  readonly openSeriesMax: number;
}

/** 10,000 distinct paths take about 6 MB, 500,000 open series about 25 MB. */
export const AGGREGATOR_LIMITS: AggregatorLimits = {
  pathsMax: 10_000,
  seriesMax: 20_000,
  openSecondsMax: 3600,
  openSeriesMax: 500_000,
};

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
});
export type AggregatorSnapshot = v.InferOutput<typeof AggregatorSnapshotSchema>;

/** Of the open seconds, when there are too many. */
const FORCED_SHARE = 1 / 8;

/** Stands where no second is at hand; its time equals none. */
const NO_SECOND = new OpenSecond(Number.NaN);

export class Aggregator {
  /** Records of a second that was closed already. */
  lateRecords = 0;
  /** Records above `futureSeconds`. */
  futureRecords = 0;
  /** Seconds that had to be closed before their time. */
  forcedSeconds = 0;
  /** Newest event time so far, seconds since the epoch; records of the future do not count. */
  newestSeconds = Number.NEGATIVE_INFINITY;
  /** Event times from here on are a clock gone wrong: counted, but kept out of the order of seconds. */
  futureSeconds = Number.POSITIVE_INFINITY;
  readonly #consumer: SecondConsumer;
  readonly #limits: AggregatorLimits;
  readonly #paths: PathTable;
  readonly #open = new Map<number, OpenSecond>();
  /** Seconds out of order: late ones, and those of the future. */
  readonly #stray = new Map<number, OpenSecond>();
  /** The second of the last record: most records follow one of the same second. */
  #last = NO_SECOND;
  /** Series in all open seconds; of the last one, those that it had when it was selected. */
  #openSeries = 0;
  #lastSeriesBefore = 0;
  #closedBeforeSeconds = Number.NEGATIVE_INFINITY;

  constructor(consumer: SecondConsumer, limits: AggregatorLimits = AGGREGATOR_LIMITS) {
    this.#consumer = consumer;
    this.#limits = limits;
    this.#paths = new PathTable(limits);
  }

  get openCount(): number {
    return this.#open.size + this.#stray.size;
  }

  get overflowRecords(): number {
    return this.#paths.overflowRecords;
  }

  add(record: AccessRecord): void {
    if (record.timeSeconds !== this.#last.timeSeconds) this.#last = this.#select(record.timeSeconds);
    if (record.timeSeconds < this.#closedBeforeSeconds) this.lateRecords++;
    else if (record.timeSeconds >= this.futureSeconds) this.futureRecords++;
    this.#last.count(this.#paths.find(record, this.newestSeconds), record.bytesSent);
  }

  /** Closes every second before `timeSeconds`, oldest first. Going back does nothing. */
  closeBefore(timeSeconds: number): void {
    this.#flushStray();
    if (timeSeconds <= this.#closedBeforeSeconds) return;
    for (const time of this.#dueBefore(timeSeconds)) this.#close(time);
    this.#closedBeforeSeconds = timeSeconds;
    this.#consumer.advanceTo(timeSeconds);
  }

  /** Closes all there is. Returns the end of the last second, or the time it was closed up to before. */
  closeAll(): number {
    const end = Math.max(this.#closedBeforeSeconds, ...[...this.#open.keys()].map((time) => time + 1));
    this.closeBefore(end);
    return end;
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
      open: saveSeconds(this.#open.values()),
      stray: saveSeconds(this.#stray.values()),
    };
  }

  /** Goes on from a snapshot; for an aggregator that has seen nothing yet. Tells the consumer how far time has come. */
  restore(saved: AggregatorSnapshot): void {
    this.lateRecords = saved.lateRecords;
    this.futureRecords = saved.futureRecords;
    this.forcedSeconds = saved.forcedSeconds;
    this.newestSeconds = restoreTime(saved.newestSeconds);
    this.#closedBeforeSeconds = restoreTime(saved.closedBeforeSeconds);
    for (const [seconds, map] of [
      [saved.open, this.#open],
      [saved.stray, this.#stray],
    ] as const) {
      for (const second of restoreSeconds(seconds, this.#paths, this.newestSeconds)) {
        map.set(second.timeSeconds, second);
        this.#openSeries += second.series.length;
      }
    }
    // Interning the saved names again may have counted some.
    this.#paths.overflowRecords = saved.overflowRecords;
    if (saved.closedBeforeSeconds !== null) this.#consumer.advanceTo(saved.closedBeforeSeconds);
  }

  #select(timeSeconds: number): OpenSecond {
    this.#leaveLast();
    const second = this.#open.get(timeSeconds) ?? this.#stray.get(timeSeconds) ?? this.#begin(timeSeconds);
    this.#lastSeriesBefore = second.series.length;
    return second;
  }

  #begin(timeSeconds: number): OpenSecond {
    const { openSecondsMax, openSeriesMax } = this.#limits;
    if (this.openCount >= openSecondsMax || this.#openSeries >= openSeriesMax) this.#makeRoom();
    const second = new OpenSecond(timeSeconds);
    if (timeSeconds < this.#closedBeforeSeconds || timeSeconds >= this.futureSeconds) {
      this.#stray.set(timeSeconds, second);
      return second;
    }
    this.newestSeconds = Math.max(this.newestSeconds, timeSeconds);
    this.#open.set(timeSeconds, second);
    return second;
  }

  /** Closes the oldest part, not only the oldest: what is full will soon be full again. */
  #makeRoom(): void {
    if (this.#stray.size > 0) {
      this.#flushStray();
      return;
    }
    const times = [...this.#open.keys()].toSorted((a, b) => a - b);
    const closeCount = Math.ceil(times.length * FORCED_SHARE);
    this.forcedSeconds += closeCount;
    this.closeBefore((times[closeCount - 1] ?? 0) + 1);
  }

  /** Ascending. Seconds mostly begin in order, and then there is nothing to sort. */
  #dueBefore(timeSeconds: number): number[] {
    const due: number[] = [];
    let isInOrder = true;
    for (const time of this.#open.keys()) {
      if (time >= timeSeconds) continue;
      if (time < (due.at(-1) ?? time)) isInOrder = false;
      due.push(time);
    }
    return isInOrder ? due : due.toSorted((a, b) => a - b);
  }

  #close(timeSeconds: number): void {
    const second = this.#open.get(timeSeconds);
    if (second === undefined) return;
    this.#leaveLast();
    this.#open.delete(timeSeconds);
    this.#openSeries -= second.series.length;
    this.#consumer.advanceTo(timeSeconds);
    this.#consumer.add(second);
  }

  #flushStray(): void {
    if (this.#stray.size === 0) return;
    this.#leaveLast();
    for (const second of this.#stray.values()) {
      this.#openSeries -= second.series.length;
      this.#consumer.add(second);
    }
    this.#stray.clear();
  }

  #leaveLast(): void {
    this.#openSeries += this.#last.series.length - this.#lastSeriesBefore;
    this.#last = NO_SECOND;
    this.#lastSeriesBefore = 0;
  }
}
