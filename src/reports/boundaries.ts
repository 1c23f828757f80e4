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

/** A leap year, all days of which are looked at. */
const FROM_SECONDS = Date.UTC(2024, 0, 1) / 1000;
const END_SECONDS = Date.UTC(2025, 0, 1) / 1000;
const DAY_SECONDS = 86_400;

/**
 * Whether what lasts for so long from each run of a cron expression on is never over, as the next run always comes before. Of an
 * expression with seconds only the minutes are looked at.
 */
export function isEndless(expression: string, durationSeconds: number): boolean {
  const ofMinutes = expression.split(' ').slice(-5).join(' ');
  const boundaries = createBoundaries({ kind: 'cron', expression: ofMinutes }, 'UTC');
  const first = boundaries.next(FROM_SECONDS - 1);
  let begin = first;
  while (begin !== null && begin < END_SECONDS) {
    const following = boundaries.next(begin);
    if (following === null || following - begin > durationSeconds) return false;
    begin = following;
    // The times of the first day are those of every day: of others, only the nights before and after are looked at.
    if (dayOf(begin) !== dayOf(first ?? begin)) begin = boundaries.last(endOfDay(begin) - 1) ?? begin;
  }
  return begin !== null;
}

function dayOf(seconds: number): number {
  return Math.floor(seconds / DAY_SECONDS);
}

function endOfDay(seconds: number): number {
  return (dayOf(seconds) + 1) * DAY_SECONDS;
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
