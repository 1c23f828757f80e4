// Compressed bytes in, the bytes of the log out, in bounded pieces: what finished logs pass through before the pipeline.
// The next piece is decoded by zlib's own thread while the reader is still at the one before.
import { createGunzip, createZstdDecompress } from 'node:zlib';
import type { Gunzip, ZstdDecompress } from 'node:zlib';

export type Compression = 'gzip' | 'zstd';

/** Of a file that is damaged, what became of the piece that holds the damage is lost: so they are small. */
const PIECE_BYTES_MAX = 64 * 1024;
/** Of a small file that is damaged, all of it is decoded once more in pieces as small as that, and its last bytes one by one. */
const CAREFUL_BYTES = 16;
const END_BYTES = 256;
/** A buffer of this size holds what a piece usually becomes, so that zlib's thread need not be called twice for it. */
const DECODED_CHUNK_BYTES = 512 * 1024;
/** A few bytes can become very many: decoding pauses when so much waits for the reader. */
const WAITING_BYTES_MAX = 16 * 1024 * 1024;
/** Bytes that `compressionOf` wants to see. */
export const MAGIC_BYTES = 4;

/** What the first bytes of a file say; its name says nothing. Null for text. */
export function compressionOf(head: Buffer): Compression | null {
  if (head.length < 2) return null;
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  if (head.length < MAGIC_BYTES) return null;
  const magic = head.readUInt32LE(0);
  // The second one stands for the frames that a zstd file may have for others to use, and may begin with.
  return magic === 0xfd2fb528 || (magic & 0xfffffff0) >>> 0 === 0x184d2a50 ? 'zstd' : null;
}

/**
 * Decodes `pieces`, of which each is used until the next one is asked for. Members or frames that follow each other are
 * one text. Throws when the data is damaged or ends too early, after everything before has been given out; of more than a piece of
 * 64 KiB, what the piece with the damage has become is not.
 */
export async function* decompress(
  pieces: AsyncIterable<Buffer>,
  compression: Compression,
): AsyncGenerator<Buffer> {
  const beginning = new Beginning(pieces);
  let givenBytes = 0;
  try {
    for await (const bytes of decode(beginning.cut(), compression)) {
      givenBytes += bytes.length;
      yield bytes;
    }
  } catch (error) {
    if (beginning.bytes !== null) yield* decodeFinely(beginning.bytes, compression, givenBytes);
    throw error;
  }
}

/** What stands before the damage, without the first `givenBytes` of it. */
async function* decodeFinely(
  bytes: Buffer,
  compression: Compression,
  givenBytes: number,
): AsyncGenerator<Buffer> {
  let skipBytes = givenBytes;
  try {
    for await (const decoded of decode(cutFinely(bytes), compression)) {
      const known = Math.min(skipBytes, decoded.length);
      skipBytes -= known;
      if (known < decoded.length) yield decoded.subarray(known);
    }
  } catch {
    // It is damaged, as is known.
  }
}

async function* decode(pieces: AsyncIterable<Buffer>, compression: Compression): AsyncGenerator<Buffer> {
  const decoder = new Decoder(compression);
  try {
    for await (const piece of pieces) {
      decoder.begin(piece);
      // What the piece before has become; meanwhile this one is being decoded.
      yield* decoder.take();
      while (!(await decoder.isSettled())) yield* decoder.take();
      if (decoder.error !== null) break;
    }
    decoder.end();
    while (!(await decoder.isSettled())) yield* decoder.take();
    yield* decoder.take();
    if (decoder.error !== null) throw decoder.error;
  } finally {
    decoder.destroy();
  }
}

/** Cuts what comes into small pieces, and keeps all of it as long as that is no more than one. */
class Beginning {
  /** Null: more has come than is kept. */
  bytes: Buffer | null = Buffer.alloc(0);
  readonly #pieces: AsyncIterable<Buffer>;

  constructor(pieces: AsyncIterable<Buffer>) {
    this.#pieces = pieces;
  }

  async *cut(): AsyncGenerator<Buffer> {
    for await (const piece of this.#pieces) {
      if (this.bytes !== null)
        this.bytes =
          this.bytes.length + piece.length > PIECE_BYTES_MAX ? null : Buffer.concat([this.bytes, piece]);
      for (let start = 0; start < piece.length; start += PIECE_BYTES_MAX)
        yield piece.subarray(start, start + PIECE_BYTES_MAX);
    }
  }
}

async function* cutFinely(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length;) {
    const end = start + (bytes.length - start > END_BYTES ? CAREFUL_BYTES : 1);
    yield bytes.subarray(start, end);
    start = end;
  }
}

type Stream = Gunzip | ZstdDecompress;

class Decoder {
  error: Error | null = null;
  readonly #compression: Compression;
  #stream: Stream;
  #chunks: Buffer[] = [];
  #waitingBytes = 0;
  #isBusy = false;
  /** The stream has come to an end before the piece has: this is the rest of it. */
  #rest: Buffer | null = null;
  #hasEnded = false;
  /** What follows a gzip member and is none, as the zeros of a tape: it is passed over, as gzip does. */
  #isPadding = false;
  #wake = (): void => {};

  constructor(compression: Compression) {
    this.#compression = compression;
    this.#stream = this.#open();
  }

  begin(piece: Buffer): void {
    if (this.#isPadding) return;
    this.#isBusy = true;
    this.#write(piece);
  }

  end(): void {
    if (this.error !== null || this.#isPadding) return;
    this.#isBusy = true;
    this.#stream.end();
  }

  /** What has been decoded so far. */
  *take(): Generator<Buffer> {
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#waitingBytes = 0;
    this.#stream.resume();
    yield* chunks;
  }

  /** Waits until the piece is done with, well or not; false when `take` is needed before it can go on. */
  async isSettled(): Promise<boolean> {
    while (this.#isBusy && this.#waitingBytes < WAITING_BYTES_MAX) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      this.#wake = () => resolve(undefined);
      await promise;
    }
    return !this.#isBusy;
  }

  destroy(): void {
    this.#stream.destroy();
  }

  #open(): Stream {
    const options = { chunkSize: DECODED_CHUNK_BYTES };
    const stream = this.#compression === 'gzip' ? createGunzip(options) : createZstdDecompress(options);
    stream.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#waitingBytes += chunk.length;
      if (this.#waitingBytes < WAITING_BYTES_MAX) return;
      stream.pause();
      this.#wake();
    });
    stream.on('error', (error) => this.#settle(error));
    stream.on('end', () => {
      this.#hasEnded = true;
      if (this.#rest !== null) this.#goOn(this.#rest);
      else if (stream.writableEnded) this.#settle(null);
    });
    return stream;
  }

  #write(piece: Buffer): void {
    const before = this.#stream.bytesWritten;
    this.#stream.write(piece, (error) => {
      if (error) return this.#settle(error);
      const taken = this.#stream.bytesWritten - before;
      if (taken === piece.length) return this.#settle(null);
      this.#rest = piece.subarray(taken);
      if (this.#hasEnded) this.#goOn(this.#rest);
    });
  }

  /** A zstd stream of Node.js ends with its first frame and forgets the others; one of gzip does so at padding only. */
  #goOn(rest: Buffer): void {
    this.#rest = null;
    this.#hasEnded = false;
    if (this.#compression === 'gzip') {
      this.#isPadding = true;
      return this.#settle(null);
    }
    this.#stream.destroy();
    this.#stream = this.#open();
    this.#write(rest);
  }

  #settle(error: Error | null): void {
    this.error ??= error;
    this.#isBusy = false;
    this.#wake();
  }
}
