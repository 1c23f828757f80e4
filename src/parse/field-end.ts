// Where a field of a line ends, for every way in which fields end. Part of the hot path.
import { findPathStart } from './request.ts';
import type { Step } from './steps.ts';

const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BRACKET = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;
const SLASH = 0x2f;
const DASH = 0x2d;
const QUESTION_MARK = 0x3f;
const HTTP = Buffer.from('HTTP/');
/** What Windows has files begin with, and RFC 5424 a message. */
export const BYTE_ORDER_MARK = Buffer.from('\uFEFF');

/** The end of the field that starts at `start` and ends as `step` says, or -1 when it does not end like that. */
export function findFieldEnd(bytes: Buffer, start: number, end: number, step: Step): number {
  const { delimiter } = step;
  switch (step.ending) {
    case 'plain':
      return delimiter.length === 0 ? end : findPlain(bytes, start, end, delimiter);
    case 'quoted':
      return findQuoted(bytes, start, end, delimiter);
    case 'before-time':
      return findBeforeTime(bytes, start, end, delimiter);
    case 'list':
      return delimiter.length === 0 ? end : findListEnd(bytes, start, end, delimiter);
    case 'request':
      return delimiter.length === 0 ? end : findRequestEnd(bytes, start, end, delimiter);
    case 'fixed': {
      const fieldEnd = start + step.width;
      return fieldEnd <= end && startsWith(bytes, fieldEnd, end, delimiter) ? fieldEnd : -1;
    }
    case 'to-end': {
      const fieldEnd = end - delimiter.length;
      return fieldEnd >= start && startsWith(bytes, fieldEnd, end, delimiter) ? fieldEnd : -1;
    }
    case 'before-protocol':
      return findBeforeProtocol(bytes, start, end, delimiter);
    case 'before-target':
      return findTarget(bytes, start, end, step.nextDelimiter);
  }
}

export function startsWith(bytes: Buffer, start: number, end: number, prefix: Buffer): boolean {
  if (end - start < prefix.length) return false;
  for (let i = 0; i < prefix.length; i++) if (bytes[start + i] !== prefix[i]) return false;
  return true;
}

function findPlain(bytes: Buffer, start: number, end: number, delimiter: Buffer): number {
  const first = delimiter[0];
  const last = end - delimiter.length;
  for (let i = start; i <= last; i++) {
    if (bytes[i] === first && (delimiter.length === 1 || startsWith(bytes, i, end, delimiter))) return i;
  }
  return -1;
}

/** The length of `10/Oct/2000:13:55:36 -0700`. */
const TIME_LENGTH = 26;

/** The first delimiter that a bracketed time follows; the first of all when none does, so that the time is blamed. */
function findBeforeTime(bytes: Buffer, start: number, end: number, delimiter: Buffer): number {
  const first = findPlain(bytes, start, end, delimiter);
  let i = first;
  while (i >= 0 && i + delimiter.length + TIME_LENGTH < end) {
    if (bytes[i + delimiter.length + TIME_LENGTH] === BRACKET) return i;
    i = findPlain(bytes, i + 1, end, delimiter);
  }
  return first;
}

function findQuoted(bytes: Buffer, start: number, end: number, delimiter: Buffer): number {
  for (let i = start; i < end; i++) {
    const byte = bytes[i];
    if (byte === BACKSLASH) i++;
    else if (byte === QUOTE) return startsWith(bytes, i, end, delimiter) ? i : -1;
  }
  return -1;
}

/** The first delimiter that `HTTP/` follows; the first of all when none does. */
function findBeforeProtocol(bytes: Buffer, start: number, end: number, delimiter: Buffer): number {
  const first = findPlain(bytes, start, end, delimiter);
  for (let i = first; i >= 0; i = findPlain(bytes, i + 1, end, delimiter))
    if (startsWith(bytes, i + delimiter.length, end, HTTP)) return i;
  return first;
}

/** Where the target begins that ends at `delimiter`, without anything between it and what stands before. */
function findTarget(bytes: Buffer, start: number, end: number, delimiter: Buffer): number {
  const targetEnd = delimiter.length === 0 ? end : findPlain(bytes, start, end, delimiter);
  for (let i = start; i < targetEnd; i++) if (bytes[i] === SLASH || bytes[i] === QUESTION_MARK) return i;
  return targetEnd > start && bytes[targetEnd - 1] === DASH ? targetEnd - 1 : -1;
}

/** The first delimiter that is not part of a `, ` or ` : ` between two items. */
function findListEnd(bytes: Buffer, start: number, end: number, delimiter: Buffer): number {
  let i = findPlain(bytes, start, end, delimiter);
  while (i > start && isInList(bytes, start, i, end, delimiter)) i = findPlain(bytes, i + 1, end, delimiter);
  return i;
}

function isInList(bytes: Buffer, start: number, at: number, end: number, delimiter: Buffer): boolean {
  // A comma without a space behind is none of a list.
  if (bytes[at] === COMMA) return delimiter.length === 1 && bytes[at + 1] === SPACE;
  return bytes[at] === SPACE && isBesideSeparator(bytes, start, at, end);
}

function isBesideSeparator(bytes: Buffer, start: number, space: number, end: number): boolean {
  const before = bytes[space - 1];
  if (before === COMMA || (before === COLON && space - 2 >= start && bytes[space - 2] === SPACE)) return true;
  return space + 2 < end && bytes[space + 1] === COLON && bytes[space + 2] === SPACE;
}

/**
 * The first delimiter after ` HTTP/`, as targets may hold what the delimiter is made of. Without a protocol, as of HTTP/0.9,
 * the first one behind a method and where a path begins; else the first of all.
 */
function findRequestEnd(bytes: Buffer, start: number, end: number, delimiter: Buffer): number {
  for (let i = start; i + 6 < end; i++) {
    const isProtocol =
      bytes[i] === SPACE &&
      bytes[i + 1] === 0x48 &&
      bytes[i + 2] === 0x54 &&
      bytes[i + 3] === 0x54 &&
      bytes[i + 4] === 0x50 &&
      bytes[i + 5] === SLASH;
    if (isProtocol) return findPlain(bytes, i + 6, end, delimiter);
  }
  return findPlain(bytes, findPathStart(bytes, start, end), end, delimiter);
}

/** Where the next space stands; `end` when there is none. */
export function findSpace(bytes: Buffer, start: number, end: number): number {
  let i = start;
  while (i < end && bytes[i] !== SPACE) i++;
  return i;
}
