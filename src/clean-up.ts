// Named clean-ups, run in reverse order under one deadline: what was started last is stopped first.
import type { Clock } from './clock.ts';

interface Step {
  readonly name: string;
  readonly run: () => void | Promise<void>;
}

/** A step that comes when the time is up has so long all the same: what took too long was another. */
const LEAST_MS = 100;

export type CleanUpProblem = (name: string, error: unknown) => void;

export class CleanUps {
  readonly #steps: Step[] = [];
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(name: string, run: () => void | Promise<void>): void {
    this.#steps.push({ name, run });
  }

  /**
   * Runs every step once, whatever the others do. A step that fails, or is not done when `deadlineMs` milliseconds
   * have passed since the call, is reported and left behind.
   */
  async run(deadlineMs: number, onProblem: CleanUpProblem): Promise<void> {
    const endMs = this.#clock.now() + deadlineMs;
    for (const { name, run } of this.#steps.splice(0).toReversed()) {
      try {
        await this.#within(Math.max(LEAST_MS, endMs - this.#clock.now()), run);
      } catch (error) {
        onProblem(name, error);
      }
    }
  }

  async #within(leftMs: number, run: Step['run']): Promise<void> {
    const late = Promise.withResolvers<never>();
    const cancel = this.#clock.after(leftMs, () => late.reject(new Error('not done in time')));
    try {
      await Promise.race([run(), late.promise]);
    } finally {
      cancel();
    }
  }
}
