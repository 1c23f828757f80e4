// A number for each second, and its sum over any number of windows, kept up to date by one addition and one subtraction a
// second. The numbers are whole, so nothing gets lost by it.
import * as v from 'valibot';
import type { Second } from '../aggregate/second.ts';
import { AmountSchema } from '../saved.ts';
import type { Meter, Span } from './meter.ts';

const SavedSchema = v.array(AmountSchema);

export interface WindowSum extends Span {
  sum: number;
}

export class CountMeter implements Meter {
  readonly #read: (second: Second) => number;
  readonly #windows: WindowSum[] = [];
  /** Numbers of the seconds from `now - reach` to now, at their place from `#nowSlot` backwards. */
  #counts = new Float64Array(1);
  #nowSlot = 0;
  #nowSeconds = 0;
  /** Of all that is in `#counts`. */
  #total = 0;

  /** `read`: what of a Second is to be summed, a whole number. */
  constructor(read: (second: Second) => number) {
    this.#read = read;
  }

  get isEmpty(): boolean {
    return this.#total === 0;
  }

  /** Its `sum` is always that of the window. Add all windows before `start`. */
  addWindow(span: Span): WindowSum {
    const known = this.#windows.find(
      ({ offset, length }) => offset === span.offset && length === span.length,
    );
    if (known !== undefined) return known;
    const window = { ...span, sum: 0 };
    this.#windows.push(window);
    return window;
  }

  start(nowSeconds: number): void {
    const reach = Math.max(...this.#windows.map(({ offset, length }) => offset + length));
    if (this.#counts.length === reach + 1) this.#counts.fill(0);
    else this.#counts = new Float64Array(reach + 1);
    this.#nowSeconds = nowSeconds;
    this.#nowSlot = 0;
    this.#total = 0;
    for (const window of this.#windows) window.sum = 0;
  }

  add(second: Second): void {
    const age = this.#nowSeconds - second.timeSeconds;
    if (age >= this.#counts.length) return;
    this.#addAt(age, this.#read(second));
  }

  jumpTo(nowSeconds: number): void {
    this.start(nowSeconds);
  }

  tick(): void {
    const counts = this.#counts;
    const windows = this.#windows;
    this.#nowSeconds++;
    if (this.#total === 0) return;
    this.#nowSlot = this.#nowSlot + 1 === counts.length ? 0 : this.#nowSlot + 1;
    this.#total -= counts[this.#nowSlot] ?? 0;
    for (let i = 0; i < windows.length; i++) {
      const window = windows[i];
      if (window === undefined) break;
      window.sum += this.#countAt(window.offset + 1) - this.#countAt(window.offset + window.length + 1);
    }
    counts[this.#nowSlot] = 0;
  }

  /** From the oldest second that had any to now. */
  snapshot(): number[] | null {
    if (this.#total === 0) return null;
    const oldest = (this.#nowSlot + 1) % this.#counts.length;
    const counts = [...this.#counts.subarray(oldest), ...this.#counts.subarray(0, oldest)];
    return counts.slice(counts.findIndex((count) => count > 0));
  }

  /** Of a longer window than now, what the present one does not reach is left out. */
  restore(saved: unknown): boolean {
    if (!v.is(SavedSchema, saved)) return false;
    for (const [i, count] of saved.toReversed().entries())
      if (count > 0 && i < this.#counts.length) this.#addAt(i, count);
    return true;
  }

  /** The number of the second that is `age` seconds before now. The one that was just pushed out is still there. */
  #countAt(age: number): number {
    const slot = this.#nowSlot - age;
    return this.#counts[slot < 0 ? slot + this.#counts.length : slot] ?? 0;
  }

  #addAt(age: number, count: number): void {
    if (count === 0) return;
    const slot = this.#nowSlot - age;
    const place = slot < 0 ? slot + this.#counts.length : slot;
    this.#counts[place] = (this.#counts[place] ?? 0) + count;
    this.#total += count;
    for (const window of this.#windows)
      if (age > window.offset && age <= window.offset + window.length) window.sum += count;
  }
}
