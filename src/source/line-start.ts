// Finds where to begin in a log that is read from its end: whole lines only. Part of the source room.
import fs from 'node:fs';

const lookBackBytesMax = 65_536;

/**
 * The offset of the first byte after the last newline before `size`, so that a line which is only half written is
 * read whole once it is complete; `size` itself if there is no newline in the last 64 KiB.
 */
export function lineStart(fd: number, size: number): number {
  const from = Math.max(0, size - lookBackBytesMax);
  const block = Buffer.alloc(size - from);
  const bytes = fs.readSync(fd, block, 0, block.length, from);
  const newline = block.subarray(0, bytes).lastIndexOf(0x0a);
  if (newline !== -1) return from + newline + 1;
  return from === 0 ? 0 : size;
}
