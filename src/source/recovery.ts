// Finds the files that hold what was missed under the name of a log: generations that came and were renamed between
// two looks, and the copy that copytruncate made of a life that was not read to its end. Serves generation-chain.ts.
import fs from 'node:fs';
import type { FollowContext } from './follow-context.ts';
import { isEmptyPrint, isStillPrinted } from './head.ts';
import { isSameFile } from './ledger.ts';
import type { Losses } from './losses.ts';
import { lookAt, openLog, readHead } from './name.ts';
import type { Opened } from './name.ts';
import { missing } from './problem.ts';
import type { Sibling } from './sibling.ts';
import type { Siblings } from './siblings.ts';
import type { Position, SavedGeneration, SourceProblem } from './source.ts';

/** An open file and the offset from which it is to be read. */
export interface GenerationFile {
  readonly fd: number;
  readonly stat: fs.Stats;
  readonly path: string;
  readonly offset: number;
  /** Its first bytes when it was opened, if work has been done since in which it may have been truncated. */
  readonly head?: Buffer;
}

/** What is left of a generation that an earlier process was reading. */
interface Remains {
  /** The rest of its life: in the file itself, or in a copy. */
  readonly rest: GenerationFile | null;
  readonly isCopy: boolean;
  /** The file itself when another life has begun in it. */
  readonly newLife: GenerationFile | null;
}

type SiblingOpening =
  (Opened & { readonly path: string }) | { readonly ok: false; readonly problem: SourceProblem };

/** How often a file is sought anew while a rotation gives it other names. */
const renamesMax = 5;

interface RecoveryOptions {
  readonly path: string;
  readonly context: FollowContext;
  readonly siblings: Siblings;
  readonly losses: Losses;
  /**
   * Closes copies of a life that begins like `print`, which were opened before a whole line of them was there: now they are
   * known for copies.
   */
  readonly freeCopies: (print: string) => void;
}

export class Recovery {
  readonly #options: RecoveryOptions;
  /** Files that were listed, and had no name when they were to be opened: a rotation may be moving them on. */
  readonly #lost: Sibling[] = [];

  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  /** Generations that were not there at the last look, born since `bornMs`, oldest first. */
  openMissed(bornMs: number, isKnown: (head: Buffer) => boolean): readonly GenerationFile[] {
    const { path, context, siblings, losses } = this.#options;
    const files: GenerationFile[] = [];
    const { plain, compressedBytes } = siblings.takeUnseen(bornMs);
    for (const { path: found, stat } of this.#lost.splice(0))
      if (context.ledger.ownerOf(stat) === undefined && !plain.some((other) => isSameFile(other.stat, stat)))
        losses.add({ found, reason: 'it was removed' }, 'a rotated log cannot be read');
    for (const sibling of plain) {
      if (context.ledger.ownerOf(sibling.stat) !== undefined) continue;
      const file = this.#open(sibling, isKnown);
      if (file === null) continue;
      files.push(file);
      const fields = { path, found: sibling.path, inode: sibling.stat.ino };
      context.logger.info(fields, 'found a rotated log that came and went between two looks: reading it');
    }
    for (const bytes of compressedBytes) {
      losses.add({ compressedBytes: bytes }, 'a rotated log was compressed before it was read');
    }
    return files;
  }

  /** The copy made by copytruncate: it begins like the ended life and reaches at least as far as was read of it. */
  openCopy(life: Position): GenerationFile | null {
    const { context, siblings, freeCopies } = this.#options;
    if (isEmptyPrint(life.head)) return null;
    freeCopies(life.head);
    for (const sibling of siblings.list().toReversed()) {
      const { stat } = sibling;
      if (stat.size < life.offset || context.ledger.ownerOf(stat) !== undefined) continue;
      const opening = this.#openSibling(sibling);
      if (!opening.ok) continue;
      if (isStillPrinted(life.head, opening.head)) {
        context.ledger.claim(opening.stat, this.#options.path);
        return { fd: opening.fd, stat: opening.stat, path: opening.path, offset: life.offset };
      }
      fs.closeSync(opening.fd);
    }
    return null;
  }

  /**
   * Finds a generation that an earlier process was reading, wherever its name has gone meanwhile. One that can't be found
   * or opened now is taken up where it was left, should it come back. `isDone`: nothing of it is missed if it is gone.
   */
  openAgain(saved: SavedGeneration, isDone: boolean): Remains {
    const file = this.#openSame(saved);
    const isSameLife =
      file !== null && file.stat.size >= saved.offset && isStillPrinted(saved.head, readHead(file.fd));
    if (isSameLife) return { rest: { ...file, offset: saved.offset }, isCopy: false, newLife: null };
    const isBarred = file === null && this.#isBarred(saved);
    const copy = isBarred ? null : this.openCopy(saved);
    if (file === null && copy === null) this.#options.context.ledger.remember(positionOf(saved));
    if (isBarred) return { rest: null, isCopy: false, newLife: null };
    // Of an empty one nothing tells which of those that were unpacked it is.
    const isUnpacked = isEmptyPrint(saved.head) && this.#options.siblings.isUnpackedWhole;
    if (copy === null && !(file === null && (isDone || isUnpacked))) {
      const what = file === null ? 'removed or compressed' : 'truncated, with no copy beside it,';
      const { ino: inode, offset } = saved;
      this.#options.losses.add({ inode, offset }, `a log was ${what} while nobody read it`);
    }
    if (file !== null && saved.isFinite) this.#abandon(file);
    return { rest: copy, isCopy: true, newLife: saved.isFinite ? null : file };
  }

  /** It may be there, and nothing can be seen or read of it for now. */
  #isBarred(saved: SavedGeneration): boolean {
    return [saved.openedAs, this.#options.path].some((name) => {
      const sight = lookAt(name);
      return sight.ok ? isSameFile(sight.stat, saved) : sight.problem.code === 'unreadable';
    });
  }

  #openSame(saved: SavedGeneration): GenerationFile | null {
    const { path } = this.#options;
    return this.#openIfSame(saved.openedAs, saved) ?? this.#openIfSame(path, saved) ?? this.#openMoved(saved);
  }

  #openMoved(saved: SavedGeneration): GenerationFile | null {
    for (let tries = 0; tries < renamesMax; tries++) {
      const name = this.#options.siblings.nameOf(saved);
      const file = name === null ? null : this.#openIfSame(name, saved);
      if (file !== null) return file;
    }
    return null;
  }

  #openIfSame(name: string, saved: SavedGeneration): GenerationFile | null {
    const { path, context } = this.#options;
    const sight = lookAt(name);
    if (!sight.ok || !isSameFile(sight.stat, saved)) return null;
    const opening = openLog(name);
    if (!opening.ok) return null;
    const { fd, stat } = opening;
    if (isSameFile(stat, saved) && context.ledger.ownerOf(stat) === undefined) {
      context.ledger.claim(stat, path);
      return { fd, stat, path: name, offset: 0 };
    }
    fs.closeSync(fd);
    return null;
  }

  #abandon({ fd, stat }: GenerationFile): void {
    this.#options.context.ledger.release(stat);
    fs.closeSync(fd);
  }

  #open(sibling: Sibling, isKnown: (head: Buffer) => boolean): GenerationFile | null {
    const { path, context, siblings, losses } = this.#options;
    const opening = this.#openSibling(sibling);
    if (!opening.ok && opening.problem.code === 'missing') {
      this.#lost.push(sibling);
      siblings.lostSightOf(sibling);
      return null;
    }
    if (!opening.ok) {
      losses.add({ found: sibling.path, reason: opening.problem.message }, 'a rotated log cannot be read');
      return null;
    }
    const { fd, stat, head } = opening;
    const { ledger } = context;
    // One that an earlier process has read in part, and this one could not open then, has a rest.
    const offset = ledger.recall(stat, head, stat.size);
    const isRead = ledger.ownerOf(stat) !== undefined || offset === stat.size;
    if (isRead || (offset === null && isKnown(head))) {
      fs.closeSync(fd);
      return null;
    }
    ledger.claim(stat, path);
    return { fd, stat, path: opening.path, offset: offset ?? 0 };
  }

  /** A rotation that is under way moves the files on while they are looked at: each is sought under its next name. */
  #openSibling({ path, stat }: Sibling): SiblingOpening {
    let name = path;
    for (let tries = 1; ; tries++) {
      const opening = openLog(name);
      if (opening.ok && isSameFile(opening.stat, stat)) return { ...opening, path: name };
      if (opening.ok) fs.closeSync(opening.fd);
      const nextName = tries < renamesMax ? this.#options.siblings.nameOf(stat) : null;
      if (nextName === null) return opening.ok ? { ok: false, problem: missing(path, path) } : opening;
      name = nextName;
    }
  }
}

function positionOf({ dev, ino, birthtimeMs, head, offset }: Position): Position {
  return { dev, ino, birthtimeMs, head, offset };
}
