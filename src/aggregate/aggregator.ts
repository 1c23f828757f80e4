// Records in, closed Seconds out, in order. Late records make one more Second for a second that is closed already.
import type { AccessRecord } from '../parse/record.ts';
import { PathTable } from './paths.ts';
import type { PathTableLimits } from './paths.ts';
import { OpenSecond, SlotPool } from './second.ts';
import type { SecondConsumer } from './second.ts';

export interface AggregatorLimits extends PathTableLimits {
  /** Seconds open at a time; above it the oldest is closed early. */
  readonly openSecondsMax: number;
}

/** 10,000 distinct paths take about 6 MB. */
export const AGGREGATOR_LIMITS: AggregatorLimits = {
  pathsMax: 10_000,
  seriesMax: 20_000,
  openSecondsMax: 3600,
};

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
  readonly #pool: SlotPool;
  readonly #open = new Map<number, OpenSecond>();
  /** Seconds out of order: late ones, and those of the future. */
  readonly #stray = new Map<number, OpenSecond>();
  /** The second of the last record: most records follow one of the same second. */
  #last = new OpenSecond(Number.NaN);
  #closedBeforeSeconds = Number.NEGATIVE_INFINITY;

  constructor(consumer: SecondConsumer, limits: AggregatorLimits = AGGREGATOR_LIMITS) {
    this.#consumer = consumer;
    this.#limits = limits;
    this.#paths = new PathTable(limits);
    this.#pool = new SlotPool(PathTable.idsMax(limits));
  }

  get openCount(): number {
    return this.#open.size + this.#stray.size;
  }

  get overflowRecords(): number {
    return this.#paths.overflowRecords;
  }

  add(record: AccessRecord): void {
    const series = this.#paths.find(record);
    if (record.timeSeconds !== this.#last.timeSeconds) this.#last = this.#select(record.timeSeconds);
    if (record.timeSeconds < this.#closedBeforeSeconds) this.lateRecords++;
    else if (record.timeSeconds >= this.futureSeconds) this.futureRecords++;
    this.#last.count(series, record.bytesSent, this.#pool);
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
    const isStray = timeSeconds < this.#closedBeforeSeconds || timeSeconds >= this.futureSeconds;
    const seconds = isStray ? this.#stray : this.#open;
    if (!isStray && timeSeconds > this.newestSeconds) this.newestSeconds = timeSeconds;
    const known = seconds.get(timeSeconds);
    if (known !== undefined) return known;
    if (this.openCount >= this.#limits.openSecondsMax) this.#makeRoom();
    const second = new OpenSecond(timeSeconds);
    seconds.set(timeSeconds, second);
    return second;
  }

  #makeRoom(): void {
    if (this.#stray.size > 0) {
      this.#flushStray();
      return;
    }
    this.forcedSeconds++;
    this.closeBefore(Math.min(...this.#open.keys()) + 1);
  }

  #close(timeSeconds: number): void {
    const second = this.#open.get(timeSeconds);
    if (second === undefined) return;
    this.#open.delete(timeSeconds);
    this.#forgetLast();
    this.#consumer.advanceTo(timeSeconds);
    this.#consumer.add(second.close(this.#pool));
  }

  #flushStray(): void {
    if (this.#stray.size === 0) return;
    this.#forgetLast();
    for (const second of this.#stray.values()) this.#consumer.add(second.close(this.#pool));
    this.#stray.clear();
  }

  #forgetLast(): void {
    this.#last = new OpenSecond(Number.NaN);
  }
}
