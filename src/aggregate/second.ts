// The one message between the two halves of the data path: everything that happened in one event second. Whoever
// is downstream only ever merges Seconds; merging is commutative and associative.

/** One combination that requests are counted by. The same combination is one object while it is in use. */
export interface Series {
  /** Unique; counted up from 0. */
  readonly id: number;
  /** Without query string, printable; `(other)` above the cap, `(malformed)` when the request was not HTTP. */
  readonly path: string;
  /** `-` when the request was not HTTP, `OTHER` for a method out of the ordinary. */
  readonly method: string;
  /** 0 when the log does not say. */
  readonly status: number;
}

/** Counts by series: `series[i]` was requested `counts[i]` times and sent `bytes[i]` bytes. */
export interface Second {
  /** Event time, whole seconds since the epoch. */
  readonly timeSeconds: number;
  readonly requests: number;
  /** Requests with a status of 400 or above. */
  readonly errors: number;
  readonly bytesSent: number;
  readonly series: readonly Series[];
  readonly seriesRequests: readonly number[];
  readonly seriesBytesSent: readonly number[];
}

/**
 * Takes Seconds in the order in which they close: `advanceTo` goes before the `add` of each. A late record arrives as
 * one more Second for an old second, a record of the future as one for a second that time has not reached.
 */
export interface SecondConsumer {
  add(second: Second): void;
  /** Every second before `timeSeconds` is closed and has been added. Never goes back. */
  advanceTo(timeSeconds: number): void;
}

export function isError(status: number): boolean {
  return status >= 400;
}

/** Up to here a linear search is faster than an index, and most seconds of a quiet log stay below. */
const SERIES_BEFORE_INDEX = 8;
const NO_INDEX = new Int32Array(0);

/** A second that is still being counted. */
export class OpenSecond implements Second {
  readonly timeSeconds: number;
  requests = 0;
  errors = 0;
  bytesSent = 0;
  readonly series: Series[] = [];
  readonly seriesRequests: number[] = [];
  readonly seriesBytesSent: number[] = [];
  /** Place in `series`, plus one, found from a series' id by linear probing; at most half full. */
  #index = NO_INDEX;

  constructor(timeSeconds: number) {
    this.timeSeconds = timeSeconds;
  }

  count(series: Series, bytesSent: number): void {
    this.requests++;
    this.bytesSent += bytesSent;
    if (isError(series.status)) this.errors++;
    const place = this.#find(series);
    if (place < 0) {
      this.#append(series, bytesSent);
    } else {
      this.seriesRequests[place] = (this.seriesRequests[place] ?? 0) + 1;
      this.seriesBytesSent[place] = (this.seriesBytesSent[place] ?? 0) + bytesSent;
    }
  }

  #find(series: Series): number {
    const known = this.series;
    const index = this.#index;
    if (index.length === 0) {
      for (let i = 0; i < known.length; i++) if (known[i] === series) return i;
      return -1;
    }
    // Ids are handed out one after the other, so their low bits spread well without a hash.
    for (let slot = series.id & (index.length - 1); ; slot = (slot + 1) & (index.length - 1)) {
      const place = (index[slot] ?? 0) - 1;
      if (place < 0 || known[place] === series) return place;
    }
  }

  #append(series: Series, bytesSent: number): void {
    const count = this.series.push(series);
    this.seriesRequests.push(1);
    this.seriesBytesSent.push(bytesSent);
    if (count <= SERIES_BEFORE_INDEX) return;
    if (count * 2 > this.#index.length) this.#grow(count);
    else this.#enter(series, count);
  }

  #grow(count: number): void {
    this.#index = new Int32Array(Math.max(32, this.#index.length * 2));
    for (let i = 0; i < count; i++) {
      const series = this.series[i];
      if (series !== undefined) this.#enter(series, i + 1);
    }
  }

  #enter(series: Series, placePlusOne: number): void {
    const index = this.#index;
    let slot = series.id & (index.length - 1);
    while (index[slot] !== 0) slot = (slot + 1) & (index.length - 1);
    index[slot] = placePlusOne;
  }
}
