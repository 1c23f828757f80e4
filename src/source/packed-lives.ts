// Which compressed files beside a log hold what an earlier process has not read of it: a rotation compresses at once, or
// has come round twice while nobody was there. They are told by their first bytes. Between the saved positions and unpacking.ts.
import fs from 'node:fs';
import { Readable } from 'node:stream';
import { headBytesMax, isEmptyPrint, isPrintOfSame, isStillPrinted, isTelling } from './head.ts';
import { readHistory } from './history.ts';
import { openLog } from './name.ts';
import { byEnd, Siblings } from './siblings.ts';
import type { Sibling } from './siblings.ts';
import type { SavedGeneration, SavedPath } from './source.ts';

/** A compressed file with lines that nobody has read. */
export interface PackedLife extends Sibling {
  /** The first bytes of the log in it. */
  readonly head: Buffer;
  /** Bytes of the log in it that were read before. */
  readonly offset: number;
  /** It was seen before it was compressed. */
  readonly wasSeen: boolean;
}

export interface PackedLives {
  /** Oldest first. */
  readonly lives: readonly PackedLife[];
  /** Compressed meanwhile too, and empty or read before. */
  readonly done: readonly Sibling[];
}

type Beginning = Pick<PackedLife, 'path' | 'stat' | 'head'>;

/** Generations of `saved` that are nowhere to be read, while there are compressed files. Oldest first. */
export function findVanished(saved: SavedPath): readonly SavedGeneration[] {
  const siblings = new Siblings(saved.path);
  if (siblings.packed().length === 0) return [];
  return saved.generations.filter(
    (generation) => !isEmptyPrint(generation.head) && !isLeft(generation, saved.path, siblings),
  );
}

/** Where the `vanished` of `saved` are, and generations that came after all that was seen and were compressed too. */
export async function findPackedLives(
  saved: SavedPath,
  vanished: readonly SavedGeneration[],
): Promise<PackedLives> {
  const lives: PackedLife[] = [];
  const done: Beginning[] = [];
  const sought = new Set(vanished);
  const newest = saved.generations.at(-1);
  let newer: Beginning[] = [];
  const siblings = new Siblings(saved.path);
  // What is older than all that is sought is not looked into.
  for (const sibling of siblings.packed().toReversed()) {
    if (sought.size === 0) break;
    const head = await readPackedHead(siblings.whereabouts(sibling));
    // It can't be unpacked: nothing is known of it.
    if (head === null) continue;
    const generation = [...sought].find(({ head: print }) => isPrintOfSame(print, head));
    if (generation === undefined) {
      newer.push({ ...sibling, head });
      continue;
    }
    sought.delete(generation);
    lives.push({ ...sibling, head, offset: generation.offset, wasSeen: true });
    // Which of those behind an older one were read is not known.
    if (generation !== newest) continue;
    const isUnread = (each: Beginning): boolean =>
      isTelling(each.head) && !saved.heads.some((print) => isPrintOfSame(print, each.head));
    lives.push(...newer.filter(isUnread).map((each) => ({ ...each, offset: 0, wasSeen: false })));
    done.push(...newer.filter((each) => !isUnread(each)));
    newer = [];
  }
  return { lives: lives.toSorted(byEnd), done };
}

/** Its life goes on in a file that can be read, or that nobody may look into now. */
function isLeft(generation: SavedGeneration, path: string, siblings: Siblings): boolean {
  const moved = siblings.nameOf(generation);
  const names = [generation.openedAs, path, ...(moved === null ? [] : [moved])];
  return [...names, ...siblings.list().map((each) => each.path)].some((name) => {
    const opening = openLog(name);
    if (!opening.ok) return opening.problem.code === 'unreadable';
    fs.closeSync(opening.fd);
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
