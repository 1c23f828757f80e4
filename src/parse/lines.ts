// Framing: chunks of bytes in, whole lines out. First step of the hot path, before a format is known.

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

export interface LineConsumer {
  /** One line without its line end: `bytes[start, end)`, valid during the call only. */
  line(bytes: Buffer, start: number, end: number): void;
  /** A line longer than the cap went by; `head` holds its first bytes, as many as the cap allows. */
  tooLong(head: Buffer): void;
}

/**
 * Cuts a stream of chunks into lines. A line that spans chunks is joined in a buffer of its own; of a line longer
 * than `lineBytesMax` only the head is kept.
 */
export class LineFramer {
  readonly #consumer: LineConsumer;
  readonly #lineBytesMax: number;
  #carry = Buffer.alloc(0);
  #carryLength = 0;
  /** Length so far of the unfinished line; more than what is carried when it is over the cap. */
  #pendingBytes = 0;

  constructor(lineBytesMax: number, consumer: LineConsumer) {
    this.#lineBytesMax = lineBytesMax;
    this.#consumer = consumer;
  }

  /** Bytes taken since the last line end. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  write(bytes: Buffer): void {
    let start = 0;
    if (this.#pendingBytes > 0) {
      start = this.#finishPending(bytes);
      if (start < 0) return;
    }
    for (;;) {
      const newline = bytes.indexOf(NEWLINE, start);
      if (newline < 0) break;
      this.#emit(bytes, start, newline);
      start = newline + 1;
    }
    if (start < bytes.length) this.#keep(bytes.subarray(start));
  }

  /** The stream is over: an unfinished line counts as it stands. */
  end(): void {
    if (this.#pendingBytes > 0) this.#emitPending();
  }

  /** Completes the unfinished line; returns where the next line starts, or -1 when it is still unfinished. */
  #finishPending(bytes: Buffer): number {
    const newline = bytes.indexOf(NEWLINE);
    this.#keep(newline < 0 ? bytes : bytes.subarray(0, newline));
    if (newline < 0) return -1;
    this.#emitPending();
    return newline + 1;
  }

  #keep(piece: Buffer): void {
    this.#pendingBytes += piece.length;
    const room = this.#lineBytesMax + 1 - this.#carryLength;
    const kept = Math.min(piece.length, room);
    if (this.#carry.length < this.#carryLength + kept) {
      const grown = Buffer.alloc(Math.min(this.#lineBytesMax + 1, 2 * (this.#carryLength + kept)));
      this.#carry.copy(grown, 0, 0, this.#carryLength);
      this.#carry = grown;
    }
    piece.copy(this.#carry, this.#carryLength, 0, kept);
    this.#carryLength += kept;
  }

  #emitPending(): void {
    const length = this.#pendingBytes;
    const carry = this.#carry;
    const kept = this.#carryLength;
    this.#pendingBytes = 0;
    this.#carryLength = 0;
    if (length > kept) this.#consumer.tooLong(carry.subarray(0, this.#lineBytesMax));
    else this.#emit(carry, 0, length);
  }

  #emit(bytes: Buffer, start: number, newline: number): void {
    const end = newline > start && bytes[newline - 1] === CARRIAGE_RETURN ? newline - 1 : newline;
    if (end - start <= this.#lineBytesMax) this.#consumer.line(bytes, start, end);
    else this.#consumer.tooLong(bytes.subarray(start, start + this.#lineBytesMax));
  }
}
