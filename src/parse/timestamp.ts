// Event time out of the bytes of a line, without a string or a Date: second step of the hot path.

import { isDigit, readTwoDigits } from './number.ts';
import { UTC } from './zone.ts';
import type { Zone } from './zone.ts';

const TEXT_LENGTH = 26;
const MINUTE_LENGTH = 17;
const ZONE_START = 21;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const MONTH_BY_BYTES = new Map(MONTHS.map((name, index) => [packLetters(name), index]));

/** Reads the time of one line; keeps the last minute it saw, as hundreds of lines share it. */
export interface TimestampReader {
  /** Whole seconds since the epoch for the text `bytes[start, end)`; NaN when it is no time, or before the epoch. */
  read(bytes: Buffer, start: number, end: number): number;
}

/** Reader of the Common Log Format's `10/Oct/2000:13:55:36 -0700`. Month names are English in every locale. */
export function createClfTimestampReader(): TimestampReader {
  const known = Buffer.alloc(TEXT_LENGTH);
  let knownMinuteSeconds = Number.NaN;
  return {
    read(bytes, start, end) {
      if (end - start !== TEXT_LENGTH) return Number.NaN;
      if (!isSameMinute(known, bytes, start)) {
        knownMinuteSeconds = readMinute(bytes, start);
        bytes.copy(known, 0, start, end);
      }
      const seconds = readTwoDigits(bytes, start + 18);
      // 60 is a leap second; it belongs to the next minute, as in POSIX time.
      if (bytes[start + MINUTE_LENGTH] !== 0x3a || bytes[start + 20] !== 0x20 || !(seconds <= 60))
        return Number.NaN;
      return knownMinuteSeconds + seconds;
    },
  };
}

function isSameMinute(known: Buffer, bytes: Buffer, start: number): boolean {
  // From the back: the minute changes more often than the year.
  for (let i = MINUTE_LENGTH - 1; i >= 0; i--) if (known[i] !== bytes[start + i]) return false;
  for (let i = ZONE_START; i < TEXT_LENGTH; i++) if (known[i] !== bytes[start + i]) return false;
  return true;
}

/** `dd/Mon/yyyy:HH:MM` and the offset, as seconds since the epoch at the start of that minute; else NaN. */
function readMinute(bytes: Buffer, start: number): number {
  const day = readTwoDigits(bytes, start);
  const month = MONTH_BY_BYTES.get(bytes.readUIntBE(start + 3, 3)) ?? Number.NaN;
  const year = readTwoDigits(bytes, start + 7) * 100 + readTwoDigits(bytes, start + 9);
  const hour = readTwoDigits(bytes, start + 12);
  const minute = readTwoDigits(bytes, start + 15);
  const isPunctuated =
    bytes[start + 2] === 0x2f &&
    bytes[start + 6] === 0x2f &&
    bytes[start + 11] === 0x3a &&
    bytes[start + 14] === 0x3a;
  if (!isPunctuated || !(hour <= 23) || !(minute <= 59)) return Number.NaN;
  const minuteSeconds =
    readDay(year, month, day) + hour * 3600 + minute * 60 - readOffset(bytes, start + ZONE_START);
  return minuteSeconds >= 0 ? minuteSeconds : Number.NaN;
}

/** Midnight UTC of that day in seconds since the epoch, `month` from 0; NaN when the calendar has no such day. */
export function readDay(year: number, month: number, day: number): number {
  // Date.UTC takes years below 100 for years of the 20th century.
  const midnightMs = year >= 100 ? Date.UTC(year, month, day) : Number.NaN;
  const midnight = new Date(midnightMs);
  const isInCalendar = midnight.getUTCDate() === day && midnight.getUTCMonth() === month;
  return isInCalendar ? midnightMs / 1000 : Number.NaN;
}

/** `+hhmm` or `-hhmm` in seconds; else NaN. */
export function readOffset(bytes: Buffer, start: number): number {
  const hours = readTwoDigits(bytes, start + 1);
  const minutes = readTwoDigits(bytes, start + 3);
  if (!(hours <= 14) || !(minutes <= 59)) return Number.NaN;
  const seconds = hours * 3600 + minutes * 60;
  if (bytes[start] === 0x2b) return seconds;
  return bytes[start] === 0x2d ? -seconds : Number.NaN;
}

/** The month, from 0, of an English name in full or its first three letters; NaN for anything else. */
export function readMonthName(bytes: Buffer, start: number, end: number): number {
  if (end - start < 3 || end - start > 9) return Number.NaN;
  return MONTH_BY_BYTES.get(bytes.readUIntBE(start, 3)) ?? Number.NaN;
}

const ISO_DATE_LENGTH = 10;
/** `2026-11-23T22:14:05` */
const ISO_LENGTH = 19;

/**
 * Reader of ISO 8601's `2026-11-23T22:14:05.123+01:00`: a space may stand for the T, a comma for the point; the offset
 * is `Z`, `+01:00`, `+0100` or `+01`. A time without one is of `zone`.
 */
export function createIsoTimestampReader(zone: Zone = UTC): TimestampReader {
  const known = Buffer.alloc(ISO_DATE_LENGTH);
  let knownMidnight = Number.NaN;
  return {
    read(bytes, start, end) {
      if (end - start < ISO_LENGTH) return Number.NaN;
      for (let i = ISO_DATE_LENGTH - 1; i >= 0; i--) {
        if (known[i] === bytes[start + i]) continue;
        knownMidnight = readIsoDate(bytes, start);
        bytes.copy(known, 0, start, start + ISO_DATE_LENGTH);
        break;
      }
      const local = knownMidnight + readIsoTime(bytes, start + ISO_DATE_LENGTH);
      const offsetStart = skipFraction(bytes, start + ISO_LENGTH, end);
      const seconds =
        offsetStart === end ? zone.toUtc(local) : local - readIsoOffset(bytes, offsetStart, end);
      return seconds >= 0 ? seconds : Number.NaN;
    },
  };
}

function readIsoDate(bytes: Buffer, start: number): number {
  if (bytes[start + 4] !== 0x2d || bytes[start + 7] !== 0x2d) return Number.NaN;
  const year = readTwoDigits(bytes, start) * 100 + readTwoDigits(bytes, start + 2);
  return readDay(year, readTwoDigits(bytes, start + 5) - 1, readTwoDigits(bytes, start + 8));
}

/** `T22:14:05` in seconds of the day; NaN for anything else. */
function readIsoTime(bytes: Buffer, start: number): number {
  const isPunctuated =
    (bytes[start] === 0x54 || bytes[start] === 0x20 || bytes[start] === 0x74) &&
    bytes[start + 3] === 0x3a &&
    bytes[start + 6] === 0x3a;
  const hour = readTwoDigits(bytes, start + 1);
  const minute = readTwoDigits(bytes, start + 4);
  const second = readTwoDigits(bytes, start + 7);
  const isTime = isPunctuated && hour <= 23 && minute <= 59 && second <= 60;
  return isTime ? hour * 3600 + minute * 60 + second : Number.NaN;
}

/** Where `.123` or `,123` ends; a point without digits is not passed over. */
function skipFraction(bytes: Buffer, start: number, end: number): number {
  if (start === end || (bytes[start] !== 0x2e && bytes[start] !== 0x2c)) return start;
  let i = start + 1;
  while (i < end && isDigit(bytes[i])) i++;
  return i === start + 1 ? start : i;
}

/** `Z`, `+01:00`, `+0100` or `+01` in seconds; NaN for anything else. */
function readIsoOffset(bytes: Buffer, start: number, end: number): number {
  const length = end - start;
  if (length === 1) return bytes[start] === 0x5a || bytes[start] === 0x7a ? 0 : Number.NaN;
  if (length === 5) return readOffset(bytes, start);
  const hours = readTwoDigits(bytes, start + 1);
  const minutes = length === 3 ? 0 : readTwoDigits(bytes, start + 4);
  const isOffset = length === 3 || (length === 6 && bytes[start + 3] === 0x3a);
  if (!isOffset || !(hours <= 14) || !(minutes <= 59)) return Number.NaN;
  const seconds = hours * 3600 + minutes * 60;
  if (bytes[start] === 0x2b) return seconds;
  return bytes[start] === 0x2d ? -seconds : Number.NaN;
}

function packLetters(name: string): number {
  return Buffer.from(name, 'latin1').readUIntBE(0, 3);
}
