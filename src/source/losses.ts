// Counts how often lines of one path were, or may have been, removed before they could be read, and says each once.
// Pure part of the source room.
import type { FollowLogger } from './follow-logger.ts';

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

  add(fields: object, message: string): void {
    this.#count += 1;
    this.#logger.warn({ path: this.#path, ...fields }, `possible loss of lines: ${message}`);
  }
}
