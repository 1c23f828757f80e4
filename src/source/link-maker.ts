// Makes the links of a chain from opened files, and from what an earlier process has left. Part of
// generation-chain.ts.
import fs from 'node:fs';
import { ChainLink } from './chain-link.ts';
import type { FollowContext } from './follow-context.ts';
import { Generation } from './generation.ts';
import type { GenerationEvents } from './generation.ts';
import { isEmptyPrint } from './head.ts';
import { readHead } from './name.ts';
import type { GenerationFile, Recovery } from './recovery.ts';
import type { GenerationSink, SavedGeneration, SavedPath } from './source.ts';

export interface LinkKind {
  /** False for a file found among the siblings, which may turn out to be a copy. */
  readonly isNamed: boolean;
  readonly isFinite: boolean;
  readonly isChecked: boolean;
}

export const namedFile: LinkKind = { isNamed: true, isFinite: false, isChecked: true };
export const siblingFile: LinkKind = { isNamed: false, isFinite: false, isChecked: true };
const copyOfLife: LinkKind = { isNamed: false, isFinite: true, isChecked: true };

export interface Reopened {
  /** The rest of its life, if it was found, and the life that followed in the same file, if any. */
  readonly links: readonly ChainLink[];
  /** Reading goes on in the same life of the same file. */
  readonly isSameLife: boolean;
}

export class LinkMaker {
  readonly #context: FollowContext;
  readonly #events: GenerationEvents;

  constructor(context: FollowContext, events: GenerationEvents) {
    this.#context = context;
    this.#events = events;
  }

  make(file: GenerationFile, kind: LinkKind): ChainLink {
    const { dev, ino, birthtimeMs, size } = file.stat;
    const generation = new Generation({
      fd: file.fd,
      path: file.path,
      dev,
      ino,
      birthtimeMs,
      offset: file.offset,
      head: file.head ?? null,
      isFinite: kind.isFinite,
      isChecked: kind.isChecked,
      pace: this.#context.pace,
      clock: this.#context.clock,
      events: this.#events,
    });
    const nowMs = this.#context.clock.now();
    return new ChainLink({ generation, isNamed: kind.isNamed, dueBytes: size, nowMs });
  }

  /** What is written into the file after it was truncated; as far as a copy of that has been read as another log, it is read. */
  makeNextLife(fd: number, path: string): ChainLink {
    const stat = fs.fstatSync(fd);
    const offset = this.#context.takeOverCopy(path, readHead(fd), stat.size);
    // The file itself may be a copy, made anew in the same place.
    return this.make({ fd, stat, path, offset }, { ...namedFile, isChecked: false });
  }

  /** The rest of a life that is over, if there is a copy of it: `sink` gets that, or ends. `unsure`: bytes read after its offset. */
  makeCopy(
    file: GenerationFile | null,
    sink: GenerationSink | null,
    unsure: Buffer | null,
  ): ChainLink | null {
    if (file === null) {
      // With a copy they are read from there, where there is no doubt about them.
      if (unsure !== null) sink?.write(unsure);
      sink?.end();
      return null;
    }
    const copy = this.make(file, copyOfLife);
    if (sink !== null) copy.generation.begin(sink);
    return copy;
  }

  /** Goes on with a generation that an earlier process was reading. `isDone`: nothing of it is missed if it is gone. */
  reopen(saved: SavedGeneration, recovery: Recovery, isDone: boolean): Reopened {
    const { isNamed, isFinite, isUndecided, head } = saved;
    const { rest, isCopy, newLife } = recovery.openAgain(saved, isDone);
    const kind: LinkKind = { isNamed, isFinite, isChecked: isUndecided !== true && !isEmptyPrint(head) };
    const links: ChainLink[] = [];
    if (rest !== null) links.push(this.make(rest, isCopy ? copyOfLife : kind));
    if (newLife !== null) links.push(this.make(newLife, { ...kind, isChecked: false }));
    return { links, isSameLife: rest !== null && !isCopy };
  }
}

/** It had been read to its end, and its server had gone on to the next one: when it is gone, nothing is. */
export function isDrained(
  { generations, current }: Pick<SavedPath, 'generations' | 'current'>,
  index: number,
): boolean {
  const successor = current === null || current === index ? undefined : generations[current];
  return generations[index]?.isRead === true && (successor?.offset ?? 0) > 0;
}
