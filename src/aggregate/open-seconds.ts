// The seconds that are still open, in the order of their time. Nearly every record belongs to the newest or to one of
// the few before it, so they are looked for from there. Closed ones are used again: a quiet log opens one for each line.
import { OpenSecond } from './open-second.ts';
import type { Sample } from './sample.ts';
import type { TextNames } from './second.ts';
import type { SeriesTable } from './series-table.ts';

/** A second with more series is not kept for later: its arrays are large. */
const SERIES_KEPT_MAX = 4096;
/** As many as a block of a sparse log may hold. */
const KEPT_MAX = 1024;
/** Of more, one is given up whenever there is none to take. */
const KEPT_QUIETLY_MAX = 64;
const LOOKS_FROM_THE_END_MAX = 8;
/** Of seconds that were taken, at the beginning of the array, before the others move up. */
const GAP_MAX = 64;

export class OpenSeconds {
  readonly #names: SeriesTable;
  readonly #texts: TextNames;
  /** Ascending by time, from `#begin` to `#end`. */
  readonly #seconds: OpenSecond[] = [];
  #begin = 0;
  #end = 0;
  readonly #kept: OpenSecond[] = [];

  constructor(names: SeriesTable, texts: TextNames) {
    this.#names = names;
    this.#texts = texts;
  }

  get count(): number {
    return this.#end - this.#begin;
  }

  /** Infinity when none is open. */
  get oldestSeconds(): number {
    return this.#begin < this.#end ? (this.#seconds[this.#begin]?.timeSeconds ?? Infinity) : Infinity;
  }

  /** Undefined when that second is not open. */
  find(timeSeconds: number): OpenSecond | undefined {
    const place = this.#placeAfter(timeSeconds) - 1;
    const second = place < this.#begin ? undefined : this.#seconds[place];
    return second?.timeSeconds === timeSeconds ? second : undefined;
  }

  /** Opens a second that is not open. */
  begin(timeSeconds: number): OpenSecond {
    const second = this.#kept.pop() ?? new OpenSecond(this.#names, this.#texts);
    second.begin(timeSeconds);
    const place = this.#placeAfter(timeSeconds);
    const last = this.#seconds[this.#end - 1];
    if (place < this.#end && last !== undefined) {
      this.#seconds[this.#end] = last;
      this.#seconds.copyWithin(place + 1, place, this.#end);
    }
    this.#seconds[place] = second;
    this.#end++;
    return second;
  }

  /** The oldest second, if it is before `timeSeconds`; it is open no longer. */
  takeBefore(timeSeconds: number): OpenSecond | undefined {
    const oldest = this.#begin < this.#end ? this.#seconds[this.#begin] : undefined;
    if (oldest === undefined || oldest.timeSeconds >= timeSeconds) {
      if (this.#kept.length > KEPT_QUIETLY_MAX) this.#kept.pop();
      return undefined;
    }
    this.#begin++;
    if (this.#begin === this.#end) this.#begin = this.#end = 0;
    else if (this.#begin >= GAP_MAX && this.#begin * 2 >= this.#end) this.#closeGap();
    return oldest;
  }

  /** A second that was taken is needed no more. */
  giveBack(second: OpenSecond): void {
    if (this.#kept.length < KEPT_MAX && second.seriesIds.length <= SERIES_KEPT_MAX) this.#kept.push(second);
  }

  /** Ascending by time. */
  all(): readonly OpenSecond[] {
    return this.#seconds.slice(this.#begin, this.#end);
  }

  /** Of the newest first. */
  samples(): Sample[] {
    return this.all()
      .toReversed()
      .flatMap(({ samples }) => samples);
  }

  /** Each as often as seconds count it. */
  *seriesInUse(): Iterable<number> {
    for (const second of this.all()) yield* second.seriesIds.subarray(0, second.seriesCount);
  }

  #closeGap(): void {
    this.#seconds.copyWithin(0, this.#begin, this.#end);
    this.#end -= this.#begin;
    this.#begin = 0;
  }

  /** The place behind the last second that is not after `timeSeconds`. */
  #placeAfter(timeSeconds: number): number {
    const seconds = this.#seconds;
    let place = this.#end;
    for (let looks = 0; place > this.#begin; place--) {
      if ((seconds[place - 1]?.timeSeconds ?? 0) <= timeSeconds) return place;
      if (++looks > LOOKS_FROM_THE_END_MAX) return this.#searchAfter(timeSeconds, place);
    }
    return place;
  }

  #searchAfter(timeSeconds: number, end: number): number {
    let low = this.#begin;
    let high = end;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#seconds[middle]?.timeSeconds ?? 0) > timeSeconds) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
