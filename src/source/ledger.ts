// What has been read: which inode is open for which path, and how far files were read that are closed by now.
// Shared by all paths of one source, so that a file with two names, or a renamed one, is read once. Pure.
import { isStillHead } from './head.ts';

/** Tells one file from all others, although inode numbers are used again as soon as a file is removed. */
export interface FileIdentity {
  readonly dev: number;
  readonly ino: number;
  readonly birthtimeMs: number;
}

/** How far a file has been read. */
export interface Position extends FileIdentity {
  /** The first bytes of the file, up to `headBytesMax`. */
  readonly head: Buffer;
  /** Bytes handed over since the beginning of the file. */
  readonly offset: number;
}

const positionsMax = 1024;

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
    const position = this.#positions.get(keyOf(file));
    if (position === undefined || position.birthtimeMs !== file.birthtimeMs) return null;
    return position.offset <= size && isStillHead(position.head, head) ? position.offset : null;
  }
}

function keyOf(file: FileIdentity): string {
  return `${file.dev}:${file.ino}`;
}
