// Compressed bytes in, the bytes of the log out, in bounded pieces: what finished logs pass through before the pipeline.
// The next piece is decoded by zlib's own thread while the reader is still at the one before.
import { createGunzip, createZstdDecompress } from 'node:zlib';
import type { Gunzip, ZstdDecompress } from 'node:zlib';

export type Compression = 'gzip' | 'zstd';

/** Of a file that is damaged, what became of the piece that holds the damage is lost: so they are small. */
const PIECE_BYTES_MAX = 64 * 1024;
/**
 * What a log has at its end is often all that is wrong with it: bytes that are not part of it, or a sum that is. What was unpacked by
 * the same call as that would be lost, which for a small log is all of it.
 */
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
 * one text. Throws when the data is damaged or ends too early, after everything before has been given out.
 */
export async function* decompress(
  pieces: AsyncIterable<Buffer>,
  compression: Compression,
): AsyncGenerator<Buffer> {
  const decoder = new Decoder(compression);
  try {
    for await (const piece of cut(pieces)) {
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

/** Small pieces; the last bytes of all come one by one. */
async function* cut(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let last: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) {
    const end = piece.length - END_BYTES;
    if (end < 0) {
      const all = Buffer.concat([last, piece]);
      const heldFrom = Math.max(0, all.length - END_BYTES);
      if (heldFrom > 0) yield all.subarray(0, heldFrom);
      last = all.subarray(heldFrom);
      continue;
    }
    if (last.length > 0) yield last;
    for (let start = 0; start < end; start += PIECE_BYTES_MAX)
      yield piece.subarray(start, Math.min(end, start + PIECE_BYTES_MAX));
    last = Buffer.from(piece.subarray(end));
  }
  for (let i = 0; i < last.length; i++) yield last.subarray(i, i + 1);
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
