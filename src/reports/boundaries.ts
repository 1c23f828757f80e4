// When the reports of a finished log were due: the boundaries of a schedule in event time. Sole importer of croner,
// which, other than node-cron, tells the runs of a cron expression at any time in the past.
import { Cron } from 'croner';
import type { SecondConsumer } from '../aggregate/second.ts';
import type { ReportTime } from './scheduler.ts';

export interface Boundaries {
  /** The first boundary after `seconds`; null when there is none. */
  next(seconds: number): number | null;
  /** The last boundary at `seconds` or before; null when there is none. */
  last(seconds: number): number | null;
}

/** `timezone`: IANA name; a cron expression is read in this zone. */
export function createBoundaries(reportTime: ReportTime, timezone: string): Boundaries {
  if (reportTime.kind === 'interval') {
    const { seconds: period } = reportTime;
    return {
      next: (seconds) => (Math.floor(seconds / period) + 1) * period,
      last: (seconds) => Math.floor(seconds / period) * period,
    };
  }
  const cron = new Cron(reportTime.expression, { timezone, paused: true });
  const toSeconds = (date: Date | null | undefined): number | null =>
    date ? Math.floor(date.getTime() / 1000) : null;
  return {
    next: (seconds) => toSeconds(cron.nextRun(new Date(seconds * 1000))),
    last: (seconds) => toSeconds(cron.previousRuns(1, new Date((seconds + 1) * 1000))[0]),
  };
}

/** Whether croner can tell its runs: it knows other spellings than node-cron. */
export function isTellable(expression: string): boolean {
  try {
    createBoundaries({ kind: 'cron', expression }, 'UTC').next(FROM_SECONDS);
    return true;
  } catch {
    return false;
  }
}

/** Some leap year begins. */
const FROM_SECONDS = Date.UTC(2024, 0, 1) / 1000;
/** More than one for each day of a year. */
const RUNS_LOOKED_AT = 400;

/** Whether what lasts for so long from each run of a cron expression on is never over, as the next run always comes before. */
export function isEndless(expression: string, durationSeconds: number): boolean {
  const boundaries = createBoundaries({ kind: 'cron', expression }, 'UTC');
  let begin = boundaries.next(FROM_SECONDS);
  for (let run = 0; run < RUNS_LOOKED_AT; run++) {
    const following = begin === null ? null : boundaries.next(begin);
    if (begin === null || following === null || following - begin > durationSeconds) return false;
    begin = following;
  }
  return true;
}

export interface BoundaryListener {
  /** Time begins: the boundary that goes before. */
  begin(seconds: number): void;
  /** Event time comes to a boundary. Of those in a gap without requests, the first and the last are told. */
  cutAt(seconds: number): void;
}

/** Goes before the consumers that it tells, or some of them would be ahead of the boundary. */
export class BoundaryTeller implements SecondConsumer {
  readonly #boundaries: Boundaries;
  readonly #listener: BoundaryListener;
  #next: number | null = null;
  #hasBegun = false;

  constructor(boundaries: Boundaries, listener: BoundaryListener) {
    this.#boundaries = boundaries;
    this.#listener = listener;
  }

  add(): void {}

  advanceTo(timeSeconds: number): void {
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      this.#listener.begin(this.#boundaries.last(timeSeconds) ?? timeSeconds);
      this.#next = this.#boundaries.next(timeSeconds);
    }
    if (this.#next === null || this.#next > timeSeconds) return;
    const last = this.#boundaries.last(timeSeconds) ?? this.#next;
    this.#listener.cutAt(this.#next);
    if (last > this.#next) this.#listener.cutAt(last);
    this.#next = this.#boundaries.next(last);
  }
}
