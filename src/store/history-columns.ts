// Rows of history in columns: what is read in a backlog is some ten thousand rows in one commit, and as many objects would be
// copied about by the garbage collector.
import { mergeBins } from '../history/latency-bins.ts';

/** What is known of rows but for their time. */
export interface Counts {
  /** Numbers of the database. */
  readonly series: ArrayLike<number>;
  readonly requests: ArrayLike<number>;
  readonly bytes: ArrayLike<number>;
  /** Null, or nothing, where no latency is known. */
  readonly latencies: ArrayLike<Uint8Array | null>;
}

/** Room for so many rows is kept in any case. */
const ROOM_KEPT = 4096;

/** Used for one commit after the other: new memory for each would be cleared, and collected, at every one. */
export class RowColumns {
  length = 0;
  times = new Float64Array(0);
  series = new Float64Array(0);
  requests = new Float64Array(0);
  bytes = new Float64Array(0);
  /** Shorter where the last ones have none. */
  readonly latencies: (Uint8Array | null)[] = [];

  /** Forgets all rows; there is room for `room` ones then. */
  clear(room: number): void {
    this.length = this.latencies.length = 0;
    const known = this.times.length;
    if (room <= known && (known <= ROOM_KEPT || room > known / 8)) return;
    // Commits in a row differ by a little.
    const length = Math.max(ROOM_KEPT, Math.ceil(room * 1.25));
    this.times = new Float64Array(length);
    this.series = new Float64Array(length);
    this.requests = new Float64Array(length);
    this.bytes = new Float64Array(length);
  }

  /** A new row, counted as that at `from` in `rows`. */
  push(time: number, rows: Counts, from: number): void {
    const place = this.length++;
    this.times[place] = time;
    this.series[place] = rows.series[from] ?? 0;
    this.requests[place] = rows.requests[from] ?? 0;
    this.bytes[place] = rows.bytes[from] ?? 0;
    const latencies = rows.latencies[from] ?? null;
    if (latencies !== null) this.#setLatencies(place, latencies);
  }

  /** To the last row, the counts of that at `from` in `rows`. */
  addToLast(rows: Counts, from: number): void {
    const last = this.length - 1;
    this.requests[last] = (this.requests[last] ?? 0) + (rows.requests[from] ?? 0);
    this.bytes[last] = (this.bytes[last] ?? 0) + (rows.bytes[from] ?? 0);
    const latencies = rows.latencies[from] ?? null;
    if (latencies === null) return;
    const known = this.latencies[last] ?? null;
    this.#setLatencies(last, known === null ? latencies : mergeBins(known, latencies));
  }

  hasBefore(timeSeconds: number): boolean {
    for (let place = 0; place < this.length; place++)
      if ((this.times[place] ?? timeSeconds) < timeSeconds) return true;
    return false;
  }

  /** Those at `timeSeconds` and later. */
  from(timeSeconds: number): RowColumns {
    const rows = new RowColumns();
    rows.clear(this.length);
    for (let place = 0; place < this.length; place++)
      if ((this.times[place] ?? timeSeconds) >= timeSeconds)
        rows.push(this.times[place] ?? timeSeconds, this, place);
    return rows;
  }

  #setLatencies(place: number, latencies: Uint8Array): void {
    while (this.latencies.length < place) this.latencies.push(null);
    this.latencies[place] = latencies;
  }
}
