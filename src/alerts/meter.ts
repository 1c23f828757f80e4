// What a rule's value is computed from, kept second by second for as long as a window reaches: Seconds in, numbers out.
import type { Second } from '../aggregate/second.ts';

/** A span before now: the seconds from `now - offset - length` to `now - offset`, the last not included. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

export interface Meter {
  /** Begins, or begins anew with nothing, at `nowSeconds`. */
  start(nowSeconds: number): void;
  /** `second` is not after now. */
  add(second: Second): void;
  /** Now is one second later. */
  tick(): void;
  /** While it is empty: now is `nowSeconds`, which is later. */
  jumpTo(nowSeconds: number): void;
  /** Nothing is in any window, nor will be by time passing. */
  readonly isEmpty: boolean;
  /** Plain JSON; null when there is nothing to save. */
  snapshot(): unknown;
  /** Goes on from a snapshot that was taken at the second of `start`; false when it is none, and nothing changes. */
  restore(saved: unknown): boolean;
}
