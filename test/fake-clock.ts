// A clock that stands still until a test moves it.
import type { Cancel, Clock } from '../src/clock.ts';

interface Timer {
  readonly task: () => void;
  readonly everyMs: number | null;
  dueMs: number;
}

export class FakeClock implements Clock {
  #nowMs: number;
  readonly #timers = new Set<Timer>();

  /** `startMs`: wall time to begin with, milliseconds since the epoch. */
  constructor(startMs = Date.UTC(2026, 10, 23, 22, 14, 0)) {
    this.#nowMs = startMs;
  }

  /** How many wait to be called. */
  get timerCount(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#nowMs;
  }

  every(intervalMs: number, task: () => void): Cancel {
    return this.#add({ task, everyMs: intervalMs, dueMs: this.#nowMs + intervalMs });
  }

  after(delayMs: number, task: () => void): Cancel {
    return this.#add({ task, everyMs: null, dueMs: this.#nowMs + delayMs });
  }

  /** Moves time on by `ms`, running every timer that falls due, in order of their due times. */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const next = this.#nextDue(endMs);
      if (next === undefined) break;
      this.#nowMs = next.dueMs;
      if (next.everyMs === null) this.#timers.delete(next);
      else next.dueMs += next.everyMs;
      next.task();
    }
    this.#nowMs = endMs;
  }

  #add(timer: Timer): Cancel {
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  #nextDue(endMs: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueMs <= endMs && (next === undefined || timer.dueMs < next.dueMs)) next = timer;
    }
    return next;
  }
}
