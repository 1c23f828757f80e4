// Many Seconds merged into one: what a report, or any span of time, is made of. Bounded like the table of paths.
import * as v from 'valibot';
import { AmountSchema, CountSchema } from '../saved.ts';
import { OTHER_PATH } from './paths.ts';
import { StatusCounts, StatusCountsSchema } from './status-counts.ts';
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
  readonly #paths = new Map<string, { requests: number }>();
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
    for (let i = 0; i < second.series.length; i++) {
      const requests = second.seriesRequests[i] ?? 0;
      this.#count(second.series[i]?.path ?? OTHER_PATH, requests);
      this.#statuses.add(second.series[i]?.status ?? 0, requests);
    }
  }

  /** Most requested first, ties by path. */
  paths(): PathCount[] {
    return [...this.#paths]
      .map(([path, { requests }]) => ({ path, requests }))
      .toSorted((a, b) => b.requests - a.requests || (a.path < b.path ? -1 : 1));
  }

  /** Status 0: the log does not say. */
  statuses(): readonly (readonly [status: number, requests: number])[] {
    return this.#statuses.entries();
  }

  snapshot(): RollUpSnapshot {
    const { errors, bytesSent } = this;
    const paths = [...this.#paths.keys()];
    const requests = Array.from(this.#paths.values(), (count) => count.requests);
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

  #count(path: string, requests: number): void {
    const known = this.#paths.get(path);
    if (known !== undefined) known.requests += requests;
    else if (this.#paths.size < this.#pathsMax || path === OTHER_PATH) this.#paths.set(path, { requests });
    else this.#count(OTHER_PATH, requests);
  }
}
