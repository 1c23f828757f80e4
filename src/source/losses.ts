// Counts how often lines of one path were, or may have been, removed before they could be read, and says each once.
// Pure part of the source room.
import type { FollowLogger } from './follow-logger.ts';
import type { Generation } from './generation.ts';

export class Losses {
  readonly #path: string;
  readonly #logger: FollowLogger;
  #count = 0;

  constructor(path: string, logger: FollowLogger) {
    this.#path = path;
    this.#logger = logger;
  }

  get count(): number {
    return this.#count;
  }

  /** `count`: what was counted, and said, by an earlier process. */
  restore(count: number): void {
    this.#count = count;
  }

  /** Its life is over, and no copy of it was found; `handedOverBytes`: behind its offset. */
  addTruncated({ ino: inode, offset, sizeSeen }: Generation, handedOverBytes: number): void {
    const bytes = sizeSeen - offset - handedOverBytes;
    if (bytes <= 0) return;
    const message = 'the log was truncated before it was read to its end, and no copy was found beside it';
    this.add({ inode, offset, bytes }, message);
  }

  add(fields: object, message: string): void {
    this.#count += 1;
    this.#logger.warn({ path: this.#path, ...fields }, `possible loss of lines: ${message}`);
  }
}
