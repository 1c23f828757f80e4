// One generation of a log: one inode, or one life of it between truncations. It keeps the file open, lets `tail`
// follow its growth through the descriptor, and hands every byte over once, to the sink of the pipeline.
import fs from 'node:fs';
import { promisify } from 'node:util';
import type { Clock } from '../clock.ts';
import { readDirectives } from './directives.ts';
import { InodeTail } from './inode-tail.ts';
import { Life } from './life.ts';
import type { WatchPace } from './watch-pace.ts';
import type { FileIdentity, GenerationSink, Position, SavedGeneration } from './source.ts';

declare global {
  interface Buffer {
    latin1Write(text: string, offset?: number): number;
  }
}

export interface GenerationEvents {
  /**
   * The file was truncated or written anew: this life of the inode is over, its successor must be read. `unsure`: bytes
   * read after the offset, of this life unless the file was truncated twice in a moment.
   */
  lifeEnded(generation: Generation, unsure: Buffer | null): void;
  /** All that is written has been handed over. */
  caughtUp(generation: Generation): void;
  readFailed(generation: Generation, error: unknown): void;
  /** Asked until the head of a file tells which it is, before the first line is complete: false if it is a mere copy. */
  isWanted(generation: Generation): boolean;
}

export interface GenerationOptions extends FileIdentity {
  readonly fd: number;
  /** The name it was opened by, for systems without /proc. */
  readonly path: string;
  /** Where reading begins, in bytes. */
  readonly offset: number;
  /** Its first bytes as they were when it was opened, if it may have been truncated since. */
  readonly head: Buffer | null;
  readonly pace: WatchPace;
  /** A copy, or another file that nobody writes to any more: it may be closed as soon as it is read. */
  readonly isFinite: boolean;
  /** False if nobody has seen yet whether it is a mere copy, although it may not be empty any more. */
  readonly isChecked: boolean;
  readonly clock: Clock;
  readonly events: GenerationEvents;
}

const chunkBytes = 65_536;
/** Read in one go when `tail` cannot read and the descriptor must serve. */
const directBytesMax = 1024 * 1024;

const readAsync = promisify(fs.read);
const tailBuffer = Buffer.allocUnsafe(chunkBytes);
const directBuffer = Buffer.allocUnsafe(chunkBytes);

export class Generation {
  readonly dev: number;
  readonly ino: number;
  readonly birthtimeMs: number;
  readonly isFinite: boolean;
  readonly #fd: number;
  readonly #path: string;
  readonly #tailPath: string;
  readonly #clock: Clock;
  readonly #events: GenerationEvents;
  readonly #pace: WatchPace;
  #tail: InodeTail | null = null;
  #sink: GenerationSink | null = null;
  readonly #life: Life;
  #offset: number;
  #isConfirmed: boolean;
  #isOver = false;

  constructor(options: GenerationOptions) {
    this.dev = options.dev;
    this.ino = options.ino;
    this.birthtimeMs = options.birthtimeMs;
    this.isFinite = options.isFinite;
    this.#fd = options.fd;
    this.#path = options.path;
    // On Linux the descriptor's own path leads to the inode, wherever its name has gone.
    this.#tailPath = process.platform === 'linux' ? `/proc/self/fd/${options.fd}` : options.path;
    this.#offset = options.offset;
    this.#clock = options.clock;
    this.#events = options.events;
    this.#pace = options.pace;
    // With a head that is known, the next look finds out whether this life has ended meanwhile.
    this.#life = new Life(options.fd, options.head ?? Buffer.alloc(0));
    if (options.head === null) this.#life.goesOn(this.#offset);
    this.#isConfirmed = options.isChecked && this.#life.isRecognisable;
  }

  /** Bytes handed over since the beginning of the file. */
  get offset(): number {
    return this.#offset;
  }

  /** The first bytes of the file as far as they are known. */
  get head(): Buffer {
    return this.#life.head;
  }

  /** Its first bytes as far as they are there now. */
  headNow(): Buffer {
    this.#goesOnOrUnknown(0);
    return this.#life.head;
  }

  /** How far its lines have been read. */
  get position(): Position {
    const { dev, ino, birthtimeMs } = this;
    const offset = this.#offset - (this.#sink?.pendingBytes ?? 0);
    return { dev, ino, birthtimeMs, head: this.#life.print, offset };
  }

  saved(isNamed: boolean): SavedGeneration {
    const saved = { ...this.position, openedAs: this.#path, isNamed, isFinite: this.isFinite };
    return this.isUndecided ? { ...saved, isUndecided: true } : saved;
  }

  /** The largest size seen, in bytes. */
  get sizeSeen(): number {
    return this.#life.sizeSeen;
  }

  get hasBegun(): boolean {
    return this.#sink !== null;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** No line of it was handed over yet, and it may turn out to be a mere copy. */
  get isUndecided(): boolean {
    return !this.#isConfirmed;
  }

  /** Bytes written but not handed over, by the size of the file now. */
  lagBytes(): number {
    if (this.#isOver) return 0;
    try {
      this.#life.size();
    } catch {
      // A file system that is away for now: the size last seen must do.
    }
    return Math.max(0, this.#life.sizeNow - this.#offset);
  }

  /** From now on bytes may be handed over. */
  begin(sink: GenerationSink): void {
    this.#sink = sink;
    if (this.#offset > 0) sink.preface(readDirectives(this.#fd));
  }

  /** Lets `tail` follow from the offset on. */
  follow(): void {
    if (this.#sink !== null && this.#tail === null && !this.#isOver) this.#startTail();
  }

  /** Looks whether the file has grown, was truncated, or was written anew; errors of reading are mended here. */
  look(): void {
    if (this.#isOver) return;
    if (!this.#life.goesOn(this.#offset)) this.#endLife();
    if (this.#isOver || this.#sink === null) return;
    if (this.#tail?.isStuck === false) {
      this.#tail.look();
      return;
    }
    this.#tail?.disable();
    this.#tail = null;
    this.#readDirect(Math.min(this.#life.size(), this.#offset + directBytesMax));
    if (!this.#isOver) this.#startTail();
  }

  /** Reads what is written by now without `tail`, in blocks, until done or `isExpired`. */
  async readRest(isExpired: () => boolean): Promise<void> {
    this.#tail?.disable();
    this.#tail = null;
    const end = this.#life.size();
    // Others are read meanwhile.
    const buffer = Buffer.allocUnsafe(chunkBytes);
    while (!this.#isOver && this.#offset < end && !isExpired()) {
      const { bytesRead } = await readAsync(this.#fd, buffer, 0, chunkBytes, this.#offset);
      if (bytesRead === 0) break;
      this.#take(buffer.subarray(0, bytesRead));
    }
  }

  /** Ends this life but leaves the descriptor and the sink to the caller. */
  release(): { readonly fd: number; readonly sink: GenerationSink | null } {
    this.#isOver = true;
    this.#tail?.disable();
    this.#tail = null;
    return { fd: this.#fd, sink: this.#sink };
  }

  /** Closes the file and ends the sink, unless a later process shall have the unfinished line. */
  close(isLineLeft = false): void {
    if (this.#isOver) return;
    const { fd } = this.release();
    try {
      fs.closeSync(fd);
    } finally {
      if (!isLineLeft) this.#endSink();
    }
  }

  /** Closes a file that turned out to be a copy: what was read of its first line is no line. */
  drop(): void {
    this.#endSink(true);
    this.close();
  }

  #endSink(isCut = false): void {
    const sink = this.#sink;
    // What it was given is complete now, and none of it is pending.
    this.#sink = null;
    sink?.end(isCut);
  }

  #startTail(): void {
    try {
      this.#tail = new InodeTail(this.#tailPath, {
        offset: this.#offset,
        pace: this.#pace,
        clock: this.#clock,
        size: () => this.#life.size(),
        isAlive: () => this.#life.goesOn(this.#offset) || this.#endLife(),
        take: (text) => this.#takeText(text),
        read: (end) => this.#readDirect(end),
        caughtUp: () => this.#events.caughtUp(this),
        failed: (error) => this.#events.readFailed(this, error),
      });
      this.#tail.watch(this.#offset, true);
    } catch (error) {
      this.#events.readFailed(this, error);
    }
  }

  #goesOnOrUnknown(end: number): boolean {
    try {
      return this.#life.goesOn(end);
    } catch (error) {
      this.#events.readFailed(this, error);
      return true;
    }
  }

  #endLife(unsure: Buffer | null = null): false {
    this.#isOver = true;
    this.#tail?.disable();
    this.#events.lifeEnded(this, unsure);
    return false;
  }

  #takeText(text: string): void {
    const bytes = text.length <= chunkBytes ? tailBuffer : Buffer.allocUnsafe(text.length);
    bytes.latin1Write(text, 0);
    this.#take(bytes.subarray(0, text.length));
  }

  /**
   * Hands over bytes that were read at the current offset. They were read a moment ago; only if the file still is
   * in the same life now, it was so then. If not, they can be of the old life unless the file holds them now.
   */
  #take(bytes: Buffer): void {
    if (this.#isOver || this.#sink === null) return;
    const isSameLife = this.#goesOnOrUnknown(this.#offset + bytes.length);
    if (!this.#isConfirmed) {
      this.#isConfirmed = this.#life.isRecognisable;
      if (!this.#events.isWanted(this)) return;
    }
    if (isSameLife) {
      this.#offset += bytes.length;
      this.#pace.grew();
      this.#sink.write(bytes);
    } else this.#endLife(this.#life.holds(bytes, this.#offset) ? null : bytes);
  }

  /** Returns the offset that it came to: `end`, unless the file is shorter or its life is over. */
  #readDirect(end: number): number {
    while (!this.#isOver && this.#offset < end) {
      const bytes = Math.min(chunkBytes, end - this.#offset);
      const length = fs.readSync(this.#fd, directBuffer, 0, bytes, this.#offset);
      if (length === 0) break;
      this.#take(directBuffer.subarray(0, length));
    }
    return this.#offset;
  }
}
