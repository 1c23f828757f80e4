// What is in a finished log, told by its length and a hash of its unpacked bytes: the same whatever it is called, wherever
// it lies, and however it is packed.
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { readHistory } from './history.ts';
import type { HistoryFile } from './history.ts';

interface ContentHash {
  /** Unpacked. */
  readonly bytes: number;
  /** SHA-256, hexadecimal. */
  readonly hash: string;
}

export type ContentReading =
  | {
      readonly ok: true;
      readonly whole: ContentHash;
      /** Of the lengths that were asked for, those that the log is longer than. */
      readonly beginnings: readonly ContentHash[];
    }
  | { readonly ok: false; /** One sentence. */ readonly problem: string };

/** Reads the whole file, which is no pipe. `lengths`: also to be told, of its beginning. */
export async function hashContent(
  file: HistoryFile,
  stdin: Readable,
  lengths: readonly number[],
): Promise<ContentReading> {
  const hash = createHash('sha256');
  const beginnings: ContentHash[] = [];
  const wanted = [...new Set(lengths)].toSorted((a, b) => a - b);
  let bytes = 0;
  for await (const chunk of readHistory(file, stdin)) {
    if (!chunk.ok) return { ok: false, problem: chunk.problem };
    let rest = chunk.bytes;
    for (let next = wanted[0]; next !== undefined && next < bytes + rest.length; next = wanted[0]) {
      const head = rest.subarray(0, next - bytes);
      hash.update(head);
      rest = rest.subarray(head.length);
      bytes = next;
      beginnings.push({ bytes, hash: hash.copy().digest('hex') });
      wanted.shift();
    }
    hash.update(rest);
    bytes += rest.length;
  }
  return { ok: true, whole: { bytes, hash: hash.digest('hex') }, beginnings };
}

/** It is as long on disk as it was found. */
export function isUnchanged({ path, size }: HistoryFile): boolean {
  return statSync(path, { throwIfNoEntry: false })?.size === size;
}
