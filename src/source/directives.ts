// What a log says of itself at its beginning, where it is read from a later place only.
import fs from 'node:fs';
import { BYTE_ORDER_MARK, startsWith } from '../parse/field-end.ts';

const HEAD_BYTES_MAX = 4096;
const NEWLINE = 0x0a;
const HASH = 0x23;

/**
 * The lines that start with # at the beginning of a file, as far as they are within its first 4 KiB. None of a file that can't be
 * read: whoever reads on in it finds out.
 */
export function readDirectives(fd: number): Buffer {
  const head = Buffer.alloc(HEAD_BYTES_MAX);
  const length = tryRead(fd, head);
  let end = startsWith(head, 0, length, BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
  while (end < length && head[end] === HASH) {
    const newline = head.indexOf(NEWLINE, end);
    if (newline < 0 || newline >= length) break;
    end = newline + 1;
  }
  return head.subarray(0, end);
}

function tryRead(fd: number, head: Buffer): number {
  try {
    return fs.readSync(fd, head, 0, head.length, 0);
  } catch {
    return 0;
  }
}
