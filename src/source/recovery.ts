// Finds the files that hold what was missed under the name of a log: generations that came and were renamed between
// two looks, and the copy that copytruncate made of a life that was not read to its end. Serves generation-chain.ts.
import fs from 'node:fs';
import type { FollowContext } from './follow-context.ts';
import { isStillHead } from './head.ts';
import type { Position } from './ledger.ts';
import { openLog } from './name.ts';
import type { Sibling, Siblings } from './siblings.ts';

/** An open file and the offset from which it is to be read. */
export interface GenerationFile {
  readonly fd: number;
  readonly stat: fs.Stats;
  readonly path: string;
  readonly offset: number;
}

interface RecoveryOptions {
  readonly path: string;
  readonly context: FollowContext;
  readonly siblings: Siblings;
  readonly lose: (fields: object, message: string) => void;
}

export class Recovery {
  readonly #options: RecoveryOptions;

  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  /** Generations that were not there at the last look, born since `bornMs`, oldest first. */
  openMissed(bornMs: number, isKnown: (head: Buffer) => boolean): readonly GenerationFile[] {
    const { path, context, siblings, lose } = this.#options;
    const files: GenerationFile[] = [];
    const { plain, compressedBytes } = siblings.takeUnseen(bornMs);
    for (const sibling of plain) {
      if (context.ledger.ownerOf(sibling.stat) !== undefined) continue;
      const file = this.#open(sibling, isKnown);
      if (file === null) continue;
      files.push(file);
      const fields = { path, found: sibling.path, inode: sibling.stat.ino };
      context.logger.info(fields, 'found a rotated log that came and went between two looks: reading it');
    }
    for (const bytes of compressedBytes) {
      lose({ compressedBytes: bytes }, 'a rotated log was compressed before it was read');
    }
    return files;
  }

  /** The copy made by copytruncate: it begins like the ended life and goes on beyond what was read of it. */
  openCopy(life: Position): GenerationFile | null {
    const { context, siblings } = this.#options;
    if (life.head.length === 0) return null;
    for (const { path, stat } of siblings.list().toReversed()) {
      if (stat.size <= life.offset || context.ledger.ownerOf(stat) !== undefined) continue;
      const opening = openLog(path);
      if (!opening.ok) continue;
      if (opening.stat.ino === stat.ino && isStillHead(life.head, opening.head)) {
        context.ledger.claim(opening.stat, this.#options.path);
        return { fd: opening.fd, stat: opening.stat, path, offset: life.offset };
      }
      fs.closeSync(opening.fd);
    }
    return null;
  }

  #open(sibling: Sibling, isKnown: (head: Buffer) => boolean): GenerationFile | null {
    const { path, context, lose } = this.#options;
    const opening = openLog(sibling.path);
    if (!opening.ok) {
      lose({ found: sibling.path, reason: opening.problem.message }, 'a rotated log cannot be read');
      return null;
    }
    const { fd, stat, head } = opening;
    const { ledger } = context;
    const isRead = ledger.ownerOf(stat) !== undefined || ledger.recall(stat, head, stat.size) !== null;
    if (stat.ino !== sibling.stat.ino || isRead || isKnown(head)) {
      fs.closeSync(fd);
      return null;
    }
    ledger.claim(stat, path);
    return { fd, stat, path: sibling.path, offset: 0 };
  }
}
