// Starts the thread that reads finished logs ahead of the one that counts them, and carries blocks to and fro.
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { LogParserOptions } from '../parse/log-parser.ts';
import type { NumberedPaths } from '../parse/record.ts';
import { PATH_NUMBERS_MAX } from './block.ts';
import type { Block, BlockMemory, ReadAheadOptions, ReadBlock } from './block.ts';

/** Beside this file, and in the bundle an entry of its own beside its pieces. */
const ENTRY = new URL(`./read-ahead-thread${extname(import.meta.url)}`, import.meta.url);
/** Of a block; a longer chunk makes a longer block. */
export const BLOCK_BYTES = 1024 * 1024;
/** On their way, over all logs that are open; each may have one. */
const BLOCKS_MAX = 3;
/** An open log takes some megabytes here. */
const LOGS_MAX = 8;

/** Who is told of the blocks of a log. */
export interface BlockTaker {
  take(block: ReadBlock, numbered: NumberedPaths): void;
  /** There will be no more. */
  fail(error: Error): void;
}

export class ReadAhead {
  readonly #worker: Worker;
  readonly #takers = new Map<number, BlockTaker>();
  readonly #spare: BlockMemory[] = [];
  #logs = 0;
  #pathTable = 0;
  #numbered = createNumberedPaths();
  #failure: Error | null = null;

  constructor(options: ReadAheadOptions<LogParserOptions>) {
    this.#worker = new Worker(ENTRY, { workerData: options, env: {} });
    // Whoever waits for a block keeps the process.
    this.#worker.unref();
    this.#worker.on('message', (block: ReadBlock) => this.#arrive(block));
    this.#worker.on('error', (error: unknown) => this.#fail(String(error)));
    this.#worker.on('exit', (code) => this.#fail(`it has ended with ${code}`));
  }

  /** Whether one more log may be read here. */
  get hasRoom(): boolean {
    return this.#takers.size < LOGS_MAX;
  }

  /** Blocks that each log may have on their way. */
  get blocksMax(): number {
    return Math.max(1, Math.floor(BLOCKS_MAX / Math.max(1, this.#takers.size)));
  }

  /** Returns what tells the log apart. */
  open(taker: BlockTaker): number {
    this.#logs++;
    this.#takers.set(this.#logs, taker);
    if (this.#failure !== null) taker.fail(this.#failure);
    return this.#logs;
  }

  /** Nothing more of this log is wanted. */
  close(log: number): void {
    this.#takers.delete(log);
    if (this.#takers.size === 0) this.#worker.unref();
  }

  /** For a block. */
  takeMemory(): BlockMemory {
    return this.#spare.pop() ?? { input: new SharedArrayBuffer(BLOCK_BYTES), rows: new SharedArrayBuffer(0) };
  }

  send(block: Block): void {
    this.#worker.ref();
    this.#worker.postMessage(block, []);
  }

  /** The memory of a block that was counted is used again. */
  giveBack(memory: BlockMemory): void {
    if (this.#spare.length < BLOCKS_MAX) this.#spare.push(memory);
  }

  end(): void {
    this.#takers.clear();
    void this.#worker.terminate();
  }

  #arrive(block: ReadBlock): void {
    if (block.pathTable !== this.#pathTable) {
      this.#pathTable = block.pathTable;
      this.#numbered = createNumberedPaths();
    }
    this.#takers.get(block.log)?.take(block, this.#numbered);
  }

  #fail(reason: string): void {
    this.#failure ??= new Error(`the thread that reads logs ahead has failed: ${reason}`);
    for (const taker of this.#takers.values()) taker.fail(this.#failure);
  }
}

function createNumberedPaths(): NumberedPaths {
  return { ids: new Int32Array(PATH_NUMBERS_MAX), knownAt: -1 };
}
