// A file that fluffy appends to, rotated by size. Sole importer of rotating-file-stream. Either all of a text is
// in the file afterwards or nothing of it, also on a disk that is filling up.
import { statSync, truncateSync } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { basename, dirname, resolve, sep } from 'node:path';
import { createStream } from 'rotating-file-stream';
import { messageOf } from '../message-of.ts';
import type { RotatingFileStream } from 'rotating-file-stream';

export interface RotatingFileOptions {
  readonly path: string;
  /** The file is rotated once it has this size. */
  readonly fileBytesMax: number;
  /** Files kept, the one being written included; at least 2. */
  readonly fileCountMax: number;
}

export class RotatingFile {
  readonly #options: RotatingFileOptions;
  readonly #path: string;
  #stream: RotatingFileStream | null = null;
  /** Inode of the file that `#stream` appends to. */
  #inode: bigint | null = null;

  constructor(options: RotatingFileOptions) {
    this.#options = options;
    this.#path = resolve(options.path);
  }

  /** Opens the file if it is not open, creating folders on the way. Rejects with a sentence for a person. */
  async open(): Promise<void> {
    await this.#current();
  }

  /** Appends `text`, under the file's name even if somebody has moved or deleted the file. One call at a time. */
  async append(text: string): Promise<void> {
    const stream = await this.#current();
    const before = statOf(this.#path);
    try {
      await this.#settle(stream, (done) => stream.write(text, done));
      this.#check(before, Buffer.byteLength(text));
    } catch (error) {
      this.#drop(stream);
      this.#takeBack(before);
      throw error;
    }
    this.#inode = inodeOf(this.#path);
  }

  async close(): Promise<void> {
    const stream = this.#stream;
    this.#stream = null;
    if (stream === null || stream.closed) return;
    await new Promise<void>((closed) => {
      stream.once('close', closed);
      stream.destroy();
    });
  }

  async #current(): Promise<RotatingFileStream> {
    if (this.#stream !== null && inodeOf(this.#path) === this.#inode) return this.#stream;
    if (this.#stream !== null) this.#drop(this.#stream);
    const stream = this.#create();
    await this.#settle(stream, (done) => stream.once('open', () => done()));
    this.#stream = stream;
    this.#inode = inodeOf(this.#path);
    return stream;
  }

  #create(): RotatingFileStream {
    const folder = dirname(this.#path);
    const name = basename(this.#path);
    const stream = createStream((index) => (index === null ? name : `${name}.${Number(index)}`), {
      path: folder.endsWith(sep) ? folder : folder + sep,
      size: `${this.#options.fileBytesMax}B`,
      rotate: this.#options.fileCountMax - 1,
    });
    // Whoever waits for the stream hears of it too; this one keeps a late error from ending the process.
    stream.on('error', () => this.#drop(stream));
    return stream;
  }

  /** Waits for `done` to be called, or for the stream to fail, which does not always call it. */
  async #settle(
    stream: RotatingFileStream,
    begin: (done: (error?: Error | null) => void) => void,
  ): Promise<void> {
    const outcome = Promise.withResolvers<undefined>();
    const fail = (error: Error): void => outcome.reject(error);
    const close = (): void => outcome.reject(new Error('the file was closed'));
    stream.once('error', fail);
    stream.once('close', close);
    begin((error) => (error ? outcome.reject(error) : outcome.resolve(undefined)));
    try {
      await outcome.promise;
    } catch (error) {
      throw new Error(`cannot write ${this.#options.path}: ${messageOf(error)}`, { cause: error });
    } finally {
      stream.off('error', fail);
      stream.off('close', close);
    }
  }

  /** A disk with little room left takes a part of the text and calls it a success. */
  #check(before: BigIntStats | null, bytes: number): void {
    const now = statOf(this.#path);
    const isSameFile = before !== null && now !== null && now.ino === before.ino;
    if (!isSameFile || now.size >= before.size + BigInt(bytes)) return;
    throw new Error(`cannot write ${this.#options.path}: no room left on the disk`);
  }

  /** Removes the part of a text that was written before the disk refused the rest. */
  #takeBack(before: BigIntStats | null): void {
    const now = statOf(this.#path);
    if (before === null || now === null || now.ino !== before.ino || now.size <= before.size) return;
    try {
      truncateSync(this.#path, Number(before.size));
    } catch {
      // A file that can't be cut either keeps the part; the text follows whole when it can be written.
    }
  }

  #drop(stream: RotatingFileStream): void {
    if (this.#stream === stream) this.#stream = null;
    stream.destroy();
  }
}

function inodeOf(path: string): bigint | null {
  return statOf(path)?.ino ?? null;
}

function statOf(path: string): BigIntStats | null {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}
