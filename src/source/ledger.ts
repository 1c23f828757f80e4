// What has been read: which inode is open for which path, and how far files were read that are closed by now.
// Shared by all paths of one source, so that a file with two names, or a renamed one, is read once. Pure.
import { isPrintOfSame, isStillPrinted } from './head.ts';
import type { FileIdentity, Position } from './source.ts';

const positionsMax = 1024;
/** A file that is taken over under another name is so at the next look, so the newest will do. */
const savedMax = 256;

export class Ledger {
  readonly #owners = new Map<string, string>();
  readonly #positions = new Map<string, Position>();

  /** The path on whose behalf the inode is open now. */
  ownerOf(file: FileIdentity): string | undefined {
    return this.#owners.get(keyOf(file));
  }

  claim(file: FileIdentity, path: string): void {
    this.#owners.set(keyOf(file), path);
  }

  release(file: FileIdentity): void {
    this.#owners.delete(keyOf(file));
  }

  /** Keeps the position of a file that is closed; beyond a bound the oldest is forgotten. */
  remember(position: Position): void {
    const key = keyOf(position);
    this.#positions.delete(key);
    this.#positions.set(key, position);
    if (this.#positions.size <= positionsMax) return;
    for (const oldest of this.#positions.keys()) {
      this.#positions.delete(oldest);
      break;
    }
  }

  /** How far this very file was read before, or null if it was not. */
  recall(file: FileIdentity, head: Buffer, size: number): number | null {
    const position = this.#positions.get(keyOf(file)) ?? this.#findMounted(file, head);
    if (position === undefined || position.birthtimeMs !== file.birthtimeMs) return null;
    return position.offset <= size && isStillPrinted(position.head, head) ? position.offset : null;
  }

  /** A file system that was mounted late may have another device number than before. */
  #findMounted({ ino, birthtimeMs }: FileIdentity, head: Buffer): Position | undefined {
    // Where no birth is known, too little is.
    if (birthtimeMs === 0) return undefined;
    return [...this.#positions.values()].find(
      (each) => each.ino === ino && each.birthtimeMs === birthtimeMs && isPrintOfSame(each.head, head),
    );
  }

  /** The newest positions of closed files, to be kept beyond the end of the process. */
  saved(): readonly Position[] {
    return [...this.#positions.values()].slice(-savedMax);
  }
}

export function isSameFile(one: FileIdentity, other: FileIdentity): boolean {
  return one.dev === other.dev && one.ino === other.ino && one.birthtimeMs === other.birthtimeMs;
}

function keyOf(file: FileIdentity): string {
  return `${file.dev}:${file.ino}`;
}
