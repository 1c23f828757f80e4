// Samples of what is named to be looked at, and not followed: so it may be packed, or standard input, and shows its beginning
// then.
import { Readable } from 'node:stream';
import { readHistory, STANDARD_INPUT } from './history.ts';
import type { HistoryFile } from './history.ts';
import { SAMPLE_BYTES_MAX, sampleLogs } from './sample.ts';
import type { LogSample } from './sample.ts';

const NEWLINE = 0x0a;
const LINE_END = Buffer.of(NEWLINE);

/**
 * `names`: paths, globs, and `-` for `stdin`, which comes last. Never rejects for what can't be read or unpacked: that is the
 * sample's problem.
 */
export async function sampleFiles(names: readonly string[], stdin: Readable): Promise<LogSample[]> {
  const samples = sampleLogs(names.filter((name) => name !== STANDARD_INPUT)).map(async (sample) =>
    sample.packing === undefined ? withoutWaiting(sample) : unpackSample(sample),
  );
  if (names.includes(STANDARD_INPUT)) samples.push(sampleInput(stdin));
  return Promise.all(samples);
}

/** Nobody waits for a file that is named once. */
function withoutWaiting(sample: LogSample): LogSample {
  const { path, problem } = sample;
  if (problem?.code === 'missing')
    return { ...sample, problem: { ...problem, message: `${path} does not exist` } };
  if (problem?.code === 'no-match')
    return { ...sample, problem: { ...problem, message: `no file matches ${path}` } };
  return sample;
}

async function unpackSample(sample: LogSample): Promise<LogSample> {
  const { path, size } = sample;
  return { ...sample, ...(await readBeginning({ path, size, isPipe: false }, Readable.from([]))) };
}

/** Whoever pipes nothing into it has most likely piped a failure. */
async function sampleInput(stdin: Readable): Promise<LogSample> {
  const path = 'standard input';
  const beginning = await readBeginning({ path: STANDARD_INPUT, size: 0, isPipe: true }, stdin);
  const isEmpty = beginning.problem === null && beginning.bytes.length === 0;
  const problem = isEmpty
    ? ({ code: 'read-error', message: `${path} is empty` } as const)
    : beginning.problem;
  return { path, size: 0, ...beginning, problem };
}

type Beginning = Pick<LogSample, 'bytes' | 'problem' | 'isBeginning'>;

/** No more is unpacked than is shown. Nothing is appended to such a file: its last line is whole without a line end. */
async function readBeginning(file: HistoryFile, stdin: Readable): Promise<Beginning> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const chunk of readHistory(file, stdin)) {
    if (!chunk.ok) return { bytes: Buffer.alloc(0), problem: { code: 'read-error', message: chunk.problem } };
    pieces.push(Buffer.from(chunk.bytes));
    length += chunk.bytes.length;
    if (length > SAMPLE_BYTES_MAX) break;
  }
  if (length > 0 && length <= SAMPLE_BYTES_MAX && pieces.at(-1)?.at(-1) !== NEWLINE) pieces.push(LINE_END);
  const bytes = Buffer.concat(pieces);
  const end = bytes.lastIndexOf(NEWLINE, SAMPLE_BYTES_MAX) + 1;
  return { bytes: bytes.subarray(0, end), problem: null, isBeginning: true };
}
