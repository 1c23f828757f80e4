// A file that has the name and is not read: another path reads it, or it is a copy of what another has read. A copy stays one as
// long as nothing speaks against it: two logs may begin alike, as those of two servers that are asked the same in the same second.
import fs from 'node:fs';
import type { FollowContext } from './follow-context.ts';
import { headBytesMax, isTelling } from './head.ts';
import { openLog } from './name.ts';
import type { FileIdentity, SavedCopy } from './source.ts';

/** How often it is looked whether it still begins like the other. */
const lookAgainMs = 1000;
/** A short copy is made in a moment: when it is written later, somebody else does that. */
const copyingMs = 200;

export class LeftAlone implements FileIdentity {
  readonly dev: number;
  readonly ino: number;
  readonly birthtimeMs: number;
  readonly isCopy: boolean;
  /** Null: it is not known. */
  #size: number | null;
  #lookedMs = Number.NEGATIVE_INFINITY;
  #lookedSize: number | null = null;
  /** When it was left alone; an earlier process did that long ago. */
  readonly #sinceMs: number;

  constructor(
    { dev, ino, birthtimeMs, size = null }: FileIdentity & { readonly size?: number | null },
    isCopy: boolean,
    sinceMs = Number.NEGATIVE_INFINITY,
  ) {
    this.dev = dev;
    this.ino = ino;
    this.birthtimeMs = birthtimeMs;
    this.isCopy = isCopy;
    this.#size = size;
    this.#sinceMs = sinceMs;
  }

  /** Null for what is no copy. */
  saved(): SavedCopy | null {
    const { dev, ino, birthtimeMs, isCopy } = this;
    if (!isCopy) return null;
    const file = { dev, ino, birthtimeMs };
    return this.#size === null ? file : { ...file, size: this.#size };
  }

  /**
   * True for a copy that has turned out to be a log of its own: it has been written since in a way that nobody knows, or what it
   * was taken for a copy of has gone on in another way.
   */
  isLog(path: string, size: number, context: FollowContext): boolean {
    if (!this.isCopy) return false;
    const isChanged = this.#size !== null && size !== this.#size;
    const now = context.clock.now();
    if (size === this.#lookedSize && now - this.#lookedMs < lookAgainMs) return false;
    this.#lookedMs = now;
    this.#lookedSize = size;
    const opening = openLog(path);
    if (!opening.ok) return false;
    const { fd, head, stat } = opening;
    fs.closeSync(fd);
    if (!isTelling(head)) return false;
    if (context.isCopyOfAnother(path, head)) {
      if (head.length === headBytesMax || now - this.#sinceMs < copyingMs) this.#size = stat.size;
      return false;
    }
    return isChanged || context.isForkOfAnother(path, head);
  }
}
