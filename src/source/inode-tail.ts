// The package `tail`, tamed: it follows the growth of one inode from a given offset, and nothing else. Its only
// importer; generation.ts gives it a descriptor's path and takes the bytes.
import type fs from 'node:fs';
import { Tail } from 'tail';
import type { Cancel, Clock } from '../clock.ts';
import type { WatchPace } from './watch-pace.ts';

declare module 'tail' {
  // The package's types leave out what a subclass needs.
  interface Tail {
    watcher?: fs.FSWatcher;
    isWatching: boolean;
    queue: { readonly start: number; readonly end: number }[];
    currentCursorPos: number;
    watch(startingCursor: number, flush: boolean): void;
    change(): void;
    readBlock(): void;
    watchEvent(event: string): void;
    latestPosition(): number;
  }
}

/** `tail` is told of a backlog in portions, since a read that it has begun cannot be called off. */
const portionBytesMax = 4 * 1024 * 1024;

/** A server that writes line by line makes thousands of events a second: one read answers those of this time. */
const eventDelayMs = 120;
/** With more waiting, reading goes on at once. */
const backlogBytes = 262_144;
/** A stream gives so many at a time. */
const streamBytes = 65_536;
/** Read of a backlog before others have their turn: a millisecond or two. */
const turnBytes = 262_144;

export interface InodeTailHooks {
  readonly offset: number;
  readonly pace: WatchPace;
  readonly clock: Clock;
  size(): number;
  isAlive(): boolean;
  take(text: string): void;
  /** Takes what is written up to the offset `end` through the descriptor; returns how far that came. */
  read(end: number): number;
  caughtUp(): void;
  failed(error: unknown): void;
}

/** `tail` for one inode: growth only. Names are not its business, and truncation is reported, not skipped. */
export class InodeTail extends Tail {
  readonly #hooks: InodeTailHooks;
  #received: number;
  #hasFailed = false;
  #isDisabled = false;
  #cancelSoon: Cancel | null = null;
  /** Absent while the parent's constructor runs, which would watch from the end of the file. */
  readonly isReady: boolean = true;

  constructor(path: string, hooks: InodeTailHooks) {
    super(path, { separator: null, encoding: 'latin1' });
    this.#hooks = hooks;
    this.#received = hooks.offset;
    this.on('line', (text: string) => this.#receive(text));
    this.on('error', (error: unknown) => this.#fail(error));
  }

  /** A failed read leaves the queue standing for good; a read that ended short leaves a gap before the cursor. */
  get isStuck(): boolean {
    return this.#hasFailed || (this.queue.length === 0 && this.#received < this.currentCursorPos);
  }

  /** From now on nothing is handed over, whatever reads are under way. */
  disable(): void {
    this.#isDisabled = true;
    this.#cancelSoon?.();
    this.unwatch();
  }

  rename(): void {}

  override watch(startingCursor = 0, flush = false): void {
    if (!this.isReady) return;
    if (!this.#hooks.pace.isWatched) {
      this.currentCursorPos = startingCursor;
      if (flush) this.change();
      return;
    }
    try {
      super.watch(startingCursor, flush);
      // Without a listener an error of the watcher would end the process; polling goes on without it.
      const { watcher } = this;
      watcher?.on('error', () => watcher.close());
    } catch {
      // No inotify to be had: the cursor is set, and polling calls change().
    }
    if (this.#isDisabled) this.watcher?.close();
  }

  override watchEvent(event: string): void {
    if (event !== 'change') return;
    this.#hooks.pace.noticed();
    this.#changeSoon();
  }

  /** Begins or ends to watch the file, as the pace has it, and reads what is new. */
  look(): void {
    const { isWatched } = this.#hooks.pace;
    if (isWatched !== this.isWatching) {
      if (isWatched) this.watch(this.currentCursorPos);
      else this.#endWatching();
    }
    if (isWatched || this.#hooks.pace.isPollingOnly) this.change();
    else this.#changeSoon();
  }

  override latestPosition(): number {
    if (!this.isReady) return super.latestPosition();
    return Math.min(this.#hooks.size(), this.currentCursorPos + portionBytesMax);
  }

  override change(): void {
    if (this.#isDisabled || this.#received < this.currentCursorPos || !this.#hooks.isAlive()) return;
    super.change();
    if (this.#received === this.currentCursorPos) this.#hooks.caughtUp();
  }

  /**
   * What a stream would give in several pieces is read through the descriptor: for each, another thread has to be woken, and
   * a string made.
   */
  override readBlock(): void {
    const [block] = this.queue;
    if (block === undefined || block.end - block.start <= streamBytes) super.readBlock();
    else this.#readOnNext(block.end);
  }

  /** When others have had their turn. */
  #readOnNext(end: number): void {
    this.#hooks.clock.after(0, () => this.#attempt(() => this.#readOn(end)));
  }

  #readOn(end: number): void {
    if (this.#isDisabled) return;
    const before = this.#received;
    this.#received = this.#hooks.read(Math.min(end, before + turnBytes));
    // A file that has become shorter: the next look finds the gap before the cursor.
    const isOver = this.#received === before || this.#received >= end;
    if (!isOver) return this.#readOnNext(end);
    this.queue.shift();
    this.#goOn();
  }

  /** The parent's `unwatch` would drop the reads that are under way. */
  #endWatching(): void {
    this.watcher?.close();
    this.isWatching = false;
  }

  #receive(text: string): void {
    if (this.#isDisabled) return;
    this.#received += text.length;
    this.#hooks.take(text);
    this.#attempt(() => this.#goOn());
  }

  #goOn(): void {
    if (this.#received !== this.currentCursorPos) return;
    const waitingBytes = this.#hooks.size() - this.#received;
    // Less than nothing is a truncation.
    if (waitingBytes >= backlogBytes || waitingBytes < 0) this.change();
    else if (waitingBytes === 0) this.#hooks.caughtUp();
    else this.#changeSoon();
  }

  #changeSoon(): void {
    if (this.#isDisabled) return;
    this.#cancelSoon ??= this.#hooks.clock.after(eventDelayMs, () => {
      this.#cancelSoon = null;
      this.#attempt(() => this.change());
    });
  }

  #attempt(task: () => void): void {
    try {
      task();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#isDisabled) return;
    this.#hasFailed = true;
    this.#hooks.failed(error);
  }
}
