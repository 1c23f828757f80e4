// The generations of one path, oldest first: reads them in order, drains the old ones while the newest grows, and
// makes up for a truncation from the copy that was made before it. Between path-follower.ts and generation.ts.
import type fs from 'node:fs';
import { graceFor } from './chain-link.ts';
import type { ChainLink } from './chain-link.ts';
import type { FollowContext } from './follow-context.ts';
import type { Generation } from './generation.ts';
import { isOpen, readCopy, undecidedCopies } from './copies.ts';
import { isEmptyPrint, isSameContent } from './head.ts';
import { KnownHeads } from './known-heads.ts';
import { isSameFile } from './ledger.ts';
import { isDrained, LinkMaker, namedFile, siblingFile } from './link-maker.ts';
import { Losses } from './losses.ts';
import { Recovery } from './recovery.ts';
import type { GenerationFile } from './recovery.ts';
import type { Siblings } from './siblings.ts';
import type { SavedPath } from './source.ts';

/** Old generations of one path that are kept open at once, whatever comes. */
const drainingMax = 512;

type SavedChain = Omit<SavedPath, 'path' | 'isSettled' | 'firstSight' | 'copy'>;

export class GenerationChain {
  readonly siblings: Siblings;
  readonly losses: Losses;
  readonly #recovery: Recovery;
  readonly #maker: LinkMaker;
  readonly #path: string;
  readonly #context: FollowContext;
  /** Of lives that are over. */
  readonly #heads = new KnownHeads();
  /** Never changed in place, so that it can be walked while files come and go. */
  #links: readonly ChainLink[] = [];
  #current: ChainLink | null = null;
  #isAdvancing = false;
  #isStopping = false;

  constructor(path: string, context: FollowContext, siblings: Siblings) {
    this.#path = path;
    this.#context = context;
    this.siblings = siblings;
    this.losses = new Losses(path, context.logger);
    const { losses } = this;
    const freeCopies = (print: string): void => {
      this.dropCopies(print, false);
      context.dropCopiesElsewhere(path, print);
    };
    this.#recovery = new Recovery({ path, context, siblings, losses, freeCopies });
    this.#maker = new LinkMaker(context, {
      lifeEnded: (generation, unsure) => this.#lifeEnded(generation, unsure),
      caughtUp: () => this.advance(),
      readFailed: (generation, error) => this.#readFailed(generation, error),
      isWanted: (generation) => this.#isWanted(generation),
    });
  }

  get current(): Generation | null {
    return this.#current?.generation ?? null;
  }

  get links(): readonly ChainLink[] {
    return this.#links;
  }

  /** Why the last read of the current generation failed; null once a read succeeds. */
  get readFailure(): string | null {
    return this.#current?.failure ?? null;
  }

  lagBytes(): number {
    return this.#links.reduce((bytes, { generation }) => bytes + generation.lagBytes(), 0);
  }

  /** True if `head` begins a file that was, or is being, read for this path. */
  hasRead(head: Buffer, except?: Generation): boolean {
    return this.#heads.has(head) || isOpen(this.#links, head, except);
  }

  /** The file now found by name follows all others; those of its siblings that were missed come before it. */
  follow(file: GenerationFile, head: Buffer): void {
    this.retire();
    this.#context.ledger.claim(file.stat, this.#path);
    const missed = this.#missed(head);
    this.#current = this.#maker.make({ ...file, head }, namedFile);
    this.#links = [...this.#links, ...missed, this.#current];
    this.advance();
  }

  /** A file that is still being drained has its name back. True if there is one. */
  resume(stat: fs.Stats): boolean {
    const link = this.#links.find(({ generation }) => isSameFile(generation, stat) && !generation.isFinite);
    if (link === undefined) return false;
    this.retire();
    this.#current = link;
    return true;
  }

  /** Lets go of copies, not known for such yet, of a life that begins like `print`. Of another path's, a file with this name can be one. */
  dropCopies(print: string, isOfAnother: boolean): void {
    for (const link of undecidedCopies(this.#links, print, isOfAnother)) this.#drop(link);
  }

  /**
   * Lets go of a file that is a copy of one that begins with `head`, if it is no longer than that: its lines were read as if
   * they were another log's. Returns how far they were, in bytes, or 0.
   */
  giveUpCopy(head: Buffer, size: number): number {
    const copy = readCopy(this.#links, head, size);
    if (copy === undefined) return 0;
    const { offset } = copy.generation.position;
    this.#drop(copy);
    return offset;
  }

  /** The name leads elsewhere: what was current is drained from now on. */
  retire(): void {
    if (this.#current === null) return;
    this.#current.retire(this.#context.clock.now());
    this.#current = null;
  }

  /** Looks for generations that came and went since the last look; they come before the current one. */
  lookAround(): void {
    const missed = this.#missed(Buffer.alloc(0));
    const index = this.#current === null ? this.#links.length : this.#links.indexOf(this.#current);
    this.#links = this.#links.toSpliced(index, 0, ...missed);
    this.advance();
  }

  /** Asks every file whether it has grown or was truncated, and lets go of those that have been quiet for long. */
  look(): void {
    for (const link of this.#links) link.attempt(() => link.generation.look());
    this.#letGo();
    this.advance();
  }

  /** Begins each generation whose predecessors have been read as far as they reached when it was found. */
  advance(): void {
    if (this.#isAdvancing || this.#isStopping) return;
    this.#isAdvancing = true;
    try {
      this.#beginDue();
    } finally {
      this.#isAdvancing = false;
    }
  }

  #beginDue(): void {
    for (const link of this.#links) {
      const { generation } = link;
      if (generation.isOver) continue;
      if (!generation.hasBegun) this.#begin(link);
      if (link !== this.#current && !link.isDueRead) break;
      if (generation.isFinite && generation.lagBytes() === 0) this.#close(link);
    }
  }

  /**
   * Hands over what is written by now in every generation until `isExpired`, then closes them all. `isLineLeft`: a
   * later process goes on from `saved`, so an unfinished line is left to it.
   */
  async stop(isExpired: () => boolean, isLineLeft: boolean): Promise<void> {
    this.#isStopping = true;
    for (;;) {
      // A truncation noticed on the way puts successors in a link's place.
      const link = this.#links.find(({ generation }) => !generation.isOver);
      if (link === undefined) return;
      const { generation } = link;
      if (!generation.hasBegun) generation.begin(this.#context.sink.open(this.#path));
      await generation.readRest(isExpired).catch((error: unknown) => this.#readFailed(generation, error));
      generation.close(isLineLeft);
    }
  }

  saved(): SavedChain {
    const current = this.#current === null ? null : this.#links.indexOf(this.#current);
    return {
      generations: this.#links.map((link) => link.saved()),
      current,
      heads: this.#heads.saved(),
      siblings: this.siblings.saved(),
      possibleLoss: this.losses.count,
    };
  }

  /** Goes on where an earlier process was. False if others may have come and gone in the place of the current file. */
  restore(saved: SavedChain): boolean {
    if (saved.siblings !== null) this.siblings.restore(saved.siblings);
    for (const print of saved.heads) this.#heads.restore(print);
    this.losses.restore(saved.possibleLoss);
    let isSettled = false;
    for (const [index, generation] of saved.generations.entries()) {
      const { links, isSameLife } = this.#maker.reopen(generation, this.#recovery, isDrained(saved, index));
      this.#links = [...this.#links, ...links];
      if (!isSameLife) this.#heads.restore(generation.head);
      if (index !== saved.current) continue;
      this.#current = links.findLast((link) => !link.generation.isFinite) ?? null;
      isSettled = isSameLife && !isEmptyPrint(generation.head);
    }
    return isSettled;
  }

  #begin(link: ChainLink): void {
    const { generation } = link;
    generation.begin(this.#context.sink.open(this.#path));
    link.attempt(() => generation.follow());
  }

  #readFailed(generation: Generation, error: unknown): void {
    const link = this.#links.find((each) => each.generation === generation);
    if (link === undefined || link.failure !== null) return;
    link.fail(error);
    this.#context.logger.debug({ path: this.#path, inode: generation.ino, err: error }, 'a read failed');
  }

  /**
   * Opens the generations that came and went unseen; `nameHead` begins the file that has the name now. One that a torn
   * listing has hidden may be older than the newest that is open, but not than the oldest.
   */
  #missed(nameHead: Buffer): readonly ChainLink[] {
    const bornMs = this.#links[0]?.generation.birthtimeMs ?? 0;
    const isKnown = (head: Buffer): boolean => isSameContent(head, nameHead) || this.hasRead(head);
    const files = this.#recovery.openMissed(bornMs, isKnown);
    return files.map((file) => this.#maker.make(file, siblingFile));
  }

  #isWanted(generation: Generation): boolean {
    const link = this.#links.find((each) => each.generation === generation);
    if (link === undefined) return false;
    const { head } = generation;
    const isCopy =
      (!link.isNamed && this.hasRead(head, generation)) || this.#context.isCopyOfAnother(this.#path, head);
    if (isCopy) this.#drop(link);
    return !isCopy;
  }

  /** The inode was truncated or written anew: the rest of its old life may be found in a copy, its new life follows. */
  #lifeEnded(generation: Generation, unsure: Buffer | null): void {
    const old = this.#links.find((link) => link.generation === generation);
    if (old === undefined) return;
    const { fd, sink } = generation.release();
    this.#heads.add(generation.head);
    const copyFile = this.#recovery.openCopy({ ...generation.position, offset: generation.offset });
    const copy = this.#maker.makeCopy(copyFile, sink, unsure);
    const life = this.#maker.makeNextLife(fd, this.#path);
    const missed = this.#missed(life.generation.head);
    const successors = [...(copy === null ? [] : [copy]), ...missed, life];
    this.#links = this.#links.toSpliced(this.#links.indexOf(old), 1, ...successors);
    if (this.#current === old) this.#current = life;
    if (copy === null && missed.length === 0) this.losses.addTruncated(generation, unsure?.length ?? 0);
    const hasCopy = copy !== null;
    const fields = { path: this.#path, inode: generation.ino, offset: generation.offset, hasCopy };
    this.#context.logger.info(fields, 'the log was truncated: reading it from its beginning');
    if (copy?.generation.hasBegun === true && !this.#isStopping) copy.attempt(() => copy.generation.follow());
    this.advance();
  }

  #letGo(): void {
    const nowMs = this.#context.clock.now();
    for (const link of this.#links) {
      const graceMs = graceFor(this.#links.length, this.#context.graceMs);
      if (link === this.#current || !link.canGo(nowMs, graceMs)) continue;
      const bytes = link.generation.lagBytes();
      if (bytes > 0)
        this.losses.add({ bytes, reason: link.failure }, 'a rotated log could not be read to its end');
      this.#close(link);
    }
    while (this.#links.length > drainingMax) this.#closeOldest();
  }

  #closeOldest(): void {
    const link = this.#links.find((each) => each !== this.#current);
    if (link === undefined) return;
    const fields = { inode: link.generation.ino, bytes: link.generation.sizeSeen - link.generation.offset };
    this.losses.add(fields, `more than ${drainingMax} rotated logs are open, the oldest is let go`);
    this.#close(link);
  }

  #close(link: ChainLink): void {
    if (!this.#links.includes(link)) return;
    const { generation } = link;
    this.#remove(link);
    this.#heads.add(generation.head);
    this.#context.ledger.remember({ ...generation.position, offset: generation.offset });
    generation.close();
  }

  /** It is a mere copy: nothing of it counts as read. */
  #drop(link: ChainLink): void {
    this.#remove(link);
    link.generation.drop();
  }

  #remove(link: ChainLink): void {
    this.#links = this.#links.filter((each) => each !== link);
    if (this.#current === link) this.#current = null;
    this.#context.ledger.release(link.generation);
  }
}
