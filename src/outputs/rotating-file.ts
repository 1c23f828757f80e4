// A file that fluffy appends to, rotated by size. Sole importer of rotating-file-stream. A write that fails is kept
// and tried again, within a bound: a full disk stops nothing and, once there is room again, loses nothing.
import { statSync } from 'node:fs';
import { basename, dirname, resolve, sep } from 'node:path';
import { createStream } from 'rotating-file-stream';
import type { RotatingFileStream } from 'rotating-file-stream';
import type { Cancel, Clock } from '../clock.ts';

export interface RotatingFileOptions {
  readonly path: string;
  /** The file is rotated once it has this size. */
  readonly fileBytesMax: number;
  /** Files kept, the one being written included; at least 2. */
  readonly fileCountMax: number;
  readonly clock: Clock;
  /** Called when writing begins to fail (a sentence) and when it works again (null). */
  readonly problemChanged?: (path: string, problem: string | null) => void;
}

export interface RotatingFileState {
  readonly problem: string | null;
  /** Texts given up because too much was waiting. */
  readonly dropped: number;
}

/** Bytes that may wait for a disk that takes nothing. */
const OWED_BYTES_MAX = 1024 * 1024;
const RETRY_MS = 2000;

export class RotatingFile {
  readonly #options: RotatingFileOptions;
  readonly #path: string;
  #stream: RotatingFileStream | null = null;
  /** Inode of the file that `#stream` appends to; null until it is open. */
  #inode: bigint | null = null;
  #owed: string[] = [];
  #owedBytes = 0;
  #isWriting = false;
  #isClosed = false;
  #problem: string | null = null;
  #dropped = 0;
  #cancelRetry: Cancel | null = null;
  #settled: (() => void)[] = [];

  /** Opens the file at once, creating folders on the way, so that a problem shows before there is something to say. */
  constructor(options: RotatingFileOptions) {
    this.#options = options;
    this.#path = resolve(options.path);
    this.#open();
  }

  state(): RotatingFileState {
    return { problem: this.#problem, dropped: this.#dropped };
  }

  /** Appends `text`, now or when the disk takes it. Never throws. */
  write(text: string): void {
    if (this.#isClosed || this.#owedBytes + text.length > OWED_BYTES_MAX) {
      this.#dropped++;
      return;
    }
    this.#owed.push(text);
    this.#owedBytes += text.length;
    this.#pump();
  }

  /** Writes what is waiting, if the disk takes it, and closes the file. */
  async close(): Promise<void> {
    this.#stopRetrying();
    this.#pump();
    if (this.#isWriting) await new Promise<void>((settle) => this.#settled.push(settle));
    this.#isClosed = true;
    this.#dropped += this.#owed.length;
    this.#stopRetrying();
    const stream = this.#stream;
    this.#stream = null;
    if (stream === null) return;
    await new Promise<void>((closed) => {
      stream.once('close', closed);
      stream.destroy();
    });
  }

  #open(): RotatingFileStream {
    const folder = dirname(this.#path);
    const name = basename(this.#path);
    const stream = createStream((index) => (index === null ? name : `${name}.${Number(index)}`), {
      path: folder.endsWith(sep) ? folder : folder + sep,
      size: `${this.#options.fileBytesMax}B`,
      rotate: this.#options.fileCountMax - 1,
    });
    this.#stream = stream;
    this.#inode = null;
    stream.on('open', () => {
      this.#inode = inodeOf(this.#path);
      if (this.#owed.length === 0) this.#setProblem(null);
    });
    stream.on('error', (error: Error) => this.#fail(stream, error));
    return stream;
  }

  #pump(): void {
    if (this.#isWriting || this.#owed.length === 0 || this.#cancelRetry !== null) return;
    const stream = this.#isStillThere() ? this.#stream : null;
    const target = stream ?? this.#reopen();
    const batch = this.#owed.length;
    const bytes = this.#owedBytes;
    this.#isWriting = true;
    target.write(this.#owed.join(''), (error) => {
      this.#isWriting = false;
      if (error) {
        this.#fail(target, error);
      } else {
        this.#owed.splice(0, batch);
        this.#owedBytes -= bytes;
        this.#setProblem(null);
        this.#pump();
      }
      if (!this.#isWriting) for (const settle of this.#settled.splice(0)) settle();
    });
  }

  /** False when somebody moved or removed the file: what is written now belongs under its name. */
  #isStillThere(): boolean {
    return this.#inode === null || inodeOf(this.#path) === this.#inode;
  }

  #reopen(): RotatingFileStream {
    this.#stream?.destroy();
    return this.#open();
  }

  #fail(stream: RotatingFileStream, error: Error): void {
    if (stream !== this.#stream) return;
    this.#stream = null;
    stream.destroy();
    this.#setProblem(`cannot write ${this.#options.path}: ${error.message}`);
    if (this.#isClosed || this.#cancelRetry !== null) return;
    this.#cancelRetry = this.#options.clock.after(RETRY_MS, () => {
      this.#cancelRetry = null;
      if (this.#owed.length > 0) this.#pump();
      else this.#open();
    });
  }

  #stopRetrying(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = null;
  }

  #setProblem(problem: string | null): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#options.problemChanged?.(this.#options.path, problem);
  }
}

function inodeOf(path: string): bigint | null {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino ?? null;
}
