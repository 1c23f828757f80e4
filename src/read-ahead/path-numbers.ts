// Numbers for the paths that come again and again, so that the thread that counts need not look them up by their bytes.
import { hashWords, PathKeys } from '../aggregate/path-keys.ts';
import type { AccessRecord } from '../parse/record.ts';
import { NO_NUMBER } from '../parse/record.ts';
import { WordView } from '../parse/words.ts';
import { PATH_NUMBERS_MAX } from './block.ts';

/** A path that is longer has no number: it is cut by who counts it. */
const PATH_BYTES_MAX = 256;
/** A table that is fuller begins anew with the next block. */
const FULL_SHARE = 0.75;

export class PathNumbers {
  /** The number of the table: paths with one number in one table are the same. */
  table = 0;
  #keys = new PathKeys(PATH_NUMBERS_MAX);
  readonly #words = new WordView();

  beginBlock(): void {
    if (this.#keys.count <= FULL_SHARE * PATH_NUMBERS_MAX) return;
    this.table++;
    this.#keys = new PathKeys(PATH_NUMBERS_MAX);
  }

  /** `NO_NUMBER` for a path that is long or has no room. Fills in `pathHash`. */
  numberOf(record: AccessRecord): number {
    const { bytes, pathStart, pathEnd } = record;
    if (pathEnd - pathStart > PATH_BYTES_MAX || pathEnd === pathStart) return NO_NUMBER;
    const view = this.#words.of(bytes);
    if (record.pathHash === 0) record.pathHash = hashWords(view, pathStart, pathEnd);
    const found = this.#keys.find(view, pathStart, pathEnd, record.pathHash, 0);
    if (found >= 0) return found;
    if (this.#keys.isFull) return NO_NUMBER;
    return this.#keys.add(bytes, pathStart, pathEnd, record.pathHash, 0);
  }
}
