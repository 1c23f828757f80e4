// A file beside a log that can be a rotated generation of it, and what was unpacked of such files. Pure part of siblings.ts.
import type fs from 'node:fs';
import type { FileIdentity } from './source.ts';

export interface Sibling {
  readonly path: string;
  readonly stat: fs.Stats;
}

/** What was unpacked of the compressed files. */
export interface Unpacked {
  /** They stand for the siblings that they were unpacked from, oldest first. */
  readonly files: readonly Sibling[];
  /** What is older was not missed, by its birth. */
  readonly bornMs: number;
  /** Compressed files, by `keyOf`, of which it is known what is in them. */
  readonly known: ReadonlySet<string>;
  /** As `PackedLives` has it. */
  readonly isWhole: boolean;
  /** Files that some of these were compressed from, by `keyOf`. */
  readonly origins: ReadonlySet<string>;
}

export const NOTHING_UNPACKED: Unpacked = {
  files: [],
  bornMs: Number.POSITIVE_INFINITY,
  known: new Set(),
  isWhole: false,
  origins: new Set(),
};

export function byBirth(a: Sibling, b: Sibling): number {
  return a.stat.birthtimeMs - b.stat.birthtimeMs || a.stat.mtimeMs - b.stat.mtimeMs;
}

/** By when they were written to last: a name that a rotation gives says nothing of that, nor does the birth of what was compressed. */
export function byEnd(a: Sibling, b: Sibling): number {
  return a.stat.mtimeMs - b.stat.mtimeMs;
}

/** They are all of the directory's device. */
export function keyOf(stat: Pick<FileIdentity, 'ino' | 'birthtimeMs'>): string {
  return `${stat.ino}:${stat.birthtimeMs}`;
}
