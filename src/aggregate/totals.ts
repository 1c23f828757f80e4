// What happened since the start, whatever the event time: the numbers behind status and metrics.
import * as v from 'valibot';
import { AmountSchema, CountSchema } from '../saved.ts';
import { LatencyHistogram, LatencyHistogramSchema } from './latency-histogram.ts';
import { METHOD_NAMES, methodIdOf } from './methods.ts';
import { isError, StatusCounts, StatusCountsSchema } from './status-counts.ts';
import { latencyBinOf } from './latency.ts';
import { methodIdIn, statusIn } from './second.ts';
import type { RequestColumns, Second, SecondConsumer } from './second.ts';

export interface MethodClassCount {
  readonly method: string;
  /** `2xx` and so on; `unknown` when the log does not say. */
  readonly statusClass: string;
  readonly requests: number;
}

const COUNTS = {
  requests: CountSchema,
  errors: CountSchema,
  bytesSent: AmountSchema,
  methods: v.array(v.strictObject({ method: v.string(), statuses: StatusCountsSchema })),
};
const TotalsSnapshotSchema = v.strictObject({
  version: v.literal(2),
  ...COUNTS,
  latencies: LatencyHistogramSchema,
});
export type TotalsSnapshot = v.InferOutput<typeof TotalsSnapshotSchema>;

/** Version 1 kept no latencies. */
const SavedSchema = v.variant('version', [
  v.strictObject({ version: v.literal(1), ...COUNTS }),
  TotalsSnapshotSchema,
]);

/** What a status is counted under; the log may not say any. */
export const STATUS_CLASSES: readonly string[] = ['1xx', '2xx', '3xx', '4xx', '5xx', 'unknown'];

export class Totals implements SecondConsumer {
  readonly takesRuns = true;
  requests = 0;
  /** Requests with a status of 400 or above. */
  errors = 0;
  bytesSent = 0;
  /** Of the requests whose latency is known. */
  readonly latencies = new LatencyHistogram();
  /** Requests by status, at the place of the method's id. */
  readonly #methods: (StatusCounts | undefined)[] = METHOD_NAMES.map(() => undefined);
  #snapshot: TotalsSnapshot | null = null;

  add(second: Second): void {
    this.#snapshot = null;
    this.requests += second.requests;
    this.errors += second.errors;
    this.bytesSent += second.bytesSent;
    this.latencies.add(second.latencies.values, second.latencies.count);
    for (let i = 0; i < second.seriesCount; i++) {
      const code = second.names.codeOf(second.seriesIds[i] ?? 0);
      this.#count(methodIdIn(code), statusIn(code), second.seriesRequests[i] ?? 0);
    }
  }

  addRun({ codes, bytesSent, latenciesMs }: RequestColumns, count: number): void {
    this.#snapshot = null;
    this.requests += count;
    for (let i = 0; i < count; i++) {
      const code = codes[i] ?? 0;
      const status = statusIn(code);
      if (isError(status)) this.errors++;
      this.bytesSent += bytesSent[i] ?? 0;
      this.#count(methodIdIn(code), status, 1);
      const latencyMs = latenciesMs[i] ?? Number.NaN;
      if (latencyMs >= 0) this.latencies.addOne(latencyBinOf(latencyMs));
    }
  }

  advanceTo(): void {}

  /** Requests by status, ascending. */
  statuses(): ReadonlyMap<number, number> {
    const sums = new StatusCounts();
    for (const [, counts] of this.#seenMethods()) {
      for (const [status, requests] of counts.entries()) sums.add(status, requests);
    }
    return new Map(sums.entries());
  }

  /** Of the methods that were seen, each with its status classes in ascending order. */
  methodClasses(): readonly MethodClassCount[] {
    return this.#seenMethods().flatMap(([method, counts]) =>
      [...sumClasses(counts)].map(([statusClass, requests]) => ({ method, statusClass, requests })),
    );
  }

  /** For the state database; the same object as long as nothing has changed. */
  snapshot(): TotalsSnapshot {
    const { requests, errors, bytesSent } = this;
    this.#snapshot ??= {
      version: 2,
      requests,
      errors,
      bytesSent,
      methods: this.#seenMethods().map(([method, counts]) => ({ method, statuses: counts.entries() })),
      latencies: this.latencies.snapshot(),
    };
    return this.#snapshot;
  }

  /** Goes on from a snapshot, also of version 1; false, and nothing changes, when `saved` is none. */
  restore(saved: unknown): boolean {
    if (!v.is(SavedSchema, saved)) return false;
    this.requests = saved.requests;
    this.errors = saved.errors;
    this.bytesSent = saved.bytesSent;
    this.#methods.fill(undefined);
    for (const { method, statuses } of saved.methods) {
      for (const [status, requests] of statuses) this.#count(methodIdOf(method), status, requests);
    }
    if (saved.version === 2) this.latencies.restore(saved.latencies);
    this.#snapshot = null;
    return true;
  }

  #seenMethods(): [method: string, counts: StatusCounts][] {
    return METHOD_NAMES.flatMap((name, id) => {
      const counts = this.#methods[id];
      return counts === undefined ? [] : [[name, counts]];
    });
  }

  #count(methodId: number, status: number, requests: number): void {
    const counts = (this.#methods[methodId] ??= new StatusCounts());
    counts.add(status, requests);
  }
}

function sumClasses(counts: StatusCounts): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const [status, requests] of counts.entries()) {
    const statusClass = STATUS_CLASSES[Math.floor(status / 100) - 1] ?? 'unknown';
    sums.set(statusClass, (sums.get(statusClass) ?? 0) + requests);
  }
  return sums;
}
