// Ties the plan to the clock: how much of the plan is due now. Pure; the caller brings the time.

/** A gap longer than this is skipped, not made up for: otherwise a machine that slept would wake up to a flood. */
const CATCH_UP_MAX_MS = 2000;

export interface Pacer {
  /** Milliseconds of the plan that are due at the wall time `nowMs`. Never goes back. */
  dueMs(nowMs: number): number;
  /** Event time of an offset into the plan, milliseconds since the epoch. */
  eventMs(offsetMs: number): number;
}

/**
 * Without a fixed start the run begins in the current second, so that a second of the plan is a second of event
 * time. With one, event times follow from the plan alone and do not depend on how fast it was written.
 */
export function createPacer(fixedStartMs: number | null, nowMs: number): Pacer {
  let originMs = fixedStartMs === null ? Math.floor(nowMs / 1000) * 1000 : nowMs;
  let lastDueMs = 0;
  return {
    dueMs(now) {
      const aheadMs = now - originMs - lastDueMs;
      if (aheadMs > CATCH_UP_MAX_MS) originMs += Math.floor(aheadMs / 1000) * 1000;
      else if (aheadMs < -CATCH_UP_MAX_MS) originMs += Math.floor(aheadMs / 1000) * 1000;
      lastDueMs = Math.max(lastDueMs, now - originMs);
      return lastDueMs;
    },
    eventMs: (offsetMs) => (fixedStartMs ?? originMs) + offsetMs,
  };
}

/** The whole plan is due at once. */
export function createUnpacedPacer(startMs: number): Pacer {
  return { dueMs: () => Number.POSITIVE_INFINITY, eventMs: (offsetMs) => startMs + offsetMs };
}
