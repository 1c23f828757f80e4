// When the last record came, and how many lines since then are none: what is known of a silence.
import * as v from 'valibot';
import type { Second } from '../aggregate/second.ts';
import { CountSchema, WholeSchema } from '../saved.ts';
import type { Meter } from './meter.ts';
import type { Selector } from './selector.ts';

const SavedSchema = v.tuple([WholeSchema, CountSchema]);

export class SilenceMeter implements Meter {
  readonly #selector: Selector;
  #nowSeconds = 0;
  #lastSeconds = 0;
  /** Lines that are no record, since the last record. */
  failures = 0;

  constructor(selector: Selector) {
    this.#selector = selector;
  }

  /** Seconds since the last record; at first, since it began to watch. */
  get silenceSeconds(): number {
    return this.#nowSeconds - this.#lastSeconds;
  }

  /** Silence goes on growing: there is something to look for at every tick. */
  readonly isEmpty = true;

  start(nowSeconds: number): void {
    this.#nowSeconds = this.#lastSeconds = nowSeconds;
    this.failures = 0;
  }

  add(second: Second): void {
    if (second.timeSeconds >= this.#lastSeconds && this.#selector.countIn(second) > 0) {
      this.#lastSeconds = second.timeSeconds;
      this.failures = 0;
    } else if (second.failures.count > 0) {
      this.failures += this.#selector.failuresIn(second);
    }
  }

  jumpTo(nowSeconds: number): void {
    this.#nowSeconds = nowSeconds;
  }

  tick(): void {
    this.#nowSeconds++;
  }

  snapshot(): [silenceSeconds: number, failures: number] {
    return [this.silenceSeconds, this.failures];
  }

  restore(saved: unknown): boolean {
    if (!v.is(SavedSchema, saved)) return false;
    this.#lastSeconds = this.#nowSeconds - saved[0];
    this.failures = saved[1];
    return true;
  }
}
