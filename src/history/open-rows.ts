// The rows of history that are counted now, found by the ids of their series.
import { CurrentNames } from '../aggregate/current-names.ts';
import type { SeriesNames } from '../aggregate/second.ts';
import { NONE, SeriesNumbers, withRoomFor } from './series-numbers.ts';
import { WaitingRows } from './waiting-rows.ts';

/** While commits fail, rows above are given up. Else there are never as many: twice what may wait, and what one second brings. */
const ROWS_MAX = 400_000;
/** Rows are numbered on and on, so that those which were taken need not be forgotten one by one; up to here. */
const NUMBERS_MAX = 2 ** 30;

export class OpenRows {
  readonly #series = new SeriesNumbers();
  #rows = new WaitingRows(this.#series.named);
  /** Those that were taken; null: there are none. */
  #taken: WaitingRows | null = null;
  /** Empty, unless it is what was taken. */
  #others = new WaitingRows(this.#series.named);
  /** By the id of a series: the number of its row in the last Second that had it; `NONE`: it is not known what it stands for. */
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
    if (this.length + (this.#taken?.length ?? 0) >= ROWS_MAX) return NONE;
    this.#numberAt = withRoomFor(this.#numberAt, seriesId);
    const series =
      number === NONE ? this.#series.numberOf(seriesId, names) : this.#series.lastNumberOf(seriesId);
    const row = this.#rows.begin(beginSeconds, series);
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
      // While commits fail, all rows are of one list.
      if (this.#taken.named !== this.#series.named) this.#beginNumbers(this.#taken.named);
      this.#rows.clear();
      this.#rows.named = this.#series.named;
      return this.#taken;
    }
    if (this.#series.isFull) this.#beginNumbers([]);
    [this.#rows, this.#others] = [this.#others, this.#rows];
    this.#rows.named = this.#series.named;
    return (this.#taken = this.#others);
  }

  /** What was taken is needed no more. */
  committed(): void {
    this.#others.clear();
    this.#taken = null;
  }

  #beginNumbers(named: WaitingRows['named']): void {
    this.#series.begin(named);
    this.#numberAt.fill(NONE);
  }
}
