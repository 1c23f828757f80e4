// Contract between a source of log bytes and the pipeline that reads them: first stage of the data path.

/** Takes the bytes of one generation of a log (one inode, or one life of it between truncations), in order. */
export interface GenerationSink {
  /** Takes all of `bytes`. The buffer is reused by the source as soon as the call returns. */
  write(bytes: Buffer): void;
  /** No more bytes will come: a last line without a newline is complete as it stands. */
  end(): void;
  /** Bytes taken that do not form a complete line yet. */
  readonly pendingBytes: number;
}

export interface SourceSink {
  /** A new generation of the log known under `path` begins. */
  open(path: string): GenerationSink;
}

/** Why a log yields nothing; each has one sentence with a remedy in `message`. */
export type SourceProblemCode =
  'missing' | 'unreadable' | 'link-to-stdout' | 'not-a-file' | 'no-match' | 'read-error';

export interface SourceProblem {
  readonly code: SourceProblemCode;
  /** One sentence for a person: what is wrong with which path, and what to do about it. */
  readonly message: string;
}

export interface SourceState {
  readonly path: string;
  /** Inode of the generation being read; null while there is none. */
  readonly inode: number | null;
  /** Bytes of the current generation that were handed over. */
  readonly offset: number;
  /** Bytes that are written but not handed over yet, over all generations still being read. */
  readonly lagBytes: number;
  /** Null when the log can be read. */
  readonly problem: SourceProblem | null;
  /** How often lines were, or may have been, removed before they could be read, since the start. */
  readonly possibleLoss: number;
}

export interface Source {
  /** Begins to follow. Problems with the log are states, not errors: it never throws for them. */
  start(): void;
  /** Asks the files for their names and sizes now and says how far each path has been read. */
  states(): readonly SourceState[];
  /**
   * Hands over what is written by now, for at most `deadlineMs` milliseconds from now, ends every sink and closes
   * all files. Calling it again gives the same promise.
   */
  stop(deadlineMs: number): Promise<void>;
}
