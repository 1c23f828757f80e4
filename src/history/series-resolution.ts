// In which steps a span is told, and from which counts: the coarsest that still make such steps, as they are the fewest.
import { SERIES_STEPS_MAX } from '../http/series-answer.ts';
import type { SeriesQuery } from '../http/series-answer.ts';
import { beginOf, HOUR, LEVELS } from './levels.ts';
import type { Level } from './levels.ts';

export interface SeriesResolution {
  readonly level: Level;
  readonly everySeconds: number;
  /** Whole steps. */
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly completeFromSeconds: number | null;
}

/** Beyond two days there are hours only: from minutes, percentiles of a week take five seconds. */
const STEPS = [10, 30, 60, 120, 180, 300, 3600, 7200, 10_800, 21_600, 43_200, 86_400] as const;
const DAY = 86_400;

/** `keptFrom`: from where on each level is complete, from the finest; minus infinity: nothing was removed. */
export function resolveSeries(query: SeriesQuery, keptFrom: readonly number[]): SeriesResolution {
  const wanted = query.everySeconds ?? chooseStep(query);
  const { level, completeFromSeconds } = chooseLevel(beginOf(query.fromSeconds, wanted), wanted, keptFrom);
  // Of that time nothing finer may be kept.
  const everySeconds = Math.ceil(wanted / level.seconds) * level.seconds;
  return { level, everySeconds, ...spanOf(query, everySeconds), completeFromSeconds };
}

function chooseStep(query: SeriesQuery): number {
  const fits = (step: number): boolean => {
    const { fromSeconds, toSeconds } = spanOf(query, step);
    return (toSeconds - fromSeconds) / step <= SERIES_STEPS_MAX;
  };
  const step = STEPS.find(fits);
  if (step !== undefined) return step;
  const days = Math.ceil((query.toSeconds - query.fromSeconds) / DAY / (SERIES_STEPS_MAX - 1));
  return days * DAY;
}

function spanOf(
  { fromSeconds, toSeconds }: SeriesQuery,
  step: number,
): { fromSeconds: number; toSeconds: number } {
  return { fromSeconds: beginOf(fromSeconds, step), toSeconds: beginOf(toSeconds + step - 1, step) };
}

/** The coarsest that is complete and makes whole steps; else the finest that is complete; else what reaches back furthest. */
function chooseLevel(
  fromSeconds: number,
  everySeconds: number,
  keptFrom: readonly number[],
): Pick<SeriesResolution, 'level' | 'completeFromSeconds'> {
  const keptOf = (level: Level): number => keptFrom[LEVELS.indexOf(level)] ?? Number.NEGATIVE_INFINITY;
  const isComplete = (level: Level): boolean => keptOf(level) <= fromSeconds;
  const fitting = LEVELS.filter(({ seconds }) => everySeconds % seconds === 0);
  const level = fitting.toReversed().find(isComplete) ?? LEVELS.find(isComplete);
  if (level !== undefined) return { level, completeFromSeconds: null };
  const furthest = Math.min(...LEVELS.map(keptOf));
  const last =
    fitting.toReversed().find((one) => keptOf(one) === furthest) ??
    LEVELS.find((one) => keptOf(one) === furthest);
  return { level: last ?? HOUR, completeFromSeconds: furthest };
}

/**
 * Between what was stored of old logs and what the monitor has counted itself there may be time that nobody has watched; null:
 * none. `liveFromSeconds`: where the monitor began; `lastEnds`: where the last row before that ends, of each level from the finest.
 * Of what is known by the hour only, the hour in which the monitor began is taken for watched.
 */
export function findUnwatched(
  liveFromSeconds: number | null,
  lastEnds: readonly (number | null)[],
  keptFrom: readonly number[],
): { readonly fromSeconds: number; readonly toSeconds: number } | null {
  const fromSeconds = lastCounted(lastEnds);
  if (liveFromSeconds === null || fromSeconds === null) return null;
  const hour = beginOf(liveFromSeconds, HOUR.seconds);
  const level = LEVELS.find((_, i) => (keptFrom[i] ?? Number.NEGATIVE_INFINITY) <= hour) ?? HOUR;
  const toSeconds = beginOf(liveFromSeconds, level.seconds);
  return fromSeconds < toSeconds ? { fromSeconds, toSeconds } : null;
}

/** A coarse row may have ended before; the finest of its time tells better. */
function lastCounted(lastEnds: readonly (number | null)[]): number | null {
  let last: number | null = null;
  let roughSeconds = 0;
  for (const [i, level] of [...LEVELS.entries()].toReversed()) {
    const end = lastEnds[i] ?? null;
    if (end === null || (last !== null && end <= last - roughSeconds)) continue;
    last = end;
    roughSeconds = level.seconds;
  }
  return last;
}

/**
 * Where counting began: `firstTimes` are the first rows of each level, from the finest, null without any. A coarse row
 * may have begun before; the finest of its time tells better.
 */
export function firstCounted(firstTimes: readonly (number | null)[]): number | null {
  let first: number | null = null;
  let roughSeconds = 0;
  for (const [i, level] of [...LEVELS.entries()].toReversed()) {
    const time = firstTimes[i] ?? null;
    if (time === null) continue;
    if (first === null || time < first + roughSeconds) {
      first = time;
      roughSeconds = level.seconds;
    }
  }
  return first;
}
