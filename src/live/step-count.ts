// Requests of one step by path and status. Bounded: what comes when it is full is `(other)`. Counted by series as long as it
// can be: what these stand for is looked up when somebody wants to know, and before their ids stand for others.
import { OTHER_PATH } from '../aggregate/paths.ts';
import { statusIn } from '../aggregate/second.ts';
import type { Second, SeriesNames } from '../aggregate/second.ts';
import { StatusCounts } from '../aggregate/status-counts.ts';
import { shorten } from './name.ts';

/** Series of a second that are looked up; with more, only those with at least this part of its requests. */
const SERIES_PER_SECOND_MAX = 2000;
/** Path and status, while a step is counted. */
const CELLS_MAX = 4000;
/** … and when it is told, besides one `(other)` for each status. */
const CELLS_TOLD_MAX = 40;

export type Cell = readonly [path: string, status: number, requests: number];

/** Requests by the id of their series, of the step that is counted now. */
export class SeriesCounts {
  #requests = new Float64Array(1024);
  readonly #ids: number[] = [];

  add(seriesId: number, requests: number): void {
    if (seriesId >= this.#requests.length) {
      const larger = new Float64Array(Math.max(seriesId + 1, 2 * this.#requests.length));
      larger.set(this.#requests);
      this.#requests = larger;
    }
    const before = this.#requests[seriesId] ?? 0;
    if (before === 0) this.#ids.push(seriesId);
    this.#requests[seriesId] = before + requests;
  }

  /** Gives all there are, in the order in which they came, and begins anew. */
  drain(take: (seriesId: number, requests: number) => void): void {
    for (const seriesId of this.#ids) {
      const requests = this.#requests[seriesId] ?? 0;
      this.#requests[seriesId] = 0;
      if (requests > 0) take(seriesId, requests);
    }
    this.#ids.length = 0;
  }

  /** Those that have path and status in common are counted as the first of them. */
  join(names: SeriesNames): void {
    for (const seriesId of this.#ids) {
      const first = names.firstLike(seriesId);
      if (first === seriesId) continue;
      const requests = this.#requests[seriesId] ?? 0;
      this.#requests[seriesId] = 0;
      this.add(first, requests);
    }
  }
}

export class StepCount {
  /** By path, then by status. */
  #paths = new Map<string, Map<number, number>>();
  #cellCount = 0;
  /** Nothing was added since. */
  #isCondensed = false;

  /** `counts`: where the requests go that are counted by series; null: they are looked up at once. */
  add(second: Second, counts: SeriesCounts | null): void {
    this.#isCondensed = false;
    const { names, seriesCount, seriesIds, seriesRequests } = second;
    const least = seriesCount <= SERIES_PER_SECOND_MAX ? 0 : second.requests / SERIES_PER_SECOND_MAX;
    for (let i = 0; i < seriesCount; i++) {
      const [seriesId, requests] = [seriesIds[i] ?? 0, seriesRequests[i] ?? 0];
      if (requests < least) this.#count(OTHER_PATH, statusIn(names.codeOf(seriesId)), requests);
      else if (counts === null) this.#countSeries(seriesId, requests, names);
      else counts.add(seriesId, requests);
    }
  }

  /** Looks up what was counted by series. */
  settle(counts: SeriesCounts, names: SeriesNames): void {
    counts.drain((seriesId, requests) => this.#countSeries(seriesId, requests, names));
  }

  /** The step is over: of what was counted by series only what is told is looked up, and kept. */
  finish(counts: SeriesCounts, names: SeriesNames): void {
    const hasPaths = this.#paths.size > Number(this.#paths.has(OTHER_PATH));
    // What is told depends on both.
    if (hasPaths) this.settle(counts, names);
    else this.#settleTold(counts, names);
    this.condense();
  }

  /** Only what is told of it is kept. */
  condense(): void {
    if (this.#isCondensed) return;
    this.#isCondensed = true;
    const top = this.top();
    this.#paths = new Map();
    this.#cellCount = 0;
    for (const [path, status, requests] of top) this.#count(path, status, requests);
  }

  /** Most requests first, `(other)` last. */
  top(): Cell[] {
    const told = new Most(CELLS_TOLD_MAX);
    for (const [path, statuses] of this.#paths)
      if (path !== OTHER_PATH) for (const requests of statuses.values()) told.add(requests);
    const cells: Cell[] = [];
    const others = new Map(this.#paths.get(OTHER_PATH));
    for (const [path, statuses] of this.#paths) {
      if (path === OTHER_PATH) continue;
      for (const [status, requests] of statuses) {
        if (told.has(requests)) cells.push([path, status, requests]);
        else others.set(status, (others.get(status) ?? 0) + requests);
      }
    }
    return [
      ...cells.toSorted(([, , a], [, , b]) => b - a),
      ...Array.from(others, ([status, requests]) => [OTHER_PATH, status, requests] as const),
    ];
  }

  #settleTold(counts: SeriesCounts, names: SeriesNames): void {
    counts.join(names);
    const [ids, all] = [Array.of<number>(), Array.of<number>()];
    const told = new Most(CELLS_TOLD_MAX);
    counts.drain((seriesId, requests) => {
      ids.push(seriesId);
      all.push(requests);
      if (requests > told.least && names.pathOf(seriesId) !== OTHER_PATH) told.add(requests);
    });
    const others = new StatusCounts();
    for (const [i, seriesId] of ids.entries()) {
      const requests = all[i] ?? 0;
      const isTold = requests >= told.least && names.pathOf(seriesId) !== OTHER_PATH && told.has(requests);
      if (isTold) this.#countSeries(seriesId, requests, names);
      else others.add(statusIn(names.codeOf(seriesId)), requests);
    }
    for (const [status, requests] of others.entries()) this.#count(OTHER_PATH, status, requests);
  }

  #countSeries(seriesId: number, requests: number, names: SeriesNames): void {
    this.#count(shorten(names.pathOf(seriesId)), statusIn(names.codeOf(seriesId)), requests);
  }

  #count(path: string, status: number, requests: number): void {
    const known = this.#paths.get(path)?.get(status);
    if (known === undefined && this.#cellCount >= CELLS_MAX && path !== OTHER_PATH)
      return this.#count(OTHER_PATH, status, requests);
    let statuses = this.#paths.get(path);
    if (statuses === undefined) this.#paths.set(path, (statuses = new Map()));
    if (known === undefined) this.#cellCount++;
    statuses.set(status, (known ?? 0) + requests);
  }
}

/** The largest of many numbers above 0; of equal ones, those that come first. */
class Most {
  /** No number below this is among them; 0 as long as there are too few. */
  least = 0;
  /** Ascending. */
  readonly #numbers: Float64Array;
  /** Of those equal to the least, so many are left to be told. */
  #leastLeft: number | null = null;

  constructor(count: number) {
    this.#numbers = new Float64Array(count);
  }

  add(number: number): void {
    if (number <= this.least) return;
    const numbers = this.#numbers;
    let place = 1;
    for (; place < numbers.length && (numbers[place] ?? 0) < number; place++)
      numbers[place - 1] = numbers[place] ?? 0;
    numbers[place - 1] = number;
    this.least = numbers[0] ?? 0;
  }

  /** To be asked once for each, in the same order, when all are added. */
  has(number: number): boolean {
    this.#leastLeft ??= this.#numbers.lastIndexOf(this.least) + 1;
    return number > this.least || (number === this.least && this.#leastLeft-- > 0);
  }
}
