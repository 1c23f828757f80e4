// Series by numbers of history's own. What an id of the aggregator stands for changes, what a number does, never: rows can
// wait for the disk as plain numbers.
import { METHOD_NAMES } from '../aggregate/methods.ts';
import { methodIdIn, statusIn } from '../aggregate/second.ts';
import type { SeriesNames } from '../aggregate/second.ts';
import type { HistorySeries } from '../store/store.ts';

/** Ids that there is room for at first. */
const ROOM = 4096;
/** About 10 MB. */
const NAMED_MAX = 65_536;
const NONE = -1;

/** A series with its code in the aggregator. */
export interface NumberedSeries extends HistorySeries {
  readonly code: number;
}

export class SeriesNumbers {
  #named: NumberedSeries[] = [];
  /** By id: the number of what it stood for when it was asked for last. */
  #numberAt = new Int32Array(0);

  /** What the numbers stand for; it grows. Another list when they began anew. */
  get named(): NumberedSeries[] {
    return this.#named;
  }

  /** So many are known that numbers should begin anew. */
  get isFull(): boolean {
    return this.#named.length >= NAMED_MAX;
  }

  /** Of what an id stands for now. */
  numberOf(seriesId: number, names: SeriesNames): number {
    if (seriesId >= this.#numberAt.length) this.#makeRoomFor(seriesId);
    const path = names.pathOf(seriesId);
    const code = names.codeOf(seriesId);
    const number = this.lastNumberOf(seriesId);
    const known = this.#named[number];
    if (known?.path === path && known.code === code) return number;
    const [source, method] = [names.sourceOf(code), METHOD_NAMES[methodIdIn(code)] ?? ''];
    return (this.#numberAt[seriesId] =
      this.#named.push({ source, path, method, status: statusIn(code), code }) - 1);
  }

  /** Of what an id stood for when its number was asked for last. */
  lastNumberOf(seriesId: number): number {
    return this.#numberAt[seriesId] ?? NONE;
  }

  /** Numbers begin anew, or go on with those of an earlier list. */
  begin(named: NumberedSeries[] = []): void {
    this.#named = named;
    this.#numberAt.fill(NONE);
  }

  #makeRoomFor(seriesId: number): void {
    const numberAt = new Int32Array(Math.max(2 * seriesId, ROOM)).fill(NONE);
    numberAt.set(this.#numberAt);
    this.#numberAt = numberAt;
  }
}
