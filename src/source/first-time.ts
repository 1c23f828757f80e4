// When a finished log begins: the time of its first line that has one.
import type { Readable } from 'node:stream';
import { LineFramer } from '../parse/lines.ts';
import { createRecord } from '../parse/record.ts';
import type { LineParser } from '../parse/record.ts';
import { headBytesMax } from './head.ts';
import { readHistory } from './history.ts';
import type { HistoryFile } from './history.ts';

const LINE_BYTES_MAX = 65_536;

export interface Beginning {
  /** Event time of its first line, seconds since the epoch; -Infinity when its first chunk has none. */
  readonly firstSeconds: number;
  /** Its first bytes. */
  readonly head: Buffer;
}

const UNKNOWN: Beginning = { firstSeconds: Number.NEGATIVE_INFINITY, head: Buffer.alloc(0) };

/** Nothing is known of a pipe, which is read once. */
export async function findBeginning(
  file: HistoryFile,
  stdin: Readable,
  createParser: () => LineParser,
): Promise<Beginning> {
  if (file.isPipe) return UNKNOWN;
  for await (const chunk of readHistory(file, stdin)) {
    if (!chunk.ok) return UNKNOWN;
    const head = Buffer.from(chunk.bytes.subarray(0, headBytesMax));
    return { firstSeconds: firstSecondsIn(chunk.bytes, createParser()), head };
  }
  return UNKNOWN;
}

/** The time of the first line in `bytes` that has one; what is not a whole line at their end has a say too. */
export function firstSecondsIn(bytes: Buffer, parser: LineParser): number {
  return newestSecondsIn(bytes, parser, 1);
}

/** The newest time of the first `count` lines in `bytes` that have one; -Infinity when none has. */
export function newestSecondsIn(bytes: Buffer, parser: LineParser, count: number): number {
  const record = createRecord();
  let newestSeconds = Number.NEGATIVE_INFINITY;
  let found = 0;
  const framer = new LineFramer(LINE_BYTES_MAX, {
    line: (chunk, start, end) => {
      if (found === count || start === end) return;
      // A copy, as a parser may blot out an address where it stands.
      if (!parser.parse(Buffer.from(chunk.subarray(start, end)), 0, end - start, record).ok) return;
      newestSeconds = Math.max(newestSeconds, record.timeSeconds);
      found++;
    },
    tooLong: () => {},
  });
  framer.write(bytes);
  framer.end();
  return newestSeconds;
}
