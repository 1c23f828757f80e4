// What happened since the start, whatever the event time: the numbers behind status and metrics.
import type { Second, SecondConsumer } from './second.ts';

export interface MethodClassCount {
  readonly method: string;
  /** `2xx` and so on; `unknown` when the log does not say. */
  readonly statusClass: string;
  readonly requests: number;
}

export class Totals implements SecondConsumer {
  requests = 0;
  /** Requests with a status of 400 or above. */
  errors = 0;
  bytesSent = 0;
  /** Requests by status; bounded by the statuses there are, 0 to 999. */
  readonly #statuses = new Map<number, number>();
  readonly #methodClasses = new Map<string, MethodClassCount>();

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
    return new Map([...this.#statuses].toSorted(([a], [b]) => a - b));
  }

  methodClasses(): readonly MethodClassCount[] {
    return [...this.#methodClasses.values()];
  }

  #count(method: string, status: number, requests: number): void {
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + requests);
    const statusClass = status >= 100 && status <= 599 ? `${Math.floor(status / 100)}xx` : 'unknown';
    const key = `${method} ${statusClass}`;
    const known = this.#methodClasses.get(key)?.requests ?? 0;
    this.#methodClasses.set(key, { method, statusClass, requests: known + requests });
  }
}
