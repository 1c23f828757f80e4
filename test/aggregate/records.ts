// Records and Seconds made by hand, and a consumer that writes down what it is told.
import { METHOD_NAMES } from '../../src/aggregate/methods.ts';
import type { Second, SecondConsumer, Series } from '../../src/aggregate/second.ts';
import { createRecord } from '../../src/parse/record.ts';
import type { AccessRecord } from '../../src/parse/record.ts';

export interface Request {
  readonly time: number;
  readonly path?: string;
  readonly method?: string;
  readonly status?: number;
  readonly sent?: number;
}

export function recordOf({
  time,
  path = '/',
  method = 'GET',
  status = 200,
  sent = 1,
}: Request): AccessRecord {
  const bytes = Buffer.from(`${method}${path}`);
  const pathStart = Buffer.byteLength(method);
  return {
    ...createRecord(),
    bytes,
    timeSeconds: time,
    methodEnd: pathStart,
    pathStart,
    pathEnd: bytes.length,
    status,
    bytesSent: sent,
  };
}

/** As of a path that came to its id after another one: ids are shared, and only a name tells. */
export function seriesOf(path: string, method: string, status: number): Series {
  return { path, pathId: path.length % 3, methodId: METHOD_NAMES.indexOf(method), status };
}

/** A Second with one row for each request. */
export function secondOf(timeSeconds: number, requests: readonly Omit<Request, 'time'>[]): Second {
  const statuses = requests.map(({ status = 200 }) => status);
  const sent = requests.map(({ sent: bytes = 1 }) => bytes);
  return {
    timeSeconds,
    requests: requests.length,
    errors: statuses.filter((status) => status >= 400).length,
    bytesSent: sent.reduce((sum, bytes) => sum + bytes, 0),
    seriesCount: requests.length,
    series: requests.map(({ path = '/', method = 'GET', status = 200 }) => seriesOf(path, method, status)),
    seriesRequests: requests.map(() => 1),
    seriesBytesSent: sent,
  };
}

/** A Second of so many requests, all alike. */
export function burst(timeSeconds: number, count: number): Second {
  return secondOf(
    timeSeconds,
    Array.from({ length: count }, () => ({})),
  );
}

/** A Second is valid during a call only; this one for longer. */
export function copyOf(second: Second): Second {
  const series = second.series.slice(0, second.seriesCount);
  return {
    timeSeconds: second.timeSeconds,
    requests: second.requests,
    errors: second.errors,
    bytesSent: second.bytesSent,
    seriesCount: series.length,
    series,
    seriesRequests: series.map((_, i) => second.seriesRequests[i] ?? Number.NaN),
    seriesBytesSent: series.map((_, i) => second.seriesBytesSent[i] ?? Number.NaN),
  };
}

export type Step =
  | { readonly advanceTo: number }
  | { readonly second: number; readonly counts: Readonly<Record<string, number>>; readonly sent: number };

/** Writes every call down; `counts` is by `METHOD path status`. */
export class Transcript implements SecondConsumer {
  readonly steps: Step[] = [];

  add(second: Second): void {
    const counts: Record<string, number> = {};
    for (const [i, { methodId, path, status }] of second.series.slice(0, second.seriesCount).entries()) {
      const key = `${METHOD_NAMES[methodId]} ${path} ${status}`;
      counts[key] = (counts[key] ?? 0) + (second.seriesRequests[i] ?? Number.NaN);
    }
    this.steps.push({ second: second.timeSeconds, counts, sent: second.bytesSent });
  }

  advanceTo(timeSeconds: number): void {
    this.steps.push({ advanceTo: timeSeconds });
  }

  get seconds(): (Step & { readonly second: number })[] {
    return this.steps.filter((step) => 'second' in step);
  }

  /** Counts by `METHOD path status` over all Seconds. */
  get sums(): Record<string, number> {
    const sums: Record<string, number> = {};
    for (const { counts } of this.seconds.filter((step) => 'counts' in step)) {
      for (const [key, count] of Object.entries(counts)) sums[key] = (sums[key] ?? 0) + count;
    }
    return sums;
  }
}
