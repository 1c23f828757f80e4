// The texts that came last, by the place that a few of their bytes choose (scan/texts.ts): in front of a table, for what comes
// again and again. Only texts within the chunk that a scan has at hand are found here, or kept.
import { lineScan } from './line-scan.ts';
import type { LineScan } from './line-scan.ts';

/** Numbers of owners are below; there is none for more. */
const OWNERS_END = 2 ** 24;
const NO_OWNER = 0;

/** All have their place in one memory, in which each is known by a number that was never another one's. */
let ownersCount = 0;

export class TextSlots {
  readonly #scan: LineScan | null = lineScan();
  #owner = nextOwner();

  /** The id that was kept for `bytes[start, end)`; 0 when it is not there. */
  find(bytes: Buffer, start: number, end: number): number {
    return this.#scan !== null && bytes === this.#scan.input
      ? this.#scan.exports.findText(start, end, this.#owner)
      : 0;
  }

  /** Keeps what was not found, in place of another one; its id is above 0. */
  keep(bytes: Buffer, start: number, end: number, id: number): void {
    if (this.#scan !== null && bytes === this.#scan.input && this.#owner !== NO_OWNER)
      this.#scan.exports.keepText(start, end, this.#owner, id);
  }

  clear(): void {
    this.#owner = nextOwner();
  }
}

function nextOwner(): number {
  return ++ownersCount < OWNERS_END ? ownersCount : NO_OWNER;
}
