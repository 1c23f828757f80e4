// The rows of history that are counted now, found by the ids of their series.
import { CurrentNames } from '../aggregate/current-names.ts';
import { METHOD_NAMES } from '../aggregate/methods.ts';
import { methodIdIn, statusIn } from '../aggregate/second.ts';
import type { SeriesNames } from '../aggregate/second.ts';
import type { HistorySeries } from '../store/store.ts';
import { WaitingRows } from './waiting-rows.ts';

/** Ids that there is room for at first. */
const ROOM = 4096;
/** While commits fail, rows above are given up. Else there are never as many: twice what may wait, and what one second brings. */
const ROWS_MAX = 400_000;
/** No row. */
export const NONE = -1;
/** Rows are numbered on and on, so that those which were taken need not be forgotten one by one; up to here. */
const NUMBERS_MAX = 2 ** 30;

interface OpenSeries extends HistorySeries {
  readonly code: number;
}

export class OpenRows {
  #rows = new WaitingRows();
  /** Those that were taken; null: there are none. */
  #taken: WaitingRows | null = null;
  /** Empty, unless it is what was taken. */
  #others = new WaitingRows();
  /** By the id of a series: what it stood for when it was met last. */
  readonly #seriesAt: (OpenSeries | undefined)[] = [];
  /** By the same: the number of its row in the last Second that had it; `NONE`: it is not known what it stands for. */
  #numberAt = new Int32Array(0);
  /** The number of the first row. */
  #firstNumber = 1;
  readonly #names = new CurrentNames<SeriesNames>(() => this.#numberAt.fill(NONE));

  /** Without those that were taken. */
  get length(): number {
    return this.#rows.length;
  }

  /**
   * The row of a series, which is new if need be. Of one series and time there may be several: they are added up where
   * they are written. `NONE`: there are too many rows.
   */
  find(beginSeconds: number, seriesId: number, names: SeriesNames): number {
    this.#names.follow(names);
    const number = this.#numberAt[seriesId] ?? NONE;
    const last = number - this.#firstNumber;
    if (last >= 0 && this.#rows.times[last] === beginSeconds) return last;
    const series = (number === NONE ? null : this.#seriesAt[seriesId]) ?? this.#name(seriesId, names);
    const hasRoom = this.length + (this.#taken?.length ?? 0) < ROWS_MAX;
    const row = hasRoom ? this.#rows.begin(beginSeconds, series) : NONE;
    this.#numberAt[seriesId] = this.#firstNumber + row;
    return row;
  }

  add(row: number, requests: number, bytesSent: number): void {
    this.#rows.add(row, requests, bytesSent);
  }

  countLatency(beginSeconds: number, seriesId: number, bin: number): void {
    const row = (this.#numberAt[seriesId] ?? NONE) - this.#firstNumber;
    // Of a row that there was no room for.
    if (row < 0 || this.#rows.times[row] !== beginSeconds) return;
    this.#rows.countLatency(row, bin);
  }

  /** All there are, and those that were taken before and not committed; they stay as they are until `committed`. */
  take(): WaitingRows {
    this.#rows.packLatencies();
    this.#firstNumber += this.length;
    if (this.#firstNumber > NUMBERS_MAX) {
      this.#firstNumber = 1;
      this.#numberAt.fill(NONE);
    }
    if (this.#taken !== null) {
      this.#taken.append(this.#rows);
      this.#rows.clear();
      return this.#taken;
    }
    [this.#rows, this.#others] = [this.#others, this.#rows];
    return (this.#taken = this.#others);
  }

  /** What was taken is needed no more. */
  committed(): void {
    this.#others.clear();
    this.#taken = null;
  }

  /** What a series stands for now. */
  #name(seriesId: number, names: SeriesNames): OpenSeries {
    if (seriesId >= this.#numberAt.length) this.#makeRoomFor(seriesId);
    const path = names.pathOf(seriesId);
    const code = names.codeOf(seriesId);
    const known = this.#seriesAt[seriesId];
    if (known?.path === path && known.code === code) return known;
    return (this.#seriesAt[seriesId] = createSeries(path, code, names.sourceOf(code)));
  }

  #makeRoomFor(seriesId: number): void {
    const numberAt = new Int32Array(Math.max(2 * seriesId, ROOM)).fill(NONE);
    numberAt.set(this.#numberAt);
    this.#numberAt = numberAt;
    // An array with gaps would find its way by a hash.
    while (this.#seriesAt.length < numberAt.length) this.#seriesAt.push(undefined);
  }
}

function createSeries(path: string, code: number, source: string): OpenSeries {
  const method = METHOD_NAMES[methodIdIn(code)] ?? '';
  return { source, path, method, status: statusIn(code), code, stored: undefined };
}
