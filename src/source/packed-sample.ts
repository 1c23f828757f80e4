// Samples of files that are named to be looked at, and not followed: so they may be packed, and show their beginning then.
import { Readable } from 'node:stream';
import { readHistory } from './history.ts';
import { SAMPLE_BYTES_MAX, sampleLogs } from './sample.ts';
import type { LogSample } from './sample.ts';

const NEWLINE = 0x0a;
const LINE_END = Buffer.of(NEWLINE);

/** `names`: paths and globs. Never rejects for a file that can't be read or unpacked: that is the sample's problem. */
export async function sampleFiles(names: readonly string[]): Promise<LogSample[]> {
  return Promise.all(
    sampleLogs(names).map(async (sample) =>
      sample.packing === undefined ? withoutWaiting(sample) : unpackSample(sample),
    ),
  );
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

/** No more is unpacked than is shown. Nothing is appended to such a file: its last line is whole without a line end. */
async function unpackSample(sample: LogSample): Promise<LogSample> {
  const { path, size } = sample;
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const chunk of readHistory({ path, size, isPipe: false }, Readable.from([]))) {
    if (!chunk.ok) return { ...sample, problem: { code: 'read-error', message: chunk.problem } };
    pieces.push(Buffer.from(chunk.bytes));
    length += chunk.bytes.length;
    if (length > SAMPLE_BYTES_MAX) break;
  }
  if (length > 0 && length <= SAMPLE_BYTES_MAX && pieces.at(-1)?.at(-1) !== NEWLINE) pieces.push(LINE_END);
  const bytes = Buffer.concat(pieces);
  return {
    ...sample,
    bytes: bytes.subarray(0, bytes.lastIndexOf(NEWLINE, SAMPLE_BYTES_MAX) + 1),
    problem: null,
  };
}
