// Records in, closed Seconds out, in order. Late records make one more Second for a second that is closed already.
import type { AccessRecord } from '../parse/record.ts';
import { AGGREGATOR_DEFAULTS } from './aggregator-options.ts';
import type { AggregatorOptions, SecondDetails } from './aggregator-options.ts';
import type { AggregatorSnapshot } from './aggregator-snapshot.ts';
import { PathTable } from './paths.ts';
import { RecordCounter } from './record-counter.ts';
import { SampleTexts } from './sample-texts.ts';
import type { SecondConsumer } from './second.ts';
import { Timeline } from './timeline.ts';

export class Aggregator {
  /** Records of a second that was closed already. */
  lateRecords = 0;
  /** Records of a time that is yet to come. */
  futureRecords = 0;
  /** The time of the clock, where one has a say; what is read and has no time of its own is of now. */
  nowSeconds = Number.NEGATIVE_INFINITY;
  readonly timeline: Timeline;
  readonly #counter: RecordCounter;
  readonly #paths: PathTable;

  constructor(consumer: SecondConsumer, options: AggregatorOptions = AGGREGATOR_DEFAULTS) {
    this.#paths = new PathTable(options, () => this.timeline.seriesInUse());
    const { series } = this.#paths;
    const texts = new SampleTexts(() => this.timeline.samplesInUse());
    this.timeline = new Timeline(consumer, options, { series, texts });
    this.#counter = new RecordCounter(options.details, texts);
    this.details = options.details;
  }

  get details(): SecondDetails {
    return this.#counter.details;
  }

  /** May change at any time. */
  set details(details: SecondDetails) {
    this.timeline.leaveRun();
    this.#counter.details = this.timeline.run.details = details;
  }

  get overflowRecords(): number {
    return this.#paths.overflowRecords;
  }

  get paths(): Pick<PathTable, 'wasFull' | 'use'> {
    return this.#paths;
  }

  /** What it has counted so far is told elsewhere; what it holds stays. */
  forgetCounts(): void {
    this.lateRecords = this.futureRecords = this.timeline.forcedSeconds = this.#paths.overflowRecords = 0;
  }

  add(record: AccessRecord): void {
    const { timeSeconds } = record;
    const { timeline } = this;
    let second = timeline.secondOf(timeSeconds);
    const seriesId = this.#paths.find(record, timeline.newestSeconds);
    if (second === null) {
      if (this.#counter.pushTo(timeline.run, seriesId, this.#paths.code, record)) return;
      second = timeline.openSecondOf(timeSeconds);
    }
    if (timeSeconds < timeline.closedBeforeSeconds) this.lateRecords++;
    else if (timeSeconds >= timeline.futureSeconds) this.futureRecords++;
    this.#counter.countIn(second, seriesId, record);
  }

  /** A line that is no record, of the log `sourceId`, was read at `timeSeconds`. */
  addFailure(sourceId: number, timeSeconds: number): void {
    this.timeline.failingSecond(timeSeconds).countFailure(sourceId);
  }

  /** What `sourceId` of a record is to be for the log at `path`. */
  sourceIdOf(path: string): number {
    return this.details.hasSources ? this.#paths.series.sources.idOf(path) : 0;
  }

  /**
   * Everything but the table of paths, which would be large: after a restart a table that was full has room again,
   * so requests that would have been `(other)` may be counted under their own path.
   */
  snapshot(): AggregatorSnapshot {
    const { lateRecords, futureRecords, overflowRecords } = this;
    return { lateRecords, futureRecords, overflowRecords, ...this.timeline.snapshot() };
  }

  /** Goes on from a snapshot; for an aggregator that has seen nothing yet. Tells the consumer how far time has come. */
  restore(saved: AggregatorSnapshot): void {
    this.lateRecords = saved.lateRecords;
    this.futureRecords = saved.futureRecords;
    this.timeline.restore(saved, this.#paths);
    // Interning the saved names again may have counted some.
    this.#paths.overflowRecords = saved.overflowRecords;
  }
}
