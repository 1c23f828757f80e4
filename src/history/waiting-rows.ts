// Rows of history on their way into the database, in columns: in a backlog there are some ten thousand in one commit, and as
// many objects would be copied about by the garbage collector.
import type { HistoryRows } from '../store/store.ts';
import { mergeBins, packBins } from './latency-bins.ts';
import type { NumberedSeries } from './series-numbers.ts';

/** Rows that there is room for at first. */
const ROOM = 4096;
/** A list of bins is packed when it is so long. */
const BINS_MAX = 1024;

export class WaitingRows implements HistoryRows {
  length = 0;
  times = new Float64Array(ROOM);
  requests = new Float64Array(ROOM);
  bytesSent = new Float64Array(ROOM);
  series = new Int32Array(ROOM);
  /** What they stand for; another list only while there are no rows. */
  named: NumberedSeries[];
  /** Shorter where the last ones have none. */
  latencies: (Uint8Array | null)[] = [];
  /** Of requests that `latencies` does not hold yet, likewise. */
  #bins: (number[] | null)[] = [];

  constructor(named: NumberedSeries[]) {
    this.named = named;
  }

  /** Returns the place of a new row without requests. */
  begin(beginSeconds: number, series: number): number {
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

  /** Adds the rows of `later`, whose latencies are packed, and to what numbers stand for what is missing there. */
  append(later: WaitingRows): void {
    const numbers = new Map<number, number>();
    for (let place = 0; place < later.length; place++) {
      const row = this.begin(later.times[place] ?? 0, this.#numberIn(later, place, numbers));
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

  /** `known`: of other lists' numbers, those that were met before. */
  #numberIn({ named, series }: WaitingRows, place: number, known: Map<number, number>): number {
    const number = series[place] ?? 0;
    if (named === this.named) return number;
    const found = known.get(number);
    const one = named[number];
    if (found !== undefined || one === undefined) return found ?? 0;
    const added = this.named.push(one) - 1;
    known.set(number, added);
    return added;
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
    const series = new Int32Array(room);
    series.set(this.series.subarray(0, room));
    this.series = series;
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
