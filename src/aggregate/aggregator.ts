// Records in, closed Seconds out, in order. Late records make one more Second for a second that is closed already.
import type { AccessRecord } from '../parse/record.ts';
import { restoreTime, saveTime } from '../saved.ts';
import { AGGREGATOR_DEFAULTS } from './aggregator-options.ts';
import type { AggregatorOptions, SecondDetails } from './aggregator-options.ts';
import type { AggregatorSnapshot } from './aggregator-snapshot.ts';
import { OpenSecond } from './open-second.ts';
import { OpenSeconds } from './open-seconds.ts';
import { PathTable } from './paths.ts';
import { RecordCounter } from './record-counter.ts';
import { RequestRun } from './request-run.ts';
import { FEW } from './run-second.ts';
import { restoreSeconds, saveSeconds } from './saved-seconds.ts';
import { SampleTexts } from './sample-texts.ts';
import { tellRun } from './second.ts';
import type { SecondConsumer } from './second.ts';

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
  readonly #texts = new SampleTexts(() => [...this.#open.samples(), ...this.#stray.samples()]);
  readonly #counter: RecordCounter;
  readonly #paths: PathTable;
  readonly #open: OpenSeconds;
  /** Open seconds too, those with few requests: all of them later than the ones in `#open`. The first may be due already. */
  readonly #run: RequestRun;
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
  #closedBeforeSeconds = Number.NEGATIVE_INFINITY;
  /** Every second before that is due; those of the run may not have been told yet. */
  #dueSeconds = Number.NEGATIVE_INFINITY;

  constructor(consumer: SecondConsumer, options: AggregatorOptions = AGGREGATOR_DEFAULTS) {
    this.#consumer = consumer;
    this.#options = options;
    this.#counter = new RecordCounter(options.details, this.#texts);
    this.#paths = new PathTable(options, () => [...this.#open.seriesInUse(), ...this.#stray.seriesInUse()]);
    const { series } = this.#paths;
    this.#run = new RequestRun(series, this.#texts);
    this.#run.details = options.details;
    for (const names of [series, this.#texts]) names.beforeForgetting(() => this.#leaveRun());
    this.#open = new OpenSeconds(series, this.#texts);
    this.#stray = new OpenSeconds(series, this.#texts);
    this.#failing = new OpenSeconds(series, this.#texts);
    this.#last = this.#noSecond = new OpenSecond(series, this.#texts);
  }

  /** At least as many as there are seconds open. */
  get openCount(): number {
    return this.#open.count + this.#stray.count + this.#run.count;
  }

  get details(): SecondDetails {
    return this.#counter.details;
  }

  /** May change at any time. */
  set details(details: SecondDetails) {
    this.#leaveRun();
    this.#counter.details = this.#run.details = details;
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
    const { timeSeconds } = record;
    if (timeSeconds !== this.#last.timeSeconds && !this.#goesToRun(timeSeconds))
      this.#last = this.#select(timeSeconds);
    const seriesId = this.#paths.find(record, this.newestSeconds);
    if (timeSeconds !== this.#last.timeSeconds) {
      if (this.#counter.pushTo(this.#run, seriesId, record)) return;
      this.#last = this.#select(timeSeconds);
    }
    if (timeSeconds < this.#closedBeforeSeconds) this.lateRecords++;
    else if (timeSeconds >= this.futureSeconds) this.futureRecords++;
    this.#counter.countIn(this.#last, seriesId, record);
  }

  /** A line that is no record, of the log `sourceId`, was read at `timeSeconds`. */
  addFailure(sourceId: number, timeSeconds: number): void {
    this.#leaveRun();
    (this.#failing.find(timeSeconds) ?? this.#failing.begin(timeSeconds)).countFailure(sourceId);
  }

  /** What `sourceId` of a record is to be for the log at `path`. */
  sourceIdOf(path: string): number {
    return this.details.hasSources ? this.#paths.series.sources.idOf(path) : 0;
  }

  /** Closes every second before `timeSeconds`, oldest first. Going back does nothing. */
  closeBefore(timeSeconds: number): void {
    if (this.#stray.count > 0) this.#tellBefore(this.#stray, Number.POSITIVE_INFINITY);
    if (timeSeconds <= this.#closedBeforeSeconds) return;
    this.#tellBefore(this.#open, timeSeconds);
    if (this.#run.count > 0) this.#tellRunBefore(timeSeconds);
    if (this.#failing.count > 0) this.#tellBefore(this.#failing, timeSeconds);
    this.#closedBeforeSeconds = timeSeconds;
    this.#consumer.advanceTo(timeSeconds);
  }

  /** Closes what the records have closed so far: they leave it at that for a while. */
  closeDue(): void {
    if (this.#dueSeconds > this.#closedBeforeSeconds) this.closeBefore(this.#dueSeconds);
  }

  /** Closes all there is. Returns the end of the last second, or the time it was closed up to before. */
  closeAll(): number {
    this.#leaveRun();
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
    this.#leaveRun();
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
      restoreSeconds(seconds, { paths: this.#paths, open, nowSeconds: newestSeconds });
      for (const second of open.all()) this.#openSeries += second.seriesCount;
    }
    // Interning the saved names again may have counted some.
    this.#paths.overflowRecords = saved.overflowRecords;
    if (saved.closedBeforeSeconds !== null) this.#consumer.advanceTo(saved.closedBeforeSeconds);
  }

  /** Whether a record of `timeSeconds` is to be counted in the run; otherwise that is left. */
  #goesToRun(timeSeconds: number): boolean {
    if (this.#run.goesOn(timeSeconds)) return true;
    const isQuiet = this.#last.requests <= FEW;
    this.#leaveLast();
    if (timeSeconds <= this.newestSeconds || !isQuiet || !this.#isInOrder(timeSeconds)) {
      this.#leaveRun();
      return false;
    }
    this.newestSeconds = timeSeconds;
    const { closesBehindSeconds } = this.#options;
    const dueSeconds = Math.min(timeSeconds, this.holdSeconds) - (closesBehindSeconds ?? Infinity);
    if (dueSeconds > this.#dueSeconds) this.#dueSeconds = dueSeconds;
    this.#run.begin(timeSeconds);
    return true;
  }

  /** No second before is anything but open, nor what is read now anything but a new one, for which there is room. */
  #isInOrder(timeSeconds: number): boolean {
    if (this.#stray.count > 0 || this.#failing.count > 0) return false;
    // The consumers are told where time begins, before anything waits.
    const isBegun = this.#closedBeforeSeconds > Number.NEGATIVE_INFINITY;
    if (!isBegun || timeSeconds < this.#closedBeforeSeconds || timeSeconds >= this.futureSeconds)
      return false;
    if (!this.#hasRoom()) this.closeDue();
    return this.#hasRoom();
  }

  #hasRoom(): boolean {
    const { openSecondsMax, openSeriesMax } = this.#options;
    const { count, isFull } = this.#run;
    return !isFull && this.#open.count + count < openSecondsMax && this.#openSeries + count < openSeriesMax;
  }

  #tellRunBefore(timeSeconds: number): void {
    const count = this.#run.countBefore(timeSeconds);
    if (count === 0) return;
    tellRun(this.#consumer, this.#run, count, this.#closedBeforeSeconds);
    this.#run.drop(count);
  }

  /** Its seconds become ones that take whatever comes. */
  #leaveRun(): void {
    this.closeDue();
    if (this.#run.count > 0) this.#openSeries += this.#run.moveTo(this.#open);
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
    this.closeBefore((open[closeCount - 1]?.timeSeconds ?? 0) + 1);
  }

  /** Tells of the seconds before `timeSeconds`. */
  #tellBefore(seconds: OpenSeconds, timeSeconds: number): void {
    for (;;) {
      const second = seconds.takeBefore(timeSeconds);
      if (second === undefined) return;
      if (second === this.#last) this.#leaveLast();
      this.#openSeries -= second.seriesCount;
      if (seconds === this.#open && this.#failing.count > 0)
        this.#tellBefore(this.#failing, second.timeSeconds);
      if (seconds !== this.#stray && second.timeSeconds > this.#closedBeforeSeconds)
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
