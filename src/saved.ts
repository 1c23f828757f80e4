// The numbers in what comes back from the state database, as schemas. A value that does not fit its part's schema,
// because it is damaged or another version's, is refused as a whole and never half restored. Pure.
import * as v from 'valibot';

/** Whole and exact, of either sign: a time in seconds may be before the epoch. */
export const WholeSchema = v.pipe(v.number(), v.safeInteger());

/** Zero or more of something. */
export const CountSchema = v.pipe(v.number(), v.integer(), v.minValue(0));

/** Zero or more, not necessarily whole: what a response sent may sum up to more than is exact. */
export const AmountSchema = v.pipe(v.number(), v.finite(), v.minValue(0));

/** JSON has no infinity: a time that is not known yet is saved as null … */
export function saveTime(timeSeconds: number): number | null {
  return Number.isFinite(timeSeconds) ? timeSeconds : null;
}

/** … and comes back as the one before all others. */
export function restoreTime(saved: number | null): number {
  return saved ?? Number.NEGATIVE_INFINITY;
}
