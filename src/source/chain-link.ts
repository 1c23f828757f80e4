// One generation in the chain of its path, with what the chain must know to begin it, to wait for it and to let it
// go. Part of generation-chain.ts.
import { messageOf } from '../message-of.ts';
import type { Generation } from './generation.ts';
import { isSystemError } from './name.ts';
import type { SavedGeneration } from './source.ts';

/** With more old generations of one path, those that are read to their end need not wait for the whole grace. */
const manyLinks = 64;
const shortGraceMs = 2000;

export class ChainLink {
  readonly generation: Generation;
  /** False for a file found among the siblings, which may turn out to be a copy. */
  readonly isNamed: boolean;
  /** Why the last read failed; null once a read succeeds. */
  failure: string | null = null;
  /** Later generations wait until this one has been read so far. */
  #dueBytes: number;
  #quietSinceMs: number;
  #activity = '';

  constructor(options: { generation: Generation; isNamed: boolean; dueBytes: number; nowMs: number }) {
    this.generation = options.generation;
    this.isNamed = options.isNamed;
    this.#dueBytes = options.dueBytes;
    this.#quietSinceMs = options.nowMs;
  }

  /** False while later generations must wait, so that lines come in the order in which they were written. */
  get isDueRead(): boolean {
    return this.failure !== null || this.generation.offset >= this.#dueBytes;
  }

  /** It is not current any more: what it holds by now is due before its successor. */
  retire(nowMs: number): void {
    this.#dueBytes = this.generation.offset + this.generation.lagBytes();
    this.#quietSinceMs = nowMs;
  }

  saved(): SavedGeneration {
    const saved = this.generation.saved(this.isNamed);
    return { ...saved, isRead: saved.offset === this.generation.sizeSeen };
  }

  /** Nothing was written or read for `graceMs`, as far as regular calls can tell, and nothing of it can be read any more. */
  canGo(nowMs: number, graceMs: number): boolean {
    const isQuiet = this.#quietMs(nowMs) >= graceMs;
    return isQuiet && this.generation.hasBegun && (this.failure !== null || this.generation.lagBytes() === 0);
  }

  #quietMs(nowMs: number): number {
    const activity = `${this.generation.offset}/${this.generation.sizeSeen}`;
    if (activity !== this.#activity) {
      this.#activity = activity;
      this.#quietSinceMs = nowMs;
    }
    return nowMs - this.#quietSinceMs;
  }

  /** Runs `task`, which reads; what the operating system refuses is noted, not thrown. */
  attempt(task: () => void): void {
    const { offset } = this.generation;
    try {
      task();
      if (this.generation.offset > offset) this.failure = null;
    } catch (error) {
      if (!isSystemError(error)) throw error;
      this.fail(error);
    }
  }

  fail(error: unknown): void {
    this.failure = messageOf(error);
  }
}

/** How long a generation may be quiet, in milliseconds, that is one of so many. */
export function graceFor(linkCount: number, graceMs: number): number {
  return linkCount > manyLinks ? Math.min(shortGraceMs, graceMs) : graceMs;
}
