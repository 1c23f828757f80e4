// Which compressed files beside a log hold what an earlier process has not read of it: a rotation compresses at once, or
// has come round twice while nobody was there. They are told by their first bytes. Between the saved positions and unpacking.ts.
import fs from 'node:fs';
import { Readable } from 'node:stream';
import { headBytesMax, isEmptyPrint, isPrintOfSame, isStillPrinted, isTelling } from './head.ts';
import { readHistory } from './history.ts';
import { isSameFile } from './ledger.ts';
import { openLog } from './name.ts';
import { byEnd, keyOf } from './sibling.ts';
import type { Sibling } from './sibling.ts';
import { Siblings } from './siblings.ts';
import type { FileIdentity, SavedGeneration, SavedPath } from './source.ts';

/** A compressed file with lines that nobody has read. */
export interface PackedLife extends Sibling {
  /** The first bytes of the log in it. */
  readonly head: Buffer;
  /** Bytes of the log in it that were read before. */
  readonly offset: number;
  /** What it was compressed from, if that was read; else null. */
  readonly seen: FileIdentity | null;
}

export interface PackedLives {
  /** Oldest first. */
  readonly lives: readonly PackedLife[];
  /** Compressed meanwhile too, and empty or read before. */
  readonly done: readonly Sibling[];
  /** All that came after what was read last, as far as it was compressed. */
  readonly isWhole: boolean;
}

type Beginning = Pick<PackedLife, 'path' | 'stat' | 'head'>;

/**
 * Generations of `saved` that are nowhere to be read, while there are compressed files. Oldest first. An empty one, of which nothing
 * is known, only if it is the newest.
 */
export function findVanished(saved: SavedPath): readonly SavedGeneration[] {
  const siblings = new Siblings(saved.path);
  if (siblings.packed().length === 0) return [];
  const newest = saved.generations.at(-1);
  return saved.generations.filter(
    (generation) =>
      (generation === newest || !isEmptyPrint(generation.head)) && !isLeft(generation, saved.path, siblings),
  );
}

/**
 * Where the `vanished` of `saved` are, and generations that came after all that was read and were compressed too. `prints`: of what
 * was read, also as another path: a pattern may find rotated logs by their own names.
 */
export async function findPackedLives(
  saved: SavedPath,
  vanished: readonly SavedGeneration[],
  prints: readonly string[],
): Promise<PackedLives> {
  const lives: PackedLife[] = [];
  const done: Beginning[] = [];
  const sought = new Set(vanished.filter(({ head }) => !isEmptyPrint(head)));
  // Those before one that was read; null: they are behind it, or what was read last is still there.
  const isNewestGone = vanished.some((each) => each === saved.generations.at(-1));
  let newer: Beginning[] | null = isNewestGone ? [] : null;
  const siblings = new Siblings(saved.path);
  const wasThere = new Set(saved.siblings?.compressed);
  // From the newest on: what is older than all that is sought is not looked into.
  for (const sibling of siblings.packed().toReversed()) {
    if (sought.size === 0 && newer === null) break;
    const head = await readPackedHead(siblings.whereabouts(sibling));
    if (head === null) {
      // Nothing is known of it; when it is unpacked, it is told why it can't be.
      if (!wasThere.has(keyOf(sibling.stat)))
        lives.push({ ...sibling, head: Buffer.alloc(0), offset: 0, seen: null });
      continue;
    }
    const generation = [...sought].find(({ head: print }) => isPrintOfSame(print, head));
    if (generation !== undefined) {
      sought.delete(generation);
      lives.push({ ...sibling, head, offset: generation.offset, seen: generation });
    } else if (newer !== null && wasThere.has(keyOf(sibling.stat))) {
      done.push({ ...sibling, head });
      continue;
    } else if (newer !== null && !prints.some((print) => isPrintOfSame(print, head))) {
      newer.push({ ...sibling, head });
      continue;
    } else done.push({ ...sibling, head });
    for (const each of newer ?? [])
      if (isTelling(each.head)) lives.push({ ...each, offset: 0, seen: null });
      else done.push(each);
    newer = null;
  }
  return { lives: lives.toSorted(byEnd), done, isWhole: isNewestGone && newer === null };
}

/** The same for a path of which nothing was read before. */
export async function findNewLife(saved: SavedPath, prints: readonly string[]): Promise<PackedLives> {
  const siblings = new Siblings(saved.path);
  const wasThere = new Set(saved.siblings?.compressed);
  const lives: PackedLife[] = [];
  const done: Beginning[] = [];
  for (const sibling of siblings.packed()) {
    if (wasThere.has(keyOf(sibling.stat))) continue;
    const head = await readPackedHead(siblings.whereabouts(sibling));
    const isKnown = head !== null && prints.some((print) => isPrintOfSame(print, head));
    if (head !== null && (isKnown || !isTelling(head))) done.push({ ...sibling, head });
    // When it is unpacked, it is told why it can't be.
    else lives.push({ ...sibling, head: head ?? Buffer.alloc(0), offset: 0, seen: null });
  }
  return { lives, done, isWhole: true };
}

/** Its life goes on in a file that can be read, or that nobody may look into now. */
function isLeft(generation: SavedGeneration, path: string, siblings: Siblings): boolean {
  const moved = siblings.nameOf(generation);
  const names = [generation.openedAs, path, ...(moved === null ? [] : [moved])];
  return [...names, ...siblings.list().map((each) => each.path)].some((name) => {
    const opening = openLog(name);
    if (!opening.ok) return opening.problem.code === 'unreadable';
    fs.closeSync(opening.fd);
    if (isEmptyPrint(generation.head)) return isSameFile(opening.stat, generation);
    return opening.stat.size >= generation.offset && isStillPrinted(generation.head, opening.head);
  });
}

/** Null when it can't be unpacked. */
async function readPackedHead(path: string): Promise<Buffer | null> {
  let head = Buffer.alloc(0);
  for await (const chunk of readHistory({ path, size: 0, isPipe: false }, Readable.from([]))) {
    if (!chunk.ok) return null;
    head = Buffer.concat([head, chunk.bytes.subarray(0, headBytesMax - head.length)]);
    if (head.length === headBytesMax) break;
  }
  return head;
}
