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
/** No number. */
export const NONE = -1;

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
    this.#numberAt = withRoomFor(this.#numberAt, seriesId);
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
}

/** Numbers by id with room for that one, all `NONE` that were not there. */
export function withRoomFor(numbers: Int32Array<ArrayBuffer>, id: number): Int32Array<ArrayBuffer> {
  if (id < numbers.length) return numbers;
  const larger = new Int32Array(Math.max(2 * id, ROOM)).fill(NONE);
  larger.set(numbers);
  return larger;
}
