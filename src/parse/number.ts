// Numbers out of the bytes of a line: sizes, statuses, latencies, epoch times. Part of the hot path.
const ZERO = 0x30;
const DOT = 0x2e;
const COMMA = 0x2c;
const COLON = 0x3a;
const SPACE = 0x20;
const DASH = 0x2d;

/** Digits up to here make an exact number. */
const DIGITS_MAX = 15;

/** Digits only, at most 15 so that the number is exact; else NaN. */
export function readNumber(bytes: Buffer, start: number, end: number): number {
  if (end === start || end - start > DIGITS_MAX) return Number.NaN;
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = (bytes[i] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** `0.226` in units of which a second has `unitsPerSecond`, as milliseconds; NaN for what is no such number, and for a negative one. */
export function readMilliseconds(bytes: Buffer, start: number, end: number, unitsPerSecond: number): number {
  let digits = 0;
  let scale = 1;
  let count = 0;
  let isFraction = false;
  for (let i = start; i < end; i++) {
    const digit = (bytes[i] ?? 0) - ZERO;
    if (digit >= 0 && digit <= 9) {
      // What comes after the fifteenth digit of a fraction is below any clock's resolution.
      if (++count > DIGITS_MAX) {
        if (!isFraction) return Number.NaN;
        continue;
      }
      digits = digits * 10 + digit;
      if (isFraction) scale *= 10;
    } else if (bytes[i] === DOT && !isFraction && i > start) isFraction = true;
    else return Number.NaN;
  }
  return count === 0 ? Number.NaN : (digits * 1000) / (scale * unitsPerSecond);
}

/**
 * The sum of `0.1, 0.2 : 0.3`, a time for each server that was tried; `-` stands for one that gave no answer.
 * NaN when all did not, and for what is no such list.
 */
export function readSumOfMilliseconds(
  bytes: Buffer,
  start: number,
  end: number,
  unitsPerSecond: number,
): number {
  let sum = Number.NaN;
  let i = start;
  while (i < end) {
    while (i < end && isSeparator(bytes[i])) i++;
    const from = i;
    while (i < end && !isSeparator(bytes[i])) i++;
    if (i === from || (i === from + 1 && bytes[from] === DASH)) continue;
    const one = readMilliseconds(bytes, from, i, unitsPerSecond);
    if (Number.isNaN(one)) return Number.NaN;
    sum = Number.isNaN(sum) ? one : sum + one;
  }
  return sum;
}

function isSeparator(byte: number | undefined): boolean {
  return byte === SPACE || byte === COMMA || byte === COLON;
}

/** `12ms`, `1.5s`, `80µs`, `9ns` as milliseconds; NaN for anything else. */
export function readWithUnit(bytes: Buffer, start: number, end: number): number {
  let unit = end;
  while (unit > start && !isDigit(bytes[unit - 1])) unit--;
  const first = bytes[unit];
  const isShort = end - unit === 1;
  if (isShort) return first === 0x73 ? readMilliseconds(bytes, start, unit, 1) : Number.NaN;
  if (bytes[end - 1] !== 0x73) return Number.NaN;
  const prefix = bytes[end - 2];
  if (end - unit === 2 && prefix === 0x6d) return readMilliseconds(bytes, start, unit, 1000);
  if (end - unit === 2 && prefix === 0x6e) return readMilliseconds(bytes, start, unit, 1e9);
  // `u`, or a micro sign or Greek mu, of two bytes each.
  const isMicro =
    (end - unit === 2 && prefix === 0x75) || (end - unit === 3 && (prefix === 0xb5 || prefix === 0xbc));
  return isMicro ? readMilliseconds(bytes, start, unit, 1e6) : Number.NaN;
}

/** Seconds since the epoch reach so far, to the year 5138: no log has later ones, and a calendar ends some time behind it. */
export const EPOCH_SECONDS_MAX = 1e11;

/** `1700000000.123` in units of which a second has `unitsPerSecond` (1, 1000, …): whole seconds, NaN for anything else. */
export function readEpoch(bytes: Buffer, start: number, end: number, unitsPerSecond: number): number {
  let whole = start;
  while (whole < end && isDigit(bytes[whole])) whole++;
  if (whole < end && (bytes[whole] !== DOT || Number.isNaN(readFraction(bytes, whole + 1, end))))
    return Number.NaN;
  // Digits below a second are left out instead of divided by: nanoseconds have more than are exact.
  const cut = whole - Math.round(Math.log10(unitsPerSecond));
  const seconds = cut <= start ? Number.NaN : readNumber(bytes, start, cut);
  return seconds <= EPOCH_SECONDS_MAX ? seconds : Number.NaN;
}

/** 0 for digits only, of any number but none; else NaN. */
function readFraction(bytes: Buffer, start: number, end: number): number {
  for (let i = start; i < end; i++) if (!isDigit(bytes[i])) return Number.NaN;
  return end > start ? 0 : Number.NaN;
}

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= ZERO + 9;
}

/** Two digits from `start` on; NaN for anything else. */
export function readTwoDigits(bytes: Buffer, start: number): number {
  const tens = (bytes[start] ?? 0) - ZERO;
  const ones = (bytes[start + 1] ?? 0) - ZERO;
  if (tens < 0 || tens > 9 || ones < 0 || ones > 9) return Number.NaN;
  return tens * 10 + ones;
}
