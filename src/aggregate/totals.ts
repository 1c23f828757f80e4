// What happened since the start, whatever the event time: the numbers behind status and metrics.
import type { Second, SecondConsumer } from './second.ts';

export interface MethodClassCount {
  readonly method: string;
  /** `2xx` and so on; `unknown` when the log does not say. */
  readonly statusClass: string;
  readonly requests: number;
}

/** 0 to 999. */
const STATUS_COUNT = 1000;

export class Totals implements SecondConsumer {
  requests = 0;
  /** Requests with a status of 400 or above. */
  errors = 0;
  bytesSent = 0;
  /** For each method, requests by status; bounded by the methods that have a name, and the statuses there are. */
  readonly #methods = new Map<string, Float64Array>();

  add(second: Second): void {
    this.requests += second.requests;
    this.errors += second.errors;
    this.bytesSent += second.bytesSent;
    for (let i = 0; i < second.series.length; i++) {
      const series = second.series[i];
      if (series !== undefined) this.#count(series.method, series.status, second.seriesRequests[i] ?? 0);
    }
  }

  advanceTo(): void {}

  /** Requests by status, ascending. */
  statuses(): ReadonlyMap<number, number> {
    const sums = new Map<number, number>();
    for (let status = 0; status < STATUS_COUNT; status++) {
      let sum = 0;
      for (const requests of this.#methods.values()) sum += requests[status] ?? 0;
      if (sum > 0) sums.set(status, sum);
    }
    return sums;
  }

  /** Methods in the order in which they were seen first, each with its status classes in ascending order. */
  methodClasses(): readonly MethodClassCount[] {
    return [...this.#methods].flatMap(([method, byStatus]) =>
      [...sumClasses(byStatus)].map(([statusClass, requests]) => ({ method, statusClass, requests })),
    );
  }

  #count(method: string, status: number, requests: number): void {
    let byStatus = this.#methods.get(method);
    if (byStatus === undefined) {
      byStatus = new Float64Array(STATUS_COUNT);
      this.#methods.set(method, byStatus);
    }
    byStatus[status] = (byStatus[status] ?? 0) + requests;
  }
}

function sumClasses(byStatus: Float64Array): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const [status, requests] of byStatus.entries()) {
    const statusClass = status >= 100 && status <= 599 ? `${Math.floor(status / 100)}xx` : 'unknown';
    if (requests > 0) sums.set(statusClass, (sums.get(statusClass) ?? 0) + requests);
  }
  return sums;
}
