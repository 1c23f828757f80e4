// What a person sees of a run: a line of progress on a terminal, and one sentence at its end. Pure.
import type { Truth } from './truth.ts';

type CountedUnit = 'lines' | 'requests';

export interface ProgressOptions {
  readonly truth: Truth;
  readonly unit: CountedUnit;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Null shows nothing. */
  readonly write: ((text: string) => void) | null;
}

export interface Progress {
  readonly show: () => void;
  readonly clear: () => void;
  readonly elapsedMs: () => number;
}

const INTERVAL_MS = 500;

export function createProgress({ truth, unit, now, write }: ProgressOptions): Progress {
  const startMs = now();
  let shownMs = startMs;
  return {
    show() {
      const nowMs = now();
      if (write === null || nowMs - shownMs < INTERVAL_MS) return;
      shownMs = nowMs;
      write(`\r\x1b[K${summaryLine(truth, nowMs - startMs, unit)}`);
    },
    clear() {
      if (write !== null && shownMs > startMs) write('\r\x1b[K');
    },
    elapsedMs: () => now() - startMs,
  };
}

export function summaryLine(truth: Truth, elapsedMs: number, unit: CountedUnit): string {
  const seconds = elapsedMs / 1000;
  const perSecond = seconds > 0 ? Math.round(truth.lines / seconds) : 0;
  const failed = truth.failedRequests > 0 ? `, ${truth.failedRequests} failed` : '';
  return (
    `${truth.lines} ${unit} in ${seconds.toFixed(1)} s (${perSecond} ${unit}/s), ` +
    `${truth.errors} errors, ${truth.brokenLines} broken${failed}`
  );
}
