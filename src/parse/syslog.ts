// The prefix that a syslog daemon, or who sends to one, puts before a line: `Feb  6 12:14:14 host haproxy[14389]: `, the same without
// the host, `<134>` alone, or the longer ones of RFC 5424 and of rsyslog. Part of the hot path for lines that have no quicker way.
import { BYTE_ORDER_MARK, findSpace, startsWith } from './field-end.ts';
import { isDigit } from './number.ts';

const SPACE = 0x20;
const COLON = 0x3a;
const DASH = 0x2d;
const LESS = 0x3c;
const GREATER = 0x3e;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const ONE = 0x31;

/** `Feb  6 12:14:14 ` */
const TIME_LENGTH = 16;
/** RFC 5424 has five words between its version and the structured data. */
const HEADER_WORDS = 5;

/** Where the line behind the prefix starts; `start` when it has none. Its time is passed over: the line has its own. */
export function skipSyslogPrefix(bytes: Buffer, start: number, end: number): number {
  const afterPriority = skipPriority(bytes, start, end);
  if (afterPriority + TIME_LENGTH >= end) return start;
  if (bytes[afterPriority] === ONE && bytes[afterPriority + 1] === SPACE && afterPriority > start) {
    return skipHeader(bytes, afterPriority + 2, end, start);
  }
  const afterTime = skipTime(bytes, afterPriority, end);
  return afterTime < 0 ? afterPriority : skipHostAndTag(bytes, afterTime, end, afterPriority);
}

/** `<134>` */
function skipPriority(bytes: Buffer, start: number, end: number): number {
  if (bytes[start] !== LESS) return start;
  for (let i = start + 1; i < Math.min(end, start + 5); i++) {
    if (bytes[i] === GREATER) return i + 1;
    if (!isDigit(bytes[i])) break;
  }
  return start;
}

/** `Feb  6 12:14:14 `, or `2009-02-06T12:14:14.655+01:00 `; -1 for anything else. */
function skipTime(bytes: Buffer, start: number, end: number): number {
  const isOld =
    isLetter(bytes[start]) &&
    bytes[start + 3] === SPACE &&
    bytes[start + 6] === SPACE &&
    isDigit(bytes[start + 5]) &&
    bytes[start + 9] === COLON &&
    bytes[start + 12] === COLON &&
    bytes[start + 15] === SPACE;
  if (isOld) return start + TIME_LENGTH;
  const isIso =
    isDigit(bytes[start]) &&
    bytes[start + 4] === DASH &&
    bytes[start + 7] === DASH &&
    bytes[start + 10] === 0x54 &&
    bytes[start + 13] === COLON;
  if (!isIso) return -1;
  const space = findSpace(bytes, start, end);
  return space < end ? space + 1 : -1;
}

/** `localhost haproxy[14389]: `: a word, and one that ends in a colon; or that one alone. */
function skipHostAndTag(bytes: Buffer, start: number, end: number, none: number): number {
  const hostEnd = findSpace(bytes, start, end);
  if (hostEnd > start + 1 && hostEnd < end && bytes[hostEnd - 1] === COLON) return hostEnd + 1;
  const tagEnd = findSpace(bytes, hostEnd + 1, end);
  const isTag = hostEnd > start && tagEnd > hostEnd + 2 && tagEnd < end && bytes[tagEnd - 1] === COLON;
  return isTag && bytes[hostEnd + 1] !== OPEN_BRACKET ? tagEnd + 1 : none;
}

/** `time host application process message-id `, and `- ` or structured data: `[id name="value"][id] `; a byte-order mark may follow. */
function skipHeader(bytes: Buffer, start: number, end: number, none: number): number {
  let i = start;
  for (let word = 0; word < HEADER_WORDS; word++) i = findSpace(bytes, i, end) + 1;
  if (i + 2 >= end) return none;
  const dataEnd = bytes[i] === DASH ? i + 1 : skipStructuredData(bytes, i, end);
  if (dataEnd === i || dataEnd >= end || bytes[dataEnd] !== SPACE) return none;
  const message = dataEnd + 1;
  return startsWith(bytes, message, end, BYTE_ORDER_MARK) ? message + BYTE_ORDER_MARK.length : message;
}

/** In the quotes of a value a backslash protects the byte after it. */
function skipStructuredData(bytes: Buffer, start: number, end: number): number {
  let isInQuotes = false;
  let after = start;
  for (let i = start; i < end && (i > after || bytes[i] === OPEN_BRACKET); i++) {
    const byte = bytes[i];
    if (byte === BACKSLASH && isInQuotes) i++;
    else if (byte === QUOTE) isInQuotes = !isInQuotes;
    else if (byte === CLOSE_BRACKET && !isInQuotes) after = i + 1;
  }
  return after;
}

/** A capital. */
function isLetter(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x41 && byte <= 0x5a;
}
