// The resolutions that history is kept in: how much time one row counts, and where the rows are.

export interface Level {
  /** As a person says it, and the end of the name of its view. */
  readonly name: '10s' | '1m' | '1h';
  /** What one row counts together; divides that of every coarser level. */
  readonly seconds: number;
  readonly table: string;
}

/** The one that everything is counted in first. */
export const FINEST: Level = { name: '10s', seconds: 10, table: 'history_10s' };
export const MINUTE: Level = { name: '1m', seconds: 60, table: 'history_1m' };
export const HOUR: Level = { name: '1h', seconds: 3600, table: 'history_1h' };

/** From the finest to the coarsest. */
export const LEVELS: readonly Level[] = [FINEST, MINUTE, HOUR];

/** The beginning of the span of `seconds` that `timeSeconds` is in; before 1970 too. */
export function beginOf(timeSeconds: number, seconds: number): number {
  return Math.floor(timeSeconds / seconds) * seconds;
}
