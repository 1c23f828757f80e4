// The names with the most requests, their shares, and those of the time before. Pure.
import { SERIES_TOPS_MAX } from '../http/series-answer.ts';
import type { SeriesTop } from '../http/series-answer.ts';

export interface Tally {
  readonly names: ReadonlyMap<string, number>;
  /** What shares are of. */
  readonly requests: number;
}

/** Adds up what has the same name. */
export function tally<Id>(counts: ReadonlyMap<Id, number>, nameOf: (id: Id) => string): Map<string, number> {
  const names = new Map<string, number>();
  for (const [id, count] of counts) {
    const name = nameOf(id);
    names.set(name, (names.get(name) ?? 0) + count);
  }
  return names;
}

/** Most requests first. `then`: of the time before; null: not known. */
export function findTops(now: Tally, then: Tally | null): SeriesTop[] {
  return [...now.names]
    .toSorted(([a, of], [b, ofOther]) => ofOther - of || (a < b ? -1 : 1))
    .slice(0, SERIES_TOPS_MAX)
    .map(([name, requests]) => ({
      name,
      requests,
      share: shareOf(requests, now.requests),
      previousShare:
        then === null || then.requests === 0 ? null : shareOf(then.names.get(name) ?? 0, then.requests),
    }));
}

/** Estimates may be a bit more than all. */
function shareOf(part: number, all: number): number {
  return all === 0 ? 0 : Math.min(1, part / all);
}
