// Reads durations and sizes as people write them in the configuration. Pure; used by the schema for every key
// that holds seconds or bytes.

/** A value, or the sentence that says what it must be. */
export type Reading<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

export const DURATION_WANTED = 'must be a duration such as 90, 90s, 2m or 1h30m';

const PLAIN_NUMBER = /^\d+(?:\.\d+)?$/;
const DURATION =
  /^(?:(?<d>\d+(?:\.\d+)?)d)?(?:(?<h>\d+(?:\.\d+)?)h)?(?:(?<m>\d+(?:\.\d+)?)m)?(?:(?<s>\d+(?:\.\d+)?)s)?(?:(?<ms>\d+(?:\.\d+)?)ms)?$/;
const SIZE = /^(?<amount>\d+(?:\.\d+)?) ?(?<unit>[kmg]i?b|b)?$/i;

const SECONDS_PER_UNIT = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
  ['ms', 0.001],
] as const;

const BYTES_PER_UNIT = new Map([
  ['b', 1],
  ['kb', 1000],
  ['mb', 1000 ** 2],
  ['gb', 1000 ** 3],
  ['kib', 1024],
  ['mib', 1024 ** 2],
  ['gib', 1024 ** 3],
]);

/** Whole seconds from a number of seconds or from text such as `90`, `90s`, `2m` or `1h30m`. */
export function readDuration(raw: unknown): Reading<number> {
  const seconds = typeof raw === 'string' ? secondsOf(raw.trim()) : numberOf(raw);
  return whole(seconds, {
    wanted: DURATION_WANTED,
    unit: 'must be a whole number of seconds',
  });
}

/** Whole bytes from a number of bytes or from text such as `65536`, `512KiB` or `10MB`; case does not matter. */
export function readSize(raw: unknown): Reading<number> {
  const bytes = typeof raw === 'string' ? bytesOf(raw.trim()) : numberOf(raw);
  return whole(bytes, {
    wanted: 'must be a size such as 65536, 512KiB or 10MB',
    unit: 'must be a whole number of bytes',
  });
}

function numberOf(raw: unknown): number | null {
  return typeof raw === 'number' && Number.isFinite(raw) ? raw : null;
}

function secondsOf(text: string): number | null {
  if (PLAIN_NUMBER.test(text)) return Number(text);
  const parts = text === '' ? undefined : DURATION.exec(text)?.groups;
  if (parts === undefined) return null;
  const seconds = SECONDS_PER_UNIT.map(([unit, length]) => Number(parts[unit] ?? 0) * length);
  return exact(seconds.reduce((sum, part) => sum + part, 0));
}

function bytesOf(text: string): number | null {
  const parts = SIZE.exec(text)?.groups;
  if (parts === undefined) return null;
  return exact(Number(parts['amount']) * (BYTES_PER_UNIT.get(parts['unit']?.toLowerCase() ?? 'b') ?? 1));
}

/** 1.1m is 66.00000000000001 in binary fractions: the error of the representation is not the user's. */
function exact(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value - rounded) < 1e-6 ? rounded : value;
}

function whole(value: number | null, say: { wanted: string; unit: string }): Reading<number> {
  if (value === null) return { ok: false, message: say.wanted };
  return Number.isInteger(value) ? { ok: true, value } : { ok: false, message: say.unit };
}
