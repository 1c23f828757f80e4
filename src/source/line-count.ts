// How many lines a part of a log has: for the number of a line that was found near its end.
import fs from 'node:fs';

const NEWLINE = 0x0a;
const BLOCK_BYTES = 1024 * 1024;
/** Read in about a second at worst. */
const BYTES_MAX = 256 * 1024 * 1024;

/** Tells whether a path still leads to the file that was looked at. */
export type SeenFile = Pick<fs.Stats, 'dev' | 'ino'>;

/** Both ends are where a line begins. Null when that is not so, for another file, and for more than 256 MiB. */
export function countLines(path: string, seen: SeenFile, start: number, end: number): number | null {
  if (end - start > BYTES_MAX) return null;
  try {
    const fd = fs.openSync(path, 'r');
    try {
      const { dev, ino } = fs.fstatSync(fd);
      return dev === seen.dev && ino === seen.ino ? countIn(fd, start, end) : null;
    } finally {
      fs.closeSync(fd);
    }
  } catch {
    return null;
  }
}

function countIn(fd: number, start: number, end: number): number | null {
  const block = Buffer.alloc(Math.min(BLOCK_BYTES, end - start));
  let count = 0;
  let last = NEWLINE;
  for (let position = start; position < end;) {
    const length = fs.readSync(fd, block, 0, Math.min(block.length, end - position), position);
    if (length === 0) return null;
    const bytes = block.subarray(0, length);
    for (let i = bytes.indexOf(NEWLINE); i >= 0; i = bytes.indexOf(NEWLINE, i + 1)) count++;
    last = bytes[length - 1] ?? 0;
    position += length;
  }
  return last === NEWLINE ? count : null;
}
