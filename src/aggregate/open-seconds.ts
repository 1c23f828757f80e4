// The seconds that are still open, in the order of their time. Nearly every record belongs to the newest or to one of
// the few before it, so they are looked for from there. Closed ones are used again: a quiet log opens one for each line.
import { OpenSecond } from './second.ts';

/** A second with more series is not kept for later: its arrays are large. */
const SERIES_KEPT_MAX = 4096;
const KEPT_MAX = 64;
const LOOKS_FROM_THE_END_MAX = 8;

export class OpenSeconds {
  /** Ascending by time. */
  readonly #seconds: OpenSecond[] = [];
  readonly #kept: OpenSecond[] = [];

  get count(): number {
    return this.#seconds.length;
  }

  /** Undefined when that second is not open. */
  find(timeSeconds: number): OpenSecond | undefined {
    const second = this.#seconds[this.#placeAfter(timeSeconds) - 1];
    return second?.timeSeconds === timeSeconds ? second : undefined;
  }

  /** Opens a second that is not open. `stamp`: as `OpenSecond` wants it. */
  begin(timeSeconds: number, stamp: number): OpenSecond {
    const second = this.#kept.pop() ?? new OpenSecond();
    second.begin(timeSeconds, stamp);
    const place = this.#placeAfter(timeSeconds);
    if (place === this.#seconds.length) this.#seconds.push(second);
    else this.#seconds.splice(place, 0, second);
    return second;
  }

  /** The oldest second, if it is before `timeSeconds`; it is open no longer. */
  takeBefore(timeSeconds: number): OpenSecond | undefined {
    const oldest = this.#seconds[0];
    return oldest !== undefined && oldest.timeSeconds < timeSeconds ? this.#seconds.shift() : undefined;
  }

  /** A second that was taken is needed no more. */
  giveBack(second: OpenSecond): void {
    if (this.#kept.length < KEPT_MAX && second.series.length <= SERIES_KEPT_MAX) this.#kept.push(second);
  }

  /** Ascending by time. */
  all(): readonly OpenSecond[] {
    return this.#seconds;
  }

  /** How many seconds are not after `timeSeconds`. */
  #placeAfter(timeSeconds: number): number {
    const seconds = this.#seconds;
    let high = seconds.length;
    for (let looks = 0; high > 0 && (seconds[high - 1]?.timeSeconds ?? 0) > timeSeconds; high--) {
      if (++looks > LOOKS_FROM_THE_END_MAX) return this.#searchAfter(timeSeconds, high);
    }
    return high;
  }

  #searchAfter(timeSeconds: number, end: number): number {
    let low = 0;
    let high = end;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#seconds[middle]?.timeSeconds ?? 0) > timeSeconds) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
