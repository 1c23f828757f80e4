// The head of a log file, its first bytes, tells one life of an inode from the next and a copy from a new file.
// Pure part of the source room.
import { hash } from 'node:crypto';

/** How many bytes of the head are kept; a log line with its time stamp is unique well before that. */
export const headBytesMax = 1024;

const printPattern = /^(\d{1,4}):[\w-]{16}$/;

/** True when `known`, the beginning seen so far, still is the beginning of `now`. */
export function isStillHead(known: Buffer, now: Buffer): boolean {
  return known.length <= now.length && known.equals(now.subarray(0, known.length));
}

/** True when two heads can come from the same bytes: the shorter, not empty, is the beginning of the longer. */
export function isSameContent(one: Buffer, other: Buffer): boolean {
  const length = Math.min(one.length, other.length);
  return length > 0 && one.subarray(0, length).equals(other.subarray(0, length));
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

/** True when the head that left `print`, the beginning seen so far, still is the beginning of `now`. */
export function isStillPrinted(print: string, now: Buffer): boolean {
  const length = lengthOf(print);
  return length <= now.length && printOf(now.subarray(0, length)) === print;
}

function lengthOf(print: string): number {
  return Number.parseInt(print, 10);
}
