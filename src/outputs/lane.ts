// What waits for one place: delivered in order, a batch at a time, again and again with growing pauses while the place
// refuses, and bounded. Pure: it is given the clock, and the place as two functions.
import type { Cancel, Clock } from '../clock.ts';

export interface LaneOptions<Item> {
  /** Checks that the place can be written to; rejects when it can't. */
  readonly open: () => Promise<void>;
  /** Resolves once the place has these items; rejects when it has nothing of them. */
  readonly deliver: (items: readonly Item[]) => Promise<void>;
  /** The item is delivered, or given up: it is not waited for any more. */
  readonly settled?: (item: Item) => void;
  /** Called when the place begins to refuse (a sentence) and when it takes again (null). */
  readonly problemChanged?: (problem: string | null) => void;
  /** Above the size of a batch, 100. */
  readonly waitingMax: number;
  readonly clock: Clock;
}

export interface LaneState {
  readonly problem: string | null;
  readonly waiting: number;
  readonly dropped: number;
}

/** A backlog can bring events faster than one write for each. */
const BATCH_MAX = 100;
const RETRY_MS_MIN = 1000;
const RETRY_MS_MAX = 10_000;

export class Lane<Item> {
  readonly #options: LaneOptions<Item>;
  readonly #waiting: Item[] = [];
  #dropped = 0;
  #problem: string | null = null;
  /** The attempt under way, if any. Never rejects. */
  #attempt: Promise<void> | null = null;
  /** How many of those that wait are being delivered. */
  #inFlight = 0;
  #retryMs = RETRY_MS_MIN;
  #cancelRetry: Cancel | null = null;
  #isClosing = false;

  constructor(options: LaneOptions<Item>) {
    this.#options = options;
  }

  /** Opens the place, so that a problem shows before there is something to say. */
  open(): void {
    this.#begin();
  }

  /** With too many waiting, the oldest is given up: what is new matters more. */
  push(item: Item): void {
    if (this.#waiting.length >= this.#options.waitingMax) {
      const [oldest] = this.#waiting.splice(this.#inFlight, 1);
      this.#dropped++;
      if (oldest !== undefined) this.#options.settled?.(oldest);
    }
    this.#waiting.push(item);
    this.#begin();
  }

  state(): LaneState {
    return { problem: this.#problem, waiting: this.#waiting.length, dropped: this.#dropped };
  }

  /** Tries everything that waits once more, without pauses, until the place refuses. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#attempt;
    if (this.#waiting.length === 0) return;
    this.#stopRetrying();
    this.#begin();
    await this.#attempt;
    this.#stopRetrying();
  }

  #begin(): void {
    if (this.#attempt !== null || this.#cancelRetry !== null) return;
    this.#attempt = this.#run().then((isTaken) => {
      this.#attempt = null;
      // Something may have come after the last look.
      if (isTaken && this.#waiting.length > 0) this.#begin();
    });
  }

  /** False when the place refuses. */
  async #run(): Promise<boolean> {
    try {
      if (this.#waiting.length === 0) await this.#options.open();
      while (this.#waiting.length > 0) await this.#deliver(this.#waiting.slice(0, BATCH_MAX));
      this.#retryMs = RETRY_MS_MIN;
      this.#setProblem(null);
      return true;
    } catch (error) {
      this.#setProblem(error instanceof Error ? error.message : String(error));
      if (!this.#isClosing) this.#retryLater();
      return false;
    }
  }

  async #deliver(batch: readonly Item[]): Promise<void> {
    this.#inFlight = batch.length;
    try {
      await this.#options.deliver(batch);
    } finally {
      this.#inFlight = 0;
    }
    this.#waiting.splice(0, batch.length);
    this.#setProblem(null);
    for (const item of batch) this.#options.settled?.(item);
  }

  #retryLater(): void {
    this.#cancelRetry = this.#options.clock.after(this.#retryMs, () => {
      this.#cancelRetry = null;
      this.#begin();
    });
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MS_MAX);
  }

  #stopRetrying(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = null;
  }

  #setProblem(problem: string | null): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#options.problemChanged?.(problem);
  }
}
