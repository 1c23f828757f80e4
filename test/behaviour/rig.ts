// What the tests of misfortunes share: a temporary folder, a follower under a clock that stands still, and a sink
// that collects the lines of every generation.
import fs from 'node:fs';
import os from 'node:os';
import nodePath from 'node:path';
import type { TestContext } from 'node:test';
import { createFollower } from '../../src/source/follow.ts';
import type { FollowOptions } from '../../src/source/follow.ts';
import type { GenerationSink, Source, SourceSink, SourceState } from '../../src/source/source.ts';
import { parsePositions } from '../../src/source/positions.ts';
import { FakeClock } from '../fake-clock.ts';

export const pollIntervalMs = 250;
export const graceMs = 60_000;
const deadlineMs = 5000;

export interface LogEntry {
  readonly level: string;
  readonly message: string;
}

/** Collects lines in the order of their completion; `lives` holds the lines of each generation by itself. */
export class LineCollector implements SourceSink {
  readonly lines: string[];
  readonly lives: string[][] = [];
  openSinks = 0;
  /** It has crashed: nothing that comes now is kept. */
  #isDead = false;

  /** `lines`: those that an earlier process has kept. */
  constructor(lines: readonly string[] = []) {
    this.lines = [...lines];
  }

  die(): void {
    this.#isDead = true;
  }

  open(): GenerationSink {
    const life: string[] = [];
    this.lives.push(life);
    this.openSinks += 1;
    let pending = '';
    const take = (line: string) => {
      if (this.#isDead) return;
      life.push(line);
      this.lines.push(line);
    };
    return {
      preface: () => {},
      write: (bytes) => {
        const parts = (pending + bytes.toString('latin1')).split('\n');
        pending = parts.pop() ?? '';
        for (const line of parts) take(line);
      },
      end: (isCut = false) => {
        if (pending !== '' && !isCut) take(pending);
        pending = '';
        this.openSinks -= 1;
      },
      get pendingBytes() {
        return pending.length;
      },
    };
  }
}

/** What the database held at some moment. */
export interface Checkpoint {
  readonly lines: readonly string[];
  /** JSON. */
  readonly positions: string;
}

export class Rig {
  readonly folder: string;
  readonly clock = new FakeClock();
  sink = new LineCollector();
  readonly log: LogEntry[] = [];
  #source: Source | null = null;
  #options: Partial<FollowOptions> = {};

  constructor(folder: string) {
    this.folder = folder;
  }

  get lines(): readonly string[] {
    return this.sink.lines;
  }

  get source(): Source {
    if (this.#source === null) throw new Error('not started');
    return this.#source;
  }

  path(name: string): string {
    return nodePath.join(this.folder, name);
  }

  /** Follows `access.log` in the folder, from its beginning and with polling alone, unless told otherwise. */
  start(options: Partial<FollowOptions> = {}): void {
    this.#options = options;
    const say = (level: string) => (_: object, message: string) => {
      this.log.push({ level, message });
    };
    this.#source = createFollower({
      filename: [this.path('access.log')],
      startFrom: 'beginning',
      pollIntervalMs,
      graceMs,
      isPollingOnly: true,
      clock: this.clock,
      logger: { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') },
      sink: this.sink,
      ...options,
    });
    this.#source.start();
  }

  get isDown(): boolean {
    return this.#source === null;
  }

  checkpoint(): Checkpoint {
    return { lines: [...this.lines], positions: JSON.stringify(this.source.positions()) };
  }

  /** As `kill -9` does: whatever came after `last` is forgotten. */
  async crash(last: Checkpoint): Promise<void> {
    this.sink.die();
    this.sink = new LineCollector(last.lines);
    const { source } = this;
    this.#source = null;
    // It writes to the dead sink alone; only its descriptors matter.
    await source.stop(0);
  }

  /** A run that has read all of `text` in the log and was killed then. */
  async killedAfter(text: string): Promise<Checkpoint> {
    this.append('access.log', text);
    this.start();
    await this.caughtUp();
    const last = this.checkpoint();
    await this.crash(last);
    return last;
  }

  /** Two lines have been read, and `access.log.1`, which becomes a copy of the log, was seen when it held `text` only. */
  async sawCopyAs(text: string, options: Partial<FollowOptions> = {}): Promise<void> {
    this.append('access.log', '');
    this.start(options);
    this.poll();
    this.append('access.log', 'one\ntwo\n');
    this.append('access.log.1', text);
    await this.until(() => this.lines.length === 2);
  }

  /** Resumes and reads all there is. */
  async resumed(last: Checkpoint, options: Partial<FollowOptions> = {}): Promise<void> {
    this.resume(last, options);
    await this.caughtUp();
  }

  /** Starts with the options of the last start, and those given. */
  resume(last: Checkpoint, options: Partial<FollowOptions> = {}): void {
    const resumeFrom = parsePositions(JSON.parse(last.positions));
    if (resumeFrom === null) throw new Error(`refused: ${last.positions}`);
    this.start({ ...this.#options, ...options, resumeFrom });
  }

  /** Resumes, and is killed as soon as it has `count` lines, while it goes on to read. */
  async killedAtLine(
    last: Checkpoint,
    count: number,
    options: Partial<FollowOptions> = {},
  ): Promise<Checkpoint> {
    let again: Checkpoint | null = null;
    const sink: SourceSink = {
      open: () => {
        const inner = this.sink.open();
        return {
          preface: (bytes) => inner.preface(bytes),
          write: (bytes) => {
            inner.write(bytes);
            if (this.lines.length >= count) again ??= this.checkpoint();
          },
          end: (isCut) => inner.end(isCut),
          get pendingBytes() {
            return inner.pendingBytes;
          },
        };
      },
    };
    const before = this.#options;
    this.resume(last, { ...options, sink });
    this.#options = { ...before, ...options };
    await this.until(() => again !== null);
    if (again === null) throw new Error('never came so far');
    await this.crash(again);
    return again;
  }

  copyTruncate(name: string, copy: string): void {
    fs.copyFileSync(this.path(name), this.path(copy));
    fs.truncateSync(this.path(name));
  }

  /** The clock of a file system is coarse: what is done now is later than what was. */
  letTimePass(): void {
    const beginMs = fs.statSync(this.folder).mtimeMs;
    for (let nowMs = beginMs; nowMs <= beginMs;) {
      this.append('clock', '');
      nowMs = fs.statSync(this.path('clock')).ctimeMs;
      this.remove('clock');
    }
  }

  append(name: string, text: string): void {
    fs.appendFileSync(this.path(name), text);
  }

  remove(name: string): void {
    fs.unlinkSync(this.path(name));
  }

  rename(from: string, to: string): void {
    fs.renameSync(this.path(from), this.path(to));
  }

  /** The one followed path's state. */
  state(): SourceState {
    const [state] = this.source.states();
    if (state === undefined) throw new Error('no path is followed');
    return state;
  }

  warnings(): readonly string[] {
    return this.log.filter(({ level }) => level === 'warn').map(({ message }) => message);
  }

  /** Lets one poll fall due. */
  poll(): void {
    this.clock.advance(pollIntervalMs);
  }

  /** Lets polls fall due until patterns have been expanded as well. */
  lookAround(): void {
    const { filename = [] } = this.#options;
    if (filename.some((name) => name.includes('*'))) this.clock.advance(1000);
    else this.poll();
  }

  /** Lets polls fall due until `condition` holds; the reading in between is real. */
  async until(condition: () => boolean): Promise<void> {
    const endMs = Date.now() + deadlineMs;
    while (!condition()) {
      if (Date.now() > endMs)
        throw new Error(`gave up waiting; lines so far: ${this.lines.slice(-20).join(' | ')}`);
      this.poll();
      await nextTurn();
    }
  }

  /** Polls until everything that is written has been handed over. */
  async caughtUp(): Promise<void> {
    this.lookAround();
    await this.until(() => this.source.states().every(({ lagBytes }) => lagBytes === 0));
  }

  /** Lets all old generations go. */
  async graceOver(): Promise<void> {
    await this.caughtUp();
    this.poll();
    this.clock.advance(graceMs + pollIntervalMs);
  }

  async stop(): Promise<void> {
    await this.#source?.stop(2000);
  }
}

/** A rig on an empty temporary folder; both are put away when the test ends. */
export function createRig(test: TestContext): Rig {
  const folder = fs.mkdtempSync(nodePath.join(os.tmpdir(), 'fluffy-'));
  const rig = new Rig(folder);
  test.after(async () => {
    await rig.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  });
  return rig;
}

/** Gives finished reads of files the chance to be handed over. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
