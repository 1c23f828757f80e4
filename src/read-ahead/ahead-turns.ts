// One finished log by way of the thread that reads ahead: its chunks go there as long as few are on their way, and what
// comes back is counted turn by turn, in the same turns as without a thread.
import type { NumberedPaths } from '../parse/record.ts';
import type { Chunks, Turns } from '../source/turns.ts';
import { splitTurns } from '../source/turns.ts';
import type { BlockMemory, ReadBlock } from './block.ts';
import { RowReader } from './block.ts';
import { BLOCK_BYTES } from './read-ahead.ts';
import type { BlockTaker, ReadAhead } from './read-ahead.ts';

/** Counts the rows of one log. */
export interface RowSink {
  /** Rows `[from, to)` of the block that `rows` is at. */
  write(rows: RowReader, from: number, to: number): void;
  /** The log has ended; the rows `[from, to)` are its unfinished last line. */
  end(rows: RowReader, from: number, to: number): void;
  /** What the lines are, as far as they are known by now. */
  formatFound(name: string): void;
}

interface Arrived {
  readonly block: ReadBlock;
  readonly numbered: NumberedPaths;
}

export class AheadTurns implements Turns, BlockTaker {
  readonly #chunks: Chunks;
  readonly #sink: RowSink;
  readonly #thread: ReadAhead;
  readonly #isAlone: boolean;
  readonly #log: number;
  readonly #rows = new RowReader();
  readonly #arrived: Arrived[] = [];
  /** For the blocks on their way, oldest first: for each piece, whether a chunk ends with it. */
  readonly #chunkEnds: boolean[][] = [];
  #failure: Error | null = null;
  #wakeReader: () => void = () => {};
  #wakeSender: () => void = () => {};
  #hasBegun = false;
  #isStopped = false;
  /** The block being counted, and the next of its pieces. */
  #block: ReadBlock | null = null;
  #piece = 0;

  /** `isAlone`: there is no other log, and so no short turn. */
  constructor(chunks: Chunks, sink: RowSink, thread: ReadAhead, isAlone: boolean) {
    this.#isAlone = isAlone;
    this.#chunks = chunks;
    this.#sink = sink;
    this.#thread = thread;
    this.#log = thread.open(this);
  }

  async readOn(isShort: boolean): Promise<boolean> {
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      void this.#sendAll();
    }
    const block = this.#block ?? (await this.#nextBlock());
    const { pieceRows, rows, isLast } = block;
    const from = pieceRows[this.#piece - 1] ?? 0;
    if (this.#piece === pieceRows.length) {
      this.#sink.end(this.#rows, from, rows);
      this.#thread.close(this.#log);
      this.#release(block);
      return false;
    }
    const ends = this.#chunkEnds[0] ?? [];
    const piece = isShort ? this.#piece : ends.indexOf(true, this.#piece);
    this.#piece = piece + 1;
    this.#sink.write(this.#rows, from, pieceRows[piece] ?? rows);
    if (this.#piece === pieceRows.length && !isLast) this.#release(block);
    return true;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#thread.close(this.#log);
    this.#wakeSender();
    this.#sink.end(this.#rows, 0, 0);
    await this.#chunks.end();
  }

  take(block: ReadBlock, numbered: NumberedPaths): void {
    this.#arrived.push({ block, numbered });
    this.#wakeReader();
  }

  fail(error: Error): void {
    this.#failure = error;
    this.#wakeReader();
  }

  async #nextBlock(): Promise<ReadBlock> {
    for (;;) {
      const next = this.#arrived.shift();
      if (next !== undefined) {
        const { block, numbered } = next;
        this.#rows.begin(block, numbered);
        this.#sink.formatFound(block.formatName);
        this.#block = block;
        this.#piece = 0;
        return block;
      }
      if (this.#failure !== null) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#wakeReader = resolve;
      });
    }
  }

  #release(block: ReadBlock): void {
    this.#block = null;
    this.#chunkEnds.shift();
    this.#thread.giveBack(block.memory);
    this.#wakeSender();
  }

  async #sendAll(): Promise<void> {
    let block = new NewBlock(this.#thread.takeMemory());
    for (let bytes = await this.#chunks.next(); bytes !== null; bytes = await this.#chunks.next()) {
      if (!block.hasRoomFor(bytes.length)) {
        this.#send(block, false);
        block = new NewBlock(this.#thread.takeMemory());
      }
      block.add(bytes, this.#isAlone);
      while (this.#chunkEnds.length >= this.#thread.blocksMax && !this.#isStopped)
        await new Promise<void>((resolve) => {
          this.#wakeSender = resolve;
        });
      if (this.#isStopped) return;
    }
    this.#send(block, true);
  }

  #send({ memory, length, pieceEnds, chunkEnds }: NewBlock, isLast: boolean): void {
    this.#chunkEnds.push(chunkEnds);
    this.#thread.send({
      log: this.#log,
      memory,
      length,
      pieceEnds: Int32Array.from(pieceEnds),
      isLast,
      isCut: isLast && this.#chunks.isCut(),
    });
  }
}

/** A block that is being filled. */
class NewBlock {
  readonly memory: BlockMemory;
  length = 0;
  readonly pieceEnds: number[] = [];
  readonly chunkEnds: boolean[] = [];

  constructor(memory: BlockMemory) {
    this.memory = memory;
  }

  hasRoomFor(bytes: number): boolean {
    return this.length === 0 || this.length + bytes <= BLOCK_BYTES;
  }

  add(bytes: Buffer, isAlone: boolean): void {
    if (bytes.length > this.memory.input.byteLength) this.memory.input = new SharedArrayBuffer(bytes.length);
    bytes.copy(Buffer.from(this.memory.input), this.length);
    for (const end of isAlone ? [bytes.length] : splitTurns(bytes.length)) {
      this.pieceEnds.push(this.length + end);
      this.chunkEnds.push(end === bytes.length);
    }
    this.length += bytes.length;
  }
}
