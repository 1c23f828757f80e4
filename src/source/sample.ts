// The end of every log, read once: for a look at what is there, without following.
import fs from 'node:fs';
import { compressionOf } from './decompression.ts';
import type { Compression } from './decompression.ts';
import { readDirectives } from './directives.ts';
import { foreignPackingOf, HEAD_BYTES } from './foreign-packing.ts';
import { countLines } from './line-count.ts';
import type { SeenFile } from './line-count.ts';
import { lineStart } from './line-start.ts';
import { explainNoMatch, lookAt, openLog } from './name.ts';
import { expand } from './pattern.ts';
import { packed } from './problem.ts';
import type { SourceProblem } from './source.ts';

export interface LogSample {
  readonly path: string;
  /** Whole size of the log in bytes; 0 when it can't be read. */
  readonly size: number;
  /**
   * Whole lines from its end, at most 64 KiB; its beginning when it has no line end at all. Lines at its very beginning
   * that start with # come first, as they may say how the others are to be read.
   */
  readonly bytes: Buffer;
  readonly problem: SourceProblem | null;
  /** Of a log that is packed. */
  readonly packing?: Compression;
  /** What there is of it is from its beginning, and not from its end. */
  readonly isBeginning?: boolean;
  /**
   * The number that a line of `bytes` has in the log, both counted from 1; null where that can't be known, or would take long.
   * Left out: it is the same.
   */
  readonly lineNumberOf?: (line: number) => number | null;
}

export const SAMPLE_BYTES_MAX = 65_536;
/** The longest line that a sample may end with. */
const LAST_LINE_BYTES_MAX = 4 * 1024 * 1024;
const NEWLINE = 0x0a;

/** Never throws for a log that can't be read: that is the sample's problem. */
export function sampleLogs(filename: readonly string[]): LogSample[] {
  const { paths, unmatched } = expand(filename);
  return [
    ...[...paths].map(sampleLog),
    ...unmatched.map((pattern) => failed(pattern, explainNoMatch(pattern))),
  ];
}

function sampleLog(path: string): LogSample {
  const sight = lookAt(path);
  if (!sight.ok) return failed(path, sight.problem);
  const opening = openLog(path);
  if (!opening.ok) return failed(path, opening.problem);
  try {
    const { size } = opening.stat;
    const first = Buffer.alloc(HEAD_BYTES);
    const start = first.subarray(0, fs.readSync(opening.fd, first, 0, HEAD_BYTES, 0));
    const compression = compressionOf(start);
    if (compression !== null)
      return { ...failed(path, packed(path, compression)), size, packing: compression };
    const foreign = foreignPackingOf(start);
    if (foreign !== null) return failed(path, { code: 'not-a-file', message: `${path} ${foreign}` });
    const end = lineStart(opening.fd, size);
    const from = Math.max(0, lastLineStart(opening.fd, end) - SAMPLE_BYTES_MAX);
    const buffer = Buffer.alloc(end - from);
    const bytes = buffer.subarray(0, fs.readSync(opening.fd, buffer, 0, buffer.length, from));
    if (from === 0) return { path, size, bytes, problem: null };
    const head = readDirectives(opening.fd);
    const linesFrom = Math.max(head.length, from + bytes.indexOf(NEWLINE) + 1);
    return {
      path,
      size,
      bytes: Buffer.concat([head, bytes.subarray(linesFrom - from)]),
      problem: null,
      lineNumberOf: numberBehind(path, opening.stat, head, linesFrom),
    };
  } finally {
    fs.closeSync(opening.fd);
  }
}

/**
 * Where the last of the lines before `end` begins, as far as it is looked for: where one is longer than a sample, those before it
 * tell more of the log.
 */
function lastLineStart(fd: number, end: number): number {
  const block = Buffer.alloc(SAMPLE_BYTES_MAX);
  // The byte before `end` is the end of that line itself.
  for (let to = end - 1; to > end - LAST_LINE_BYTES_MAX && to > 0; to -= SAMPLE_BYTES_MAX) {
    const from = Math.max(0, to - SAMPLE_BYTES_MAX);
    const newline = block.subarray(0, fs.readSync(fd, block, 0, to - from, from)).lastIndexOf(NEWLINE);
    // Of lines that are shorter, a sample has many.
    if (newline >= 0) return to === end - 1 ? end : from + newline + 1;
  }
  return end;
}

/** Of lines of which some are the `head` of a file, and the others begin at byte `from`. */
function numberBehind(
  path: string,
  file: SeenFile,
  head: Buffer,
  from: number,
): (line: number) => number | null {
  const headLines = head.filter((byte) => byte === NEWLINE).length;
  return (line) => {
    if (line <= headLines) return line;
    const between = countLines(path, file, head.length, from);
    return between === null ? null : line + between;
  };
}

function failed(path: string, problem: SourceProblem): LogSample {
  return { path, size: 0, bytes: Buffer.alloc(0), problem };
}
