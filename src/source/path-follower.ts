// Follows one path: looks which file its name leads to now, says what is wrong if there is none, and keeps the chain
// of its generations up to date. Between the set of paths (follow.ts) and the generations (generation-chain.ts).
import fs from 'node:fs';
import { isForked } from './copies.ts';
import { findFileMount } from './file-mount.ts';
import type { FollowContext } from './follow-context.ts';
import type { Generation } from './generation.ts';
import { GenerationChain } from './generation-chain.ts';
import { isSameFile } from './ledger.ts';
import { LeftAlone } from './left-alone.ts';
import { lineStart } from './line-start.ts';
import { explain, isSystemError, lookAt, openLog } from './name.ts';
import { readError } from './problem.ts';
import type { Opened } from './name.ts';
import { Siblings } from './siblings.ts';
import type { Unpacked } from './sibling.ts';
import type { FileIdentity, SavedPath, SourceProblem, SourceState, SourceWarning } from './source.ts';

/** A log is away for a moment during many a rotation; only a longer absence is called missing. */
const missingPatienceMs = 5000;

interface FirstSight extends FileIdentity {
  readonly size: number;
}

/** Where a path comes from. */
export interface Origin {
  /** It appeared after the (first) start, so its file is read from the beginning. */
  readonly isLate: boolean;
  /** How far it was read by an earlier process. */
  readonly saved: SavedPath | null;
  /** What that process has not read of it, and a rotation has compressed. */
  readonly unpacked: Unpacked | null;
}

export class PathFollower {
  readonly path: string;
  readonly #context: FollowContext;
  readonly #chain: GenerationChain;
  /** The file that was there at the start, while it has not been opened. */
  #firstSight: FirstSight | null = null;
  #hasLooked: boolean;
  #hasBegun = false;
  #lastCurrent: Generation | null = null;
  /** The file was empty when it was last looked at. */
  #wasEmpty = false;
  #hasBeenRead = false;
  #problem: SourceProblem | null = null;
  /** Left out before the first file was opened. */
  #warning?: SourceWarning | null;
  #goneSinceMs: number | null = null;
  #leftAlone: LeftAlone | null = null;

  constructor(path: string, context: FollowContext, origin: Origin) {
    this.path = path;
    this.#context = context;
    this.#chain = new GenerationChain(path, context, new Siblings(path, origin.unpacked));
    this.#hasLooked = origin.isLate;
    if (origin.saved !== null) this.#restore(origin.saved);
  }

  /** True when nothing is open any more. */
  get isIdle(): boolean {
    return this.#chain.links.length === 0;
  }

  get problem(): SourceProblem | null {
    return this.#problem;
  }

  hasRead(head: Buffer): boolean {
    return this.#chain.hasRead(head);
  }

  /** True if it reads a file that begins with the same line as `head`, and goes on otherwise. */
  isForked(head: Buffer): boolean {
    return isForked(this.#chain.links, head);
  }

  /** Lets go of a file that is a copy of one that begins with `head`; returns how far its lines have been read, at most `size`, or 0. */
  giveUpCopy(head: Buffer, size: number): number {
    return this.#chain.giveUpCopy(head, size);
  }

  /** Lets go of files that begin like `print`, of a life of another path, and were not known for copies of it yet. */
  dropCopies(print: string): void {
    this.#chain.dropCopies(print, true);
  }

  /** Asks the name and every open file what has changed, and acts on it. */
  look(): void {
    // What came and went while no process was there comes before what it has left.
    const isFirst = !this.#hasBegun;
    if (!isFirst) this.#chain.look();
    try {
      this.#lookAtName();
    } catch (error) {
      if (!isSystemError(error)) throw error;
      this.#say(explain(this.path, error));
    }
    this.#hasLooked = true;
    this.#lastCurrent = this.#chain.current;
    this.#wasEmpty = this.#lastCurrent?.head.length === 0;
    this.#hasBegun = true;
    if (isFirst) this.#chain.look();
  }

  state(): SourceState {
    const { current } = this.#chain;
    return {
      path: this.path,
      inode: current?.ino ?? null,
      offset: current?.offset ?? 0,
      lagBytes: this.#chain.lagBytes(),
      problem: this.#problem,
      warning: this.#warning ?? null,
      possibleLoss: this.#chain.losses.count,
    };
  }

  saved(): SavedPath {
    const copy = this.#leftAlone?.saved() ?? null;
    const isSettled = this.#isSettled();
    return { path: this.path, ...this.#chain.saved(), isSettled, firstSight: this.#firstSight, copy };
  }

  async stop(isExpired: () => boolean, isLineLeft: boolean): Promise<void> {
    await this.#chain.stop(isExpired, isLineLeft);
  }

  /** The name is given up (a glob does not match it any more): what is open is drained. */
  leave(): void {
    this.#chain.retire();
    this.#chain.lookAround();
    this.#chain.look();
  }

  #restore(saved: SavedPath): void {
    this.#hasLooked = true;
    this.#hasBeenRead = saved.generations.length > 0;
    this.#firstSight = saved.firstSight;
    this.#leftAlone = saved.copy === null ? null : new LeftAlone(saved.copy, true);
    if (this.#chain.restore(saved) && saved.isSettled) this.#lastCurrent = this.#chain.current;
  }

  #lookAtName(): void {
    // Before the name: what comes between the two must not count as seen.
    const listing = this.#chain.siblings.changed();
    const sight = lookAt(this.path);
    if (!sight.ok) return this.#seeNothing(sight.problem);
    if (!this.#isCurrent(sight.stat)) return this.#seeAnother(sight.stat);
    this.#seeTheSame();
    if (listing === null) return;
    if (this.#isSettled()) this.#chain.siblings.note(listing);
    else this.#chain.lookAround();
  }

  /**
   * A file that was empty at the last look, or in another life, can have had a whole life since of which only a copy
   * is left.
   */
  #isSettled(): boolean {
    const { current, siblings } = this.#chain;
    return !this.#wasEmpty && !siblings.isIncomplete && current === this.#lastCurrent;
  }

  #isCurrent(stat: FileIdentity): boolean {
    const { current } = this.#chain;
    return current !== null && current.dev === stat.dev && current.ino === stat.ino;
  }

  #seeTheSame(): void {
    this.#goneSinceMs = null;
    this.#leftAlone = null;
    const { readFailure } = this.#chain;
    this.#say(readFailure === null ? null : readError(this.path, readFailure));
  }

  #seeNothing(problem: SourceProblem): void {
    const isGone = problem.code !== 'unreadable' && problem.code !== 'read-error';
    // While the way to the file is barred, it may well be the same file: reading goes on.
    if (isGone) this.#chain.retire();
    this.#chain.lookAround();
    if (this.#hasBeenRead && problem.code === 'missing') {
      const now = this.#context.clock.now();
      this.#goneSinceMs ??= now;
      if (now - this.#goneSinceMs < missingPatienceMs) return;
    }
    this.#say(problem);
  }

  #seeAnother(stat: fs.Stats): void {
    this.#goneSinceMs = null;
    if (!this.#hasLooked) this.#firstSight = firstSight(stat);
    if (this.#isLeftAlone(stat)) {
      if (this.#leftAlone?.isLog(this.path, stat.size, this.#context) === true) this.#followAfterAll();
      return;
    }
    if (this.#chain.resume(stat)) return this.#say(null);
    const owner = this.#context.ledger.ownerOf(stat);
    if (owner !== undefined) return this.#leaveAlone(stat, false, `it is already read as ${owner}`);
    const opening = openLog(this.path);
    if (!opening.ok) {
      this.#chain.retire();
      this.#chain.lookAround();
      return this.#say(opening.problem);
    }
    this.#follow(opening);
  }

  /** What was taken for a copy is a log of its own: whoever has read lines of it has counted them for the other. */
  #followAfterAll(): void {
    const opening = openLog(this.path);
    if (!opening.ok) return;
    this.#context.logger.info({ path: this.path }, 'it is no copy: it goes on in its own way, and is read');
    this.#follow(opening, 0);
  }

  /** `begin`: where it is read from; null: that is to be found out. */
  #follow({ fd, stat, head }: Opened, begin: number | null = null): void {
    const { ledger } = this.#context;
    const known = begin ?? ledger.recall(stat, head, stat.size);
    // If it has an owner, it was renamed between the look and the opening: the next look will tell.
    const isOwned = ledger.ownerOf(stat) !== undefined;
    const isCopy = known === null && this.#hasLooked && this.#context.isCopyOfAnother(this.path, head);
    if (isOwned || isCopy) fs.closeSync(fd);
    if (isCopy) this.#leaveAlone(stat, true, 'it is a copy of a log that has been read');
    if (isOwned || isCopy) return;
    const offset = known ?? this.#startOffset(fd, stat, head);
    this.#leftAlone = null;
    this.#firstSight = null;
    this.#hasBeenRead = true;
    this.#lookForFileMount();
    this.#context.logger.info({ path: this.path, inode: stat.ino, offset }, 'following the log');
    this.#chain.follow({ fd, stat, path: realPath(this.path), offset }, head);
    this.#say(null);
  }

  /** What was there at the start may be read from its end; what comes later is read whole. */
  #startOffset(fd: number, stat: fs.Stats, head: Buffer): number {
    const first = this.#firstSight;
    if (this.#hasLooked && first === null) return this.#context.takeOverCopy(this.path, head, stat.size);
    if (this.#context.startFrom === 'beginning' || first === null || !isSameFile(first, stat)) return 0;
    return stat.size < first.size ? 0 : lineStart(fd, first.size);
  }

  #leaveAlone(stat: fs.Stats, isCopy: boolean, reason: string): void {
    this.#chain.retire();
    this.#chain.lookAround();
    this.#leftAlone = new LeftAlone(stat, isCopy, this.#context.clock.now());
    this.#context.logger.info({ path: this.path, inode: stat.ino }, `not read again: ${reason}`);
    this.#say(null);
  }

  #isLeftAlone(stat: FileIdentity): boolean {
    const file = this.#leftAlone;
    if (file === null || !isSameFile(file, stat)) return false;
    // The other path may have let it go; then it is followed here from where the other has stopped.
    return file.isCopy || this.#context.ledger.ownerOf(stat) !== undefined;
  }

  #say(problem: SourceProblem | null): void {
    const before = this.#problem;
    this.#problem = problem;
    if (problem !== null && problem.message !== before?.message) {
      this.#context.logger.warn({ path: this.path, problem: problem.code }, problem.message);
    } else if (problem === null && before !== null) {
      const message = before.code === 'missing' ? 'the log is there now' : 'the log can be read again';
      this.#context.logger.info({ path: this.path, problem: before.code }, message);
    }
  }

  /** Asked anew only of what was one: a container gets its mounts before it starts. */
  #lookForFileMount(): void {
    const before = this.#warning;
    if (before === null) return;
    this.#warning = findFileMount(this.path);
    if (before === undefined && this.#warning !== null)
      this.#context.logger.warn({ path: this.path }, this.#warning.message);
  }
}

function firstSight({ dev, ino, birthtimeMs, size }: fs.Stats): FirstSight {
  return { dev, ino, birthtimeMs, size };
}

/** Where a link leads to: when it leads elsewhere, the file is still to be found there. */
function realPath(path: string): string {
  try {
    return fs.realpathSync(path);
  } catch {
    return path;
  }
}
