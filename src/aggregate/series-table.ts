// The combinations that requests are counted by: for each path those of its methods and statuses, eight in a block. All
// in plain arrays of numbers: what a line touches has to fit into a processor's cache, with ten thousand paths too.
import { sourceIdIn, statusIn } from './second.ts';
import type { SeriesNames } from './second.ts';
import { Sources } from './sources.ts';

const BLOCK_SHIFT = 3;
const BLOCK_LENGTH = 1 << BLOCK_SHIFT;
/** No such series, no further block. */
export const NONE = -1;

export class SeriesTable implements SeriesNames {
  /** By series id, in pairs: the second that wrote the note last, and where it counts the series. */
  notes: Int32Array;
  /** By series id: method, status and log as one number, plus one; 0 where there is none yet. */
  #codes: Int32Array;
  /** By block: the path, and the path's next block. The first block of a path has the path's id. */
  #pathIds: Int32Array;
  #nextBlocks: Int32Array;
  /** By path id; null: it is still to be made. */
  readonly #paths: (string | null)[] = [];
  readonly #makeName: (pathId: number) => string;
  readonly sources = new Sources();
  readonly #looks: (() => void)[] = [];
  readonly #pathsMax: number;
  #blockCount: number;
  readonly #freeBlocks: number[] = [];

  /** Ids of paths are below `pathsMax`. `makeName`: of a path that began without a name. */
  constructor(pathsMax: number, makeName: (pathId: number) => string = () => '') {
    this.#makeName = makeName;
    this.#pathsMax = this.#blockCount = pathsMax;
    this.#codes = new Int32Array(pathsMax * BLOCK_LENGTH);
    this.notes = new Int32Array(pathsMax * BLOCK_LENGTH * 2);
    this.#pathIds = new Int32Array(pathsMax).map((_, block) => block);
    this.#nextBlocks = new Int32Array(pathsMax).fill(NONE);
  }

  pathIdOf(seriesId: number): number {
    return this.#pathIds[seriesId >> BLOCK_SHIFT] ?? 0;
  }

  pathOf(seriesId: number): string {
    return this.nameOf(this.pathIdOf(seriesId));
  }

  nameOf(pathId: number): string {
    return this.#paths[pathId] ?? this.#nameNow(pathId);
  }

  codeOf(seriesId: number): number {
    return (this.#codes[seriesId] ?? 0) - 1;
  }

  firstLike(seriesId: number): number {
    const status = statusIn(this.codeOf(seriesId));
    for (let block = this.pathIdOf(seriesId); block !== NONE; block = this.#nextBlocks[block] ?? NONE) {
      const start = block << BLOCK_SHIFT;
      for (let id = start; id < start + BLOCK_LENGTH; id++) {
        if (id === seriesId || statusIn(this.codeOf(id)) === status) return id;
      }
    }
    return seriesId;
  }

  sourceOf(code: number): string {
    return this.sources.nameOf(sourceIdIn(code));
  }

  beforeForgetting(look: () => void): void {
    this.#looks.push(look);
  }

  /** `forgetPath` comes next. */
  tellForgetting(): void {
    for (const look of this.#looks) look();
  }

  /** From now on, `pathId` stands for `path`, null: a name that is made when it is asked for; it has no series. */
  beginPath(pathId: number, path: string | null): void {
    while (this.#paths.length <= pathId) this.#paths.push('');
    this.#paths[pathId] = path;
  }

  /** Returns how many series the path had. */
  forgetPath(pathId: number): number {
    let count = 0;
    for (let block = pathId; block !== NONE;) {
      const start = block << BLOCK_SHIFT;
      for (let id = start; id < start + BLOCK_LENGTH; id++) {
        if (this.#codes[id] === 0) break;
        this.#codes[id] = 0;
        count++;
      }
      if (block >= this.#pathsMax) this.#freeBlocks.push(block);
      const next = this.#nextBlocks[block] ?? NONE;
      this.#nextBlocks[block] = NONE;
      block = next;
    }
    return count;
  }

  /** Of the path's series. */
  codesOf(pathId: number): number[] {
    const found: number[] = [];
    for (let block = pathId; block !== NONE; block = this.#nextBlocks[block] ?? NONE) {
      const start = block << BLOCK_SHIFT;
      for (let id = start; id < start + BLOCK_LENGTH; id++)
        if (this.#codes[id] !== 0) found.push(this.codeOf(id));
    }
    return found;
  }

  /** The id of the path's series of that code; `NONE` when it has none. */
  find(pathId: number, code: number): number {
    const codes = this.#codes;
    for (let block = pathId; block !== NONE; block = this.#nextBlocks[block] ?? NONE) {
      const start = block << BLOCK_SHIFT;
      for (let id = start; id < start + BLOCK_LENGTH; id++) {
        const known = (codes[id] ?? 0) - 1;
        if (known === code) return id;
        if (known < 0) return NONE;
      }
    }
    return NONE;
  }

  /** Adds a series that was not found; returns its id. */
  add(pathId: number, code: number): number {
    let block = pathId;
    for (let next = this.#nextBlocks[block] ?? NONE; next !== NONE; next = this.#nextBlocks[block] ?? NONE)
      block = next;
    let id = block << BLOCK_SHIFT;
    const end = id + BLOCK_LENGTH;
    while (id < end && this.#codes[id] !== 0) id++;
    if (id === end) id = this.#addBlock(block, pathId) << BLOCK_SHIFT;
    this.#codes[id] = code + 1;
    return id;
  }

  #nameNow(pathId: number): string {
    return pathId < this.#paths.length ? (this.#paths[pathId] = this.#makeName(pathId)) : '';
  }

  #addBlock(before: number, pathId: number): number {
    if (this.#freeBlocks.length === 0 && this.#blockCount === this.#pathIds.length) this.#grow();
    const block = this.#freeBlocks.pop() ?? this.#blockCount++;
    this.#pathIds[block] = pathId;
    this.#nextBlocks[before] = block;
    this.#nextBlocks[block] = NONE;
    return block;
  }

  #grow(): void {
    const blocks = this.#pathIds.length + Math.max(BLOCK_LENGTH, this.#pathIds.length >> 2);
    this.#codes = enlarge(this.#codes, new Int32Array(blocks * BLOCK_LENGTH));
    this.notes = enlarge(this.notes, new Int32Array(blocks * BLOCK_LENGTH * 2));
    this.#pathIds = enlarge(this.#pathIds, new Int32Array(blocks));
    this.#nextBlocks = enlarge(this.#nextBlocks, new Int32Array(blocks));
  }
}

function enlarge(old: Int32Array, larger: Int32Array): Int32Array {
  larger.set(old);
  return larger;
}
