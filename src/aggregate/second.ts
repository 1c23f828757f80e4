// The one message between the two halves of the data path: everything that happened in one event second. Whoever
// is downstream only ever merges Seconds; merging is commutative and associative.

/** One combination that requests are counted by. The same combination is one object while it is in use. */
export interface Series {
  /** Small number, unique among the series in use at a time. */
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

/** Takes Seconds in the order in which they close; a late record arrives as one more Second for an old second. */
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

/** Arrays that index the series of one open second by series id; they are reused, never cleared. */
export class SlotPool {
  readonly #capacity: number;
  readonly #free: Int32Array[] = [];

  /** `capacity`: one more than the highest series id. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  take(): Int32Array {
    return this.#free.pop() ?? new Int32Array(this.#capacity);
  }

  giveBack(slots: Int32Array): void {
    this.#free.push(slots);
  }
}

/** A second that is still being counted. */
export class OpenSecond implements Second {
  readonly timeSeconds: number;
  requests = 0;
  errors = 0;
  bytesSent = 0;
  readonly series: Series[] = [];
  readonly seriesRequests: number[] = [];
  readonly seriesBytesSent: number[] = [];
  /** A sparse set: `slots[id]` is valid only when `series` at that place is the one asked for. */
  #slots: Int32Array | null = null;

  constructor(timeSeconds: number) {
    this.timeSeconds = timeSeconds;
  }

  count(series: Series, bytesSent: number, pool: SlotPool): void {
    this.requests++;
    this.bytesSent += bytesSent;
    if (isError(series.status)) this.errors++;
    const place = this.#find(series);
    if (place < 0) {
      this.#append(series, bytesSent, pool);
    } else {
      this.seriesRequests[place] = (this.seriesRequests[place] ?? 0) + 1;
      this.seriesBytesSent[place] = (this.seriesBytesSent[place] ?? 0) + bytesSent;
    }
  }

  close(pool: SlotPool): Second {
    if (this.#slots !== null) pool.giveBack(this.#slots);
    this.#slots = null;
    return this;
  }

  #find(series: Series): number {
    const known = this.series;
    if (this.#slots === null) {
      for (let i = 0; i < known.length; i++) if (known[i] === series) return i;
      return -1;
    }
    const place = this.#slots[series.id] ?? 0;
    return known[place] === series ? place : -1;
  }

  #append(series: Series, bytesSent: number, pool: SlotPool): void {
    const place = this.series.push(series) - 1;
    this.seriesRequests.push(1);
    this.seriesBytesSent.push(bytesSent);
    if (this.#slots !== null) {
      this.#slots[series.id] = place;
    } else if (place === SERIES_BEFORE_INDEX) {
      const slots = pool.take();
      this.series.forEach((known, index) => (slots[known.id] = index));
      this.#slots = slots;
    }
  }
}
