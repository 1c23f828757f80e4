// The one message between the two halves of the data path: everything that happened in one event second. Whoever
// is downstream only ever merges Seconds; merging is commutative and associative.
import { METHOD_NAMES } from './methods.ts';

/** One combination that requests are counted by. The same combination is one object while it is in use. */
export interface Series {
  /** Without query string, printable; `(other)` above the cap, `(malformed)` when the request was not HTTP. */
  readonly path: string;
  /**
   * A small number that is the path's own as long as the path is in use, and another's later: a place in an array where
   * its counts may be found at once, if the name that is kept there is the same.
   */
  readonly pathId: number;
  /** The place of the method's name in `METHOD_NAMES`. */
  readonly methodId: number;
  /** 0 when the log does not say. */
  readonly status: number;
}

/** Counts by series, at the places before `seriesCount`: `series[i]` was requested `seriesRequests[i]` times. */
export interface Second {
  /** Event time, whole seconds since the epoch. */
  readonly timeSeconds: number;
  readonly requests: number;
  /** Requests with a status of 400 or above. */
  readonly errors: number;
  readonly bytesSent: number;
  readonly seriesCount: number;
  readonly series: readonly Series[];
  readonly seriesRequests: ArrayLike<number>;
  readonly seriesBytesSent: ArrayLike<number>;
}

/**
 * Takes Seconds in the order in which they close: `advanceTo` goes before the `add` of each. A late record arrives as
 * one more Second for an old second, a record of the future as one for a second that time has not reached.
 */
export interface SecondConsumer {
  /** `second` is valid during the call only. */
  add(second: Second): void;
  /** Every second before `timeSeconds` is closed and has been added. Never goes back. */
  advanceTo(timeSeconds: number): void;
}

/** A series that open seconds count: each leaves a note on it where it counts it. */
export class CountedSeries implements Series {
  readonly path: string;
  readonly pathId: number;
  readonly methodId: number;
  readonly status: number;
  /** Method and status in one number. */
  readonly code: number;
  /** Of the second that wrote `place` last. */
  stamp = 0;
  place = 0;

  constructor(path: string, pathId: number, code: number) {
    this.path = path;
    this.pathId = pathId;
    this.code = code;
    this.methodId = Math.floor(code / STATUSES);
    this.status = code % STATUSES;
  }

  get method(): string {
    return METHOD_NAMES[this.methodId] ?? '';
  }
}

/** Status codes are 0 to 999. */
const STATUSES = 1000;

export function codeOf(methodId: number, status: number): number {
  return methodId * STATUSES + status;
}

const ERROR_STATUS_MIN = 400;
const SERIES_AT_FIRST = 4;
/** No series has this stamp. */
const NO_STAMP = -1;

/**
 * A second that is still being counted. While it is the only one that counts, it finds a series by the note that it
 * left on it. Once another second has been counted in between, the notes are that one's, and it needs an index.
 */
export class OpenSecond implements Second {
  timeSeconds = Number.NaN;
  requests = 0;
  errors = 0;
  bytesSent = 0;
  seriesCount = 0;
  readonly series: CountedSeries[] = [];
  seriesRequests = new Float64Array(SERIES_AT_FIRST);
  seriesBytesSent = new Float64Array(SERIES_AT_FIRST);
  #stamp = NO_STAMP;
  /** Place by series; null while there is no need. */
  #index: Map<CountedSeries, number> | null = null;

  /** Begins anew as the second `timeSeconds`. `stamp`: above 0, never used before. */
  begin(timeSeconds: number, stamp: number): void {
    this.timeSeconds = timeSeconds;
    this.requests = this.errors = this.bytesSent = this.seriesCount = 0;
    this.#stamp = stamp;
    this.#index = null;
  }

  /** Another second is counted from here on. */
  leave(): void {
    this.#stamp = NO_STAMP;
  }

  count(series: CountedSeries, bytesSent: number): void {
    this.requests++;
    this.bytesSent += bytesSent;
    if (series.status >= ERROR_STATUS_MIN) this.errors++;
    const place = series.stamp === this.#stamp ? series.place : this.#find(series);
    this.seriesRequests[place] = (this.seriesRequests[place] ?? 0) + 1;
    this.seriesBytesSent[place] = (this.seriesBytesSent[place] ?? 0) + bytesSent;
  }

  /** Counts `requests` at once, that sent `bytesSent` together. */
  countMany(series: CountedSeries, requests: number, bytesSent: number): void {
    this.requests += requests;
    this.bytesSent += bytesSent;
    if (series.status >= ERROR_STATUS_MIN) this.errors += requests;
    const place = series.stamp === this.#stamp ? series.place : this.#find(series);
    this.seriesRequests[place] = (this.seriesRequests[place] ?? 0) + requests;
    this.seriesBytesSent[place] = (this.seriesBytesSent[place] ?? 0) + bytesSent;
  }

  /** The place of a series that has no note of this second. */
  #find(series: CountedSeries): number {
    if (this.#stamp !== NO_STAMP) {
      series.stamp = this.#stamp;
      series.place = this.seriesCount;
      return this.#append(series);
    }
    this.#index ??= new Map(this.series.slice(0, this.seriesCount).map((known, place) => [known, place]));
    const known = this.#index.get(series);
    if (known !== undefined) return known;
    this.#index.set(series, this.seriesCount);
    return this.#append(series);
  }

  #append(series: CountedSeries): number {
    const place = this.seriesCount++;
    if (place === this.seriesRequests.length) this.#grow();
    this.series[place] = series;
    this.seriesRequests[place] = this.seriesBytesSent[place] = 0;
    return place;
  }

  #grow(): void {
    const requests = new Float64Array(this.seriesRequests.length * 2);
    const bytesSent = new Float64Array(this.seriesRequests.length * 2);
    requests.set(this.seriesRequests);
    bytesSent.set(this.seriesBytesSent);
    this.seriesRequests = requests;
    this.seriesBytesSent = bytesSent;
  }
}
