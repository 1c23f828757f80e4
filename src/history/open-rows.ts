// The rows of history that are not committed yet, in columns: in a backlog there are some ten thousand between two commits,
// and as many objects would be copied about by the garbage collector.
import { CurrentNames } from '../aggregate/current-names.ts';
import { METHOD_NAMES } from '../aggregate/methods.ts';
import { methodIdIn, statusIn } from '../aggregate/second.ts';
import type { SeriesNames } from '../aggregate/second.ts';
import type { HistoryRows, HistorySeries } from '../store/store.ts';
import { mergeBins, packBins } from './latency-bins.ts';

/** Rows that there is room for at first. */
const ROOM = 4096;
/** While commits fail, rows above are given up. */
const ROWS_MAX = 200_000;
/** A list of bins is packed when it is so long. */
const BINS_MAX = 1024;
/** No row. */
export const NONE = -1;

interface OpenSeries extends HistorySeries {
  readonly code: number;
}

export class OpenRows implements HistoryRows {
  length = 0;
  times = new Float64Array(ROOM);
  requests = new Float64Array(ROOM);
  bytesSent = new Float64Array(ROOM);
  readonly series: OpenSeries[] = [];
  readonly latencies: (Uint8Array | null)[] = [];
  /** Of requests that `latencies` does not hold yet; null while there was none. */
  readonly #bins: (number[] | null)[] = [];
  /** By the id of a series: what it stood for when it was met last. */
  readonly #seriesAt: (OpenSeries | undefined)[] = [];
  /** By the same: its row in the last Second that had it; `NONE`: it has none. */
  #rowAt = new Int32Array(0);
  readonly #names = new CurrentNames(() => this.#rowAt.fill(NONE));

  /**
   * The row of a series, which is new if need be. Of one series and time there may be several: they are added up where
   * they are written. `NONE`: there are too many rows.
   */
  find(beginSeconds: number, seriesId: number, names: SeriesNames): number {
    this.#names.follow(names);
    const last = this.#rowAt[seriesId] ?? NONE;
    if (last !== NONE && this.times[last] === beginSeconds) return last;
    if (seriesId >= this.#rowAt.length) this.#makeRoomFor(seriesId);
    const path = names.pathOf(seriesId);
    const code = names.codeOf(seriesId);
    let series = this.#seriesAt[seriesId];
    if (series?.path !== path || series.code !== code)
      this.#seriesAt[seriesId] = series = createSeries(path, code, names.sourceOf(code));
    const row = this.length < ROWS_MAX ? this.#begin(beginSeconds, series) : NONE;
    this.#rowAt[seriesId] = row;
    return row;
  }

  add(row: number, requests: number, bytesSent: number): void {
    this.requests[row] = (this.requests[row] ?? 0) + requests;
    this.bytesSent[row] = (this.bytesSent[row] ?? 0) + bytesSent;
  }

  countLatency(beginSeconds: number, seriesId: number, bin: number): void {
    const row = this.#rowAt[seriesId] ?? NONE;
    // Of a row that there was no room for.
    if (row === NONE || this.times[row] !== beginSeconds) return;
    const bins = (this.#bins[row] ??= []);
    bins.push(bin);
    if (bins.length >= BINS_MAX) this.#pack(row, bins);
  }

  packLatencies(): void {
    for (let row = 0; row < this.length; row++) {
      const bins = this.#bins[row] ?? null;
      if (bins !== null) this.#pack(row, bins);
    }
  }

  clear(): void {
    this.length = 0;
    this.series.length = 0;
    this.latencies.length = 0;
    this.#bins.length = 0;
    this.#rowAt.fill(NONE);
    if (this.times.length > ROOM) this.#resize(ROOM);
  }

  #begin(beginSeconds: number, series: OpenSeries): number {
    const row = this.length++;
    if (row === this.times.length) this.#resize(2 * row);
    this.times[row] = beginSeconds;
    this.requests[row] = this.bytesSent[row] = 0;
    this.series.push(series);
    this.latencies.push(null);
    this.#bins.push(null);
    return row;
  }

  #pack(row: number, bins: number[]): void {
    const packed = packBins(bins);
    const known = this.latencies[row] ?? null;
    this.latencies[row] = known === null ? packed : mergeBins(known, packed);
    this.#bins[row] = null;
  }

  #resize(room: number): void {
    this.times = resize(this.times, room);
    this.requests = resize(this.requests, room);
    this.bytesSent = resize(this.bytesSent, room);
  }

  #makeRoomFor(seriesId: number): void {
    const rowAt = new Int32Array(Math.max(2 * seriesId, ROOM)).fill(NONE);
    rowAt.set(this.#rowAt);
    this.#rowAt = rowAt;
    // An array with gaps would find its way by a hash.
    while (this.#seriesAt.length < rowAt.length) this.#seriesAt.push(undefined);
  }
}

function createSeries(path: string, code: number, source: string): OpenSeries {
  const method = METHOD_NAMES[methodIdIn(code)] ?? '';
  return { source, path, method, status: statusIn(code), code, stored: undefined };
}

function resize(old: Float64Array<ArrayBuffer>, room: number): Float64Array<ArrayBuffer> {
  const other = new Float64Array(room);
  other.set(old.subarray(0, room));
  return other;
}
