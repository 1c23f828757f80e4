// What waits for one place: delivered in order, a batch at a time, again and again with growing pauses while the place
// refuses, and bounded in number and in age. Pure: it is given the clock, and the place as two functions.
import type { Cancel, Clock } from '../clock.ts';
import { messageOf } from '../message-of.ts';
import { DeliveryError } from './delivery-error.ts';
import { LOCAL, retryPauseMs } from './pace.ts';
import type { Pace } from './pace.ts';
import { BATCH_MAX } from './output.ts';

export interface LaneOptions<Item> {
  /** Checks that the place can be written to; rejects when it can't. */
  readonly open: () => Promise<void>;
  /**
   * Resolves once the place has these items; rejects when it has nothing of them. A DeliveryError may say that they
   * are refused for good, or when the next attempt is welcome. Ends soon once `signal` is aborted.
   */
  readonly deliver: (items: readonly Item[], signal: AbortSignal) => Promise<void>;
  /** The item is delivered, or given up: it is not waited for any more. */
  readonly settled?: (item: Item) => void;
  /** Called before `settled` for an item that is given up, for a reason (a sentence) other than too many waiting. */
  readonly died?: (item: Item, reason: string) => void;
  /** Called when the place begins to refuse (a sentence) and when it takes again (null). */
  readonly problemChanged?: (problem: string | null) => void;
  /** Above the size of a batch. */
  readonly waitingMax: number;
  /** That of a disk if not given. */
  readonly pace?: Pace;
  /** 100 if not given. */
  readonly batchMax?: number;
  /** When the item came, in milliseconds since the epoch: for the bound on age. */
  readonly addedMs?: (item: Item) => number;
  readonly clock: Clock;
  /** From 0 to below 1; for pauses that are spread. */
  readonly random?: () => number;
}

export interface LaneState {
  readonly problem: string | null;
  readonly waiting: number;
  readonly dropped: number;
}

export class Lane<Item> {
  readonly #options: LaneOptions<Item>;
  readonly #pace: Pace;
  readonly #waiting: Item[] = [];
  readonly #stop = new AbortController();
  #dropped = 0;
  #problem: string | null = null;
  /** The attempt under way, if any. Never rejects. */
  #attempt: Promise<void> | null = null;
  /** How many of those that wait are being delivered. */
  #inFlight = 0;
  /** How many were tried together and go together again, so that a place can know them by that; 0: none were. */
  #group = 0;
  /** So many go one by one: they were refused together, maybe because of one of them. */
  #singles = 0;
  #refusals = 0;
  /** Until what has come is gathered, or the place is tried again. */
  #pause: Cancel | null = null;
  /** The pause is one that the place has asked for. */
  #isAskedToWait = false;
  #isClosing = false;

  constructor(options: LaneOptions<Item>) {
    this.#options = options;
    this.#pace = options.pace ?? LOCAL;
  }

  /** Opens the place, so that a problem shows before there is something to say. */
  open(): void {
    this.#begin();
  }

  /** With too many waiting, the oldest is given up: what is new matters more. */
  push(item: Item): void {
    if (this.#waiting.length >= this.#options.waitingMax) this.#drop();
    this.#waiting.push(item);
    if (this.#pace.gatherMs > 0 && this.#isIdle() && !this.#isClosing) this.#beginLater(this.#pace.gatherMs);
    else this.#begin();
  }

  state(): LaneState {
    return { problem: this.#problem, waiting: this.#waiting.length, dropped: this.#dropped };
  }

  /**
   * Tries everything that waits once more, without pauses, until the place refuses or the time for closing is over.
   * What is not delivered by then keeps waiting.
   */
  async close(): Promise<void> {
    this.#isClosing = true;
    const { closeMsMax } = this.#pace;
    if (closeMsMax === null) return this.#finish();
    const late = Promise.withResolvers<undefined>();
    const cancel = this.#options.clock.after(closeMsMax, () => late.resolve(undefined));
    await Promise.race([this.#finish(), late.promise]);
    cancel();
    this.#stop.abort();
  }

  async #finish(): Promise<void> {
    await this.#attempt;
    const isWelcome = this.#pause === null || !this.#isAskedToWait;
    this.#pause?.();
    this.#pause = null;
    if (this.#waiting.length > 0 && isWelcome) this.#begin();
    await this.#attempt;
  }

  #isIdle(): boolean {
    return this.#attempt === null && this.#pause === null;
  }

  #begin(): void {
    if (!this.#isIdle() || this.#stop.signal.aborted) return;
    this.#attempt = this.#run().then((isTaken) => {
      this.#attempt = null;
      // Something may have come after the last look.
      if (isTaken && this.#waiting.length > 0) this.#begin();
    });
  }

  #beginLater(delayMs: number): void {
    this.#isAskedToWait = false;
    this.#pause = this.#options.clock.after(delayMs, () => {
      this.#pause = null;
      this.#begin();
    });
  }

  /** False when the place refuses. */
  async #run(): Promise<boolean> {
    try {
      if (this.#waiting.length === 0) {
        await this.#options.open();
        this.#allIsWell();
      }
      for (let batch = this.#nextBatch(); batch.length > 0; batch = this.#nextBatch())
        await this.#deliver(batch);
      return true;
    } catch (error) {
      // An attempt that was cut off says nothing about the place.
      if (this.#stop.signal.aborted) return false;
      this.#setProblem(messageOf(error));
      if (!this.#isClosing) this.#retryLater(error);
      return false;
    }
  }

  #nextBatch(): readonly Item[] {
    this.#expire();
    if (this.#group === 0)
      this.#group =
        this.#singles > 0 ? 1 : Math.min(this.#options.batchMax ?? BATCH_MAX, this.#waiting.length);
    return this.#waiting.slice(0, this.#group);
  }

  /** The oldest come first. */
  #expire(): void {
    const { addedMs, clock } = this.#options;
    const { ageMsMax } = this.#pace;
    if (addedMs === undefined || ageMsMax === null) return;
    const startMs = clock.now() - ageMsMax;
    const kept = this.#waiting.findIndex((item) => addedMs(item) >= startMs);
    const count = kept === -1 ? this.#waiting.length : kept;
    if (count === 0) return;
    const hours = ageMsMax / 3_600_000;
    const reason = `not taken within ${hours} h${this.#problem === null ? '' : `: ${this.#problem}`}`;
    this.#giveUp(count, reason);
  }

  async #deliver(batch: readonly Item[]): Promise<void> {
    this.#inFlight = batch.length;
    try {
      await this.#options.deliver(batch, this.#stop.signal);
    } catch (error) {
      if (!(error instanceof DeliveryError && error.isFinal)) throw error;
      this.#setProblem(error.message);
      this.#refuse(batch.length, error.message);
      return;
    } finally {
      this.#inFlight = 0;
    }
    this.#allIsWell();
    for (const item of this.#shift(batch.length)) this.#options.settled?.(item);
  }

  /** Of several that are refused together, each is tried by itself. */
  #refuse(count: number, reason: string): void {
    if (count === 1) {
      this.#giveUp(1, reason);
      return;
    }
    this.#singles = count;
    this.#group = 0;
  }

  #giveUp(count: number, reason: string): void {
    for (const item of this.#shift(count)) {
      this.#options.died?.(item, reason);
      this.#options.settled?.(item);
    }
  }

  /** Takes the first `count` out of those that wait. */
  #shift(count: number): Item[] {
    this.#group = Math.max(0, this.#group - count);
    this.#singles = Math.max(0, this.#singles - count);
    return this.#waiting.splice(0, count);
  }

  #drop(): void {
    this.#dropped++;
    const [oldest] = this.#inFlight > 0 ? this.#waiting.splice(this.#inFlight, 1) : this.#shift(1);
    if (oldest !== undefined) this.#options.settled?.(oldest);
  }

  #retryLater(error: unknown): void {
    this.#refusals++;
    const retryAfterMs = error instanceof DeliveryError ? error.retryAfterMs : null;
    const random = this.#options.random ?? Math.random;
    this.#beginLater(retryPauseMs(this.#pace, this.#refusals, { retryAfterMs, random }));
    this.#isAskedToWait = retryAfterMs !== null;
  }

  #allIsWell(): void {
    this.#refusals = 0;
    this.#setProblem(null);
  }

  #setProblem(problem: string | null): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#options.problemChanged?.(problem);
  }
}
