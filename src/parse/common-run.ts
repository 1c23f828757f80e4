// The quick way through a log line: the run of fields that every relative of the Common Log Format has, in one pass,
// for lines without anything unusual. Part of the hot path.
import type { AccessRecord } from './record.ts';
import type { TimestampReader } from './timestamp.ts';

const SPACE = 0x20;
const QUOTE = 0x22;
const DASH = 0x2d;
const SLASH = 0x2f;
const ZERO = 0x30;
const QUESTION_MARK = 0x3f;
const BACKSLASH = 0x5c;
const TIME_LENGTH = 26;
const METHOD_BYTES_MAX = 16;
/** What follows the time at least: `] "G / HTTP/1" 200 1`. */
const REST_LENGTH_MIN = 20;

/** Formats with a quick way: any number of quoted fields behind the size. */
const COMMON_RELATIVE =
  /^\$remote_addr \$ident \$remote_user \[\$time_local\] "\$request" \$status \$body_bytes_sent((?: "\$[a-z0-9_]+")*)$/;

/**
 * Reads an ordinary line from `start` on into `record`; returns where the last field ends. -1 for a line that is not
 * ordinary: it may be broken, have an escape in its request or a user with spaces, or a request that is no HTTP. The
 * steps of the format decide about those; what is accepted here they would read in the same way.
 */
export type OrdinaryReader = (bytes: Buffer, start: number, end: number, record: AccessRecord) => number;

/** Null when `format` is no relative of the Common Log Format. */
export function createOrdinaryReader(format: string, timestamps: TimestampReader): OrdinaryReader | null {
  const match = COMMON_RELATIVE.exec(format);
  if (match === null) return null;
  const readQuotedFields = createQuotedFieldsReader((match[1] ?? '').match(/[a-z0-9_]+/g) ?? []);
  return (bytes, start, end, record) => {
    const clientEnd = findSpace(bytes, start, end);
    if (clientEnd === start || (clientEnd === start + 1 && bytes[start] === DASH)) return -1;
    const time = findTime(bytes, clientEnd + 1, end);
    if (time < 0) return -1;
    record.timeSeconds = timestamps.read(bytes, time, time + TIME_LENGTH);
    if (Number.isNaN(record.timeSeconds)) return -1;
    record.bytes = bytes;
    record.clientStart = start;
    record.clientEnd = clientEnd;
    const requestEnd = readRequest(bytes, time + TIME_LENGTH + 3, end, record);
    const sizeEnd = requestEnd < 0 ? -1 : readStatusAndSize(bytes, requestEnd, end, record);
    return sizeEnd < 0 ? -1 : readQuotedFields(bytes, sizeEnd, end, record);
  };
}

/** Passes over ident and user, each a word; returns where the time starts that stands before a request, or -1. */
function findTime(bytes: Buffer, start: number, end: number): number {
  const identEnd = findSpace(bytes, start, end);
  const userEnd = findSpace(bytes, identEnd + 1, end);
  const timeEnd = userEnd + 2 + TIME_LENGTH;
  const isTime =
    timeEnd + REST_LENGTH_MIN <= end &&
    identEnd > start &&
    userEnd > identEnd + 1 &&
    bytes[userEnd + 1] === 0x5b &&
    bytes[timeEnd] === 0x5d &&
    bytes[timeEnd + 1] === SPACE &&
    bytes[timeEnd + 2] === QUOTE;
  return isTime ? userEnd + 2 : -1;
}

/** Reads `GET /path?query HTTP/1.1"`; returns where the closing quote stands, or -1. */
function readRequest(bytes: Buffer, start: number, end: number, record: AccessRecord): number {
  let i = start;
  const limit = Math.min(end, start + METHOD_BYTES_MAX);
  for (; i < limit; i++) {
    const byte = bytes[i] ?? 0;
    if (byte < 0x41 || byte > 0x5a) break;
  }
  const target = i + 1;
  if (i === start || bytes[i] !== SPACE || bytes[target] !== SLASH) return -1;
  record.methodStart = start;
  record.methodEnd = i;
  record.pathStart = target;
  for (i = target; i < end; i++) {
    const byte = bytes[i] ?? 0;
    if (byte === SPACE || byte === QUESTION_MARK || byte === QUOTE || byte === BACKSLASH) break;
  }
  record.pathEnd = i;
  if (bytes[i] === QUESTION_MARK) {
    for (; i < end; i++) {
      const byte = bytes[i] ?? 0;
      if (byte === SPACE || byte === QUOTE || byte === BACKSLASH) break;
    }
  }
  return i < end && bytes[i] === SPACE ? findEndOfProtocol(bytes, i + 1, end) : -1;
}

/** Where the quote behind `HTTP/1.1` or `HTTP/2` stands, or -1. */
function findEndOfProtocol(bytes: Buffer, start: number, end: number): number {
  const isHttp =
    start + 8 < end &&
    bytes[start] === 0x48 &&
    bytes[start + 1] === 0x54 &&
    bytes[start + 2] === 0x54 &&
    bytes[start + 3] === 0x50 &&
    bytes[start + 4] === SLASH &&
    isDigit(bytes[start + 5]);
  if (!isHttp) return -1;
  if (bytes[start + 6] === QUOTE) return start + 6;
  const isMinor = bytes[start + 6] === 0x2e && isDigit(bytes[start + 7]) && bytes[start + 8] === QUOTE;
  return isMinor ? start + 8 : -1;
}

/** Reads `" 200 2326` from the quote on; returns where the digits of the size end, or -1. */
function readStatusAndSize(bytes: Buffer, quote: number, end: number, record: AccessRecord): number {
  const size = quote + 6;
  if (size >= end || bytes[quote + 1] !== SPACE || bytes[quote + 5] !== SPACE) return -1;
  const hundreds = (bytes[quote + 2] ?? 0) - ZERO;
  const tens = (bytes[quote + 3] ?? 0) - ZERO;
  const ones = (bytes[quote + 4] ?? 0) - ZERO;
  if (hundreds < 0 || hundreds > 9 || tens < 0 || tens > 9 || ones < 0 || ones > 9) return -1;
  record.status = hundreds * 100 + tens * 10 + ones;
  let i = size;
  let value = 0;
  // Nine digits are a small integer still; longer ones are rare enough for the steps.
  for (const limit = Math.min(end, size + 9); i < limit; i++) {
    const digit = (bytes[i] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  record.bytesSent = value;
  if (i === size) return bytes[i] === DASH ? i + 1 : -1;
  return i < end && isDigit(bytes[i]) ? -1 : i;
}

/** Reads ` "referer" "agent"`, named by their variables; gives where the last closing quote ends, or -1. */
function createQuotedFieldsReader(names: readonly string[]): OrdinaryReader {
  const count = names.length;
  const agent = names.lastIndexOf('http_user_agent');
  const forwarded = names.lastIndexOf('http_x_forwarded_for');
  return (bytes, start, end, record) => {
    record.latencyMs = Number.NaN;
    record.agentStart = record.agentEnd = record.forwardedStart = record.forwardedEnd = 0;
    let i = start;
    for (let field = 0; field < count; field++) {
      const close = findQuote(bytes, i, end);
      if (close < 0) return -1;
      if (field === agent) {
        record.agentStart = i + 2;
        record.agentEnd = isDash(bytes, i + 2, close) ? i + 2 : close;
      } else if (field === forwarded) {
        record.forwardedStart = i + 2;
        record.forwardedEnd = isDash(bytes, i + 2, close) ? i + 2 : close;
      }
      i = close + 1;
    }
    return i;
  };
}

/** Where the field ` "…"` at `start` has its closing quote, or -1. */
function findQuote(bytes: Buffer, start: number, end: number): number {
  if (start + 2 >= end || bytes[start] !== SPACE || bytes[start + 1] !== QUOTE) return -1;
  for (let i = start + 2; i < end; i++) {
    const byte = bytes[i] ?? 0;
    if (byte === QUOTE) return i;
    if (byte === BACKSLASH) i++;
  }
  return -1;
}

function isDash(bytes: Buffer, start: number, end: number): boolean {
  return end - start === 1 && bytes[start] === DASH;
}

function findSpace(bytes: Buffer, start: number, end: number): number {
  let i = start;
  while (i < end && bytes[i] !== SPACE) i++;
  return i;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= ZERO + 9;
}
