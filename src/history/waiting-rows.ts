// Rows of history on their way into the database, in columns: in a backlog there are some ten thousand in one commit, and as
// many objects would be copied about by the garbage collector.
import type { HistoryRows, HistorySeries } from '../store/store.ts';
import { mergeBins, packBins } from './latency-bins.ts';

/** Rows that there is room for at first. */
const ROOM = 4096;
/** A list of bins is packed when it is so long. */
const BINS_MAX = 1024;

export class WaitingRows implements HistoryRows {
  length = 0;
  times = new Float64Array(ROOM);
  requests = new Float64Array(ROOM);
  bytesSent = new Float64Array(ROOM);
  /** As long as there were rows before, some of another time behind the last. */
  series: HistorySeries[] = [];
  /** Shorter where the last ones have none. */
  latencies: (Uint8Array | null)[] = [];
  /** Of requests that `latencies` does not hold yet, likewise. */
  #bins: (number[] | null)[] = [];

  /** Returns the place of a new row without requests. */
  begin(beginSeconds: number, series: HistorySeries): number {
    const row = this.length++;
    if (row === this.times.length) this.#resize(2 * row);
    this.times[row] = beginSeconds;
    this.requests[row] = this.bytesSent[row] = 0;
    this.series[row] = series;
    return row;
  }

  add(row: number, requests: number, bytesSent: number): void {
    this.requests[row] = (this.requests[row] ?? 0) + requests;
    this.bytesSent[row] = (this.bytesSent[row] ?? 0) + bytesSent;
  }

  countLatency(row: number, bin: number): void {
    const bins = this.#bins[row] ?? put(this.#bins, row, []);
    bins.push(bin);
    if (bins.length >= BINS_MAX) this.#pack(row, bins);
  }

  packLatencies(): void {
    for (const [row, bins] of this.#bins.entries()) if (bins !== null) this.#pack(row, bins);
  }

  /** Adds the rows of `later`, whose latencies are packed. */
  append(later: WaitingRows): void {
    for (let place = 0; place < later.length; place++) {
      const series = later.series[place];
      if (series === undefined) continue;
      const row = this.begin(later.times[place] ?? 0, series);
      this.add(row, later.requests[place] ?? 0, later.bytesSent[place] ?? 0);
      const latencies = later.latencies[place] ?? null;
      if (latencies !== null) put(this.latencies, row, latencies);
    }
  }

  clear(): void {
    // In a backlog the next ones will be as many.
    if (this.length < ROOM && this.times.length > ROOM) this.#resize(ROOM);
    this.length = this.latencies.length = this.#bins.length = 0;
  }

  #pack(row: number, bins: number[]): void {
    const packed = packBins(bins);
    const known = this.latencies[row] ?? null;
    put(this.latencies, row, known === null ? packed : mergeBins(known, packed));
    this.#bins[row] = null;
  }

  #resize(room: number): void {
    this.times = resize(this.times, room);
    this.requests = resize(this.requests, room);
    this.bytesSent = resize(this.bytesSent, room);
    if (this.series.length > room) this.series = this.series.slice(0, room);
  }
}

/** An array with gaps would find its way by a hash. */
function put<T>(list: (T | null)[], place: number, value: T): T {
  while (list.length < place) list.push(null);
  return (list[place] = value);
}

function resize(old: Float64Array<ArrayBuffer>, room: number): Float64Array<ArrayBuffer> {
  const other = new Float64Array(room);
  other.set(old.subarray(0, room));
  return other;
}
