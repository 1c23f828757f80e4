// The heads of what was read for one path, newest last: by them a copy of a log is recognised and not read again.
// Pure part of the source room.
import { isEmptyPrint, isPrintOfSame, isSameContent, printOf } from './head.ts';

interface KnownHead {
  /** Null for one that an earlier process has seen. */
  readonly bytes: Buffer | null;
  readonly print: string;
}

const headsMax = 256;
/** Copies are made soon if at all, so the newest will do. */
const savedMax = 32;

export class KnownHeads {
  #heads: readonly KnownHead[] = [];

  add(head: Buffer): void {
    if (head.length > 0) this.#push({ bytes: head, print: printOf(head) });
  }

  has(head: Buffer): boolean {
    return this.#heads.some(({ bytes, print }) =>
      bytes === null ? isPrintOfSame(print, head) : isSameContent(bytes, head),
    );
  }

  /** To be kept beyond the end of the process. */
  saved(): readonly string[] {
    return this.#heads.slice(-savedMax).map(({ print }) => print);
  }

  restore(print: string): void {
    if (!isEmptyPrint(print)) this.#push({ bytes: null, print });
  }

  #push(head: KnownHead): void {
    this.#heads = [...this.#heads, head].slice(-headsMax);
  }
}
