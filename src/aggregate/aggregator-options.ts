// How the aggregator counts, and what bounds it has.
import type { PathOptions } from './paths.ts';
import type { SampledLines } from './sampled-lines.ts';

export interface AggregatorOptions extends PathOptions {
  /** Seconds open at a time; above it the oldest are closed early. */
  readonly openSecondsMax: number;
  /** Series in all open seconds together; above it likewise. */
  readonly openSeriesMax: number;
  /**
   * With a number, the records themselves close the seconds: each one those that are so many seconds older and more. With
   * null, only `closeBefore` does.
   */
  readonly closesBehindSeconds: number | null;
  readonly details: SecondDetails;
}

/** What a second keeps besides its counts, each at a price. */
export interface SecondDetails {
  /** Some requests in full, for the reasons of an alert. */
  readonly hasSamples: boolean;
  /** A hash of every client. */
  readonly hasClients: boolean;
  /** Requests are counted apart by the log they are from. */
  readonly hasSources: boolean;
  /** Where the lines of the requests that are kept in full go, and some of those that are no record; left out: nowhere. */
  readonly lines?: SampledLines;
}

export const NO_DETAILS: SecondDetails = { hasSamples: false, hasClients: false, hasSources: false };

/** 10,000 distinct paths with 60,000 series take about 2 MB, 500,000 series in open seconds about 16 MB. */
export const AGGREGATOR_DEFAULTS: AggregatorOptions = {
  pathsMax: 10_000,
  seriesMax: 60_000,
  templatesIds: true,
  patterns: [],
  openSecondsMax: 3600,
  openSeriesMax: 500_000,
  closesBehindSeconds: null,
  details: NO_DETAILS,
};
