// Many Seconds merged into one: what a report, or any span of time, is made of. Bounded like the table of paths.
import { isAmount, isCount, isListOf, isShape, isText } from '../saved.ts';
import { OTHER_PATH } from './paths.ts';
import type { Second } from './second.ts';

export interface PathCount {
  readonly path: string;
  readonly requests: number;
}

export interface RollUpSnapshot {
  readonly errors: number;
  readonly bytesSent: number;
  /** Requests by status code. */
  readonly statuses: readonly (readonly [status: number, requests: number])[];
  readonly paths: readonly string[];
  /** Requests of the path at the same place. */
  readonly requests: readonly number[];
}

function isStatusCount(value: unknown): value is readonly [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every(isCount);
}

const hasShape = isShape<RollUpSnapshot>({
  errors: isCount,
  bytesSent: isAmount,
  statuses: isListOf(isStatusCount),
  paths: isListOf(isText),
  requests: isListOf(isCount),
});

export function isRollUpSnapshot(value: unknown): value is RollUpSnapshot {
  return hasShape(value) && value.paths.length === value.requests.length;
}

export class RollUp {
  requests = 0;
  /** Requests with a status of 400 or above. */
  errors = 0;
  bytesSent = 0;
  readonly #paths = new Map<string, { requests: number }>();
  readonly #statuses = new Map<number, number>();
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
      this.#countStatus(second.series[i]?.status ?? 0, requests);
    }
  }

  /** Most requested first, ties by path. */
  paths(): PathCount[] {
    return [...this.#paths]
      .map(([path, { requests }]) => ({ path, requests }))
      .toSorted((a, b) => b.requests - a.requests || (a.path < b.path ? -1 : 1));
  }

  /** By status code, ascending; 0 for the requests of which the log does not say. */
  statuses(): [status: number, requests: number][] {
    return [...this.#statuses].toSorted(([a], [b]) => a - b);
  }

  snapshot(): RollUpSnapshot {
    const { errors, bytesSent } = this;
    const paths = [...this.#paths.keys()];
    const requests = Array.from(this.#paths.values(), (count) => count.requests);
    return { errors, bytesSent, statuses: this.statuses(), paths, requests };
  }

  /** Adds what a snapshot holds, as `merge` does for a Second. */
  mergeSaved(saved: RollUpSnapshot): void {
    this.errors += saved.errors;
    this.bytesSent += saved.bytesSent;
    for (const [status, requests] of saved.statuses) this.#countStatus(status, requests);
    for (const [i, path] of saved.paths.entries()) {
      const requests = saved.requests[i] ?? 0;
      this.requests += requests;
      this.#count(path, requests);
    }
  }

  #countStatus(status: number, requests: number): void {
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + requests);
  }

  #count(path: string, requests: number): void {
    const known = this.#paths.get(path);
    if (known !== undefined) known.requests += requests;
    else if (this.#paths.size < this.#pathsMax || path === OTHER_PATH) this.#paths.set(path, { requests });
    else this.#count(OTHER_PATH, requests);
  }
}
