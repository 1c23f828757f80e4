// A web server, its log rotation and an administrator in one, all at random but repeatable by a seed: writes lines into
// a log, rotates it in every way there is, and knows each line that it wrote.
import fs from 'node:fs';
import nodePath from 'node:path';
import { gzipSync } from 'node:zlib';
import { nextTurn } from './rig.ts';
import type { Rig } from './rig.ts';

/** Numbers in [0, 1), the same ones for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Lines that were written and not read, and those that were read more often than once. */
export function difference(written: readonly string[], read: readonly string[]): object {
  const counts = new Map(written.map((line) => [line, 0]));
  const repeated: string[] = [];
  for (const line of read) {
    const count = counts.get(line);
    counts.set(line, (count ?? 0) + 1);
    if (count !== 0) repeated.push(line);
  }
  return { missing: written.filter((line) => counts.get(line) === 0), repeated };
}

export interface TortureOptions {
  readonly seed: number;
  /** Rotated logs are called `access-<time>.log` instead of `access.log.1`. */
  readonly isDated: boolean;
  /**
   * The monitor crashes now and then: what nobody could read after that is spared. Called before something is removed for
   * good, when all of it has been read.
   */
  readonly commit?: () => void;
  /** While the monitor is down: it will know the file of this name, and which of the compressed ones it has been reading. */
  readonly canUnpack?: (name: string) => boolean;
}

export class Torturer {
  readonly written: string[] = [];
  /** What was done, for the message when it went wrong. */
  readonly diary: string[] = [];
  readonly #rig: Rig;
  readonly #random: () => number;
  #fd: number;
  /** Descriptors of renamed files that the server has not closed yet. */
  #old: number[] = [];
  #half: { readonly fd: number; readonly rest: string } | null = null;
  #serial = 0;
  #rotations = 0;
  readonly #isDated: boolean;
  readonly #commit: (() => void) | null;

  readonly #canUnpack: (name: string) => boolean;

  constructor(rig: Rig, { seed, isDated, commit, canUnpack = () => false }: TortureOptions) {
    this.#rig = rig;
    this.#isDated = isDated;
    this.#commit = commit ?? null;
    this.#canUnpack = canUnpack;
    this.#random = createRandom(seed);
    this.#fd = this.#open();
  }

  async step(): Promise<void> {
    const choice = this.#random();
    // Some hundred KiB at once are read in another way than a line now and then.
    if (choice < 0.01) this.#write(this.#fd, 1000 + this.#upTo(3000));
    else if (choice < 0.35) this.#write(this.#fd, this.#upTo(60));
    else if (choice < 0.42) this.#writeHalf();
    else if (choice < 0.5) this.#writeOld();
    else if (choice < 0.6) this.#rotateByRename();
    else if (choice < 0.68) await this.#copyTruncate();
    else if (choice < 0.74 && this.#rig.isDown) this.#compressUnread();
    else if (choice < 0.8 && this.#rig.isDown) this.#write(this.#fd, this.#upTo(60));
    else if (choice < 0.73 && this.#commit === null) await this.#deleteAndCreate();
    else if (choice < 0.77) await this.#truncateAndRegrow();
    else if (choice < 0.8) await this.#compress();
    else if (choice < 0.9) this.#note('poll', () => this.#rig.poll());
    else await this.#rest();
  }

  /** Ends half lines and closes everything. */
  finish(): void {
    this.#finishHalf();
    for (const fd of this.#old) fs.closeSync(fd);
    fs.closeSync(this.#fd);
  }

  #open(): number {
    return fs.openSync(this.#rig.path('access.log'), 'a');
  }

  #upTo(max: number): number {
    return 1 + Math.floor(this.#random() * max);
  }

  #note(what: string, act: () => void): void {
    this.diary.push(what);
    act();
  }

  #line(): string {
    this.#serial += 1;
    const line = `10.0.0.1 - - [23/Nov/2026:22:14:01 +0000] "GET /${this.#serial} HTTP/1.1" 200 ${this.#serial * 7}`;
    this.written.push(line);
    return line;
  }

  #write(fd: number, count: number): void {
    this.#finishHalf();
    this.diary.push(`write ${count}`);
    let text = '';
    for (let index = 0; index < count; index += 1) text += `${this.#line()}\n`;
    fs.writeSync(fd, text);
  }

  /** Not as the first line: a head that ends before the path is the same in every life of the file. */
  #writeHalf(): void {
    this.#finishHalf();
    if (fs.fstatSync(this.#fd).size === 0) return;
    this.diary.push('half a line');
    const line = this.#line();
    const cut = this.#upTo(line.length - 1);
    fs.writeSync(this.#fd, line.slice(0, cut));
    this.#half = { fd: this.#fd, rest: `${line.slice(cut)}\n` };
  }

  #finishHalf(): void {
    if (this.#half !== null) fs.writeSync(this.#half.fd, this.#half.rest);
    this.#half = null;
  }

  #writeOld(): void {
    const fd = this.#old[this.#upTo(this.#old.length) - 1];
    if (fd !== undefined) this.#write(fd, this.#upTo(5));
  }

  /** Of the log that is rotated now. */
  #nextName(): string {
    this.#rotations++;
    if (this.#isDated) return `access-20261123T${100_000 + this.#rotations}.log`;
    this.#shift();
    return 'access.log.1';
  }

  #shift(): void {
    for (let number = 40; number > 0; number -= 1) {
      for (const ending of ['', '.gz']) {
        const from = this.#rig.path(`access.log.${number}${ending}`);
        if (fs.existsSync(from)) fs.renameSync(from, this.#rig.path(`access.log.${number + 1}${ending}`));
      }
    }
  }

  #rotateByRename(): void {
    this.diary.push('rename');
    this.#rig.rename('access.log', this.#nextName());
    this.#old.push(this.#fd);
    if (this.#old.length > 4) {
      this.#finishHalf();
      fs.closeSync(this.#old.shift() ?? -1);
    }
    // Some servers create the new file only when they have something to write, some write to the old one meanwhile.
    if (this.#random() < 0.3) this.#write(this.#fd, 3);
    if (this.#random() < 0.3) this.#note('poll', () => this.#rig.poll());
    this.#fd = this.#open();
  }

  async #copyTruncate(): Promise<void> {
    this.#finishHalf();
    this.diary.push('copytruncate');
    await this.#copy(this.#nextName());
    fs.ftruncateSync(this.#fd);
    if (this.#random() < 0.5) this.#write(this.#fd, this.#upTo(60));
  }

  /** A copy grows like any file, and can be seen when it is empty, or holds half a line or half of the lines. */
  async #copy(name: string): Promise<void> {
    const bytes = fs.readFileSync(this.#rig.path('access.log'));
    const copy = fs.openSync(this.#rig.path(name), 'wx');
    const cuts = [0, this.#upTo(120), this.#upTo(bytes.length + 1)].toSorted((a, b) => a - b);
    for (const [index, cut] of cuts.entries()) {
      if (this.#random() < 0.2) await this.#peek(cut);
      fs.writeSync(copy, bytes.subarray(cut, cuts[index + 1]));
    }
    fs.closeSync(copy);
  }

  async #peek(bytes: number): Promise<void> {
    this.#note(`poll at ${bytes} bytes of the copy`, () => this.#rig.poll());
    if (this.#random() < 0.5) await nextTurn();
  }

  /** A file that is deleted before anyone has opened it is lost to everyone, so the follower has a look before. */
  async #deleteAndCreate(): Promise<void> {
    this.diary.push('delete');
    this.#rig.lookAround();
    fs.unlinkSync(this.#rig.path('access.log'));
    this.#old.push(this.#fd);
    if (this.#random() < 0.5) this.#write(this.#fd, 2);
    this.#fd = this.#open();
    await nextTurn();
  }

  async #truncateAndRegrow(): Promise<void> {
    this.#finishHalf();
    await this.#rig.caughtUp();
    this.#commit?.();
    this.diary.push('truncate and regrow');
    const { size } = fs.fstatSync(this.#fd);
    fs.ftruncateSync(this.#fd);
    const count = this.#random() < 0.5 ? Math.ceil(size / 80) + 2 : 2;
    this.#write(this.#fd, count);
  }

  async #compress(): Promise<void> {
    await this.#rig.caughtUp();
    this.#commit?.();
    const names = fs
      .readdirSync(this.#rig.folder)
      .filter((each) => /^access(?:\.log\.\d+|-.*\.log)$/.test(each));
    const name = names[this.#upTo(names.length) - 1];
    if (name === undefined || (this.#commit !== null && this.#isWritten(name))) return;
    this.#gzip(name);
  }

  /** Nobody has read it, or who has is gone. Rotations compress the oldest, once the server has closed it. */
  #compressUnread(): void {
    const { folder } = this.#rig;
    const names = fs.readdirSync(folder).filter((each) => /^access(?:\.log\.\d+|-.*\.log)$/.test(each));
    const [name] = names.toSorted((one, other) => this.#rotationOf(one) - this.#rotationOf(other));
    if (name === undefined || this.#isWritten(name) || !this.#canUnpack(name)) return;
    this.#gzip(name);
  }

  #gzip(name: string): void {
    this.diary.push(`gzip ${name}`);
    const path = nodePath.join(this.#rig.folder, name);
    // As if rotations were minutes apart, and the last one were over for an hour.
    const at = new Date(Date.now() + (this.#rotationOf(name) - this.#rotations) * 60_000 - 3_600_000);
    fs.writeFileSync(`${path}.gz`, gzipSync(fs.readFileSync(path)));
    fs.utimesSync(`${path}.gz`, at, at);
    fs.unlinkSync(path);
  }

  /** The how manieth rotation has given it its name, or a name before that. */
  #rotationOf(name: string): number {
    const number = Number(/(\d+)(?:\.log)?$/.exec(name)?.[1]);
    return this.#isDated ? number - 100_000 : this.#rotations - number;
  }

  /** The server has not closed it yet. */
  #isWritten(name: string): boolean {
    const { ino } = fs.statSync(this.#rig.path(name));
    return this.#old.some((fd) => fs.fstatSync(fd).ino === ino);
  }

  async #rest(): Promise<void> {
    this.diary.push('rest');
    const turns = this.#upTo(6);
    for (let turn = 0; turn < turns; turn += 1) await nextTurn();
    if (this.#random() < 0.3 && !this.#rig.isDown) await this.#rig.caughtUp();
  }
}
