// Contract of `/api/series`: what is asked of history, and what the answer holds, as JSON. The page draws its ranges from it.

export const SERIES_PATH = '/api/series';
/** An answer has no more. */
export const SERIES_STEPS_MAX = 600;
/** Names of each kind that are told. */
export const SERIES_TOPS_MAX = 20;
/** Events of alerts that are told. */
export const SERIES_ALERTS_MAX = 500;

/** Seconds are event time, since the epoch. */
export interface SeriesQuery {
  readonly fromSeconds: number;
  /** Not included; after `fromSeconds`. */
  readonly toSeconds: number;
  /** A multiple of 10; null: as fits the span. */
  readonly everySeconds: number | null;
  /** Only requests of exactly this path; null: of all. So it is for what follows. */
  readonly path: string | null;
  /** Both ends are included. */
  readonly status: { readonly first: number; readonly last: number } | null;
  readonly method: string | null;
  readonly source: string | null;
  /** Wall time: what is yet to come is not quiet. Who asks the same a bit later asks the same. */
  readonly nowSeconds: number;
}

/** One entry for each step, at the same place in all columns; ascending. */
export interface SeriesSteps {
  /** Where the step begins. */
  readonly times: readonly number[];
  /** How much of it was counted: less than `everySeconds` where counting began or was interrupted, and of a step that is not over. */
  readonly seconds: readonly number[];
  readonly requests: readonly number[];
  /** Requests by class of status, in the order of `STATUS_CLASSES` of `/api/live`. */
  readonly classes: readonly (readonly number[])[];
  /** Requests with a status of 400 or above. */
  readonly errors: readonly number[];
  readonly bytes: readonly number[];
  /** Percentiles of the latency, in milliseconds; null when none is known. */
  readonly p50: readonly (number | null)[];
  readonly p95: readonly (number | null)[];
  readonly p99: readonly (number | null)[];
}

/** The span in one. */
export interface SeriesWhole {
  readonly requests: number;
  readonly classes: readonly number[];
  readonly errors: number;
  readonly bytes: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

export interface SeriesTop {
  readonly name: string;
  /** Of clients an estimate: they are counted in the minutes in which they were among the first 20. */
  readonly requests: number;
  /** Of all requests that are asked for, 0 to 1. */
  readonly share: number;
  /** In the span of the same length before; null when it had no request, or is not kept as a whole. */
  readonly previousShare: number | null;
}

/** Something that happened to an alert. */
export interface SeriesAlert {
  readonly timeSeconds: number;
  /** The same for all that happens to one alert. */
  readonly id: string;
  readonly state: 'firing' | 'resolved';
  readonly rule: string;
  readonly metric: string;
  readonly severity: string;
  readonly value: number | null;
  readonly unit: string;
  readonly threshold: number;
  readonly sinceSeconds: number;
  readonly peak: number | null;
  readonly summary: string;
}

export interface SeriesFound {
  readonly available: true;
  /** What was asked for, extended to whole steps; the end is not included. */
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly everySeconds: number;
  /** The counts that were taken. */
  readonly resolution: '10s' | '1m' | '1h';
  /** What was counted begins here; null: there is nothing at all. */
  readonly firstSeconds: number | null;
  /** The retention has removed what was before; null: nothing of the span. */
  readonly completeFromSeconds: number | null;
  /** Quiet steps are there; those of which nothing was counted are not, so it may be empty. */
  readonly steps: SeriesSteps;
  readonly whole: SeriesWhole;
  readonly paths: readonly SeriesTop[];
  readonly statuses: readonly SeriesTop[];
  /** Null when only some requests are asked for: clients are counted of all. */
  readonly clients: readonly SeriesTop[] | null;
  /** Newest first; those too that fired before and were not over at the beginning. */
  readonly alerts: readonly SeriesAlert[];
  /** There are more than are told. */
  readonly hasMoreAlerts: boolean;
}

/** With every status but 200, and with 200 when there is no history. */
interface SeriesRefusal {
  readonly available: false;
  /** One sentence. */
  readonly reason: string;
}

export type SeriesAnswer = SeriesFound | SeriesRefusal;

export interface SeriesReply {
  /** 500: it can't be read; 503: too many ask; 504: it took too long. */
  readonly status: 200 | 400 | 500 | 503 | 504;
  /** A `SeriesAnswer`, as JSON. */
  readonly body: string;
}

export function refuseSeries(status: SeriesReply['status'], reason: string): SeriesReply {
  const refusal: SeriesRefusal = { available: false, reason };
  return { status, body: JSON.stringify(refusal) };
}
