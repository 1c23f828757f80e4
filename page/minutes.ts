// A chart's numbers by minute, or by whatever longer time they are of, for the table that stands for it. Pure.
import type { Frame } from './frame.ts';

export interface MinuteRow {
  /** Its beginning, seconds since the epoch. */
  readonly time: number;
  /** Of each series the average of what is known; null when nothing is. */
  readonly values: readonly (number | null)[];
}

/** Ascending. */
export function averageByMinute({
  times,
  values,
  rowSeconds,
}: Pick<Frame, 'times' | 'values' | 'rowSeconds'>): MinuteRow[] {
  const seconds = Math.max(60, rowSeconds);
  const places = Map.groupBy(times.keys(), (place) => Math.floor((times[place] ?? 0) / seconds) * seconds);
  return Array.from(places, ([time, ofMinute]) => ({
    time,
    values: values.map((column) => average(ofMinute.map((place) => column[place] ?? null))),
  }));
}

function average(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}
