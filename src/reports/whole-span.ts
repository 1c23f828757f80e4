// One report over everything that was read, whatever the schedule says.
import { RollUp } from '../aggregate/roll-up.ts';
import type { PackedRollUp } from '../aggregate/roll-up.ts';
import type { RequestColumns, Second, SecondConsumer } from '../aggregate/second.ts';
import { createReport } from './summary.ts';
import type { Report } from './summary.ts';

interface Ending {
  /** Paths named in the report. */
  readonly top: number;
  /** Not everything was read. */
  readonly isPartial: boolean;
}

/** What was counted, for another thread. */
export interface PackedSpan {
  /** Infinity when nothing was counted. */
  readonly fromSeconds: number;
  readonly rollUp: PackedRollUp;
}

export class WholeSpan implements SecondConsumer {
  readonly takesRuns = true;
  readonly #rollUp: RollUp;
  #fromSeconds = Number.POSITIVE_INFINITY;

  constructor(pathsMax: number) {
    this.#rollUp = new RollUp(pathsMax);
  }

  add(second: Second): void {
    if (second.timeSeconds < this.#fromSeconds) this.#fromSeconds = second.timeSeconds;
    this.#rollUp.merge(second);
  }

  addRun(requests: RequestColumns, count: number): void {
    this.#fromSeconds = Math.min(this.#fromSeconds, requests.timesSeconds[0] ?? 0);
    this.#rollUp.mergeRun(requests, count);
  }

  advanceTo(): void {}

  /** Begins anew. */
  clear(): void {
    this.#rollUp.clear();
    this.#fromSeconds = Number.POSITIVE_INFINITY;
  }

  pack(): PackedSpan {
    return { fromSeconds: this.#fromSeconds, rollUp: this.#rollUp.pack() };
  }

  /** Adds what was counted elsewhere. */
  merge({ fromSeconds, rollUp }: PackedSpan): void {
    this.#fromSeconds = Math.min(this.#fromSeconds, fromSeconds);
    this.#rollUp.mergePacked(rollUp);
  }

  /** Up to `toSeconds`, not included. */
  report(toSeconds: number, { top, isPartial }: Ending): Report {
    const fromSeconds = Math.min(this.#fromSeconds, toSeconds);
    const id = `replay-${fromSeconds}-${toSeconds}`;
    return createReport(this.#rollUp, { id, fromSeconds, toSeconds, isPartial }, top);
  }
}
