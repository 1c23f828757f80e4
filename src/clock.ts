// The only caller of Date.now and of timers. Every part that needs the time, or needs to be woken later, is
// given a Clock, so that tests decide what time it is.

/** Stops a timer; calling it again does nothing. */
export type Cancel = () => void;

export interface Clock {
  /** Wall time in milliseconds since the epoch. */
  now(): number;
  /** Calls `task` every `intervalMs` milliseconds until cancelled. */
  every(intervalMs: number, task: () => void): Cancel;
  /** Calls `task` once after `delayMs` milliseconds unless cancelled. */
  after(delayMs: number, task: () => void): Cancel;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  every(intervalMs, task) {
    const timer = setInterval(task, intervalMs);
    return () => clearInterval(timer);
  },
  after(delayMs, task) {
    if (delayMs === 0) return afterThis(task);
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

/** A timer of no time would wait for a millisecond. */
function afterThis(task: () => void): Cancel {
  const turn = setImmediate(task);
  return () => clearImmediate(turn);
}
