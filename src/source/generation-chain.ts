// The generations of one path, oldest first: reads them in order, drains the old ones while the newest grows, and
// makes up for a truncation from the copy that was made before it. Between path-follower.ts and generation.ts.
import fs from 'node:fs';
import { ChainLink } from './chain-link.ts';
import type { FollowContext } from './follow-context.ts';
import { Generation } from './generation.ts';
import type { GenerationEvents } from './generation.ts';
import { isSameContent } from './head.ts';
import { readHead } from './name.ts';
import { Recovery } from './recovery.ts';
import type { GenerationFile } from './recovery.ts';
import { Siblings } from './siblings.ts';

/** Old generations of one path that are kept open at once. */
const drainingMax = 64;
/** Heads of ended lives that are kept to recognise copies. */
const headsMax = 256;

export class GenerationChain {
  readonly siblings: Siblings;
  readonly #recovery: Recovery;
  readonly #path: string;
  readonly #context: FollowContext;
  readonly #headsRead: Buffer[] = [];
  readonly #events: GenerationEvents;
  /** Never changed in place, so that it can be walked while files come and go. */
  #links: readonly ChainLink[] = [];
  #current: ChainLink | null = null;
  #possibleLoss = 0;
  #isAdvancing = false;
  #isStopping = false;

  constructor(path: string, context: FollowContext) {
    this.#path = path;
    this.#context = context;
    this.siblings = new Siblings(path);
    const lose = (fields: object, message: string) => this.#lose(fields, message);
    this.#recovery = new Recovery({ path, context, siblings: this.siblings, lose });
    this.#events = {
      lifeEnded: (generation) => this.#lifeEnded(generation),
      caughtUp: () => this.#caughtUp(),
      readFailed: (generation, error) => this.#readFailed(generation, error),
      isWanted: (generation) => this.#isWanted(generation),
    };
  }

  get current(): Generation | null {
    return this.#current?.generation ?? null;
  }

  get possibleLoss(): number {
    return this.#possibleLoss;
  }

  get isEmpty(): boolean {
    return this.#links.length === 0;
  }

  /** Why the last read of the current generation failed; null once a read succeeds. */
  get readFailure(): string | null {
    return this.#current?.failure ?? null;
  }

  lagBytes(): number {
    let lagBytes = 0;
    for (const link of this.#links) lagBytes += link.generation.lagBytes();
    return lagBytes;
  }

  /** True if `head` begins a file that was, or is being, read for this path. */
  hasRead(head: Buffer, except?: Generation): boolean {
    return (
      this.#headsRead.some((read) => isSameContent(read, head)) ||
      this.#links.some(({ generation }) => generation !== except && isSameContent(generation.head, head))
    );
  }

  /** The file now found by name follows all others; those of its siblings that were missed come before it. */
  follow(file: GenerationFile, head: Buffer): void {
    const bornMs = this.#current?.generation.birthtimeMs ?? 0;
    this.retire();
    this.#context.ledger.claim(file.stat, this.#path);
    const missed = this.#missed(bornMs, head);
    this.#current = this.#newLink(file, { isNamed: true, isFinite: false });
    this.#links = [...this.#links, ...missed, this.#current];
    this.advance();
  }

  /** A file that is still being drained has its name back. True if there is one. */
  resume(stat: fs.Stats): boolean {
    const link = this.#links.find(({ generation }) => isInode(generation, stat) && !generation.isFinite);
    if (link === undefined) return false;
    this.retire();
    this.#current = link;
    return true;
  }

  /** The name leads elsewhere: what was current is drained from now on. */
  retire(): void {
    if (this.#current === null) return;
    this.#current.retire(this.#context.clock.now());
    this.#current = null;
  }

  /** Looks for generations that came and went since the last look; they come before the current one. */
  lookAround(): void {
    const bornMs = this.#links.at(-1)?.generation.birthtimeMs ?? 0;
    const missed = this.#missed(bornMs, Buffer.alloc(0));
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

  /** Hands over what is written by now in every generation until `isExpired`, then ends and closes them all. */
  async stop(isExpired: () => boolean): Promise<void> {
    this.#isStopping = true;
    for (;;) {
      const link = this.#links[0];
      if (link === undefined) return;
      const { generation } = link;
      if (!generation.hasBegun) generation.begin(this.#context.sink.open(this.#path));
      await generation.readRest(isExpired).catch((error: unknown) => this.#readFailed(generation, error));
      // A truncation noticed on the way has put successors in its place.
      if (this.#links.includes(link)) this.#close(link);
    }
  }

  #newLink(file: GenerationFile, kind: { isNamed: boolean; isFinite: boolean }): ChainLink {
    const { dev, ino, birthtimeMs } = file.stat;
    const generation = new Generation({
      fd: file.fd,
      path: file.path,
      dev,
      ino,
      birthtimeMs,
      offset: file.offset,
      isFinite: kind.isFinite,
      isPollingOnly: this.#context.isPollingOnly,
      events: this.#events,
    });
    const nowMs = this.#context.clock.now();
    return new ChainLink({ generation, isNamed: kind.isNamed, dueBytes: file.stat.size, nowMs });
  }

  #begin(link: ChainLink): void {
    const { generation } = link;
    generation.begin(this.#context.sink.open(this.#path));
    link.attempt(() => generation.follow());
  }

  #caughtUp(): void {
    if (this.#links.length > 1) this.advance();
  }

  #readFailed(generation: Generation, error: unknown): void {
    const link = this.#links.find((each) => each.generation === generation);
    if (link === undefined || link.failure !== null) return;
    link.fail(error);
    this.#context.logger.debug({ path: this.#path, inode: generation.ino, err: error }, 'a read failed');
  }

  /** Opens the generations that came and went unseen; `nameHead` begins the file that has the name now. */
  #missed(bornMs: number, nameHead: Buffer): readonly ChainLink[] {
    const files = this.#recovery.openMissed(
      bornMs,
      (head) => isSameContent(head, nameHead) || this.hasRead(head),
    );
    return files.map((file) => this.#newLink(file, { isNamed: false, isFinite: false }));
  }

  #isWanted(generation: Generation): boolean {
    const link = this.#links.find((each) => each.generation === generation);
    if (link === undefined) return false;
    const { head } = generation;
    const isCopy =
      (!link.isNamed && this.hasRead(head, generation)) || this.#context.isCopyOfAnother(this.#path, head);
    if (isCopy) this.#close(link);
    return !isCopy;
  }

  /** The inode was truncated or written anew: the rest of its old life may be found in a copy, its new life follows. */
  #lifeEnded(generation: Generation): void {
    const index = this.#links.findIndex((link) => link.generation === generation);
    const old = this.#links[index];
    if (old === undefined) return;
    const { fd, sink } = generation.release();
    this.#keepHead(generation.head);
    const copyFile = this.#recovery.openCopy(generation);
    const copy = copyFile === null ? null : this.#newLink(copyFile, { isNamed: false, isFinite: true });
    if (copy === null) {
      sink?.end();
    } else if (sink !== null) {
      copy.generation.begin(sink);
    }
    const stat = fs.fstatSync(fd);
    const life = this.#newLink({ fd, stat, path: this.#path, offset: 0 }, { isNamed: true, isFinite: false });
    const missed = this.#missed(generation.birthtimeMs, readHead(fd));
    this.#links = this.#links.toSpliced(index, 1, ...(copy === null ? [] : [copy]), ...missed, life);
    if (this.#current === old) this.#current = life;
    if (copy === null && missed.length === 0) this.#countRemainder(generation);
    const fields = {
      path: this.#path,
      inode: generation.ino,
      offset: generation.offset,
      hasCopy: copy !== null,
    };
    this.#context.logger.info(fields, 'the log was truncated: reading it from its beginning');
    if (copy?.generation.hasBegun === true && !this.#isStopping) copy.attempt(() => copy.generation.follow());
    this.advance();
  }

  #countRemainder(generation: Generation): void {
    const bytes = generation.sizeSeen - generation.offset;
    if (bytes <= 0) return;
    const fields = { inode: generation.ino, offset: generation.offset, bytes };
    this.#lose(
      fields,
      'the log was truncated before it was read to its end, and no copy was found beside it',
    );
  }

  #lose(fields: object, message: string): void {
    this.#possibleLoss += 1;
    this.#context.logger.warn({ path: this.#path, ...fields }, `possible loss of lines: ${message}`);
  }

  #letGo(): void {
    const nowMs = this.#context.clock.now();
    for (const link of this.#links) {
      const isQuiet = link.quietMs(nowMs) >= this.#context.graceMs;
      const { generation, failure } = link;
      if (!isQuiet || link === this.#current || !generation.hasBegun) continue;
      const lagBytes = generation.lagBytes();
      if (lagBytes > 0 && failure === null) continue;
      if (lagBytes > 0)
        this.#lose({ bytes: lagBytes, reason: failure }, 'a rotated log could not be read to its end');
      this.#close(link);
    }
    while (this.#links.length > drainingMax) this.#closeOldest();
  }

  #closeOldest(): void {
    const link = this.#links.find((each) => each !== this.#current);
    if (link === undefined) return;
    const fields = { inode: link.generation.ino, bytes: link.generation.sizeSeen - link.generation.offset };
    this.#lose(fields, `more than ${drainingMax} rotated logs are open, the oldest is let go`);
    this.#close(link);
  }

  #close(link: ChainLink): void {
    if (!this.#links.includes(link)) return;
    const { generation } = link;
    this.#links = this.#links.filter((each) => each !== link);
    if (this.#current === link) this.#current = null;
    this.#keepHead(generation.head);
    const { dev, ino, birthtimeMs, head, offset } = generation;
    this.#context.ledger.remember({ dev, ino, birthtimeMs, head, offset });
    this.#context.ledger.release(generation);
    generation.close();
  }

  #keepHead(head: Buffer): void {
    if (head.length === 0) return;
    this.#headsRead.push(head);
    if (this.#headsRead.length > headsMax) this.#headsRead.shift();
  }
}

function isInode(generation: Generation, stat: fs.Stats): boolean {
  return generation.dev === stat.dev && generation.ino === stat.ino;
}
