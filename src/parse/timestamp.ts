// Event time out of the bytes of a line, without a string or a Date: second step of the hot path.

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
function readOffset(bytes: Buffer, start: number): number {
  const hours = readTwoDigits(bytes, start + 1);
  const minutes = readTwoDigits(bytes, start + 3);
  if (!(hours <= 14) || !(minutes <= 59)) return Number.NaN;
  const seconds = hours * 3600 + minutes * 60;
  if (bytes[start] === 0x2b) return seconds;
  return bytes[start] === 0x2d ? -seconds : Number.NaN;
}

function readTwoDigits(bytes: Buffer, start: number): number {
  const tens = (bytes[start] ?? 0) - 0x30;
  const ones = (bytes[start + 1] ?? 0) - 0x30;
  if (tens < 0 || tens > 9 || ones < 0 || ones > 9) return Number.NaN;
  return tens * 10 + ones;
}

function packLetters(name: string): number {
  return Buffer.from(name, 'latin1').readUIntBE(0, 3);
}
