// Entry of the source room: turns paths and globs into followed paths, decides when to look at their names, and
// answers for all of them. The bytes go from generation.ts straight to the sink.
import nodePath from 'node:path';
import type { Cancel, Clock } from '../clock.ts';
import { DirectoryWatch } from './directory-watch.ts';
import type { FollowContext } from './follow-context.ts';
import type { FollowLogger } from './follow-logger.ts';
import { Ledger } from './ledger.ts';
import { explainNoMatch } from './name.ts';
import { PathFollower } from './path-follower.ts';
import { expand } from './pattern.ts';
import { Resumption } from './resumption.ts';
import { isRotatedName } from './rotated-name.ts';
import { Unpacking } from './unpacking.ts';
import type { Vanished } from './unpacking.ts';
import { WatchPace } from './watch-pace.ts';
import type { SavedPath, Source, SourcePositions, SourceSink, SourceState } from './source.ts';

export interface FollowOptions {
  /** Paths or globs. */
  readonly filename: readonly string[];
  /** Where to begin in files that are there at the start; what appears later is read from its beginning. */
  readonly startFrom: 'end' | 'beginning';
  /** How often names and sizes are looked at, in milliseconds; this alone is enough where inotify says nothing. */
  readonly pollIntervalMs: number;
  /** A rotated file is let go when it has been quiet for so many milliseconds. */
  readonly graceMs: number;
  /** True to do without inotify. */
  readonly isPollingOnly?: boolean;
  /** How far an earlier process has read (`parsePositions`); null to begin afresh. */
  readonly resumeFrom?: SourcePositions | null;
  /** True if a later process goes on from `positions`: an unfinished last line is left to it. */
  readonly isResumable?: boolean;
  /**
   * Where what was compressed before it was read is unpacked, a folder for nothing else; left out: it is not, and counts as a
   * possible loss.
   */
  readonly unpackFolder?: string;
  readonly clock: Clock;
  readonly logger: FollowLogger;
  readonly sink: SourceSink;
}

/** Globs are expanded at most so often, since they may walk a whole tree. */
const expandIntervalMs = 1000;
/** Events of a directory come in bursts: one look answers them all. */
const eventDelayMs = 5;
/** Of logs that no pattern matches any more, with a date in their names above all. */
const GONE_MAX = 32;

/** Of a log of which nothing is open. */
const UNREAD = {
  inode: null,
  offset: 0,
  lagBytes: 0,
  problem: null,
  warning: null,
  possibleLoss: 0,
} as const satisfies Omit<SourceState, 'path'>;

/** Follows logs across rotations. */
export function createFollower(options: FollowOptions): Source {
  return new Follower(options);
}

class Follower implements Source {
  readonly #options: FollowOptions;
  readonly #context: FollowContext;
  readonly #pace: WatchPace;
  readonly #watch: DirectoryWatch;
  #directories: ReadonlySet<string> = new Set();
  readonly #followers = new Map<string, PathFollower>();
  /** Paths that no pattern matches any more, until their files are drained. */
  readonly #leaving = new Set<PathFollower>();
  /** Those that have left, and of which something may be lost. */
  readonly #gone = new Map<string, SourceState>();
  /** Until the first look. */
  #resumption: Resumption | null = null;
  #unmatched: readonly string[] = [];
  #expandedAtMs = -Infinity;
  #cancelPoll: Cancel | null = null;
  #cancelEarlyLook: Cancel | null = null;
  #hasStarted = false;
  /** Until then the positions of the earlier process are those that hold. */
  #hasBegun = false;
  #unpacking: { readonly work: Unpacking; readonly end: Promise<void> } | null = null;
  #stopped: Promise<void> | null = null;

  constructor(options: FollowOptions) {
    this.#options = options;
    this.#pace = new WatchPace({
      clock: options.clock,
      isPollingOnly: options.isPollingOnly ?? false,
      look: () => this.#look(),
    });
    this.#context = {
      clock: options.clock,
      logger: options.logger,
      sink: options.sink,
      startFrom: options.startFrom,
      graceMs: options.graceMs,
      pace: this.#pace,
      ledger: new Ledger(),
      isCopyOfAnother: (path, head) =>
        this.#others(path).some((each) => isRotatedFrom(each.path, path) && each.hasRead(head)),
      isForkOfAnother: (path, head) =>
        this.#others(path).some((each) => isRotatedFrom(each.path, path) && each.isForked(head)),
      takeOverCopy: (path, head, size) => {
        const rotated = this.#others(path).filter((each) => isRotatedFrom(path, each.path));
        return Math.max(0, ...rotated.map((each) => each.giveUpCopy(head, size)));
      },
      dropCopiesElsewhere: (path, print) => {
        for (const each of this.#others(path)) if (isRotatedFrom(path, each.path)) each.dropCopies(print);
      },
    };
    this.#resumeFrom(options.resumeFrom ?? null);
    this.#watch = new DirectoryWatch(options.logger, this.#pace, () => this.#lookSoon());
  }

  start(): void {
    if (this.#hasStarted) return;
    this.#hasStarted = true;
    const { unpackFolder: folder, logger } = this.#options;
    if (folder === undefined) return this.#begin();
    const work = new Unpacking({ folder, prints: this.#resumption?.prints() ?? [], logger });
    const find = (): readonly Vanished[] => this.#resumption?.vanished(this.#options.filename) ?? [];
    if (find().length === 0) this.#begin();
    else this.#unpack(work, find);
  }

  #begin(): void {
    this.#hasBegun = true;
    this.#look();
    this.#cancelPoll = this.#options.clock.every(this.#options.pollIntervalMs, () => {
      if (!this.#pace.isLooking) this.#look();
    });
  }

  states(): readonly SourceState[] {
    if (this.#hasStarted && !this.#hasBegun) return this.#statesBefore();
    if (this.#hasBegun && this.#stopped === null) this.#look();
    const states = [...this.#followers.values(), ...this.#leaving].map((follower) => follower.state());
    // One that has come back, or leaves again, tells of itself.
    const paths = new Set(states.map(({ path }) => path));
    states.push(...[...this.#gone.values()].filter(({ path }) => !paths.has(path)));
    for (const pattern of this.#unmatched) {
      const problem = explainNoMatch(pattern);
      states.push({ ...UNREAD, path: pattern, problem });
    }
    return states;
  }

  positions(): SourcePositions {
    const { resumeFrom = null } = this.#options;
    if (!this.#hasBegun && resumeFrom !== null) return resumeFrom;
    const paths = [...this.#followers.values(), ...this.#leaving].map((follower) => follower.saved());
    const { filename } = this.#options;
    return { version: 1, filename, paths, released: this.#context.ledger.saved() };
  }

  stop(deadlineMs: number): Promise<void> {
    this.#stopped ??= this.#stop(deadlineMs);
    return this.#stopped;
  }

  async #stop(deadlineMs: number): Promise<void> {
    const { clock } = this.#options;
    const endMs = clock.now() + deadlineMs;
    this.#cancelPoll?.();
    this.#cancelEarlyLook?.();
    this.#pace.stop();
    this.#unpacking?.work.stop();
    await this.#unpacking?.end;
    if (this.#hasBegun) this.#look();
    this.#watch.close();
    for (const follower of [...this.#followers.values(), ...this.#leaving]) {
      await follower.stop(() => clock.now() >= endMs, this.#options.isResumable ?? false);
    }
  }

  #unpack(work: Unpacking, find: () => readonly Vanished[]): void {
    const end = work.run(find).then(() => {
      if (this.#stopped === null) this.#begin();
      this.#unpacking = null;
      work.close();
    });
    this.#unpacking = { work, end };
  }

  /** Nobody can tell how much there is to be read until it is unpacked: seconds wait for it. */
  #statesBefore(): readonly SourceState[] {
    const waiting = this.#resumption?.waiting(this.#options.filename) ?? [];
    return waiting.map(({ path, possibleLoss }) => ({
      ...UNREAD,
      path,
      lagBytes: 1,
      possibleLoss,
    }));
  }

  #look(): void {
    this.#expandPatterns();
    this.#watch.set(this.#directories);
    for (const follower of this.#followers.values()) follower.look();
    for (const follower of this.#leaving) {
      follower.leave();
      if (!follower.isIdle) continue;
      this.#leaving.delete(follower);
      this.#noteGone(follower.state());
    }
  }

  #noteGone(state: SourceState): void {
    if (state.possibleLoss === 0) return;
    this.#gone.set(state.path, state);
    const [oldest] = this.#gone.keys();
    if (this.#gone.size > GONE_MAX && oldest !== undefined) this.#gone.delete(oldest);
  }

  #lookSoon(): void {
    this.#cancelEarlyLook ??= this.#options.clock.after(eventDelayMs, () => {
      this.#cancelEarlyLook = null;
      this.#expandedAtMs = -Infinity;
      if (this.#stopped === null) this.#look();
    });
  }

  #expandPatterns(): void {
    const now = this.#options.clock.now();
    if (now - this.#expandedAtMs < expandIntervalMs) return;
    const isFirst =
      this.#expandedAtMs === -Infinity && this.#followers.size === 0 && this.#cancelPoll === null;
    this.#expandedAtMs = now;
    const { paths, unmatched, directories } = expand(this.#options.filename);
    for (const path of paths) this.#addPath(path, !isFirst || this.#resumption?.hasCovered(path) === true);
    this.#resumeGone();
    for (const [path, follower] of this.#followers) {
      if (paths.has(path)) continue;
      this.#followers.delete(path);
      this.#leaving.add(follower);
      this.#options.logger.info({ path }, 'the log is gone, and no pattern matches its name');
    }
    this.#sayUnmatched(unmatched);
    this.#directories = directories;
  }

  #addPath(path: string, isLate: boolean): void {
    if (this.#followers.has(path)) return;
    for (const leaving of this.#leaving) {
      if (leaving.path !== path) continue;
      this.#leaving.delete(leaving);
      this.#followers.set(path, leaving);
      return;
    }
    const saved = this.#resumption?.take(path) ?? null;
    this.#followers.set(path, this.#follow(path, isLate, saved));
  }

  #resumeFrom(positions: SourcePositions | null): void {
    if (positions === null) return;
    this.#resumption = new Resumption(positions);
    for (const file of this.#resumption.released) this.#context.ledger.remember(file);
  }

  /** Files of names that no pattern finds any more are drained, as far as they are there under another name. */
  #resumeGone(): void {
    const gone: readonly SavedPath[] = this.#resumption?.takeGone(this.#options.filename) ?? [];
    this.#resumption = null;
    for (const saved of gone) this.#leaving.add(this.#follow(saved.path, true, saved));
  }

  #follow(path: string, isLate: boolean, saved: SavedPath | null): PathFollower {
    const unpacked = this.#unpacking?.work.of(path) ?? null;
    return new PathFollower(path, this.#context, { isLate, saved, unpacked });
  }

  #sayUnmatched(unmatched: readonly string[]): void {
    const { logger } = this.#options;
    for (const pattern of unmatched) {
      if (this.#unmatched.includes(pattern)) continue;
      const problem = explainNoMatch(pattern);
      logger.warn({ pattern, problem: problem.code }, problem.message);
    }
    for (const pattern of this.#unmatched) {
      if (!unmatched.includes(pattern)) logger.info({ pattern }, 'a file matches the pattern now');
    }
    this.#unmatched = unmatched;
  }

  #others(path: string): readonly PathFollower[] {
    return [...this.#followers.values(), ...this.#leaving].filter((each) => each.path !== path);
  }
}

/** `rotated` can be the name of a generation of the log at `path`. */
function isRotatedFrom(path: string, rotated: string): boolean {
  const isBeside = nodePath.dirname(path) === nodePath.dirname(rotated);
  return isBeside && isRotatedName(nodePath.basename(path), nodePath.basename(rotated));
}
