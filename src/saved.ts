// Shape checks for what comes back from the state database: a value that does not fit, because it is damaged or another
// version's, is refused as a whole and never half restored. Pure.

export type Check<T> = (value: unknown) => value is T;

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** Whole and exact, of either sign: a time in seconds may be before the epoch. */
export function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

/** Zero or more of something. */
export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

/** Zero or more, not necessarily whole: what a response sent may sum up to more than is exact. */
export function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

export function isOneOf<T extends string | number>(...allowed: readonly T[]): Check<T> {
  return (value): value is T => allowed.some((each) => each === value);
}

export function isNullOr<T>(check: Check<T>): Check<T | null> {
  return (value): value is T | null => value === null || check(value);
}

export function isListOf<T>(check: Check<T>): Check<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every(check);
}

/** Exactly these keys, each with a fitting value. */
export function isShape<T extends object>(checks: { readonly [K in keyof T]-?: Check<T[K]> }): Check<T> {
  const keys = Object.keys(checks);
  const hasFitting = (value: object): boolean => {
    const entries: ReadonlyMap<string, unknown> = new Map(Object.entries(value));
    return Object.entries<Check<unknown>>(checks).every(
      ([key, check]) => entries.has(key) && check(entries.get(key)),
    );
  };
  return (value): value is T =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.keys(value).length === keys.length &&
    hasFitting(value);
}

/** JSON has no infinity: a time that is not known yet is saved as null … */
export function saveTime(timeSeconds: number): number | null {
  return Number.isFinite(timeSeconds) ? timeSeconds : null;
}

/** … and comes back as the one before all others. */
export function restoreTime(saved: number | null): number {
  return saved ?? Number.NEGATIVE_INFINITY;
}
