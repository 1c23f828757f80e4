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

function isError(status: number): boolean {
  return status >= 400;
}

/** Up to here a linear search is faster than an index, and most seconds of a quiet log stay below. */
const SERIES_BEFORE_INDEX = 8;
const NO_INDEX = new Int32Array(0);
/** Never filled: a second gets its arrays with its first series, in a quiet log its only one. */
const NO_SERIES: Series[] = [];
const NO_COUNTS: number[] = [];

/** A second that is still being counted. */
export class OpenSecond implements Second {
  readonly timeSeconds: number;
  requests = 0;
  errors = 0;
  bytesSent = 0;
  series: Series[] = NO_SERIES;
  seriesRequests: number[] = NO_COUNTS;
  seriesBytesSent: number[] = NO_COUNTS;
  /** Pairs: a series' id, and its place in `series` plus one; found by linear probing, at most half full. */
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

  /** Counts `requests` at once, one or more, that sent `bytesSent` together. */
  countMany(series: Series, requests: number, bytesSent: number): void {
    this.count(series, bytesSent);
    const more = requests - 1;
    const place = this.#find(series);
    this.requests += more;
    if (isError(series.status)) this.errors += more;
    this.seriesRequests[place] = (this.seriesRequests[place] ?? 0) + more;
  }

  #find(series: Series): number {
    const known = this.series;
    const index = this.#index;
    if (index.length === 0) {
      for (let i = 0; i < known.length; i++) if (known[i] === series) return i;
      return -1;
    }
    // Ids are handed out one after the other, so their low bits spread well without a hash.
    const mask = index.length - 1;
    for (let slot = (series.id * 2) & mask; ; slot = (slot + 2) & mask) {
      const place = (index[slot + 1] ?? 0) - 1;
      if (place < 0 || (index[slot] === (series.id | 0) && known[place] === series)) return place;
    }
  }

  #append(series: Series, bytesSent: number): void {
    if (this.series.length === 0) {
      this.series = [series];
      this.seriesRequests = [1];
      this.seriesBytesSent = [bytesSent];
      return;
    }
    const count = this.series.push(series);
    this.seriesRequests.push(1);
    this.seriesBytesSent.push(bytesSent);
    if (count <= SERIES_BEFORE_INDEX) return;
    if (count * 4 > this.#index.length) this.#grow(count);
    else this.#enter(series.id, count);
  }

  #grow(count: number): void {
    const old = this.#index;
    this.#index = new Int32Array(Math.max(128, old.length * 4));
    for (let slot = 0; slot < old.length; slot += 2) {
      const placePlusOne = old[slot + 1] ?? 0;
      if (placePlusOne > 0) this.#enter(old[slot] ?? 0, placePlusOne);
    }
    const firstNew = old.length === 0 ? 0 : count - 1;
    for (let i = firstNew; i < count; i++) this.#enter(this.series[i]?.id ?? 0, i + 1);
  }

  #enter(id: number, placePlusOne: number): void {
    const index = this.#index;
    const mask = index.length - 1;
    let slot = (id * 2) & mask;
    while (index[slot + 1] !== 0) slot = (slot + 2) & mask;
    index[slot] = id;
    index[slot + 1] = placePlusOne;
  }
}
