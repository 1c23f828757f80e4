// Decides whether files and directories are watched. A server that writes line by line makes thousands of events a
// second, each of which wakes the process and says nothing new: while they come so thick, everything is closed that is
// watched, and looked at by the clock instead. Part of the source room.
import type { Cancel, Clock } from '../clock.ts';

/** How often names and sizes are looked at while nothing is watched: a file that is there for longer is seen. */
const LOOK_MS = 40;
/** More events in `LOOK_MS` are too many. */
const EVENTS_MAX = 12;
/** After so many looks, fewer than `GROWTHS_MIN` of which found something new, it is watched again. */
const LOOKS = 25;
const GROWTHS_MIN = 5;

export interface WatchPaceOptions {
  readonly clock: Clock;
  /** True: nothing is ever watched, nor looked at by this. */
  readonly isPollingOnly: boolean;
  /** Called every 40 ms while watching is suspended, and once when it is resumed. */
  readonly look: () => void;
}

export class WatchPace {
  readonly #options: WatchPaceOptions;
  #windowMs = Number.NEGATIVE_INFINITY;
  #events = 0;
  #cancel: Cancel | null = null;
  #looks = 0;
  #growths = 0;
  #hasGrown = false;
  #isStopped = false;

  constructor(options: WatchPaceOptions) {
    this.#options = options;
  }

  get isWatched(): boolean {
    return this.#cancel === null && !this.#options.isPollingOnly;
  }

  /** Watching is suspended: `look` is called often enough for everybody. */
  get isLooking(): boolean {
    return this.#cancel !== null;
  }

  /** Nothing ever is watched. */
  get isPollingOnly(): boolean {
    return this.#options.isPollingOnly;
  }

  /** A watcher has told something. */
  noticed(): void {
    if (!this.isWatched || this.#isStopped) return;
    const nowMs = this.#options.clock.now();
    if (Math.abs(nowMs - this.#windowMs) > LOOK_MS) {
      this.#windowMs = nowMs;
      this.#events = 0;
    }
    if (++this.#events > EVENTS_MAX) this.#suspend();
  }

  /** Something new was read. */
  grew(): void {
    this.#hasGrown = true;
  }

  /** No more looks, whatever is noticed from now on. */
  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }

  #suspend(): void {
    this.#looks = this.#growths = this.#events = 0;
    this.#cancel = this.#options.clock.every(LOOK_MS, () => this.#look());
  }

  #look(): void {
    this.#options.look();
    if (this.#hasGrown) this.#growths++;
    this.#hasGrown = false;
    if (++this.#looks < LOOKS) return;
    const isQuiet = this.#growths < GROWTHS_MIN;
    this.#looks = this.#growths = 0;
    if (isQuiet) this.#resume();
  }

  /** The look after it opens the watchers, and reads what came before they were open. */
  #resume(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#options.look();
  }
}
