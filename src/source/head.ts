// The head of a log file, its first bytes, tells one life of an inode from the next and a copy from a new file.
// Pure part of the source room.

/** How many bytes of the head are kept; a log line with its time stamp is unique well before that. */
export const headBytesMax = 1024;

/** True when `known`, the beginning seen so far, still is the beginning of `now`. */
export function isStillHead(known: Buffer, now: Buffer): boolean {
  return known.length <= now.length && known.equals(now.subarray(0, known.length));
}

/** True when two heads can come from the same bytes: the shorter, not empty, is the beginning of the longer. */
export function isSameContent(one: Buffer, other: Buffer): boolean {
  const length = Math.min(one.length, other.length);
  return length > 0 && one.subarray(0, length).equals(other.subarray(0, length));
}
