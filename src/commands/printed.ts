// What a command prints, line by line, on a stream that may be closed by its reader, or full, at any time.
import type { Writable } from 'node:stream';

export class Printed {
  /** Why no more can be printed. A standard stream forgets its own error as soon as it was told. */
  failure: Error | null = null;
  readonly #stream: Writable;
  #lastWrite: Promise<void> = Promise.resolve();

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('error', (error) => (this.failure ??= error));
  }

  /** Such as `head` when it has seen enough: no failure of the command. */
  get isReaderGone(): boolean {
    return this.failure !== null && 'code' in this.failure && this.failure.code === 'EPIPE';
  }

  /** After a failure nothing is printed. */
  print(text: string): void {
    if (this.failure !== null) return;
    const written = Promise.withResolvers<void>();
    this.#stream.write(`${text}\n`, (error) => {
      if (error) this.failure ??= error;
      written.resolve();
    });
    this.#lastWrite = written.promise;
  }

  /** Resolves when all is printed, or can't be. */
  async flush(): Promise<void> {
    await this.#lastWrite;
  }
}
