// Contract between a source of log bytes and the pipeline that reads them: first stage of the data path.

/** Takes the bytes of one generation of a log (one inode, or one life of it between truncations), in order. */
export interface GenerationSink {
  /**
   * Goes before the first `write` of a generation that is not read from its beginning: the lines there that start with #, as they
   * may say how the others are to be read.
   */
  preface(bytes: Buffer): void;
  /** Takes all of `bytes`. The buffer is reused by the source as soon as the call returns. */
  write(bytes: Buffer): void;
  /**
   * No more bytes will come: a last line without a newline is complete as it stands, unless `isCut` says that there was
   * more of it, which nobody could read: then it is no line.
   */
  end(isCut?: boolean): void;
  /** Bytes taken that do not form a complete line yet. */
  readonly pendingBytes: number;
}

export interface SourceSink {
  /** A new generation of the log known under `path` begins. */
  open(path: string): GenerationSink;
}

/** Why a log yields nothing; each has one sentence with a remedy in `message`. */
type SourceProblemCode =
  'missing' | 'unreadable' | 'link-to-stdout' | 'not-a-file' | 'no-match' | 'read-error';

export interface SourceProblem {
  readonly code: SourceProblemCode;
  /** One sentence for a person: what is wrong with which path, and what to do about it. */
  readonly message: string;
}

/** The log is read, but will not be for ever. */
export interface SourceWarning {
  readonly code: 'single-file-mount';
  /** One sentence for a person: what will go wrong with which path, and what to do about it. */
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
  /** Null when nothing is to be feared. */
  readonly warning: SourceWarning | null;
  /** How often lines were, or may have been, removed before they could be read, since the start. */
  readonly possibleLoss: number;
}

/** Tells one file from all others, although inode numbers are used again as soon as a file is removed. */
export interface FileIdentity {
  readonly dev: number;
  readonly ino: number;
  readonly birthtimeMs: number;
}

/** How far a file has been read. */
export interface Position extends FileIdentity {
  /** The print of its first bytes as far as they are known: `<length>:<hash>`. */
  readonly head: string;
  /** Bytes since the beginning of the file that need not be read again. */
  readonly offset: number;
}

/** A generation that is still being read. */
export interface SavedGeneration extends Position {
  /** Where it was when it was opened. */
  readonly openedAs: string;
  /** False for a file that was found among the siblings. */
  readonly isNamed: boolean;
  /** A copy that ends where the life it was made of was cut off. */
  readonly isFinite: boolean;
  /** All that it held had been read. Left out by earlier versions. */
  readonly isRead?: boolean;
  /** It may turn out to be a mere copy: no line of it was whole yet. Left out where that is known, and by earlier versions. */
  readonly isUndecided?: true;
}

/** The files beside a log that have been seen, each as `<inode>:<birth>`. */
export interface SavedSiblings {
  /** The directory. */
  readonly dev: number;
  readonly ino: number;
  readonly mtimeMs: number;
  readonly plain: readonly string[];
  readonly compressed: readonly string[];
  readonly named: string | null;
}

/** A copy that has the name and is not read. */
export interface SavedCopy extends FileIdentity {
  /** When it was found to be one; left out by earlier versions. */
  readonly size?: number;
}

export interface SavedPath {
  readonly path: string;
  /** Oldest first; those that wait for their turn as well. */
  readonly generations: readonly SavedGeneration[];
  /** Index of the generation that has the name. */
  readonly current: number | null;
  /** Prints of what was read lately, to recognise copies. */
  readonly heads: readonly string[];
  readonly siblings: SavedSiblings | null;
  /** False if others may have come and gone in the place of the current file that nobody has looked for. */
  readonly isSettled: boolean;
  /** The file that was there at the first start, while it could not be opened. */
  readonly firstSight: (FileIdentity & { readonly size: number }) | null;
  readonly copy: SavedCopy | null;
  readonly possibleLoss: number;
}

/** How far every log has been read, as plain JSON: from here another process goes on. */
export interface SourcePositions {
  readonly version: 1;
  /** The paths and globs that were followed. */
  readonly filename: readonly string[];
  readonly paths: readonly SavedPath[];
  /** Files that were read and closed lately. */
  readonly released: readonly Position[];
}

export interface Source {
  /** Begins to follow. Problems with the log are states, not errors: it never throws for them. */
  start(): void;
  /**
   * How far the sinks have come at this very moment, without asking the files. A line of which the sink has only
   * a part does not count as read. To be asked between two writes to a sink, not during one.
   */
  positions(): SourcePositions;
  /** Asks the files for their names and sizes now and says how far each path has been read. */
  states(): readonly SourceState[];
  /**
   * Hands over what is written by now, for at most `deadlineMs` milliseconds from now, ends every sink (unless an
   * unfinished line is left to a later process) and closes all files. `states` and `positions` give the last answer
   * from then on. Calling it again gives the same promise.
   */
  stop(deadlineMs: number): Promise<void>;
}
