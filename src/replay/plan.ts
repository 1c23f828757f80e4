// Where a replay is taken apart, so that several threads can read it at once: as many pieces of about the same size, each with
// a run-up that is long enough for all rules to stand there as if the log had been read from its beginning.
import { closeSync, openSync, readSync } from 'node:fs';
import type { Config } from '../config/schema.ts';
import { LineFramer } from '../parse/lines.ts';
import { createLogParser } from '../parse/log-parser.ts';
import { createRecord } from '../parse/record.ts';
import type { LineParser } from '../parse/record.ts';
import { CHUNK_BYTES, isPacked } from '../source/history.ts';
import type { DatedFile, Halt } from '../source/history-order.ts';

export interface PlanOptions {
  readonly config: Config;
  /** How far back rules look. */
  readonly reachSeconds: number;
  /** At most so many pieces … */
  readonly piecesMax: number;
  /** … each of so many bytes at least. */
  readonly pieceBytesMin: number;
}

/** A piece begins `at` a place in the file at `fileIndex`, and its run-up at `runUpByte`. */
export interface Cut {
  readonly fileIndex: number;
  readonly at: Halt;
  readonly runUpByte: number;
  /** What the log is parsed by, as its parser saves it. */
  readonly parser: string;
}

/** What is read twice, of a piece. */
const RUN_UP_SHARE_MAX = 0.25;
/** Lines that are looked at for a time. */
const LOOK_BYTES = 64 * 1024;
/** A packed file holds about so many times as much, which counts for the size of the pieces: it is not cut itself. */
const PACKED_FACTOR = 8;
const NEWLINE = 0x0a;

/** In the order of the files; fewer than wanted where they can't be cut. */
export function planCuts(files: readonly DatedFile[], options: PlanOptions): Cut[] {
  if (options.piecesMax < 2 || files.some(({ file }) => file.isPipe)) return [];
  const sizes = files.map(({ file }) => file.size * (isPacked(file) ? PACKED_FACTOR : 1));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const pieces = Math.min(options.piecesMax, Math.floor(total / options.pieceBytesMin));
  const cuts: Cut[] = [];
  for (let i = 1; i < pieces; i++) {
    const cut = cutNear((total * i) / pieces, total / pieces, { files, sizes, options });
    if (cut !== null) cuts.push(cut);
  }
  return cuts;
}

interface Sizes {
  readonly files: readonly DatedFile[];
  readonly sizes: readonly number[];
  readonly options: PlanOptions;
}

/** `wanted`: in bytes of all files. Where a file has just begun, there is no run-up: the end of the one before will do. */
function cutNear(wanted: number, pieceBytes: number, sizes: Sizes): Cut | null {
  let end = 0;
  const fileIndex = sizes.sizes.findIndex((size) => {
    end += size;
    return end > wanted;
  });
  const place = wanted - end + (sizes.sizes[fileIndex] ?? 0);
  return (
    cutIn(fileIndex, place, pieceBytes, sizes) ??
    cutIn(fileIndex - 1, sizes.sizes[fileIndex - 1] ?? 0, pieceBytes, sizes) ??
    cutIn(fileIndex, place + RUN_UP_SHARE_MAX * pieceBytes, pieceBytes, sizes)
  );
}

/** At `place`, or not far before, in the file at `fileIndex`; null where it can't be cut. */
function cutIn(
  fileIndex: number,
  place: number,
  pieceBytes: number,
  { files, sizes, options }: Sizes,
): Cut | null {
  const dated = files[fileIndex];
  if (dated === undefined || place > (sizes[fileIndex] ?? 0) || isPacked(dated.file)) return null;
  const { path } = dated.file;
  const nextSeconds = files[fileIndex + 1]?.firstSeconds ?? Number.POSITIVE_INFINITY;
  const log = new Looks(path, options.config);
  try {
    const found = log.cut(place, options);
    // Side by side with another log, pieces would not meet in one place.
    if (found === null || found.timeSeconds >= nextSeconds) return null;
    const { byte, runUpByte } = found;
    if (byte - runUpByte > RUN_UP_SHARE_MAX * pieceBytes) return null;
    return { fileIndex, at: { path, byte }, runUpByte, parser: log.parserSaved };
  } finally {
    log.close();
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
  readonly #record = createRecord();
  readonly #bytes = Buffer.alloc(LOOK_BYTES);

  constructor(path: string, config: Config) {
    this.#fd = openSync(path, 'r');
    this.#parser = createLogParser(config);
    this.#timeIn(0, this.#read(0), { isAll: true });
    this.parserSaved = this.#parser.saved;
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** Null where there is no such place. */
  cut(wanted: number, { config, reachSeconds }: PlanOptions): (TimedLine & { runUpByte: number }) | null {
    const byte = this.#lineBefore(Math.floor(wanted / CHUNK_BYTES) * CHUNK_BYTES);
    const line = byte === null ? null : this.#timeAt(byte, true);
    if (byte === null || line === null) return null;
    // Lines may come late by as much here as well as there.
    const before = line.timeSeconds - reachSeconds - 2 * Math.ceil(config.latenessSeconds) - 2;
    const runUpByte = this.#lastBefore(before, byte);
    return runUpByte === null ? null : { timeSeconds: line.timeSeconds, byte, runUpByte };
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
    let low = this.#timeAt(0, true);
    if (low === null || low.timeSeconds >= seconds) return null;
    for (let high = end; high - low.byte > LOOK_BYTES;) {
      const middle = this.#timeAt(Math.floor((low.byte + high) / 2), false);
      if (middle !== null && middle.timeSeconds < seconds && middle.byte < high) low = middle;
      else high = Math.floor((low.byte + high) / 2);
    }
    return low.byte;
  }

  /** The first line from `byte` on that has a time. `isLineStart`: a line begins there. */
  #timeAt(byte: number, isLineStart: boolean): TimedLine | null {
    const bytes = this.#read(byte);
    const start = isLineStart ? 0 : bytes.indexOf(NEWLINE) + 1;
    if (!isLineStart && start === 0) return null;
    return this.#timeIn(byte + start, bytes.subarray(start), { isAll: false });
  }

  #timeIn(byte: number, bytes: Buffer, { isAll }: { readonly isAll: boolean }): TimedLine | null {
    let found: TimedLine | null = null;
    const framer = new LineFramer(LOOK_BYTES, {
      line: (chunk, start, end) => {
        if (start === end || (found !== null && !isAll)) return;
        // A copy, as a parser may blot out an address where it stands.
        const line = Buffer.from(chunk.subarray(start, end));
        if (this.#parser.parse(line, 0, line.length, this.#record).ok)
          found ??= { timeSeconds: this.#record.timeSeconds, byte };
      },
      tooLong: () => {},
    });
    framer.write(bytes);
    return found;
  }

  #read(byte: number): Buffer {
    return this.#bytes.subarray(0, readSync(this.#fd, this.#bytes, 0, LOOK_BYTES, byte));
  }
}
