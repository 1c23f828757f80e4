// Many Seconds merged into one: what a report, or any span of time, is made of. Bounded like the table of paths.
import * as v from 'valibot';
import { AmountSchema, CountSchema } from '../saved.ts';
import { OTHER_PATH } from './paths.ts';
import { StatusCounts, StatusCountsSchema } from './status-counts.ts';
import { statusIn } from './second.ts';
import type { Second } from './second.ts';

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

export class RollUp {
  requests = 0;
  /** Requests with a status of 400 or above. */
  errors = 0;
  bytesSent = 0;
  /** Every path that is kept apart, with its requests but for those that `#requestsAtId` holds. */
  readonly #paths = new Map<string, number>();
  /** At the place of a path's id: the path that counts there, and its requests since it does. */
  readonly #pathAtId: string[] = [];
  readonly #requestsAtId: number[] = [];
  readonly #statuses = new StatusCounts();
  readonly #pathsMax: number;

  /** `pathsMax`: distinct paths kept apart; what comes above it is `(other)`. */
  constructor(pathsMax: number) {
    this.#pathsMax = pathsMax;
  }

  merge(second: Second): void {
    this.requests += second.requests;
    this.errors += second.errors;
    this.bytesSent += second.bytesSent;
    const { names, seriesIds, seriesRequests } = second;
    for (let i = 0; i < second.seriesCount; i++) {
      const seriesId = seriesIds[i] ?? 0;
      const requests = seriesRequests[i] ?? 0;
      const pathId = names.pathIdOf(seriesId);
      const path = names.pathOf(seriesId);
      this.#statuses.add(statusIn(names.codeOf(seriesId)), requests);
      if (this.#pathAtId[pathId] !== path && !this.#settle(path, pathId)) this.#count(OTHER_PATH, requests);
      else this.#requestsAtId[pathId] = (this.#requestsAtId[pathId] ?? 0) + requests;
    }
  }

  /** Most requested first, ties by path. */
  paths(): PathCount[] {
    this.#collect();
    return Array.from(this.#paths, ([path, requests]) => ({ path, requests })).toSorted(
      (a, b) => b.requests - a.requests || (a.path < b.path ? -1 : 1),
    );
  }

  /** Status 0: the log does not say. */
  statuses(): readonly (readonly [status: number, requests: number])[] {
    return this.#statuses.entries();
  }

  snapshot(): RollUpSnapshot {
    this.#collect();
    const { errors, bytesSent } = this;
    const paths = [...this.#paths.keys()];
    const requests = [...this.#paths.values()];
    return { errors, bytesSent, statuses: this.#statuses.entries(), paths, requests };
  }

  /** Adds what a snapshot holds, as `merge` does for a Second. */
  mergeSaved(saved: RollUpSnapshot): void {
    this.errors += saved.errors;
    this.bytesSent += saved.bytesSent;
    for (const [status, requests] of saved.statuses) this.#statuses.add(status, requests);
    for (const [i, path] of saved.paths.entries()) {
      const requests = saved.requests[i] ?? 0;
      this.requests += requests;
      this.#count(path, requests);
    }
  }

  /** Lets `path` count at `pathId` from now on, instead of the one that did; false when it is not kept apart. */
  #settle(path: string, pathId: number): boolean {
    if (!this.#paths.has(path)) {
      if (this.#isFull(path)) return false;
      this.#paths.set(path, 0);
    }
    while (this.#pathAtId.length <= pathId) {
      this.#pathAtId.push('');
      this.#requestsAtId.push(0);
    }
    this.#collectAt(pathId);
    this.#pathAtId[pathId] = path;
    return true;
  }

  #collect(): void {
    for (let pathId = 0; pathId < this.#pathAtId.length; pathId++) this.#collectAt(pathId);
  }

  #collectAt(pathId: number): void {
    const requests = this.#requestsAtId[pathId] ?? 0;
    if (requests > 0) this.#count(this.#pathAtId[pathId] ?? OTHER_PATH, requests);
    this.#requestsAtId[pathId] = 0;
  }

  #count(path: string, requests: number): void {
    const name = this.#paths.has(path) || !this.#isFull(path) ? path : OTHER_PATH;
    this.#paths.set(name, (this.#paths.get(name) ?? 0) + requests);
  }

  #isFull(path: string): boolean {
    return this.#paths.size >= this.#pathsMax && path !== OTHER_PATH;
  }
}
