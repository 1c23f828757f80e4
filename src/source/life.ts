// One life of an open file, from one truncation to the next: how it begins, and how large it is. Part of generation.ts.
import fs from 'node:fs';
import { headBytesMax, isStillHead, isTelling, printOf } from './head.ts';

const headBuffer = Buffer.allocUnsafe(headBytesMax);

export class Life {
  readonly #fd: number;
  #head: Buffer;
  /** Null until it is asked for. */
  #print: string | null = null;
  #sizeNow = 0;
  #sizeSeen = 0;

  /** `head`: its first bytes as far as they are known. */
  constructor(fd: number, head: Buffer) {
    this.#fd = fd;
    this.#head = head;
  }

  /** The first bytes as far as they are known. */
  get head(): Buffer {
    return this.#head;
  }

  /** True once `head` tells it from all others. */
  get isRecognisable(): boolean {
    return isTelling(this.#head);
  }

  /** `head` in few characters. */
  get print(): string {
    return (this.#print ??= printOf(this.#head));
  }

  /** In bytes, when it was last asked for. */
  get sizeNow(): number {
    return this.#sizeNow;
  }

  /** The largest size seen, in bytes. */
  get sizeSeen(): number {
    return this.#sizeSeen;
  }

  /** Asks for the size, in bytes. Throws what the operating system says. */
  size(): number {
    this.#sizeNow = fs.fstatSync(this.#fd).size;
    this.#sizeSeen = Math.max(this.#sizeSeen, this.#sizeNow);
    return this.#sizeNow;
  }

  /**
   * False if it is over: the file is shorter than `end`, or begins in another way. Otherwise learns more of the head. Throws
   * what the operating system says.
   */
  goesOn(end: number): boolean {
    const headBytes = fs.readSync(this.#fd, headBuffer, 0, headBytesMax, 0);
    const isEmptied = headBytes === 0 && this.#sizeSeen > 0;
    if (isEmptied || !isStillHead(this.#head, headBuffer, headBytes)) return false;
    if (headBytes > this.#head.length) {
      this.#head = Buffer.from(headBuffer.subarray(0, headBytes));
      this.#print = null;
    }
    return this.size() >= end;
  }

  /** Whether the file holds these bytes at `offset` now, as far as it goes. */
  holds(bytes: Buffer, offset: number): boolean {
    const now = Buffer.allocUnsafe(bytes.length);
    const length = fs.readSync(this.#fd, now, 0, bytes.length, offset);
    return length > 0 && now.subarray(0, length).equals(bytes.subarray(0, length));
  }
}
