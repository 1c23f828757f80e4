// What an alert rule asks for, and the event that tells of it. Text, JSON, metrics and what each channel sends are
// renderings of this event.

/** What a rule watches, each with its unit. */
export const METRICS = {
  /** Matching requests a second. */
  'request-rate': { unit: 'requests/s' },
  /** Matching requests a second; needs `where.statuses`. */
  'status-rate': { unit: 'requests/s' },
  /** Share of the statuses of `where`, 5xx without any, among the requests that match the rest of it. */
  'error-rate': { unit: '%' },
  /** The same, but `where.statuses` is needed: any share, such as that of success. */
  'status-share': { unit: '%' },
  'bytes-rate': { unit: 'bytes/s' },
  'latency-p50': { unit: 'ms' },
  'latency-p95': { unit: 'ms' },
  'latency-p99': { unit: 'ms' },
  /** Distinct client addresses in the window. */
  'unique-clients': { unit: 'clients' },
  /** Lines that are no record among all lines. */
  'parse-failure-rate': { unit: '%' },
  /** Seconds since the last record. */
  silence: { unit: 's' },
} as const satisfies Record<string, { readonly unit: string }>;

export type MetricName = keyof typeof METRICS;

/** Of a value that is compared with that of the time before. */
export const RATIO_UNIT = '×';

/** Status codes from `first` to `last`, both included. */
export interface StatusRange {
  readonly first: number;
  readonly last: number;
}

/** Which requests a rule looks at; an empty list means all. */
export interface Where {
  /** As in `path-patterns`: `/api/**`. */
  readonly paths: readonly string[];
  /** In capitals. */
  readonly methods: readonly string[];
  readonly statuses: readonly StatusRange[];
  /** Paths of logs, or globs. */
  readonly sources: readonly string[];
}

export const ANY: Where = { paths: [], methods: [], statuses: [], sources: [] };

export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface Rule {
  /** Unique. */
  readonly name: string;
  readonly metric: MetricName;
  readonly where: Where;
  readonly comparison: 'above' | 'below';
  /** In the unit of the metric; with `previousSeconds` a ratio. */
  readonly threshold: number;
  /** The value is of the first; the condition must hold in all of them. At least one, each 1 to 86400. Of `silence`: [1]. */
  readonly windowsSeconds: readonly [number, ...number[]];
  /** Null, or: the value is the metric over the window ÷ the metric over so many seconds of an earlier time. */
  readonly previousSeconds: number | null;
  /** With `previousSeconds`: they end so long before now; left out: where the window begins. */
  readonly previousOffsetSeconds?: number;
  /** The condition must hold so long before the rule fires; 0: at once. */
  readonly forSeconds: number;
  /** An alert recovers when the value is on the other side of this; the same as `threshold` unless there is hysteresis. */
  readonly recoverThreshold: number;
  /** … for so long. */
  readonly recoverForSeconds: number;
  /** With fewer requests in a window there is no verdict; 0: always. */
  readonly requestsMin: number;
  readonly severity: Severity;
  /** Names of channels; null: all. */
  readonly notify: readonly string[] | null;
  /** Template of a sentence for people; null: none. */
  readonly message: string | null;
  /** A reminder after each so many seconds of firing; null: none. */
  readonly repeatSeconds: number | null;
}

export type AlertState = 'firing' | 'resolved';

/** Why an alert is over: only what has `recovered` is known to be well. */
export const ENDINGS = ['recovered', 'too-few-requests', 'nothing-to-compare', 'rule-removed'] as const;
export type Ending = (typeof ENDINGS)[number];

export const DIMENSIONS = ['path', 'status', 'method', 'client', 'agent'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** One thing that many of the requests in the window have in common. */
export interface Reason {
  readonly dimension: Dimension;
  readonly name: string;
  /** Of the requests in the window, 0 to 1. */
  readonly share: number;
  /** Of those in the time before the window, a minute at least; null when there were hardly any. */
  readonly previousShare: number | null;
  /** The rule itself demands it, so it tells a person nothing; left out otherwise. */
  readonly isDemanded?: true;
}

/** Why a rule fires, from the requests that it counts. */
export interface Explanation {
  /** Requests looked at for it, in the window: all of them or a sample. */
  readonly lookedAt: number;
  /** With 95 % certainty a share is at most so far off, 0 to 1; 0 when all requests were looked at. */
  readonly shareError: number;
  /** What shares are of, such as `requests with status 5xx`; left out: of all requests that the value is of. */
  readonly of?: string;
  /** The most telling first. */
  readonly reasons: readonly Reason[];
  /**
   * Log lines from when it fired, at most 20 with 8,000 bytes together, control characters escaped; a line above 500 bytes
   * ends with `…`. Left out when there are none, and when they are not asked for.
   */
  readonly lines?: readonly string[];
}

export interface AlertEvent {
  /** The same for all that is told of one alert, and the same again when the log is replayed. */
  readonly id: string;
  readonly rule: string;
  readonly metric: MetricName;
  /** Of value and threshold: that of the metric, or `×` for a ratio. */
  readonly unit: string;
  readonly severity: Severity;
  readonly state: AlertState;
  /** Of one that is over; left out while it fires, and of what an earlier version has saved. */
  readonly ending?: Ending;
  /** It fires still and was told before. */
  readonly isReminder: boolean;
  /** In its unit, at `timeSeconds`; null when there is none, as a share of no requests. */
  readonly value: number | null;
  readonly comparison: 'above' | 'below';
  readonly threshold: number;
  readonly windowSeconds: number;
  /** Event time of what is told, whole seconds since the epoch. */
  readonly timeSeconds: number;
  /** Event time at which it fired. */
  readonly sinceSeconds: number;
  /** The value furthest beyond the threshold so far. */
  readonly peak: number | null;
  /** One sentence: the value, what it was computed from, and the threshold. */
  readonly summary: string;
  /** Null: none was asked for. */
  readonly explanation: Explanation | null;
  /** The rule's template, filled in; null without one. */
  readonly message: string | null;
  readonly notify: readonly string[] | null;
}

/** `pending`: the condition holds, but not for long enough. */
export type RuleStanding = 'ok' | 'pending' | 'firing';

/** How a rule stands now. */
export interface RuleState {
  readonly rule: Rule;
  readonly standing: RuleStanding;
  /** At the last evaluation; null when there is none, or no verdict on so few requests. */
  readonly value: number | null;
  /** Event time of the last change between firing and not; null when there was none. */
  readonly sinceSeconds: number | null;
  /** Of its last alert; null when that fires still or there was none, and when it is not known. */
  readonly ending: Ending | null;
}
