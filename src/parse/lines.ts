// Framing: chunks of bytes in, whole lines out. First step of the hot path, before a format is known. Where there is a
// scan, it finds the lines, and what it reads in passing is there for the parser.
import { lineScan, ROW } from '../scan/line-scan.ts';
import { ContainerLog, findContainerLine, mayBeginContainerLine, NO_LINE } from './container-log.ts';
import { BYTE_ORDER_MARK, startsWith } from './field-end.ts';
import type { LineScan } from '../scan/line-scan.ts';

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** More than that is scanned piece by piece: a piece and its rows stay in a processor's cache. */
const PIECE_BYTES = 64 * 1024;
/** Of a piece of which so often no line was taken by its row, none is any more: in some logs no line is ordinary. */
const REFUSALS_MAX = 16;
const NO_BYTES = Buffer.alloc(0);

export interface LineConsumer {
  /** One line without its line end: `bytes[start, end)`, valid during the call only. */
  line(bytes: Buffer, start: number, end: number): void;
  /**
   * The lines from `from` to `end`, not included, come next, of those that `scan` has rows of: takes as many as are ordinary, and
   * returns how many; the one behind them comes by `line`. Left out by who takes each of them by itself.
   */
  takeRows?(scan: LineScan, from: number, end: number): number;
  /** A line went by that is none of the log's own; left out by who does not count lines. */
  passedOver?(): void;
  /** A line longer than the cap went by; `head` holds its first bytes, as many as the cap allows. */
  tooLong(head: Buffer): void;
}

/**
 * Cuts a stream of chunks into lines. A line that spans chunks is joined in a buffer of its own; of a line longer
 * than `lineBytesMax` only the head is kept. Without a `scan` the lines are the same, but nothing is read in passing.
 */
export class LineFramer {
  readonly #consumer: LineConsumer;
  readonly #lineBytesMax: number;
  readonly #scan: LineScan | null;
  /** What takes lines out of the log of a container; null for any other log. */
  #container: ContainerLog | null = null;
  /** The first bytes of a line, too few to tell what it is of. */
  #head = NO_BYTES;
  /** The first line was handed over. */
  #hasBegun = false;
  #carry = Buffer.alloc(0);
  #carryLength = 0;
  /** Length so far of the unfinished line; more than what is carried when it is over the cap. */
  #pendingBytes = 0;

  constructor(lineBytesMax: number, consumer: LineConsumer, scan = lineScan()) {
    this.#scan = scan;
    this.#lineBytesMax = lineBytesMax;
    this.#consumer = consumer;
  }

  /** Bytes taken since the last line end. */
  get pendingBytes(): number {
    return this.#head.length + (this.#container?.pendingBytes ?? this.#pendingBytes);
  }

  write(bytes: Buffer): void {
    if (this.#container !== null) return this.#frame(this.#container.decode(bytes));
    const chunk = this.#head.length === 0 ? bytes : Buffer.concat([this.#head, bytes]);
    this.#head = NO_BYTES;
    const lineStart = this.#pendingBytes === 0 ? 0 : chunk.indexOf(NEWLINE) + 1;
    const hasLineStart = this.#pendingBytes === 0 || lineStart > 0;
    const at = hasLineStart ? findContainerLine(chunk, lineStart) : -1;
    if (at >= 0) {
      this.#frame(chunk.subarray(0, at));
      this.#container = new ContainerLog();
      this.#frame(this.#container.decode(chunk.subarray(at)));
      return;
    }
    const last = Math.max(lineStart, chunk.lastIndexOf(NEWLINE) + 1);
    if (hasLineStart && mayBeginContainerLine(chunk, last)) this.#head = Buffer.from(chunk.subarray(last));
    this.#frame(this.#head.length === 0 ? chunk : chunk.subarray(0, last));
  }

  /** The stream is over: an unfinished line counts as it stands. */
  end(): void {
    this.#frame(this.#container?.end() ?? this.#head);
    this.#head = NO_BYTES;
    if (this.#pendingBytes > 0) this.#emitPending();
  }

  #frame(bytes: Buffer): void {
    const scan = this.#scan;
    // Of two framers, one of which writes to the other, one has to do without.
    if (scan === null || scan.isBusy) return this.#cut(bytes);
    scan.isBusy = true;
    try {
      for (let i = 0; i < bytes.length; i += PIECE_BYTES)
        this.#scanPiece(scan, bytes.subarray(i, i + PIECE_BYTES));
    } finally {
      scan.isBusy = false;
    }
  }

  /** Scans the piece together with the unfinished line before it. */
  #scanPiece(scan: LineScan, piece: Buffer): void {
    if (this.#pendingBytes > 0) {
      const isKept = this.#pendingBytes === this.#carryLength;
      // A line that goes on, that is too long, or that has no room, is none to scan.
      if (!isKept || this.#carryLength + piece.length > scan.inputBytesMax || !piece.includes(NEWLINE))
        return this.#cut(piece);
    }
    const { input, inputStart, rows } = scan;
    // Behind the first line, which may have begun long before, none is longer than a piece.
    let offers = this.#container === null && this.#lineBytesMax >= PIECE_BYTES ? REFUSALS_MAX : 0;
    const carried = inputStart + this.#carry.copy(input, inputStart, 0, this.#carryLength);
    this.#pendingBytes = this.#carryLength = 0;
    const end = carried + piece.copy(input, carried);
    let start = inputStart;
    do {
      const count = scan.read(start, end);
      for (let line = 0; line < count; line++) {
        const row = scan.goTo(line);
        this.#take(input, rows[row + ROW.start] ?? 0, rows[row + ROW.end] ?? 0);
        if (offers === 0) continue;
        const taken = this.#consumer.takeRows?.(scan, line + 1, count) ?? 0;
        if (taken === 0) offers--;
        line += taken;
      }
      start = scan.next;
    } while (!scan.isOver);
    if (start < end) this.#keep(input.subarray(start, end));
  }

  /** The same without a scan. */
  #cut(bytes: Buffer): void {
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

  /** Where the first line begins: a byte-order mark is no part of it. */
  #skipMark(bytes: Buffer, start: number, end: number): number {
    this.#hasBegun = true;
    return startsWith(bytes, start, end, BYTE_ORDER_MARK) ? start + BYTE_ORDER_MARK.length : start;
  }

  #emit(bytes: Buffer, start: number, newline: number): void {
    const end = newline > start && bytes[newline - 1] === CARRIAGE_RETURN ? newline - 1 : newline;
    this.#take(bytes, start, end);
  }

  #take(bytes: Buffer, lineStart: number, end: number): void {
    if (this.#container !== null && isNoLine(bytes, lineStart, end)) {
      this.#consumer.passedOver?.();
      return;
    }
    const start = this.#hasBegun ? lineStart : this.#skipMark(bytes, lineStart, end);
    if (end - start <= this.#lineBytesMax) this.#consumer.line(bytes, start, end);
    else this.#consumer.tooLong(bytes.subarray(start, start + this.#lineBytesMax));
  }
}

function isNoLine(bytes: Buffer, start: number, end: number): boolean {
  return end - start === NO_LINE.length && startsWith(bytes, start, end, NO_LINE);
}
