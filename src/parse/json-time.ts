// The times that JSON logs hold: epoch numbers, and text in the ways of ISO 8601, the Common Log Format and Caddy.
import { EPOCH_SECONDS_MAX } from './number.ts';
import { createClfTimestampReader, createIsoTimestampReader } from './timestamp.ts';
import type { TimestampReader } from './timestamp.ts';
import type { Zone } from './zone.ts';

const SLASH = 0x2f;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const DASH = 0x2d;
/** `2026/11/23 22:14:05.123456789` */
const WALL_BYTES_MIN = 19;
const WALL_BYTES_MAX = 29;

/**
 * An epoch number as whole seconds; above what seconds reach to it counts milliseconds, then microseconds, then nanoseconds.
 * NaN when it is negative or not finite.
 */
export function readEpochNumber(value: number): number {
  let seconds = value;
  while (seconds > EPOCH_SECONDS_MAX && Number.isFinite(seconds)) seconds /= 1000;
  return seconds >= 0 && Number.isFinite(seconds) ? Math.floor(seconds) : Number.NaN;
}

/**
 * Reader of `23/Nov/2026:22:14:05 +0100`, of ISO 8601 with an offset, and of Caddy's `wall` times,
 * `2026/11/23 22:14:05`, which are of `zone`; all of them in brackets or without.
 */
export function createJsonTimeReader(zone: Zone): TimestampReader {
  const clf = createClfTimestampReader();
  // Without an offset nobody could say which moment it is: the servers that write ISO 8601 do not leave it out.
  const iso = createIsoTimestampReader({ toUtc: () => Number.NaN });
  const wall = createIsoTimestampReader(zone);
  const copy = Buffer.alloc(WALL_BYTES_MAX);
  return {
    read(bytes, from, to) {
      const isBracketed = bytes[from] === OPEN_BRACKET && bytes[to - 1] === CLOSE_BRACKET;
      const start = isBracketed ? from + 1 : from;
      const end = isBracketed ? to - 1 : to;
      if (bytes[start + 2] === SLASH) return clf.read(bytes, start, end);
      const length = end - start;
      if (bytes[start + 4] !== SLASH || length < WALL_BYTES_MIN || length > WALL_BYTES_MAX)
        return iso.read(bytes, start, end);
      if (bytes[start + 7] !== SLASH) return Number.NaN;
      bytes.copy(copy, 0, start, end);
      copy[4] = copy[7] = DASH;
      return wall.read(copy, 0, length);
    },
  };
}
