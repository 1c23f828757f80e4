// Requests of one step by path and status. Bounded: what comes when it is full is `(other)`. Counted by series as long as it
// can be: what these stand for is looked up when somebody wants to know, and before their ids stand for others.
import { OTHER_PATH } from '../aggregate/paths.ts';
import { statusIn } from '../aggregate/second.ts';
import type { Second, SeriesNames } from '../aggregate/second.ts';
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
      take(seriesId, this.#requests[seriesId] ?? 0);
      this.#requests[seriesId] = 0;
    }
    this.#ids.length = 0;
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
    const least = this.#leastTold();
    const [more, asMany] = [Array.of<Cell>(), Array.of<Cell>()];
    const others = new Map(this.#paths.get(OTHER_PATH));
    for (const [path, statuses] of this.#paths) {
      if (path === OTHER_PATH) continue;
      for (const [status, requests] of statuses) {
        if (requests > least) more.push([path, status, requests]);
        else if (requests === least && asMany.length < CELLS_TOLD_MAX) asMany.push([path, status, requests]);
        else others.set(status, (others.get(status) ?? 0) + requests);
      }
    }
    for (const [, status, requests] of asMany.splice(CELLS_TOLD_MAX - more.length))
      others.set(status, (others.get(status) ?? 0) + requests);
    return [
      ...more.toSorted(([, , a], [, , b]) => b - a),
      ...asMany,
      ...Array.from(others, ([status, requests]) => [OTHER_PATH, status, requests] as const),
    ];
  }

  /** What is told has so many requests at least: to sort numbers takes a tenth of sorting cells. */
  #leastTold(): number {
    const counts = new Float64Array(this.#cellCount);
    let length = 0;
    for (const [path, statuses] of this.#paths)
      if (path !== OTHER_PATH) for (const requests of statuses.values()) counts[length++] = requests;
    return length <= CELLS_TOLD_MAX
      ? 0
      : (counts.subarray(0, length).toSorted()[length - CELLS_TOLD_MAX] ?? 0);
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
