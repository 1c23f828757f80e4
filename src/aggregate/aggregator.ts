// Records in, closed Seconds out, in order. Late records make one more Second for a second that is closed already.
import type { AccessRecord } from '../parse/record.ts';
import { PathTable } from './paths.ts';
import type { PathTableLimits } from './paths.ts';
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
    const due = [...this.#open.keys()].filter((time) => time < timeSeconds).toSorted((a, b) => a - b);
    for (const time of due) this.#close(time);
    this.#closedBeforeSeconds = timeSeconds;
    this.#consumer.advanceTo(timeSeconds);
  }

  /** Closes all there is. Returns the end of the last second, or the time it was closed up to before. */
  closeAll(): number {
    const end = Math.max(this.#closedBeforeSeconds, ...[...this.#open.keys()].map((time) => time + 1));
    this.closeBefore(end);
    return end;
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
