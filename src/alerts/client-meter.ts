// How many distinct clients there were in a window: a HyperLogLog that knows when each of its values was seen last, so that
// a window of any length slides over it. Bounded, whatever the number of clients; off by 2.3 % (standard error).
import * as v from 'valibot';
import type { Second } from '../aggregate/second.ts';
import { CountSchema } from '../saved.ts';
import type { Meter } from './meter.ts';
import type { Selector } from './selector.ts';

const REGISTER_BITS = 11;
const REGISTERS = 1 << REGISTER_BITS;
/** Of the bits that are left of a hash, so many may be 0, and one more is the rank. */
const RANKS = 32 - REGISTER_BITS + 1;
const ALPHA = 0.7213 / (1 + 1.079 / REGISTERS);
/** Below, the share of registers without a value says more. */
const SMALL_MAX = 2.5 * REGISTERS;

const CELLS = REGISTERS * RANKS;
/** Cell and how many seconds ago. */
const SavedSchema = v.array(v.tuple([v.pipe(CountSchema, v.maxValue(CELLS - 1)), CountSchema]));

export class ClientMeter implements Meter {
  readonly #selector: Selector;
  #reach = 1;
  /** By register and rank: the second after the one that it was seen in last; 0: never. */
  readonly #seenBefore = new Uint32Array(CELLS);
  /** By register: no window within reach has a higher value. Spares looking at the ranks above. */
  readonly #valueMax = new Uint8Array(REGISTERS);
  #nowSeconds = 0;
  #newestSeconds = Number.NEGATIVE_INFINITY;

  constructor(selector: Selector) {
    this.#selector = selector;
  }

  get isEmpty(): boolean {
    return this.#newestSeconds < this.#nowSeconds - this.#reach;
  }

  /** Windows of up to so many seconds will be asked for. */
  reachBack(seconds: number): void {
    this.#reach = Math.max(this.#reach, seconds);
  }

  start(nowSeconds: number): void {
    this.#nowSeconds = nowSeconds;
    this.#newestSeconds = Number.NEGATIVE_INFINITY;
    this.#seenBefore.fill(0);
    this.#valueMax.fill(0);
  }

  add({ timeSeconds, clients, names }: Second): void {
    // Before the epoch nothing was seen.
    if (timeSeconds < 0 || timeSeconds < this.#nowSeconds - this.#reach) return;
    for (let i = 0; i < clients.count; i++) {
      if (!this.#selector.matches(names, clients.ids[i] ?? 0)) continue;
      const hash = clients.values[i] ?? 0;
      // The bit that is set ends the row of zeros at the last rank.
      const rank = Math.clz32((hash << REGISTER_BITS) | (1 << (REGISTER_BITS - 1)));
      this.#see((hash >>> (32 - REGISTER_BITS)) * RANKS + rank, timeSeconds);
    }
  }

  jumpTo(nowSeconds: number): void {
    this.start(nowSeconds);
  }

  tick(): void {
    this.#nowSeconds++;
  }

  /** Distinct clients of the last `windowSeconds`. */
  estimate(windowSeconds: number): number {
    const from = this.#nowSeconds - windowSeconds;
    this.#lowerMaxima();
    let sum = 0;
    let empty = 0;
    for (let register = 0; register < REGISTERS; register++) {
      const value = this.#valueOf(register, from);
      if (value === 0) empty++;
      sum += 2 ** -value;
    }
    const estimate = (ALPHA * REGISTERS * REGISTERS) / sum;
    return Math.round(
      estimate <= SMALL_MAX && empty > 0 ? REGISTERS * Math.log(REGISTERS / empty) : estimate,
    );
  }

  snapshot(): [cell: number, age: number][] | null {
    const saved: [number, number][] = [];
    for (const [cell, seen] of this.#seenBefore.entries())
      if (seen > this.#nowSeconds - this.#reach) saved.push([cell, this.#nowSeconds - seen + 1]);
    return saved.length === 0 ? null : saved;
  }

  restore(saved: unknown): boolean {
    if (!v.is(SavedSchema, saved)) return false;
    for (const [cell, age] of saved) if (age <= this.#nowSeconds) this.#see(cell, this.#nowSeconds - age);
    return true;
  }

  #see(cell: number, timeSeconds: number): void {
    this.#seenBefore[cell] = Math.max(this.#seenBefore[cell] ?? 0, timeSeconds + 1);
    const register = Math.floor(cell / RANKS);
    this.#valueMax[register] = Math.max(this.#valueMax[register] ?? 0, (cell % RANKS) + 1);
    this.#newestSeconds = Math.max(this.#newestSeconds, timeSeconds);
  }

  /** The highest rank that was seen since `from`, plus one; 0 for none. */
  #valueOf(register: number, from: number): number {
    let value = this.#valueMax[register] ?? 0;
    while (value > 0 && (this.#seenBefore[register * RANKS + value - 1] ?? 0) <= from) value--;
    return value;
  }

  /** What has left the longest window does not come back. */
  #lowerMaxima(): void {
    const from = this.#nowSeconds - this.#reach;
    for (let register = 0; register < REGISTERS; register++)
      this.#valueMax[register] = this.#valueOf(register, from);
  }
}
