// Finished logs in the order of their time: one after the other where they follow each other, side by side where they
// overlap, so that the seconds of all of them can be counted together.
import type { Readable } from 'node:stream';
import type { LineParser } from '../parse/record.ts';
import { findFirstSeconds } from './first-time.ts';
import { readHistory } from './history.ts';
import type { HistoryChunk, HistoryFile } from './history.ts';
import type { Chunks, Turns } from './turns.ts';

export interface ReadingOptions {
  readonly files: readonly HistoryFile[];
  readonly stdin: Readable;
  /** For a look at how a log begins. */
  readonly createParser: () => LineParser;
  /** Who counts a log. */
  readonly openTurns: (file: HistoryFile, chunks: Chunks) => Turns;
  /** A log that is open begins at this time: no second from there on is complete without it. */
  readonly beginsAt: (path: string, seconds: number) => void;
  /** How far a log has come, in event time. */
  readonly secondsOf: (path: string) => number;
  /** After each piece that was read. */
  readonly progress: (progress: BytesRead) => void;
  /** True: what was read so far is all. */
  readonly isStopped: () => boolean;
  /** Lets signals and timers have their turn. */
  readonly pause: () => Promise<void>;
}

/** On disk. */
export interface BytesRead {
  readonly bytesDone: number;
  /** 0 when it is not known. */
  readonly bytesTotal: number;
}

/** Work between two pauses. */
const PIECES_IN_A_ROW = 16;

/** Has every file counted, the one that has come least far first; returns what could not be read. */
export async function readInOrder(options: ReadingOptions): Promise<string[]> {
  const { files, stdin, createParser } = options;
  const waiting: DatedFile[] = [];
  for (const file of files)
    waiting.push({ file, firstSeconds: await findFirstSeconds(file, stdin, createParser) });
  waiting.sort((a, b) => a.firstSeconds - b.firstSeconds);
  const open: Reading[] = [];
  const problems: string[] = [];
  const bytesTotal = files.reduce((sum, { size }) => sum + size, 0);
  let bytesOfEnded = 0;
  for (let pieces = 1; !options.isStopped(); pieces++) {
    openReached(open, waiting, options);
    const behind = findBehind(open);
    if (behind === null) break;
    if (!(await behind.readOn(open.length > 1))) {
      open.splice(open.indexOf(behind), 1);
      bytesOfEnded += behind.file.size;
      if (behind.problem !== null) problems.push(behind.problem);
    }
    const bytesDone = open.reduce((sum, reading) => sum + reading.bytesDone, bytesOfEnded);
    options.progress({ bytesDone, bytesTotal });
    if (pieces % PIECES_IN_A_ROW === 0) await options.pause();
  }
  for (const reading of open) await reading.stop();
  return problems;
}

interface DatedFile {
  readonly file: HistoryFile;
  readonly firstSeconds: number;
}

/**
 * Opens the files whose time has come, and the one after them: as long as that one waits at its beginning, no second after
 * it closes. An open file costs two buffers and a parser, and there may be thousands.
 */
function openReached(open: Reading[], waiting: DatedFile[], options: ReadingOptions): void {
  for (;;) {
    const next = waiting[0];
    if (next === undefined) return;
    const behind = findBehind(open);
    const isOneWaiting = open.some((reading) => reading !== behind && !reading.hasBegun);
    if (isOneWaiting && behind !== null && next.firstSeconds > behind.seconds()) return;
    waiting.shift();
    open.push(new Reading(next.file, next.firstSeconds, options));
  }
}

function findBehind(open: readonly Reading[]): Reading | null {
  let behind: Reading | null = null;
  for (const reading of open) if (behind === null || reading.seconds() < behind.seconds()) behind = reading;
  return behind;
}

/** One file that is being read. */
class Reading implements Chunks {
  readonly file: HistoryFile;
  bytesDone = 0;
  problem: string | null = null;
  /** Something of it was read. */
  hasBegun = false;
  readonly #secondsOf: (path: string) => number;
  readonly #turns: Turns;
  readonly #chunks: AsyncGenerator<HistoryChunk>;
  readonly #isStopped: () => boolean;

  constructor(file: HistoryFile, firstSeconds: number, options: ReadingOptions) {
    const { openTurns, secondsOf, beginsAt, stdin, isStopped } = options;
    this.file = file;
    this.#isStopped = isStopped;
    this.#secondsOf = secondsOf;
    this.#chunks = readHistory(file, stdin);
    this.#turns = openTurns(file, this);
    beginsAt(file.path, firstSeconds);
  }

  /** How far it has come in event time. */
  seconds(): number {
    return this.#secondsOf(this.file.path);
  }

  /** Counts the next turn; false when it has ended. */
  readOn(isShort: boolean): Promise<boolean> {
    this.hasBegun = true;
    return this.#turns.readOn(isShort);
  }

  /** Counts no further. */
  stop(): Promise<void> {
    return this.#turns.stop();
  }

  async next(): Promise<Buffer | null> {
    const { done, value } = await this.#chunks.next();
    if (done === true) return null;
    if (!value.ok) {
      // Who stops a pipe that keeps its reader waiting does so by closing it.
      if (!this.#isStopped()) this.problem = value.problem;
      return null;
    }
    this.bytesDone = value.bytesDone;
    return value.bytes;
  }

  isCut(): boolean {
    return this.problem !== null || this.#isStopped();
  }

  async end(): Promise<void> {
    await this.#chunks.return(undefined);
  }
}
