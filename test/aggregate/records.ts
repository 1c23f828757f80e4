// Records and Seconds made by hand, and a consumer that writes down what it is told.
import { METHOD_NAMES } from '../../src/aggregate/methods.ts';
import { codeOf, methodIdIn, statusIn } from '../../src/aggregate/second.ts';
import type { Second, SecondConsumer, SeriesNames, TextNames } from '../../src/aggregate/second.ts';
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

export interface Series {
  readonly path: string;
  readonly method: string;
  readonly status: number;
}

/** Names for series whose ids are their places. */
export function namesOf(series: readonly Series[]): SeriesNames {
  const names: SeriesNames = {
    pathOf: (id) => series[id]?.path ?? '',
    placeIn: (keys, id, keysMax) => keys.placeText(series[id]?.path ?? '', keysMax),
    codeOf: (id) => codeOf(METHOD_NAMES.indexOf(series[id]?.method ?? ''), series[id]?.status ?? 0),
    firstLike: (id) =>
      series.findIndex(({ path, status }) => path === series[id]?.path && status === series[id]?.status),
    sourceOf: () => '',
    beforeForgetting: () => {},
    kept: () => names,
  };
  return names;
}

export function seriesOf(names: SeriesNames, id: number): Series {
  const code = names.codeOf(id);
  return { path: names.pathOf(id), method: METHOD_NAMES[methodIdIn(code)] ?? '', status: statusIn(code) };
}

const NO_PAIRS = { count: 0, ids: [], values: [] };
export const NO_TEXTS: TextNames = {
  clientOf: () => '',
  agentOf: () => '',
  beforeForgetting: () => {},
  kept: () => NO_TEXTS,
};
/** Of a Second of which only counts are known. */
export const NO_DETAILS = {
  failures: NO_PAIRS,
  latencies: NO_PAIRS,
  clients: NO_PAIRS,
  samples: [],
  texts: NO_TEXTS,
};

/** A Second with one row for each request. */
export function secondOf(timeSeconds: number, requests: readonly Omit<Request, 'time'>[]): Second {
  const series = requests.map(({ path = '/', method = 'GET', status = 200 }) => ({ path, method, status }));
  const sent = requests.map(({ sent: bytes = 1 }) => bytes);
  return {
    timeSeconds,
    requests: requests.length,
    errors: series.filter(({ status }) => status >= 400).length,
    bytesSent: sent.reduce((sum, bytes) => sum + bytes, 0),
    seriesCount: requests.length,
    seriesIds: series.map((_, id) => id),
    seriesRequests: requests.map(() => 1),
    seriesBytesSent: sent,
    names: namesOf(series),
    ...NO_DETAILS,
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
  const places = Array.from({ length: second.seriesCount }, (_, place) => place);
  return {
    timeSeconds: second.timeSeconds,
    requests: second.requests,
    errors: second.errors,
    bytesSent: second.bytesSent,
    seriesCount: second.seriesCount,
    seriesIds: places,
    seriesRequests: places.map((place) => second.seriesRequests[place] ?? Number.NaN),
    seriesBytesSent: places.map((place) => second.seriesBytesSent[place] ?? Number.NaN),
    names: namesOf(places.map((place) => seriesOf(second.names, second.seriesIds[place] ?? Number.NaN))),
    ...NO_DETAILS,
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
    for (let i = 0; i < second.seriesCount; i++) {
      const { method, path, status } = seriesOf(second.names, second.seriesIds[i] ?? Number.NaN);
      const key = `${method} ${path} ${status}`;
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
