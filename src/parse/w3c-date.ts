// The date of a W3C extended log whose lines have a time only: that of its latest `#Date`, and the next one when midnight has
// passed since.
import { readDay, readMonthName } from './timestamp.ts';

const DAY_SECONDS = 86_400;
/** A time that is by so much before the latest one is of the next day. */
const JUMP_SECONDS = DAY_SECONDS / 2;
/** Lines behind midnight may be followed by some from before it, if by no more than that. */
const DISORDER_SECONDS = 300;

/** `2026-11-23 22:14:05`, or `23-Nov-2026 22:14:05` as in the draft; its time may be missing. */
const DATE =
  /^(?:(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)|(?<d>\d\d?)-(?<name>[A-Z][a-z]{2})-(?<y>\d{4}))(?:[ T](?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d))?|$)/;

export class W3cDate {
  /** Of the day at hand, in seconds since the epoch; NaN while none is known. */
  #midnight = Number.NaN;
  /** The latest time of that day, in seconds since its midnight; NaN while none is known. */
  #latest = Number.NaN;

  /** Goes on from what such a date has saved; from none for anything else. */
  constructor(saved: string) {
    const [, midnight = 'NaN', latest = 'NaN'] = /^(\d+)(?: (\d+))?$/.exec(saved) ?? [];
    this.#midnight = Number(midnight);
    this.#latest = Number(latest);
  }

  /** Text without a tab; empty while no date is known. */
  get saved(): string {
    if (Number.isNaN(this.#midnight)) return '';
    return Number.isNaN(this.#latest) ? String(this.#midnight) : `${this.#midnight} ${this.#latest}`;
  }

  /** `text` is what a directive says; one that says no date is passed over. */
  begin(text: string): void {
    const groups = DATE.exec(text)?.groups;
    if (groups === undefined) return;
    const { year, month, day, d, name, y, hour, minute, second = '0' } = groups;
    const monthIndex =
      name === undefined ? Number(month) - 1 : readMonthName(Buffer.from(name), 0, name.length);
    const midnight = readDay(Number(year ?? y), monthIndex, Number(day ?? d));
    if (!(midnight >= 0)) return;
    this.#midnight = midnight;
    this.#latest = hour === undefined ? Number.NaN : toSeconds(Number(hour), Number(minute), Number(second));
  }

  forget(): void {
    this.#midnight = this.#latest = Number.NaN;
  }

  /** `secondOfDay` of a line, in seconds since the epoch; NaN while no date is known. */
  secondsAt(secondOfDay: number): number {
    return this.#midnight + this.#daysFrom(secondOfDay) * DAY_SECONDS + secondOfDay;
  }

  /** A line was of that time, which `secondsAt` has given. */
  goOn(seconds: number): void {
    if (seconds < this.#midnight) return;
    this.#latest = seconds % DAY_SECONDS;
    this.#midnight = seconds - this.#latest;
  }

  /** From the day at hand to that of a line. */
  #daysFrom(second: number): -1 | 0 | 1 {
    if (second < this.#latest - JUMP_SECONDS) return 1;
    return second > this.#latest + DAY_SECONDS - DISORDER_SECONDS ? -1 : 0;
  }
}

/** Since midnight; NaN for what no clock shows. */
function toSeconds(hour: number, minute: number, second: number): number {
  return hour <= 23 && minute <= 59 && second <= 60 ? hour * 3600 + minute * 60 + second : Number.NaN;
}
