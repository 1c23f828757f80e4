// Where a replay is taken apart, so that several threads can read it at once: as many pieces that take about as long, each with
// a warm-up that is long enough for all rules to stand there as if the log had been read from its beginning.
import { closeSync, openSync, readSync } from 'node:fs';
import type { LineParser } from '../parse/record.ts';
import { firstSecondsIn, newestSecondsIn } from './first-time.ts';
import { CHUNK_BYTES, isPacked } from './history.ts';
import type { DatedFile, Halt } from './history-order.ts';

export interface CutOptions {
  /** For looks into the logs. */
  readonly createParser: () => LineParser;
  /** Lines come late by so much. */
  readonly latenessSeconds: number;
  /** How far back rules look. */
  readonly reachSeconds: number;
  /** At most so many pieces … */
  readonly piecesMax: number;
  /** … each of so many bytes at least. */
  readonly pieceBytesMin: number;
}

/** A piece begins `at` a place in a file. */
export interface Cut {
  readonly at: Halt;
  /** The files that it reads: from that one on, which begins with the warm-up. */
  readonly files: readonly DatedFile[];
  /** On disk, of the warm-up. */
  readonly warmUpBytes: number;
  /** What the log is parsed by, as its parser saves it; null: that is to be found out. */
  readonly parser: string | null;
}

/** What is read twice, of a piece. */
const WARM_UP_SHARE_MAX = 0.25;
/** As many are read in the time that a thread takes to start, and to be as quick as the first one is by then. */
const START_BYTES = 64 * 1024 * 1024;
/** For where time has come to at a place: a line by itself may be very late. */
const LINES_LOOKED_AT = 16;
/** In which a time is looked for. */
const LOOK_BYTES = 64 * 1024;
/** A packed file holds about so many times as much, which counts for the size of the pieces: it is cut behind its last line only. */
const PACKED_FACTOR = 8;
/** They are held in memory. */
const PACKED_WARM_UP_BYTES_MAX = 32 * 1024 * 1024;
const NEWLINE = 0x0a;

/** In the order of the files; fewer than wanted where they can't be cut. */
export function planCuts(files: readonly DatedFile[], options: CutOptions): Cut[] {
  if (options.piecesMax < 2 || files.some(({ file }) => file.isPipe)) return [];
  try {
    return findCuts(files, options);
  } catch {
    // Who reads a file that has gone meanwhile will tell of it.
    return [];
  }
}

function findCuts(files: readonly DatedFile[], options: CutOptions): Cut[] {
  const sizes = files.map(({ file }) => {
    const isFilePacked = isPacked(file);
    return { isPacked: isFilePacked, bytes: file.size * (isFilePacked ? PACKED_FACTOR : 1) };
  });
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  const piecesMax = Math.min(options.piecesMax, Math.floor(total / options.pieceBytesMin));
  // Of fewer and larger pieces a warm-up is a smaller part.
  for (let pieces = piecesMax; pieces > 1; pieces--) {
    const even = total / pieces;
    const planner = new Planner({ files, sizes, pieceBytes: even }, options);
    const look = planner.cutNear(even);
    if (look === null) continue;
    // What the first piece does not have: a warm-up, and a thread that has to start.
    const extra = Math.min(look.warmUpBytes + START_BYTES, even / 2);
    const cuts: Cut[] = [];
    for (let i = 1; i < pieces; i++) {
      const cut = planner.cutNear(even * i + (extra * (pieces - i)) / pieces);
      if (cut !== null && !cuts.some(({ at }) => !isBefore(at, cut.at))) cuts.push(cut);
    }
    return cuts;
  }
  return [];
}

/** `b` was found at a later place than `a`, or at the same. */
function isBefore(a: Halt, b: Halt): boolean {
  if (a.path !== b.path) return true;
  return a.byte !== null && (b.byte === null || a.byte < b.byte);
}

interface Logs {
  readonly files: readonly DatedFile[];
  /** How many bytes they weigh. */
  readonly sizes: readonly { readonly isPacked: boolean; readonly bytes: number }[];
  readonly pieceBytes: number;
}

class Planner {
  readonly #logs: Logs;
  readonly #options: CutOptions;

  constructor(logs: Logs, options: CutOptions) {
    this.#logs = logs;
    this.#options = options;
  }

  /** `wanted`: in bytes of all files. Where a file has just begun, there is no warm-up: the end of the one before will do. */
  cutNear(wanted: number): Cut | null {
    let end = 0;
    const fileIndex = this.#logs.sizes.findIndex(({ bytes }) => {
      end += bytes;
      return end > wanted;
    });
    const place = wanted - end + this.#bytesOf(fileIndex);
    const isInFirstHalf = place < this.#bytesOf(fileIndex) / 2;
    return (
      this.#cutIn(fileIndex, place) ??
      (isInFirstHalf ? this.#cutAtEndOf(fileIndex - 1) : null) ??
      this.#cutAtEndOf(fileIndex) ??
      this.#cutIn(fileIndex, place + WARM_UP_SHARE_MAX * this.#logs.pieceBytes)
    );
  }

  #bytesOf(fileIndex: number): number {
    return this.#logs.sizes[fileIndex]?.bytes ?? 0;
  }

  #cutAtEndOf(fileIndex: number): Cut | null {
    const { files, sizes, pieceBytes } = this.#logs;
    const [dated, next, ...rest] = files.slice(Math.max(0, fileIndex));
    if (fileIndex < 0 || dated === undefined || next === undefined) return null;
    if (sizes[fileIndex]?.isPacked !== true) return this.#cutIn(fileIndex, this.#bytesOf(fileIndex));
    const { file } = dated;
    const lastBytes = Math.min(PACKED_WARM_UP_BYTES_MAX, Math.floor(WARM_UP_SHARE_MAX * pieceBytes));
    return {
      at: { path: file.path, byte: null },
      files: [{ ...dated, file: { ...file, lastBytes } }, next, ...rest],
      warmUpBytes: file.size,
      parser: null,
    };
  }

  /** At `place`, or not far before, in the file at `fileIndex`; null where it can't be cut. */
  #cutIn(fileIndex: number, place: number): Cut | null {
    const { files, sizes, pieceBytes } = this.#logs;
    const [dated, next, ...rest] = files.slice(Math.max(0, fileIndex));
    if (fileIndex < 0 || dated === undefined || sizes[fileIndex]?.isPacked === true) return null;
    if (place > this.#bytesOf(fileIndex)) return null;
    const { file } = dated;
    const log = new Looks(file.path, this.#options.createParser());
    try {
      const found = log.cut(place, this.#options);
      // Side by side with another log, pieces would not meet in one place.
      if (found === null || found.timeSeconds >= (next?.firstSeconds ?? Number.POSITIVE_INFINITY))
        return null;
      const { byte, warmUpByte } = found;
      if (byte - warmUpByte > WARM_UP_SHARE_MAX * pieceBytes) return null;
      const first = { ...dated, file: { ...file, size: file.size - warmUpByte, fromByte: warmUpByte } };
      return {
        at: { path: file.path, byte },
        files: next === undefined ? [first] : [first, next, ...rest],
        warmUpBytes: byte - warmUpByte,
        parser: log.parserSaved,
      };
    } finally {
      log.close();
    }
  }
}

interface TimedLine {
  readonly timeSeconds: number;
  /** Where the line begins. */
  readonly byte: number;
}

/** Looks into a log here and there. */
class Looks {
  /** Knows how the log begins, such as the order of its fields. */
  readonly parserSaved: string;
  readonly #fd: number;
  readonly #parser: LineParser;
  readonly #bytes = Buffer.alloc(LOOK_BYTES);

  constructor(path: string, parser: LineParser) {
    this.#fd = openSync(path, 'r');
    this.#parser = parser;
    firstSecondsIn(this.#read(0), parser);
    this.parserSaved = this.#parser.saved;
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** Null where there is no such place. */
  cut(
    wanted: number,
    { latenessSeconds, reachSeconds }: CutOptions,
  ): (TimedLine & { warmUpByte: number }) | null {
    const byte = this.#lineBefore(Math.floor(wanted / CHUNK_BYTES) * CHUNK_BYTES);
    const line = byte === null ? null : this.#timeAt(byte, { isLineStart: true, lines: 1 });
    if (byte === null || line === null) return null;
    // Lines may come late by as much here as well as there.
    const before = line.timeSeconds - reachSeconds - 2 * Math.ceil(latenessSeconds) - 2;
    const warmUpByte = this.#lastBefore(before, byte);
    return warmUpByte === null ? null : { timeSeconds: line.timeSeconds, byte, warmUpByte };
  }

  /**
   * Where the last line begins that begins before `end`, a multiple of the size in which files are read: so no chunk of lines
   * is told of by both pieces.
   */
  #lineBefore(end: number): number | null {
    const start = end - LOOK_BYTES;
    if (start < 0) return null;
    const newline = this.#read(start).lastIndexOf(NEWLINE);
    return newline < 0 || start + newline + 1 === end ? null : start + newline + 1;
  }

  /** Where a line begins whose time is before `seconds`, not far from the last such one; null when there is none. */
  #lastBefore(seconds: number, end: number): number | null {
    let low = this.#timeAt(0, { isLineStart: true, lines: LINES_LOOKED_AT });
    if (low === null || low.timeSeconds >= seconds) return null;
    for (let high = end; high - low.byte > LOOK_BYTES;) {
      const middle = this.#timeAt(Math.floor((low.byte + high) / 2), {
        isLineStart: false,
        lines: LINES_LOOKED_AT,
      });
      if (middle !== null && middle.timeSeconds < seconds && middle.byte < high) low = middle;
      else high = Math.floor((low.byte + high) / 2);
    }
    return low.byte;
  }

  /**
   * The first line from `byte` on, with the newest time of as many `lines` that have one: one may be very late. `isLineStart`: a
   * line begins there.
   */
  #timeAt(
    byte: number,
    { isLineStart, lines }: { readonly isLineStart: boolean; readonly lines: number },
  ): TimedLine | null {
    const bytes = this.#read(byte);
    const start = isLineStart ? 0 : bytes.indexOf(NEWLINE) + 1;
    if (!isLineStart && start === 0) return null;
    const timeSeconds = newestSecondsIn(bytes.subarray(start), this.#parser, lines);
    return Number.isFinite(timeSeconds) ? { timeSeconds, byte: byte + start } : null;
  }

  #read(byte: number): Buffer {
    return this.#bytes.subarray(0, readSync(this.#fd, this.#bytes, 0, LOOK_BYTES, byte));
  }
}
