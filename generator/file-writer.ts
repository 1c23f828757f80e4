// The log file as a web server holds it: one descriptor in append mode, rotated by renaming, by copying and
// truncating, or by deleting. Standard output is the same without rotation.
import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Archive } from './archive.ts';
import { OutputError, errorCode } from './output-error.ts';
import type { RotationStep } from './rotation.ts';

export interface WriterOptions {
  /** `-` is standard output. */
  readonly path: string;
  /** Null for what can't be rotated. */
  readonly archive: Archive | null;
  /** Pause between copying and truncating, in which nothing is written. */
  readonly truncateDelayMs: number;
  readonly wait: (ms: number) => Promise<void>;
  /** Gives up waiting for a reader that does not read. */
  readonly stop: AbortSignal;
}

const FULL_PIPE_WAIT_MS = 5;

export class FileWriter {
  bytesWritten = 0;
  readonly #options: WriterOptions;
  #descriptor: number;

  /** Opens the file, with its folder if there is none; throws OutputError. */
  constructor(options: WriterOptions) {
    this.#options = options;
    this.#descriptor = attempt('open', options.path, () => openTarget(options.path));
    // Renaming a device or a pipe would take it away from everyone else.
    if (options.archive !== null && !fstatSync(this.#descriptor).isFile()) {
      throw new OutputError('rotate', options.path, new Error('it is not a regular file'));
    }
  }

  /** Hands all bytes over, unless stopped before a reader took them: `bytesWritten` tells. Throws OutputError. */
  async write(bytes: Buffer): Promise<void> {
    const { path, stop, wait } = this.#options;
    let position = 0;
    while (position < bytes.length) {
      try {
        const count = writeSync(this.#descriptor, bytes, position, bytes.length - position);
        position += count;
        this.bytesWritten += count;
      } catch (cause) {
        if (errorCode(cause) !== 'EAGAIN') throw new OutputError('write', path, cause);
        if (stop.aborted) return;
        await wait(FULL_PIPE_WAIT_MS);
      }
    }
  }

  /** `timeMs`: event time, for dated names. Throws OutputError. */
  async rotate(step: RotationStep, timeMs: number): Promise<void> {
    const { path } = this.#options;
    if (step === 'copytruncate') return this.#copyAndTruncate(timeMs);
    attempt('rotate', path, () => {
      if (step === 'reopen') this.#reopen();
      else if (step === 'rename') this.#rename(timeMs);
      else rmSync(path, { force: true });
    });
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #rename(timeMs: number): void {
    const { path, archive } = this.#options;
    const name = archive?.nextName(timeMs) ?? null;
    if (name === null) rmSync(path, { force: true });
    else if (existsSync(path)) renameSync(path, name);
  }

  #reopen(): void {
    closeSync(this.#descriptor);
    this.#descriptor = openTarget(this.#options.path);
  }

  async #copyAndTruncate(timeMs: number): Promise<void> {
    const { path, archive, truncateDelayMs, wait } = this.#options;
    attempt('rotate', path, () => {
      const name = archive?.nextName(timeMs) ?? null;
      if (name !== null) copyFileSync(path, name);
    });
    if (truncateDelayMs > 0) await wait(truncateDelayMs);
    attempt('rotate', path, () => ftruncateSync(this.#descriptor));
  }
}

function attempt<T>(verb: string, path: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw new OutputError(verb, path, cause);
  }
}

function openTarget(path: string): number {
  if (path === '-') return openStandardOutput();
  mkdirSync(dirname(path), { recursive: true });
  const isPipe = existsSync(path) && statSync(path).isFIFO();
  const { O_APPEND, O_CREAT, O_WRONLY, O_NONBLOCK } = constants;
  return openSync(path, O_APPEND | O_CREAT | O_WRONLY | (isPipe ? O_NONBLOCK : 0), 0o644);
}

/**
 * A pipe is opened again without blocking: a write to a reader that has stopped would otherwise hold the whole
 * process, and no signal would get through. Anything else is used as it is, because a file opened again would
 * lose its position.
 */
function openStandardOutput(): number {
  if (!fstatSync(1).isFIFO()) return 1;
  try {
    return openSync('/proc/self/fd/1', constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return 1;
  }
}
