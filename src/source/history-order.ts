// Finished logs in the order of their time: one after the other where they follow each other, side by side where they
// overlap, so that the seconds of all of them can be counted together.
import type { Readable } from 'node:stream';
import type { LineParser } from '../parse/record.ts';
import { findBeginning } from './first-time.ts';
import { isComment, isTelling } from './head.ts';
import { readHistory } from './history.ts';
import type { HistoryChunk, HistoryFile } from './history.ts';
import type { GenerationSink, SourceSink } from './source.ts';

export interface ReadingOptions {
  /** As `dateFiles` gives them. */
  readonly files: readonly DatedFile[];
  readonly stdin: Readable;
  readonly sink: SourceSink;
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
  /** Where reading halts; left out: nowhere. */
  readonly halts?: Halts;
}

/** A place in a file. */
export interface Halt {
  readonly path: string;
  /** Where a line begins, of a file that is not packed; null: behind the last line. */
  readonly byte: number | null;
}

export interface Halts {
  /** Null: none any more. */
  readonly next: Halt | null;
  /** All before the next halt was read, and nothing after it; `problems`: what could not be. Resolves to whether to read on. */
  reached(problems: readonly string[]): Promise<boolean>;
}

export interface DatedFile {
  readonly file: HistoryFile;
  /** Event time of its first line, seconds since the epoch. */
  readonly firstSeconds: number;
  /** Another one, named before, that begins with the same bytes: one may be a copy of the other. */
  readonly twin: string | null;
}

/** On disk. */
export interface BytesRead {
  readonly bytesDone: number;
  /** 0 when it is not known. */
  readonly bytesTotal: number;
}

/** Of several logs, so much of one at a time: what one is ahead of the others stays open. */
const TURN_BYTES = 16 * 1024;
/** Work between two pauses. */
const PIECES_IN_A_ROW = 16;

/** In the order in which they begin. `createParser`: for a look at that. */
export async function dateFiles(
  files: readonly HistoryFile[],
  stdin: Readable,
  createParser: () => LineParser,
): Promise<DatedFile[]> {
  const dated: DatedFile[] = [];
  const pathsByHead = new Map<string, string>();
  for (const file of files) {
    const { firstSeconds, head } = await findBeginning(file, stdin, createParser);
    const key = head.toString('latin1');
    // Comments alone, such as the names of fields, are those of all logs of a server.
    const twin = isTelling(head) && !isComment(head) ? (pathsByHead.get(key) ?? null) : null;
    if (twin === null) pathsByHead.set(key, file.path);
    dated.push({ file, firstSeconds, twin });
  }
  return dated.toSorted((a, b) => a.firstSeconds - b.firstSeconds);
}

/** Reads every file into `sink`, the one that has come least far first; returns what could not be read. */
export async function readInOrder(options: ReadingOptions): Promise<string[]> {
  const { files, halts } = options;
  const waiting = [...files];
  const open: Reading[] = [];
  const problems: string[] = [];
  const bytesTotal = files.reduce((sum, { file }) => sum + file.size, 0);
  let bytesOfEnded = 0;
  for (let pieces = 1; !options.isStopped(); pieces++) {
    openReached(open, waiting, options);
    const behind = findBehind(open);
    if (behind === null) break;
    const bytesMax = open.length > 1 ? TURN_BYTES : Number.POSITIVE_INFINITY;
    const hasEnded = !(await behind.readOn(Math.min(bytesMax, bytesBefore(halts, behind))));
    if (hasEnded) {
      open.splice(open.indexOf(behind), 1);
      bytesOfEnded += behind.file.size;
      if (behind.problem !== null) problems.push(behind.problem);
    }
    const bytesDone = open.reduce((sum, reading) => sum + reading.bytesDone, bytesOfEnded);
    options.progress({ bytesDone, bytesTotal });
    if (isReached(halts, behind, hasEnded) && !((await halts?.reached(problems)) ?? true)) break;
    if (pieces % PIECES_IN_A_ROW === 0) await options.pause();
  }
  for (const reading of open) await reading.end();
  return problems;
}

/** How many bytes of the file come before the next halt; infinity when that is not in it. */
function bytesBefore(halts: Halts | undefined, { file, position }: Reading): number {
  const next = halts?.next ?? null;
  if (next === null || next.byte === null || next.path !== file.path) return Number.POSITIVE_INFINITY;
  return next.byte - position;
}

function isReached(halts: Halts | undefined, { file, position }: Reading, hasEnded: boolean): boolean {
  const next = halts?.next ?? null;
  if (next === null || next.path !== file.path) return false;
  return next.byte === null ? hasEnded : next.byte === position;
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
class Reading {
  readonly file: HistoryFile;
  bytesDone = 0;
  /** What was written on ends here; of a packed file it is a place in what is unpacked. */
  position: number;
  problem: string | null = null;
  /** Something of it was read. */
  hasBegun = false;
  readonly #secondsOf: (path: string) => number;
  readonly #sink: GenerationSink;
  readonly #chunks: AsyncGenerator<HistoryChunk>;
  readonly #isStopped: () => boolean;
  /** What was read and not yet written on. */
  #rest: Buffer = Buffer.alloc(0);

  constructor(file: HistoryFile, firstSeconds: number, options: ReadingOptions) {
    const { sink, secondsOf, beginsAt, stdin, isStopped } = options;
    this.file = file;
    this.position = file.fromByte ?? 0;
    this.#isStopped = isStopped;
    this.#secondsOf = secondsOf;
    this.#sink = sink.open(file.path);
    beginsAt(file.path, firstSeconds);
    this.#chunks = readHistory(file, stdin);
  }

  /** How far it has come in event time. */
  seconds(): number {
    return this.#secondsOf(this.file.path);
  }

  /** Writes the next `bytesMax` bytes at most; false when it has ended. */
  async readOn(bytesMax: number): Promise<boolean> {
    this.hasBegun = true;
    if (this.#rest.length === 0 && !(await this.#fill())) {
      this.#sink.end(this.problem !== null || this.#isStopped());
      return false;
    }
    const length = Math.min(bytesMax, this.#rest.length);
    this.#sink.write(this.#rest.subarray(0, length));
    this.#rest = this.#rest.subarray(length);
    this.position += length;
    return true;
  }

  /** Reads no further. */
  async end(): Promise<void> {
    this.#sink.end(true);
    await this.#chunks.return(undefined);
  }

  async #fill(): Promise<boolean> {
    const { done, value } = await this.#chunks.next();
    if (done === true) return false;
    if (!value.ok) {
      // Who stops a pipe that keeps its reader waiting does so by closing it.
      if (!this.#isStopped()) this.problem = value.problem;
      return false;
    }
    this.#rest = value.bytes;
    this.bytesDone = value.bytesDone;
    return true;
  }
}
