// How a finished log is counted: in turns, so that no log comes far ahead of the others that are open.
import type { GenerationSink } from './source.ts';

/** Of several logs, so much of one at a time: what one is ahead of the others stays open. */
const TURN_BYTES = 16 * 1024;

/** The bytes of a finished log. */
export interface Chunks {
  /** Null at the end. The bytes are valid until the next ones are asked for. */
  next(): Promise<Buffer | null>;
  /** Once the end is reached: there was more, which could not be read or is not wanted. */
  isCut(): boolean;
  /** Reads no further. */
  end(): Promise<void>;
}

/** A finished log that is being counted. */
export interface Turns {
  /** Counts the next turn; what is left of the chunk at hand unless it is to be short. False when the log has ended. */
  readOn(isShort: boolean): Promise<boolean>;
  /** Counts no further. */
  stop(): Promise<void>;
}

/** Where the short turns of a chunk end. */
export function splitTurns(bytes: number): number[] {
  return Array.from({ length: Math.ceil(bytes / TURN_BYTES) }, (_, i) =>
    Math.min(bytes, (i + 1) * TURN_BYTES),
  );
}

/** Reads and counts in turn. */
export class DirectTurns implements Turns {
  readonly #chunks: Chunks;
  readonly #sink: GenerationSink;
  /** What was read and not yet written on. */
  #rest: Buffer = Buffer.alloc(0);

  constructor(chunks: Chunks, sink: GenerationSink) {
    this.#chunks = chunks;
    this.#sink = sink;
  }

  async readOn(isShort: boolean): Promise<boolean> {
    if (this.#rest.length === 0) {
      const next = await this.#chunks.next();
      if (next === null) {
        this.#sink.end(this.#chunks.isCut());
        return false;
      }
      this.#rest = next;
    }
    const length = isShort ? Math.min(TURN_BYTES, this.#rest.length) : this.#rest.length;
    this.#sink.write(this.#rest.subarray(0, length));
    this.#rest = this.#rest.subarray(length);
    return true;
  }

  async stop(): Promise<void> {
    this.#sink.end(true);
    await this.#chunks.end();
  }
}
