// When the shape of a log's lines is taken, and when it is given up. Used by json-scanner.ts.
import type { KeyNode, KeyTree } from './json-nodes.ts';

/** Lines that are read before the shape of one is taken; at first, and after shapes that few lines had. */
const LINES_MIN = 64;
const LINES_MAX = 65_536;
/** So many lines show whether an object has its members in order: at most as often as this it may have another one. */
const LINES_WATCHED = 32;
const DISORDER_MAX = 2;

export class ShapeSearch {
  readonly #keys: KeyTree;
  #lines = LINES_MIN;
  #linesLeft = LINES_MIN;

  constructor(keys: KeyTree) {
    this.#keys = keys;
  }

  /** Whether the next line is one to take the shape of. Call it for each line while there is no shape. */
  isTime(): boolean {
    this.#linesLeft--;
    if (this.#linesLeft === LINES_WATCHED) for (const node of this.#keys.nodes) node.disorder = 0;
    if (this.#linesLeft > 0) return false;
    this.postpone();
    return isOrdered(this.#keys.root);
  }

  /** The last shape was of no use, or there was none: the next one comes later. */
  postpone(): void {
    this.#lines = Math.min(2 * this.#lines, LINES_MAX);
    this.#linesLeft = this.#lines;
  }
}

/** Whether the object of `key` had its members in one order in the lines watched. */
export function isOrdered(key: KeyNode): boolean {
  return key.disorder <= DISORDER_MAX;
}
