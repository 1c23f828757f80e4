// Many Seconds merged into one: what a report, or any span of time, is made of. Bounded like the table of paths.
import * as v from 'valibot';
import { AmountSchema, CountSchema } from '../saved.ts';
import { CurrentNames } from './current-names.ts';
import { PathKeys } from './path-keys.ts';
import type { PackedKeys } from './path-keys.ts';
import { OTHER_PATH } from './paths.ts';
import { isError, StatusCounts, StatusCountsSchema } from './status-counts.ts';
import { statusIn } from './second.ts';
import type { RequestColumns, Second, SeriesNames } from './second.ts';

export interface PathCount {
  readonly path: string;
  readonly requests: number;
}

export const RollUpSnapshotSchema = v.pipe(
  v.strictObject({
    errors: CountSchema,
    bytesSent: AmountSchema,
    statuses: StatusCountsSchema,
    paths: v.array(v.string()),
    /** Of the path at the same place. */
    requests: v.array(CountSchema),
  }),
  v.check(({ paths, requests }) => paths.length === requests.length),
);
export type RollUpSnapshot = v.InferOutput<typeof RollUpSnapshotSchema>;

/** A snapshot for another thread, without a text for each path. */
export interface PackedRollUp extends Pick<RollUpSnapshot, 'errors' | 'bytesSent' | 'statuses'> {
  /** Names of paths. */
  readonly keys: PackedKeys;
  /** Of the path at the same place. */
  readonly requests: Float64Array;
}

/** Series that there is room for at first. */
const SERIES_AT_FIRST = 1024;
/** Of one series no more can wait: half a cache line for each path, instead of a whole one. */
const WAITING_MAX = 2 ** 32 - 1;

/**
 * A Second costs one addition for each of its series. What these stand for is looked up when somebody wants to know, and
 * before their ids stand for others.
 */
export class RollUp {
  requests = 0;
  /** Requests with a status of 400 or above. */
  errors = 0;
  bytesSent = 0;
  /** Names of the paths that are kept apart, `(other)` above their number … */
  #keys: PathKeys;
  /** … and by id their requests, but for those that wait, and their names as far as somebody has asked for them. */
  readonly #pathRequests: Float64Array;
  readonly #pathNames: string[] = [];
  /** Of `(other)`; null until a path finds no room. */
  #otherId: number | null = null;
  readonly #statuses = new StatusCounts();
  readonly #pathsMax: number;
  readonly #names = new CurrentNames<SeriesNames>((names) => this.#countWaiting(names));
  /** By series id, requests that wait to be counted by name, and the series that have some, in the order in which they came. */
  #waiting = new Uint32Array(SERIES_AT_FIRST);
  readonly #waitingIds: number[] = [];
  #waitingRequests = 0;

  /** `pathsMax`: distinct paths kept apart; what comes above it is `(other)`. */
  constructor(pathsMax: number) {
    this.#pathsMax = pathsMax;
    this.#keys = new PathKeys(pathsMax + 1);
    this.#pathRequests = new Float64Array(pathsMax + 1);
  }

  /** The first `count` of `requests`. */
  mergeRun({ seriesIds, codes, bytesSent, names }: RequestColumns, count: number): void {
    this.requests += count;
    this.#names.follow(names);
    if (this.#waitingRequests + count > WAITING_MAX) this.#settle();
    this.#waitingRequests += count;
    for (let i = 0; i < count; i++) {
      if (isError(statusIn(codes[i] ?? 0))) this.errors++;
      this.bytesSent += bytesSent[i] ?? 0;
      this.#wait(seriesIds[i] ?? 0, 1);
    }
  }

  merge(second: Second): void {
    this.requests += second.requests;
    this.errors += second.errors;
    this.bytesSent += second.bytesSent;
    this.#names.follow(second.names);
    this.#waitingRequests += second.requests;
    const areTooMany = this.#waitingRequests > WAITING_MAX;
    if (areTooMany) this.#settle();
    const { seriesIds, seriesRequests } = second;
    for (let i = 0; i < second.seriesCount; i++) {
      const seriesId = seriesIds[i] ?? 0;
      if (areTooMany) this.#countSeries(seriesId, seriesRequests[i] ?? 0, second.names);
      else this.#wait(seriesId, seriesRequests[i] ?? 0);
    }
  }

  /** Begins anew. */
  clear(): void {
    this.#settle();
    this.requests = this.errors = this.bytesSent = 0;
    this.#keys = new PathKeys(this.#pathsMax + 1);
    this.#pathRequests.fill(0);
    this.#pathNames.length = 0;
    this.#otherId = null;
    this.#statuses.clear();
  }

  get pathsCount(): number {
    this.#settle();
    return this.#keys.count;
  }

  /** The `count` most requested, ties by path. Names are made for no more than these and those that are as much requested. */
  topPaths(count: number): PathCount[] {
    this.#settle();
    const requests = this.#pathRequests.subarray(0, this.#keys.count);
    const least = requests.toSorted().at(-Math.min(count, requests.length)) ?? 0;
    const found: PathCount[] = [];
    for (const [id, each] of requests.entries())
      if (each >= least && count > 0) found.push({ path: this.#nameOf(id), requests: each });
    return found.toSorted((a, b) => b.requests - a.requests || (a.path < b.path ? -1 : 1)).slice(0, count);
  }

  /** Status 0: the log does not say. */
  statuses(): readonly (readonly [status: number, requests: number])[] {
    this.#settle();
    return this.#statuses.entries();
  }

  snapshot(): RollUpSnapshot {
    this.#settle();
    const { errors, bytesSent } = this;
    const requests = [...this.#pathRequests.subarray(0, this.#keys.count)];
    const paths = requests.map((_, id) => this.#nameOf(id));
    return { errors, bytesSent, statuses: this.#statuses.entries(), paths, requests };
  }

  pack(): PackedRollUp {
    this.#settle();
    const { errors, bytesSent } = this;
    const keys = this.#keys.pack(this.#keys.ids());
    const requests = this.#pathRequests.slice(0, this.#keys.count);
    return { errors, bytesSent, statuses: this.#statuses.entries(), keys, requests };
  }

  /** Adds what a snapshot holds, as `merge` does for a Second. */
  mergeSaved(saved: RollUpSnapshot): void {
    this.#mergeTotals(saved);
    for (const [i, path] of saved.paths.entries())
      this.#mergePath(this.#keys.placeText(path, this.#pathsMax), saved.requests[i] ?? 0);
  }

  mergePacked(packed: PackedRollUp): void {
    this.#mergeTotals(packed);
    for (const [i, requests] of packed.requests.entries())
      this.#mergePath(this.#keys.placePacked(packed.keys, i, this.#pathsMax), requests);
  }

  #mergeTotals({ errors, bytesSent, statuses }: Omit<PackedRollUp, 'keys' | 'requests'>): void {
    this.#settle();
    this.errors += errors;
    this.bytesSent += bytesSent;
    for (const [status, requests] of statuses) this.#statuses.add(status, requests);
  }

  #mergePath(id: number, requests: number): void {
    this.requests += requests;
    this.#count(id, requests);
  }

  #nameOf(pathId: number): string {
    return (this.#pathNames[pathId] ??= this.#keys.bytesOf(pathId).toString());
  }

  #wait(seriesId: number, requests: number): void {
    if (seriesId >= this.#waiting.length) this.#makeRoom(seriesId);
    const waiting = this.#waiting[seriesId] ?? 0;
    if (waiting === 0) this.#waitingIds.push(seriesId);
    this.#waiting[seriesId] = waiting + requests;
  }

  /** Counts by name whatever waits. */
  #settle(): void {
    this.#names.look();
  }

  #countWaiting(names: SeriesNames): void {
    for (const seriesId of this.#waitingIds) {
      const requests = this.#waiting[seriesId] ?? 0;
      this.#waiting[seriesId] = 0;
      this.#countSeries(seriesId, requests, names);
    }
    this.#waitingIds.length = 0;
    this.#waitingRequests = 0;
  }

  #countSeries(seriesId: number, requests: number, names: SeriesNames): void {
    this.#statuses.add(statusIn(names.codeOf(seriesId)), requests);
    this.#count(names.placeIn(this.#keys, seriesId, this.#pathsMax), requests);
  }

  #makeRoom(seriesId: number): void {
    const larger = new Uint32Array(Math.max(seriesId + 1, 2 * this.#waiting.length));
    larger.set(this.#waiting);
    this.#waiting = larger;
  }

  /** `id`: of the path's name; below 0 when there was no room for it. */
  #count(id: number, requests: number): void {
    const place = id < 0 ? (this.#otherId ??= this.#keys.placeText(OTHER_PATH, this.#pathsMax + 1)) : id;
    this.#pathRequests[place] = (this.#pathRequests[place] ?? 0) + requests;
  }
}
