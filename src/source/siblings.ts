// The files beside a log that can be its rotated generations. It knows which of them were there at the last look,
// so that a file which came and was renamed between two looks is found, and one that is mere history is not.
import fs from 'node:fs';
import nodePath from 'node:path';
import { isSameFile } from './ledger.ts';
import { isRotatedName, withoutCompression } from './rotated-name.ts';
import { byBirth, byEnd, keyOf, NOTHING_UNPACKED } from './sibling.ts';
import type { Sibling, Unpacked } from './sibling.ts';
import type { FileIdentity, SavedSiblings } from './source.ts';

/** The siblings at one moment. */
export interface Listing {
  readonly dev: number;
  readonly ino: number;
  readonly mtimeMs: number;
  readonly siblings: readonly Sibling[];
  readonly compressed: readonly Sibling[];
  /** The file that has the log's own name, if any. */
  readonly named: fs.Stats | null;
  /** False if files were renamed all the while: one or another may be missing. */
  readonly isWhole: boolean;
}

export interface Unseen {
  readonly plain: readonly Sibling[];
  /** Sizes of compressed files that replaced no file which was seen before. */
  readonly compressedBytes: readonly number[];
}

type Found = Pick<Listing, 'siblings' | 'compressed' | 'named' | 'isWhole'>;

/** A directory in which files are renamed without end is taken as far as it was seen. */
const passesMax = 5;

/** No line of a log comes to less, and an empty file with a long name hardly to more. */
const PACKED_BYTES_MIN = 64;

interface Note {
  readonly dev: number;
  readonly ino: number;
  readonly mtimeMs: number;
  readonly plain: ReadonlySet<string>;
  readonly compressed: ReadonlySet<string>;
  readonly named: string | null;
}

export class Siblings {
  readonly #directory: string;
  readonly #base: string;
  #noted: Note | null = null;
  /** `#noted` as plain JSON, made when it is asked for. */
  #saved: SavedSiblings | null = null;
  #isIncomplete = false;
  #unpacked: Unpacked;

  constructor(path: string, unpacked: Unpacked | null = null) {
    this.#directory = nodePath.dirname(path);
    this.#base = nodePath.basename(path);
    this.#unpacked = unpacked ?? NOTHING_UNPACKED;
  }

  /** The last listing was not whole: what it gave was not all, so it is to be asked for again. */
  get isIncomplete(): boolean {
    return this.#isIncomplete;
  }

  /**
   * What is there now, or null if nothing has changed since the last note. To be asked before the name is looked at
   * and given to `note` if the name still leads to the same file: what came in between must not count as seen.
   */
  changed(): Listing | null {
    const stat = statOrNothing(() => fs.statSync(this.#directory));
    if (stat === undefined) return null;
    const isNoted = isSameDirectory(stat, this.#noted) && stat.mtimeMs === this.#noted?.mtimeMs;
    return isNoted ? null : this.#listing(stat);
  }

  #listing({ dev, ino, mtimeMs }: fs.Stats): Listing | null {
    const found = this.#list();
    return found === null ? null : { dev, ino, mtimeMs, ...found };
  }

  /** From now on what is in `listing` counts as seen; nothing of one that is not whole, as the rest would seem new. */
  note(listing: Listing): void {
    this.#isIncomplete = !listing.isWhole;
    if (!listing.isWhole) return;
    this.#unpacked = NOTHING_UNPACKED;
    const { dev, ino, mtimeMs } = listing;
    const plain = new Set(listing.siblings.map((sibling) => keyOf(sibling.stat)));
    const compressed = new Set(listing.compressed.map((sibling) => keyOf(sibling.stat)));
    const named = listing.named === null ? null : keyOf(listing.named);
    this.#noted = { dev, ino, mtimeMs, plain, compressed, named };
    this.#saved = null;
  }

  /** What counts as seen, to be kept beyond the end of the process. */
  saved(): SavedSiblings | null {
    if (this.#noted === null) return null;
    const { plain, compressed } = this.#noted;
    this.#saved ??= { ...this.#noted, plain: [...plain], compressed: [...compressed] };
    return this.#saved;
  }

  restore(saved: SavedSiblings): void {
    this.#noted = { ...saved, plain: new Set(saved.plain), compressed: new Set(saved.compressed) };
    this.#saved = saved;
  }

  /**
   * Notes what is there now and gives what was not there at the last note and is not older than `bornMs`, oldest
   * first. Nothing if the directory was never seen before or is another one by now (mounted later): whatever it
   * brings along is history.
   */
  takeUnseen(bornMs: number): Unseen {
    // The time of a directory's last change is coarse, so the same time does not prove that nothing has changed.
    const directory = statOrNothing(() => fs.statSync(this.#directory));
    const listing = directory === undefined ? null : this.#listing(directory);
    const [before, unpacked] = [this.#noted, this.#unpacked];
    this.#unpacked = { ...unpacked, files: [] };
    if (listing !== null) this.note(listing);
    if (listing === null || before === null || !isSameDirectory(listing, before))
      return { plain: [], compressedBytes: [] };
    const sinceMs = Math.min(bornMs, unpacked.bornMs);
    const plain = listing.siblings.filter(
      ({ stat }) => stat.birthtimeMs >= sinceMs && !before.plain.has(keyOf(stat)),
    );
    // Those that were unpacked have just been born.
    const all = unpacked.files.length === 0 ? plain : [...unpacked.files, ...plain].toSorted(byEnd);
    const compressedBytes = listing.isWhole ? unexplained(listing, before, { ...unpacked, sinceMs }) : [];
    return { plain: all, compressedBytes };
  }

  /** All siblings that are not compressed, or that were unpacked, by birth. */
  list(): readonly Sibling[] {
    return [...(this.#list()?.siblings ?? []), ...this.#unpacked.files];
  }

  /** What was unpacked is all that came, as far as it was compressed, after what was read last. */
  get isUnpackedWhole(): boolean {
    return this.#unpacked.isWhole;
  }

  /** All siblings that are compressed, the one first that was written to last longest ago. */
  packed(): readonly Sibling[] {
    return this.#list()?.compressed.toSorted(byEnd) ?? [];
  }

  /** The path of this very file in the directory, whatever it is called; null if it is not there, as far as can be seen. */
  nameOf(file: FileIdentity): string | null {
    let before = '';
    for (let passes = 0; passes < passesMax; passes++) {
      const names = this.#names() ?? [];
      for (const name of names) {
        const path = nodePath.join(this.#directory, name);
        const stat = statOrNothing(() => fs.lstatSync(path));
        if (stat?.isFile() === true && isSameFile(stat, file)) return path;
      }
      // A rotation that is under way moves it past the place that is looked at.
      const now = names.join('/');
      if (now === before) return null;
      before = now;
    }
    return null;
  }

  /** Where a file that was listed is now: a rotation may have moved it on. */
  whereabouts({ path, stat }: Sibling): string {
    const there = statOrNothing(() => fs.lstatSync(path));
    const isThere = there !== undefined && isSameFile(there, stat);
    return isThere ? path : (this.nameOf(stat) ?? path);
  }

  /** What was given as unseen could not be found under any name: if it is there at the next look, it is given again. */
  lostSightOf({ stat }: Sibling): void {
    if (this.#noted === null) return;
    const plain = new Set(this.#noted.plain);
    plain.delete(keyOf(stat));
    // No directory was changed then.
    this.#noted = { ...this.#noted, plain, mtimeMs: 0 };
    this.#saved = null;
    this.#isIncomplete = true;
  }

  #names(): readonly string[] | null {
    try {
      return fs.readdirSync(this.#directory);
    } catch {
      return null;
    }
  }

  /**
   * Null for a directory that may be entered but not listed: the log can be followed, rotated files not found. A
   * rotation that is under way moves files on while they are listed, past the place that is looked at: what is the
   * same twice is whole. Otherwise all that was seen is given, as what one pass has missed another has.
   */
  #list(): Found | null {
    const seen = new Map<string, Sibling>();
    let found = this.#listOnce();
    for (let passes = 1; passes < passesMax && found !== null; passes++) {
      for (const sibling of found.siblings) seen.set(keyOf(sibling.stat), sibling);
      const again = this.#listOnce();
      if (again !== null && signatureOf(again) === signatureOf(found)) return again;
      found = again;
    }
    if (found === null) return null;
    for (const sibling of found.siblings) seen.set(keyOf(sibling.stat), sibling);
    return { ...found, siblings: [...seen.values()].toSorted(byBirth), isWhole: false };
  }

  #listOnce(): Found | null {
    const names = this.#names();
    if (names === null) return null;
    const siblings: Sibling[] = [];
    const compressed: Sibling[] = [];
    for (const name of names) {
      const plainName = withoutCompression(name);
      // A log that a pattern has found by its date may be compressed where it is.
      const isItself = plainName === this.#base && plainName !== name;
      if (!isItself && !isRotatedName(this.#base, plainName)) continue;
      const path = nodePath.join(this.#directory, name);
      const stat = statOrNothing(() => fs.lstatSync(path));
      if (stat?.isFile() !== true) continue;
      if (plainName === name) siblings.push({ path, stat });
      // As long as its original is there, it is being written and says nothing yet.
      else if (!names.includes(plainName)) compressed.push({ path, stat });
    }
    const named = statOrNothing(() => fs.statSync(nodePath.join(this.#directory, this.#base))) ?? null;
    return { siblings: siblings.toSorted(byBirth), compressed, named, isWhole: true };
  }
}

/**
 * A compressed file normally takes the place of a file that was seen (and read) before. Those beyond that number, and
 * written to since `sinceMs`, hold generations that nobody saw.
 */
function unexplained(
  listing: Listing,
  before: Note,
  { known, origins, sinceMs }: Pick<Unpacked, 'known' | 'origins'> & { readonly sinceMs: number },
): readonly number[] {
  const now = new Set(listing.siblings.map(({ stat }) => keyOf(stat)));
  if (listing.named !== null) now.add(keyOf(listing.named));
  const seen = before.named === null ? [...before.plain] : [...before.plain, before.named];
  const vanished = seen.filter((key) => !now.has(key) && !origins.has(key)).length;
  const fresh = listing.compressed.filter(
    ({ stat }) =>
      stat.size >= PACKED_BYTES_MIN &&
      stat.mtimeMs >= sinceMs &&
      !before.compressed.has(keyOf(stat)) &&
      !known.has(keyOf(stat)),
  );
  return fresh.slice(vanished).map(({ stat }) => stat.size);
}

function isSameDirectory(one: Pick<Note, 'dev' | 'ino'>, other: Pick<Note, 'dev' | 'ino'> | null): boolean {
  return one.dev === other?.dev && one.ino === other.ino;
}

function signatureOf({ siblings, compressed }: Found): string {
  return [...siblings, ...compressed].map(({ path, stat }) => `${path}:${stat.ino}`).join();
}

function statOrNothing(stat: () => fs.Stats): fs.Stats | undefined {
  try {
    return stat();
  } catch {
    return undefined;
  }
}
