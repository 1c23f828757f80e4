// How fast, how often and for how long a place is given what waits for it. A disk is asked again soon; a place in the
// network is spared, and what it does not take within a day is old news.

export interface Pace {
  /** What comes within so many milliseconds goes out together; 0: at once. */
  readonly gatherMs: number;
  /** Pause after the first refusal in milliseconds; each further one doubles it … */
  readonly retryMsMin: number;
  /** … up to this. */
  readonly retryMsMax: number;
  /** Pauses are between a half and the whole of that, so that many monitors do not come back at the same moment. */
  readonly isSpread: boolean;
  /** What is older, in milliseconds, is given up; null: never. */
  readonly ageMsMax: number | null;
  /** Closing waits so long for what is under way and then aborts it; null: until it is done. */
  readonly closeMsMax: number | null;
}

/** Standard output and files. */
export const LOCAL: Pace = {
  gatherMs: 0,
  retryMsMin: 1000,
  retryMsMax: 10_000,
  isSpread: false,
  ageMsMax: null,
  closeMsMax: null,
};

export const NETWORK: Pace = {
  gatherMs: 1000,
  retryMsMin: 1000,
  retryMsMax: 300_000,
  isSpread: true,
  ageMsMax: 86_400_000,
  closeMsMax: 500,
};

/**
 * Pause in milliseconds after `refusals` refusals in a row, at least 1, and at least what the place has asked for.
 * `random` gives numbers from 0 to below 1.
 */
export function retryPauseMs(
  pace: Pace,
  refusals: number,
  { retryAfterMs, random }: { retryAfterMs: number | null; random: () => number },
): number {
  const wholeMs = Math.min(pace.retryMsMin * 2 ** (refusals - 1), pace.retryMsMax);
  const pauseMs = pace.isSpread ? Math.round(wholeMs * (0.5 + random() / 2)) : wholeMs;
  return Math.max(pauseMs, retryAfterMs ?? 0);
}
