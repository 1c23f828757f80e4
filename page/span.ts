// What was found of a span in history, as the panels draw it. Pure.
import type { SeriesAlert, SeriesFound } from '../src/http/series-answer.ts';
import { keyOf } from './model.ts';
import type { LiveAlert } from '../src/live/event.ts';
import type { ClassRow } from './tops.ts';

/** What there is to show of a span. */
export interface RangeState {
  /** The newest answer; null: none yet. */
  readonly found: SeriesFound | null;
  /** The answer is of another view than what is asked now. */
  readonly isOld: boolean;
  /** Why there is no newer one: a sentence. */
  readonly problem: string | null;
}

export interface LatencyRow {
  readonly time: number;
  /** Milliseconds; null when none is known. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

export interface SpanRows {
  readonly classRows: readonly ClassRow[];
  readonly latencies: readonly LatencyRow[];
  readonly rowSeconds: number;
}

/** Of a step that is not over, or was not counted from its beginning, a minute at least gives a rate. */
const RATE_SECONDS = 60;

/** In the middle of each step: requests a second, and percentiles. Empty while nothing is found. */
export function rowsOfSpan(found: SeriesFound | null): SpanRows {
  if (found === null) return { classRows: [], latencies: [], rowSeconds: 1 };
  const { everySeconds, steps } = found;
  const places = [...steps.times.keys()].filter(
    (place) => (steps.seconds[place] ?? 0) >= Math.min(everySeconds, RATE_SECONDS),
  );
  const timeAt = (place: number): number => (steps.times[place] ?? 0) + everySeconds / 2;
  return {
    classRows: places.map((place) => ({
      time: timeAt(place),
      classes: steps.classes.map((column) => (column[place] ?? 0) / (steps.seconds[place] ?? everySeconds)),
    })),
    latencies: places.map((place) => ({
      time: timeAt(place),
      p50: steps.p50[place] ?? null,
      p95: steps.p95[place] ?? null,
      p99: steps.p99[place] ?? null,
    })),
    rowSeconds: everySeconds,
  };
}

/** Seconds of the span that were counted. */
export function countedSeconds({ steps }: Pick<SeriesFound, 'steps'>): number {
  return steps.seconds.reduce((sum, seconds) => sum + seconds, 0);
}

/** Newest first. What the monitor has told since it started has its reasons. */
export function listAlerts(found: readonly SeriesAlert[], live: readonly LiveAlert[]): LiveAlert[] {
  const told = new Map(live.map((alert) => [keyOf(alert), alert]));
  return found.map((alert) => {
    const { id, rule, state, timeSeconds, sinceSeconds, summary } = alert;
    const kept = { id, rule, state, timeSeconds, sinceSeconds, summary };
    return told.get(keyOf(alert)) ?? { ...kept, isReminder: false, message: null, explanation: null };
  });
}
