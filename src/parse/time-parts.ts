// A time that stands in several fields of a line, put together. Keeps the last day it saw, as most lines share it.
import type { Field, TimePart } from './format-token.ts';
import { isDigit, readNumber, readTwoDigits } from './number.ts';
import { readDay, readMonthName, readOffset } from './timestamp.ts';
import type { Zone } from './zone.ts';

const SPACE = 0x20;
const ZERO = 0x30;

/** The fields of which a time is put together; of each row one is enough, and the first five rows are needed. */
export const TIME_PARTS: readonly (readonly TimePart[])[] = [
  ['year', 'year-of-century'],
  ['month', 'month-name'],
  ['day'],
  ['hour', 'hour-of-half'],
  ['minute'],
  ['second'],
  ['offset'],
  ['half-of-day'],
];
const ALL_PARTS: ReadonlySet<Field> = new Set(TIME_PARTS.flat());

export function isTimePart(field: Field): field is TimePart {
  return ALL_PARTS.has(field);
}

export class TimeParts {
  readonly #zone: Zone;
  #year = Number.NaN;
  #month = Number.NaN;
  #day = Number.NaN;
  #hour = 0;
  #minute = 0;
  #second = 0;
  #isAfternoon: boolean | null = null;
  #offset = Number.NaN;
  /** Year, month and day of the midnight that is known, in one number. */
  #knownDay = Number.NaN;
  #knownMidnight = Number.NaN;

  /** `zone` is that of times without an offset. */
  constructor(zone: Zone) {
    this.#zone = zone;
  }

  reset(): void {
    this.#year = this.#month = this.#day = this.#offset = Number.NaN;
    this.#hour = this.#minute = this.#second = 0;
    this.#isAfternoon = null;
  }

  /** Takes the part that `bytes[start, end)` is; false when it is none. */
  take(part: TimePart, bytes: Buffer, start: number, end: number): boolean {
    switch (part) {
      case 'year':
        return (this.#year = readNumber(bytes, start, end)) >= 100;
      case 'year-of-century': {
        const year = readTwo(bytes, start, end);
        // As strptime has it: 69 to 99 are of the last century.
        return (this.#year = year + (year >= 69 ? 1900 : 2000)) > 0;
      }
      case 'month':
        return (this.#month = readTwo(bytes, start, end) - 1) >= 0;
      case 'month-name':
        return (this.#month = readMonthName(bytes, start, end)) >= 0;
      case 'day':
        return (this.#day = readTwo(bytes, start, end)) > 0;
      case 'hour':
      case 'hour-of-half':
        return (this.#hour = readTwo(bytes, start, end)) <= (part === 'hour' ? 23 : 12);
      case 'half-of-day':
        this.#isAfternoon = ((bytes[start] ?? 0) | 0x20) === 0x70;
        return this.#isAfternoon || ((bytes[start] ?? 0) | 0x20) === 0x61;
      case 'minute':
        return (this.#minute = readTwo(bytes, start, end)) <= 59;
      case 'second':
        return (this.#second = readTwo(bytes, start, end)) <= 60;
      case 'offset':
        return !Number.isNaN((this.#offset = end - start === 5 ? readOffset(bytes, start) : Number.NaN));
    }
  }

  /** Whole seconds since the epoch of the parts taken since `reset`; NaN when they are no time, or before the epoch. */
  get seconds(): number {
    const local = this.#midnight() + this.secondOfDay;
    const seconds = Number.isNaN(this.#offset) ? this.#zone.toUtc(local) : local - this.#offset;
    return seconds >= 0 ? seconds : Number.NaN;
  }

  /** Seconds since midnight of the parts taken since `reset`. */
  get secondOfDay(): number {
    const hour = this.#isAfternoon === null ? this.#hour : (this.#hour % 12) + (this.#isAfternoon ? 12 : 0);
    return hour * 3600 + this.#minute * 60 + this.#second;
  }

  #midnight(): number {
    const day = (this.#year * 12 + this.#month) * 31 + this.#day;
    if (day !== this.#knownDay) {
      this.#knownDay = day;
      this.#knownMidnight = readDay(this.#year, this.#month, this.#day);
    }
    return this.#knownMidnight;
  }
}

/** Two digits, the first of which may be a space, or one digit; NaN for anything else. */
function readTwo(bytes: Buffer, start: number, end: number): number {
  if (end - start === 1) return isDigit(bytes[start]) ? (bytes[start] ?? 0) - ZERO : Number.NaN;
  if (end - start !== 2) return Number.NaN;
  if (bytes[start] === SPACE && isDigit(bytes[start + 1])) return (bytes[start + 1] ?? 0) - ZERO;
  return readTwoDigits(bytes, start);
}
