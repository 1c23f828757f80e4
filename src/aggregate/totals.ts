// What happened since the start, whatever the event time: the numbers behind status and metrics.
import { isAmount, isCount, isListOf, isOneOf, isShape, isText } from '../saved.ts';
import type { Second, SecondConsumer } from './second.ts';

export interface MethodClassCount {
  readonly method: string;
  /** `2xx` and so on; `unknown` when the log does not say. */
  readonly statusClass: string;
  readonly requests: number;
}

/** 0 to 999. */
const STATUS_COUNT = 1000;

interface SavedMethod {
  readonly method: string;
  readonly statuses: readonly number[];
  /** Requests of the status at the same place. */
  readonly requests: readonly number[];
}

export interface TotalsSnapshot {
  readonly version: 1;
  readonly requests: number;
  readonly errors: number;
  readonly bytesSent: number;
  readonly methods: readonly SavedMethod[];
}

export function isStatus(value: unknown): value is number {
  return isCount(value) && value < STATUS_COUNT;
}

const isSavedMethod = isShape<SavedMethod>({
  method: isText,
  statuses: isListOf(isStatus),
  requests: isListOf(isCount),
});

const isTotalsSnapshot = isShape<TotalsSnapshot>({
  version: isOneOf(1),
  requests: isCount,
  errors: isCount,
  bytesSent: isAmount,
  methods: isListOf(isSavedMethod),
});

export class Totals implements SecondConsumer {
  requests = 0;
  /** Requests with a status of 400 or above. */
  errors = 0;
  bytesSent = 0;
  /** For each method, requests by status; bounded by the methods that have a name, and the statuses there are. */
  readonly #methods = new Map<string, Float64Array>();
  #snapshot: TotalsSnapshot | null = null;

  add(second: Second): void {
    this.#snapshot = null;
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

  /** For the state database; the same object as long as nothing has changed. */
  snapshot(): TotalsSnapshot {
    const { requests, errors, bytesSent } = this;
    this.#snapshot ??= {
      version: 1,
      requests,
      errors,
      bytesSent,
      methods: [...this.#methods].map(([method, byStatus]) => saveMethod(method, byStatus)),
    };
    return this.#snapshot;
  }

  /** Goes on from a snapshot; false, and nothing changes, when `saved` is none. */
  restore(saved: unknown): boolean {
    if (!isTotalsSnapshot(saved)) return false;
    const isEven = saved.methods.every(({ statuses, requests }) => statuses.length === requests.length);
    if (!isEven) return false;
    this.requests = saved.requests;
    this.errors = saved.errors;
    this.bytesSent = saved.bytesSent;
    this.#methods.clear();
    for (const { method, statuses, requests } of saved.methods) {
      for (const [i, status] of statuses.entries()) this.#count(method, status, requests[i] ?? 0);
    }
    this.#snapshot = null;
    return true;
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

function saveMethod(method: string, byStatus: Float64Array): SavedMethod {
  const used = [...byStatus.entries()].filter(([, requests]) => requests > 0);
  return {
    method,
    statuses: used.map(([status]) => status),
    requests: used.map(([, requests]) => requests),
  };
}

function sumClasses(byStatus: Float64Array): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const [status, requests] of byStatus.entries()) {
    const statusClass = status >= 100 && status <= 599 ? `${Math.floor(status / 100)}xx` : 'unknown';
    if (requests > 0) sums.set(statusClass, (sums.get(statusClass) ?? 0) + requests);
  }
  return sums;
}
