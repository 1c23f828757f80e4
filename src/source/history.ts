// Finished logs, read from beginning to end: plain, gzip or zstd, recognised by their first bytes, or standard input.
// The second source of the data path beside `follow.ts`.
import fs from 'node:fs';
import nodePath from 'node:path';
import type { Readable } from 'node:stream';
import { isGlob } from '../glob.ts';
import { messageOf } from '../message-of.ts';
import { compressionOf, decompress, MAGIC_BYTES } from './decompression.ts';
import { foreignPackingOf, HEAD_BYTES } from './foreign-packing.ts';

export interface HistoryFile {
  /** As it was named; `-` is standard input. */
  readonly path: string;
  /** Bytes on disk; 0 for a pipe. */
  readonly size: number;
  /** It can be read only once: a pipe, such as standard input. */
  readonly isPipe: boolean;
  /** Reading begins here, where a line does; only of a file that is not packed. Left out: at the beginning. */
  readonly fromByte?: number;
  /** Only its last lines are read, of at most so many bytes; only of a file that is packed. Left out: all. */
  readonly lastBytes?: number;
}

export interface History {
  readonly files: readonly HistoryFile[];
  /** One sentence for each name that can't be read. */
  readonly problems: readonly string[];
  /** Names that lead to a file that another name leads to. */
  readonly doubles: readonly string[];
}

/** What a reader reads next, and why it stopped before the end. */
export type HistoryChunk =
  | { readonly ok: true; readonly bytes: Buffer; /** Bytes on disk so far. */ readonly bytesDone: number }
  | { readonly ok: false; readonly problem: string };

export const STANDARD_INPUT = '-';
/** How the problem of a packed file ends that is not whole. */
export const READ_IN_PART = ': what could be unpacked was read';

const NEWLINE = 0x0a;
export const CHUNK_BYTES = 256 * 1024;
/** Chunks that wait to be taken. */
const WAITING_MAX = 4;

/** The files that `names`, paths or globs, lead to, each once. */
export function findHistory(names: readonly string[]): History {
  const files: HistoryFile[] = [];
  const problems: string[] = [];
  const doubles: string[] = [];
  const seen = new Set<string>();
  for (const name of names) {
    const paths = pathsOf(name);
    if (paths.length === 0) problems.push(`${name}: no file matches`);
    for (const path of paths) {
      const found = lookAt(path);
      if (!found.ok) problems.push(found.problem);
      else if (seen.has(found.identity)) doubles.push(path);
      else files.push(found.file);
      if (found.ok) seen.add(found.identity);
    }
  }
  return { files, problems, doubles };
}

/** Reads from the beginning each time. The bytes of a chunk are valid until the next one is asked for. */
export async function* readHistory(file: HistoryFile, stdin: Readable): AsyncGenerator<HistoryChunk> {
  const progress = { bytesDone: 0 };
  const pieces = openPieces(file, stdin, progress);
  try {
    if (file.fromByte !== undefined) {
      for await (const bytes of pieces) yield { ok: true, bytes, bytesDone: progress.bytesDone };
      return;
    }
    const { head, whole } = await begin(pieces);
    const compression = compressionOf(head);
    const unpacked = compression === null ? whole : (await begin(decompress(whole, compression))).whole;
    const { lastBytes = null } = file;
    for await (const bytes of lastBytes === null ? unpacked : lastLines(unpacked, lastBytes))
      yield { ok: true, bytes, bytesDone: progress.bytesDone };
  } catch (error) {
    const name = file.path === STANDARD_INPUT ? 'standard input' : file.path;
    yield { ok: false, problem: `${name}: ${explain(error)}` };
  } finally {
    await pieces.return(undefined);
  }
}

function pathsOf(name: string): readonly string[] {
  if (name === STANDARD_INPUT || !isGlob(name) || fs.existsSync(name)) return [name];
  return fs
    .globSync(name, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => nodePath.join(entry.parentPath, entry.name))
    .toSorted();
}

type Look =
  | { readonly ok: true; readonly file: HistoryFile; readonly identity: string }
  | { readonly ok: false; readonly problem: string };

function lookAt(path: string): Look {
  if (path === STANDARD_INPUT) return { ok: true, file: { path, size: 0, isPipe: true }, identity: path };
  try {
    const stat = fs.statSync(path);
    const identity = `${stat.dev}:${stat.ino}`;
    if (stat.isFIFO()) return { ok: true, file: { path, size: 0, isPipe: true }, identity };
    const problem = problemOf(path, stat);
    if (problem !== null) return { ok: false, problem: `${path}: ${problem}` };
    return { ok: true, file: { path, size: stat.size, isPipe: false }, identity };
  } catch (error) {
    return { ok: false, problem: `${path}: ${explain(error)}` };
  }
}

function problemOf(path: string, stat: fs.Stats): string | null {
  if (stat.isDirectory()) return `is a directory; name the logs in it, such as "${nodePath.join(path, '*')}"`;
  if (!stat.isFile()) return 'is a device or a socket, not a log';
  return foreignPackingOf(headOf(path));
}

/** Whether its bytes are not those of its lines. */
export function isPacked({ path }: HistoryFile): boolean {
  return compressionOf(headOf(path)) !== null;
}

function headOf(path: string): Buffer {
  const fd = fs.openSync(path, 'r');
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    return head.subarray(0, fs.readSync(fd, head, 0, HEAD_BYTES, 0));
  } finally {
    fs.closeSync(fd);
  }
}

function openPieces(
  { path, isPipe, fromByte = 0 }: HistoryFile,
  stdin: Readable,
  progress: { bytesDone: number },
): AsyncGenerator<Buffer> {
  if (path === STANDARD_INPUT) return readStream(stdin);
  return isPipe ? readStream(fs.createReadStream(path)) : readFile(path, fromByte, progress);
}

/** Throws for what can't be unpacked here. */
async function begin(
  pieces: AsyncGenerator<Buffer>,
): Promise<{ readonly head: Buffer; readonly whole: AsyncGenerator<Buffer> }> {
  const first = await pieces.next();
  const head = first.done === true ? Buffer.alloc(0) : await headIn(first.value, pieces);
  const foreign = foreignPackingOf(head);
  if (foreign === null) return { head, whole: prepend(head, pieces) };
  await pieces.return(undefined);
  throw new Error(foreign);
}

/** `first`, and as much more as tells how it is packed: a pipe may give a byte at a time. */
async function headIn(first: Buffer, rest: AsyncIterator<Buffer>): Promise<Buffer> {
  let head = first;
  while (head.length < HEAD_BYTES && !isLine(head)) {
    head = Buffer.from(head);
    const { done, value } = await rest.next();
    if (done === true) return head;
    head = Buffer.concat([head, value]);
  }
  return head;
}

/** What is text by its first line tells no more, and whoever writes it may take a while to write the next. */
function isLine(head: Buffer): boolean {
  return head.length >= MAGIC_BYTES && head.includes(NEWLINE);
}

/** Chunks end at multiples of their size, wherever reading begins: the same lines come together in one. */
async function* readFile(
  path: string,
  fromByte: number,
  progress: { bytesDone: number },
): AsyncGenerator<Buffer> {
  const fd = fs.openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(CHUNK_BYTES);
    for (let position = fromByte; ;) {
      const length = fs.readSync(fd, buffer, 0, CHUNK_BYTES - (position % CHUNK_BYTES), position);
      if (length === 0) return;
      position += length;
      progress.bytesDone += length;
      yield buffer.subarray(0, length);
    }
  } finally {
    fs.closeSync(fd);
  }
}

async function* readStream(stream: Readable): AsyncGenerator<Buffer> {
  const queue = new ChunkQueue(stream);
  try {
    for (let chunk = await queue.take(); chunk !== null; chunk = await queue.take()) yield chunk;
  } finally {
    // One that has more to give would keep the process alive.
    stream.destroy();
  }
}

async function* prepend(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  try {
    if (first.length > 0) yield first;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

async function* lastLines(chunks: AsyncIterable<Buffer>, lastBytes: number): AsyncGenerator<Buffer> {
  const kept: Buffer[] = [];
  let [length, isWhole] = [0, true];
  for await (const chunk of chunks) {
    kept.push(Buffer.from(chunk));
    length += chunk.length;
    for (let first = kept[0]; first !== undefined && length - first.length >= lastBytes; first = kept[0]) {
      length -= first.length;
      kept.shift();
      isWhole = false;
    }
  }
  const bytes = Buffer.concat(kept);
  yield isWhole ? bytes : bytes.subarray(bytes.indexOf(NEWLINE) + 1);
}

/** Takes the chunks of a stream one by one, and its error after the last: iterating it would lose what came before. */
class ChunkQueue {
  readonly #stream: Readable;
  readonly #waiting: Buffer[] = [];
  #end: { readonly error: Error | null } | null = null;
  #wake: () => void = () => {};

  constructor(stream: Readable) {
    this.#stream = stream;
    stream.on('data', (chunk: Buffer) => {
      this.#waiting.push(chunk);
      if (this.#waiting.length >= WAITING_MAX) stream.pause();
      this.#wake();
    });
    stream.on('end', () => this.#finish(null));
    // Without an end: somebody has given it up.
    stream.on('close', () => this.#finish(null));
    if (stream.readableEnded || stream.destroyed) this.#finish(null);
    stream.on('error', (error) => this.#finish(error));
  }

  /** Null at the end. Rejects with the stream's error. */
  async take(): Promise<Buffer | null> {
    while (this.#waiting.length === 0 && this.#end === null) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const chunk = this.#waiting.shift();
    if (chunk !== undefined) {
      if (this.#end === null && this.#stream.isPaused()) this.#stream.resume();
      return chunk;
    }
    if (this.#end?.error) throw this.#end.error;
    return null;
  }

  #finish(error: Error | null): void {
    this.#end ??= { error };
    this.#wake();
  }
}

function explain(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  if (code === 'Z_BUF_ERROR' || code === 'ZSTD_error_srcSize_wrong')
    return `the file is cut off${READ_IN_PART}`;
  if (code.startsWith('Z_') || code.startsWith('ZSTD_')) return `the file is damaged${READ_IN_PART}`;
  return messageOf(error);
}
