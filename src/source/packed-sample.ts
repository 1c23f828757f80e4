// Samples of files that are named to be looked at, and not followed: so they may be packed, and show their beginning then.
import { Readable } from 'node:stream';
import { readHistory } from './history.ts';
import { SAMPLE_BYTES_MAX, sampleLogs } from './sample.ts';
import type { LogSample } from './sample.ts';

const NEWLINE = 0x0a;

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

/** No more is unpacked than is shown. */
async function unpackSample(sample: LogSample): Promise<LogSample> {
  const { path, size } = sample;
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const chunk of readHistory({ path, size, isPipe: false }, Readable.from([]))) {
    if (!chunk.ok) return { ...sample, problem: { code: 'read-error', message: chunk.problem } };
    pieces.push(Buffer.from(chunk.bytes));
    length += chunk.bytes.length;
    if (length >= SAMPLE_BYTES_MAX) break;
  }
  const bytes = Buffer.concat(pieces).subarray(0, SAMPLE_BYTES_MAX);
  return { ...sample, bytes: bytes.subarray(0, bytes.lastIndexOf(NEWLINE) + 1), problem: null };
}
