// The head of a log file, its first bytes, tells one life of an inode from the next and a copy from a new file.
// Pure part of the source room.
import { hash } from 'node:crypto';

/** How many bytes of the head are kept; a log line with its time stamp is unique well before that. */
export const headBytesMax = 1024;

const NEWLINE = 10;
const printPattern = /^(\d{1,4}):[\w-]{16}$/;

/** True when `known`, the beginning seen so far, still is the beginning of `now`, of which `length` bytes count. */
export function isStillHead(known: Buffer, now: Buffer, length = now.length): boolean {
  return known.length <= length && now.compare(known, 0, known.length, 0, known.length) === 0;
}

/**
 * True when two heads come from the same bytes: the shorter is the beginning of the longer, and tells enough. A part
 * of a first line does not: the first lines of two files can begin with the same client.
 */
export function isSameContent(one: Buffer, other: Buffer): boolean {
  const length = Math.min(one.length, other.length);
  const shared = one.subarray(0, length);
  return isTelling(shared) && shared.equals(other.subarray(0, length));
}

/**
 * True for a beginning that no other file has: its first line that is no comment is whole, or longer than what is kept. All logs of
 * a format may begin with the same comments.
 */
export function isTelling(head: Buffer): boolean {
  return head.length === headBytesMax || firstLine(head) !== null;
}

/** True when all lines that are known begin with `#`, as the names of fields do in some formats. */
export function isComment(head: Buffer): boolean {
  return !/^[^#\r\n]/m.test(head.toString('latin1'));
}

/** True when both begin with the same line, one that is no comment, and go on in different ways. */
export function areForked(one: Buffer, other: Buffer): boolean {
  const line = firstLine(one);
  return line !== null && isStillHead(line, other) && !isSameContent(one, other);
}

/** Up to the end of the first line that is no comment; null when that is not there. */
function firstLine(head: Buffer): Buffer | null {
  for (let start = 0; ;) {
    const end = head.indexOf(NEWLINE, start);
    if (end < 0) return null;
    if (!isComment(head.subarray(start, end))) return head.subarray(0, end + 1);
    start = end + 1;
  }
}

/** A head in few characters, to be kept: how long it is and a hash of it. */
export function printOf(head: Buffer): string {
  return `${head.length}:${hash('sha256', head, 'base64url').slice(0, 16)}`;
}

export function isPrint(text: string): boolean {
  return printPattern.test(text) && lengthOf(text) <= headBytesMax;
}

/** Of a file that was empty: nothing can be told by it. */
export function isEmptyPrint(print: string): boolean {
  return lengthOf(print) === 0;
}

/** True when the head that left `print` comes from the same bytes as `head`, and tells enough. */
export function isPrintOfSame(print: string, head: Buffer): boolean {
  return isStillPrinted(print, head) && isTelling(head.subarray(0, lengthOf(print)));
}

/** True when the head that left `print`, the beginning seen so far, still is the beginning of `now`. */
export function isStillPrinted(print: string, now: Buffer): boolean {
  const length = lengthOf(print);
  return length <= now.length && printOf(now.subarray(0, length)) === print;
}

function lengthOf(print: string): number {
  return Number.parseInt(print, 10);
}
