// The seconds that are open: where a record belongs, when a second closes, and that each is told then, in order.
import { restoreTime, saveTime } from '../saved.ts';
import type { AggregatorOptions } from './aggregator-options.ts';
import type { AggregatorSnapshot } from './aggregator-snapshot.ts';
import { OpenSecond } from './open-second.ts';
import { OpenSeconds } from './open-seconds.ts';
import type { PathTable } from './paths.ts';
import { RequestRun } from './request-run.ts';
import { FEW } from './run-second.ts';
import type { Sample } from './sample.ts';
import { saveSeconds, restoreSeconds } from './saved-seconds.ts';
import { tellRun } from './second.ts';
import type { SecondConsumer, TextNames } from './second.ts';
import type { SeriesTable } from './series-table.ts';

/** Of the open seconds, when there are too many. */
const FORCED_SHARE = 1 / 8;

export type TimelineOptions = Pick<
  AggregatorOptions,
  'openSecondsMax' | 'openSeriesMax' | 'closesBehindSeconds'
>;
export type TimelineSnapshot = Pick<
  AggregatorSnapshot,
  'forcedSeconds' | 'newestSeconds' | 'closedBeforeSeconds' | 'open' | 'stray' | 'failing'
>;

export class Timeline {
  /** Seconds that had to be closed before their time. */
  forcedSeconds = 0;
  /** Newest event time so far, seconds since the epoch; records of the future do not count. */
  newestSeconds = Number.NEGATIVE_INFINITY;
  /** With `closesBehindSeconds`: no second from here on closes, as another log has not come so far yet. */
  holdSeconds = Number.POSITIVE_INFINITY;
  /** Event times from here on are a clock gone wrong: counted, but kept out of the order of seconds. */
  futureSeconds = Number.POSITIVE_INFINITY;
  closedBeforeSeconds = Number.NEGATIVE_INFINITY;
  /** Open seconds with few requests, all of them later than those in `#open`. The first may be due already. */
  readonly run: RequestRun;
  readonly #consumer: SecondConsumer;
  readonly #options: TimelineOptions;
  readonly #open: OpenSeconds;
  /** Seconds out of order: late ones, and those of the future. */
  readonly #stray: OpenSeconds;
  /** What was read in a second and is no record, whatever second its neighbours tell. */
  readonly #failing: OpenSeconds;
  /** Stands where no second is at hand; its time equals none. */
  readonly #noSecond: OpenSecond;
  /** The second of the last record, unless that is in the run: most records follow one of the same second. */
  #last: OpenSecond;
  /** Series in all open seconds; of the last one, those that it had when it was selected. */
  #openSeries = 0;
  #lastSeriesBefore = 0;
  /** Every second before that is due; those of the run may not have been told yet. */
  #dueSeconds = Number.NEGATIVE_INFINITY;

  constructor(
    consumer: SecondConsumer,
    options: TimelineOptions,
    { series, texts }: { readonly series: SeriesTable; readonly texts: TextNames },
  ) {
    this.#consumer = consumer;
    this.#options = options;
    this.run = new RequestRun(series, texts);
    for (const names of [series, texts]) names.beforeForgetting(() => this.leaveRun());
    this.#open = new OpenSeconds(series, texts);
    this.#stray = new OpenSeconds(series, texts);
    this.#failing = new OpenSeconds(series, texts);
    this.#last = this.#noSecond = new OpenSecond(series, texts);
  }

  /** At least as many as there are seconds open. */
  get openCount(): number {
    return this.#open.count + this.#stray.count + this.run.count;
  }

  /** Opens the second of a record, if need be; null: the record is to be counted in the run, which goes on with that second. */
  secondOf(timeSeconds: number): OpenSecond | null {
    if (timeSeconds === this.#last.timeSeconds) return this.#last;
    return this.#goesToRun(timeSeconds) ? null : this.openSecondOf(timeSeconds);
  }

  /** The same for a record that can't be counted in the run. */
  openSecondOf(timeSeconds: number): OpenSecond {
    return (this.#last = this.#select(timeSeconds));
  }

  /** Opens the second in which lines that are no record were read, if need be. */
  failingSecond(timeSeconds: number): OpenSecond {
    this.leaveRun();
    return this.#failing.find(timeSeconds) ?? this.#failing.begin(timeSeconds);
  }

  /** Closes every second before `timeSeconds`, oldest first, or as many as the consumer has room for. Going back does nothing. */
  closeBefore(timeSeconds: number): void {
    if (this.#stray.count > 0) this.#tellBefore(this.#stray, Number.POSITIVE_INFINITY, true);
    if (timeSeconds <= this.closedBeforeSeconds) return;
    this.#tellBefore(this.#open, timeSeconds, true);
    const end = Math.min(timeSeconds, this.#open.oldestSeconds);
    if (end > this.closedBeforeSeconds) this.#closeRest(end);
  }

  /** Closes what the records have closed so far: they leave it at that for a while. */
  closeDue(): void {
    if (this.#dueSeconds > this.closedBeforeSeconds) this.closeBefore(this.#dueSeconds);
  }

  /** Closes all there is. Returns the end of the last second, or the time it was closed up to before. */
  closeAll(): number {
    this.leaveRun();
    const newest = this.#open.all().at(-1);
    const end = newest === undefined ? this.closedBeforeSeconds : newest.timeSeconds + 1;
    this.#closeNow(Math.max(end, this.closedBeforeSeconds));
    return this.closedBeforeSeconds;
  }

  /** The seconds of the run become ones that take whatever comes. */
  leaveRun(): void {
    this.closeDue();
    if (this.run.count > 0) this.#openSeries += this.run.moveTo(this.#open);
  }

  /** Of the seconds that are not told yet, those of the run aside. */
  *seriesInUse(): Iterable<number> {
    yield* this.#open.seriesInUse();
    yield* this.#stray.seriesInUse();
  }

  /** The same, the newest first. */
  samplesInUse(): Sample[] {
    return [...this.#open.samples(), ...this.#stray.samples()];
  }

  snapshot(): TimelineSnapshot {
    this.leaveRun();
    return {
      forcedSeconds: this.forcedSeconds,
      newestSeconds: saveTime(this.newestSeconds),
      closedBeforeSeconds: saveTime(this.closedBeforeSeconds),
      open: saveSeconds(this.#open.all()),
      stray: saveSeconds(this.#stray.all()),
      failing: saveSeconds(this.#failing.all()),
    };
  }

  /** Goes on from a snapshot; for one that has seen nothing yet. Tells the consumer how far time has come. */
  restore(saved: TimelineSnapshot, paths: PathTable): void {
    this.forcedSeconds = saved.forcedSeconds;
    this.newestSeconds = restoreTime(saved.newestSeconds);
    this.closedBeforeSeconds = restoreTime(saved.closedBeforeSeconds);
    const nowSeconds = this.newestSeconds;
    for (const [seconds, open] of [
      [saved.open, this.#open],
      [saved.stray, this.#stray],
      [saved.failing, this.#failing],
    ] as const) {
      if (seconds === undefined) continue;
      restoreSeconds(seconds, { paths, open, nowSeconds });
      for (const second of open.all()) this.#openSeries += second.seriesCount;
    }
    if (saved.closedBeforeSeconds !== null) this.#consumer.advanceTo(saved.closedBeforeSeconds);
  }

  /** Whether a record of `timeSeconds` is to be counted in the run; otherwise that is left. */
  #goesToRun(timeSeconds: number): boolean {
    if (this.run.goesOn(timeSeconds)) return true;
    const isQuiet = this.#last.requests <= FEW;
    this.#leaveLast();
    if (timeSeconds <= this.newestSeconds || !isQuiet || !this.#isInOrder(timeSeconds)) {
      this.leaveRun();
      return false;
    }
    this.newestSeconds = timeSeconds;
    const { closesBehindSeconds } = this.#options;
    const dueSeconds = Math.min(timeSeconds, this.holdSeconds) - (closesBehindSeconds ?? Infinity);
    if (dueSeconds > this.#dueSeconds) this.#dueSeconds = dueSeconds;
    this.run.begin(timeSeconds);
    return true;
  }

  /** No second before is anything but open, nor what is read now anything but a new one, for which there is room. */
  #isInOrder(timeSeconds: number): boolean {
    if (this.#stray.count > 0 || this.#failing.count > 0) return false;
    // The consumers are told where time begins, before anything waits.
    const isBegun = this.closedBeforeSeconds > Number.NEGATIVE_INFINITY;
    if (!isBegun || timeSeconds < this.closedBeforeSeconds || timeSeconds >= this.futureSeconds) return false;
    if (!this.#hasRoom()) this.closeDue();
    return this.#hasRoom();
  }

  #hasRoom(): boolean {
    const { openSecondsMax, openSeriesMax } = this.#options;
    const { count, isFull } = this.run;
    return !isFull && this.#open.count + count < openSecondsMax && this.#openSeries + count < openSeriesMax;
  }

  #tellRunBefore(timeSeconds: number): void {
    const count = this.run.countBefore(timeSeconds);
    if (count === 0) return;
    tellRun(this.#consumer, this.run, count, this.closedBeforeSeconds);
    this.run.drop(count);
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
    const isStray = timeSeconds < this.closedBeforeSeconds || timeSeconds >= this.futureSeconds;
    if (isStray) return this.#stray.begin(timeSeconds);
    if (timeSeconds > this.newestSeconds) {
      this.newestSeconds = timeSeconds;
      if (closesBehindSeconds !== null)
        this.closeBefore(Math.min(timeSeconds, this.holdSeconds) - closesBehindSeconds);
    }
    return this.#open.begin(timeSeconds);
  }

  /** Closes the oldest part, not only the oldest: what is full will soon be full again. */
  #makeRoom(): void {
    if (this.#stray.count > 0) {
      this.#tellBefore(this.#stray, Number.POSITIVE_INFINITY);
      return;
    }
    const open = this.#open.all();
    const closeCount = Math.ceil(open.length * FORCED_SHARE);
    this.forcedSeconds += closeCount;
    this.#closeNow((open[closeCount - 1]?.timeSeconds ?? 0) + 1);
  }

  /** Whether the consumer has room or not. */
  #closeNow(timeSeconds: number): void {
    if (this.#stray.count > 0) this.#tellBefore(this.#stray, Number.POSITIVE_INFINITY);
    this.#tellBefore(this.#open, timeSeconds);
    if (timeSeconds > this.closedBeforeSeconds) this.#closeRest(timeSeconds);
  }

  /** No second before `timeSeconds` is open any more but those of the run. */
  #closeRest(timeSeconds: number): void {
    if (this.run.count > 0) this.#tellRunBefore(timeSeconds);
    if (this.#failing.count > 0) this.#tellBefore(this.#failing, timeSeconds);
    this.closedBeforeSeconds = timeSeconds;
    this.#consumer.advanceTo(timeSeconds);
  }

  /** Tells of the seconds before `timeSeconds`; `isPatient`: as long as the consumer has room. */
  #tellBefore(seconds: OpenSeconds, timeSeconds: number, isPatient = false): void {
    for (;;) {
      if (isPatient && this.#consumer.isFull === true) return;
      const second = seconds.takeBefore(timeSeconds);
      if (second === undefined) return;
      if (second === this.#last) this.#leaveLast();
      this.#openSeries -= second.seriesCount;
      if (seconds === this.#open && this.#failing.count > 0)
        this.#tellBefore(this.#failing, second.timeSeconds);
      if (seconds !== this.#stray && second.timeSeconds > this.closedBeforeSeconds)
        this.#consumer.advanceTo(second.timeSeconds);
      this.#consumer.add(second);
      seconds.giveBack(second);
    }
  }

  #leaveLast(): void {
    this.#openSeries += this.#last.seriesCount - this.#lastSeriesBefore;
    this.#last.leave();
    this.#last = this.#noSecond;
    this.#lastSeriesBefore = 0;
  }
}
