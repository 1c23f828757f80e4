// The combinations that requests are counted by, numbered one behind the other in the order in which they come: those of a
// path are a chain. All in plain arrays of numbers: what a line touches, here and in whatever counts by these numbers, has
// to fit into a processor's cache, with ten thousand paths too.
import type { PathKeys } from './path-keys.ts';
import { sourceIdIn, statusIn } from './second.ts';
import type { KeptSeriesNames, SeriesNames } from './second.ts';
import { Sources } from './sources.ts';

const SERIES_AT_FIRST = 1024;
/** No such series, no further one. */
export const NONE = -1;

/** Who keeps the paths. */
export interface PathTexts {
  /** Of a path that began without a name. */
  makeName(pathId: number): string;
  /** The same, also when ids have come to stand for other paths. */
  keptNames(): (pathId: number) => string;
  /** As `SeriesNames` has it, for a path of which the bytes are known to be its name; null for others. */
  placeIn(keys: PathKeys, pathId: number, keysMax: number): number | null;
}

const NO_TEXTS: PathTexts = { makeName: () => '', keptNames: () => () => '', placeIn: () => null };

export class SeriesTable implements SeriesNames {
  /** By series id, in pairs: the second that wrote the note last, and where it counts the series. */
  notes: Int32Array = new Int32Array(2 * SERIES_AT_FIRST);
  /** By series id, in pairs: method, status and log as one number, and the path's next series. */
  #links: Int32Array = new Int32Array(2 * SERIES_AT_FIRST);
  #pathIds: Int32Array = new Int32Array(SERIES_AT_FIRST);
  #count = 0;
  #lastStamp = 0;
  readonly #freeIds: number[] = [];
  /** By path id, in pairs: the code and the id of its first series. */
  readonly #firsts: Int32Array;
  /** By path id; null: it is still to be made. */
  readonly #paths: (string | null)[] = [];
  readonly #texts: PathTexts;
  readonly sources = new Sources();
  readonly #looks: (() => void)[] = [];

  /** Ids of paths are below `pathsMax`. */
  constructor(pathsMax: number, texts: PathTexts = NO_TEXTS) {
    this.#texts = texts;
    this.#firsts = new Int32Array(2 * pathsMax).fill(NONE);
  }

  /** For notes; above 0, never given before. */
  nextStamp(): number {
    return ++this.#lastStamp;
  }

  pathIdOf(seriesId: number): number {
    return this.#pathIds[seriesId] ?? 0;
  }

  pathOf(seriesId: number): string {
    return this.nameOf(this.pathIdOf(seriesId));
  }

  nameOf(pathId: number): string {
    return this.#paths[pathId] ?? this.#nameNow(pathId);
  }

  placeIn(keys: PathKeys, seriesId: number, keysMax: number): number {
    const pathId = this.pathIdOf(seriesId);
    const known = this.#texts.placeIn(keys, pathId, keysMax);
    return known ?? keys.placeText(this.nameOf(pathId), keysMax);
  }

  codeOf(seriesId: number): number {
    return this.#links[2 * seriesId] ?? 0;
  }

  firstLike(seriesId: number): number {
    const status = statusIn(this.codeOf(seriesId));
    let id = this.#firstOf(this.pathIdOf(seriesId));
    while (id !== seriesId && statusIn(this.codeOf(id)) !== status) id = this.#nextOf(id);
    return id;
  }

  sourceOf(code: number): string {
    return this.sources.nameOf(sourceIdIn(code));
  }

  beforeForgetting(look: () => void): void {
    this.#looks.push(look);
  }

  kept(): KeptSeriesNames {
    const links = this.#links.slice(0, 2 * this.#count);
    const pathIds = this.#pathIds.slice(0, this.#count);
    const paths = [...this.#paths];
    const makeName = this.#texts.keptNames();
    return {
      codeOf: (seriesId) => links[2 * seriesId] ?? 0,
      pathOf: (seriesId) => {
        const pathId = pathIds[seriesId] ?? 0;
        return (paths[pathId] ??= makeName(pathId));
      },
      sourceOf: (code) => this.sourceOf(code),
    };
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
    const before = this.#freeIds.length;
    for (let id = this.#firstOf(pathId); id !== NONE; id = this.#nextOf(id)) this.#freeIds.push(id);
    this.#firsts[2 * pathId] = this.#firsts[2 * pathId + 1] = NONE;
    return this.#freeIds.length - before;
  }

  /** Of the path's series. */
  codesOf(pathId: number): number[] {
    const found: number[] = [];
    for (let id = this.#firstOf(pathId); id !== NONE; id = this.#nextOf(id)) found.push(this.codeOf(id));
    return found;
  }

  /** The id of the path's series of that code; `NONE` when it has none. */
  find(pathId: number, code: number): number {
    const first = this.#firstOf(pathId);
    if (this.#firsts[2 * pathId] === code) return first;
    const links = this.#links;
    let id = first;
    while (id !== NONE && links[2 * id] !== code) id = links[2 * id + 1] ?? NONE;
    return id;
  }

  /** Adds a series that was not found; returns its id. */
  add(pathId: number, code: number): number {
    const id = this.#freeIds.pop() ?? this.#count++;
    if (id === this.#pathIds.length) this.#grow();
    this.#links[2 * id] = code;
    this.#links[2 * id + 1] = NONE;
    this.#pathIds[id] = pathId;
    const first = this.#firstOf(pathId);
    if (first === NONE) {
      this.#firsts[2 * pathId] = code;
      this.#firsts[2 * pathId + 1] = id;
      return id;
    }
    let last = first;
    for (let next = this.#nextOf(last); next !== NONE; next = this.#nextOf(last)) last = next;
    this.#links[2 * last + 1] = id;
    return id;
  }

  #firstOf(pathId: number): number {
    return this.#firsts[2 * pathId + 1] ?? NONE;
  }

  #nextOf(seriesId: number): number {
    return this.#links[2 * seriesId + 1] ?? NONE;
  }

  #nameNow(pathId: number): string {
    return pathId < this.#paths.length ? (this.#paths[pathId] = this.#texts.makeName(pathId)) : '';
  }

  #grow(): void {
    const length = 2 * this.#pathIds.length;
    this.notes = enlarge(this.notes, new Int32Array(2 * length));
    this.#links = enlarge(this.#links, new Int32Array(2 * length));
    this.#pathIds = enlarge(this.#pathIds, new Int32Array(length));
  }
}

function enlarge(old: Int32Array, larger: Int32Array): Int32Array {
  larger.set(old);
  return larger;
}
