// Contract between the monitor and the page: what each event of `/api/live` holds, as JSON. Everything in it has a key
// of its own (a second, a step, an alert and its state), so that taking an event twice changes nothing.
import type { AlertEvent, Ending, MetricName, RuleStanding, Severity, Where } from '../alerts/rule.ts';

/** How far back the page reaches, in event time. */
export const WINDOW_SECONDS = 900;
/** Requests by path and status are kept in steps of this length. */
export const STEP_SECONDS = 10;
/** What the top clients are of, and before that the time that they are compared with. */
export const TOP_SECONDS = 300;
/** In the order in which `classes` holds them; 0 stands for a status that the log does not say, and for odd ones. */
export const STATUS_CLASSES = [0, 1, 2, 3, 4, 5] as const;

/** One entry a second, at the same place in all columns; ascending. */
export interface SecondColumns {
  /** Event time, seconds since the epoch. */
  readonly times: readonly number[];
  readonly requests: readonly number[];
  /** Requests by class of status, in the order of `STATUS_CLASSES`. */
  readonly classes: readonly (readonly number[])[];
  readonly bytes: readonly number[];
  /** Percentiles of the latency, in milliseconds, over 10 s; null when the log does not say or there was no request. */
  readonly p50: readonly (number | null)[];
  readonly p95: readonly (number | null)[];
  readonly p99: readonly (number | null)[];
  /** Value of each rule, in the order of `rules`, in its unit; null when there is none or it was not looked at. */
  readonly values: readonly (readonly (number | null)[])[];
}

/** The requests from `timeSeconds` on, for `STEP_SECONDS`, by path and status; rare ones are together as `(other)`. */
export interface Step {
  readonly timeSeconds: number;
  readonly cells: readonly (readonly [path: string, status: number, requests: number])[];
}

export interface LiveRule {
  readonly name: string;
  readonly metric: MetricName;
  readonly where: Where;
  readonly severity: Severity;
  readonly standing: RuleStanding;
  readonly isMuted: boolean;
  readonly value: number | null;
  /** Of value and threshold. */
  readonly unit: string;
  readonly comparison: 'above' | 'below';
  readonly threshold: number;
  readonly recoverThreshold: number;
  readonly recoverForSeconds: number;
  readonly windowSeconds: number;
  readonly sinceSeconds: number | null;
  /** Of its last alert; null when that fires still or there was none, and when it is not known. */
  readonly ending: Ending | null;
  /** What it needs and no request has told, a sentence: its value says nothing. Null: nothing. */
  readonly neverKnown: string | null;
}

interface LiveClient {
  readonly client: string;
  /** Of the requests of the last `TOP_SECONDS`, 0 to 1. */
  readonly share: number;
  /** Of those before; null when there were none. */
  readonly previousShare: number | null;
}

export interface LiveSource {
  readonly path: string;
  readonly format: string;
  readonly lines: number;
  readonly lagBytes: number;
  /** Null when no line was read since the start. */
  readonly lastLineAgeSeconds: number | null;
  /** Lines that are no record. */
  readonly unparsed: number;
  /** The beginning of one of those, of the commonest reason; null when there is none. */
  readonly sample: { readonly reason: string; readonly text: string } | null;
  readonly problem: string | null;
  /** What will go wrong with it. */
  readonly warning: string | null;
  readonly possibleLoss: number;
}

export interface LiveSilence {
  readonly rule: string;
  readonly untilSeconds: number;
  readonly reason: string;
}

/** What is told of an alert: as much of it as there is also of one that was before the monitor started. */
export type LiveAlert = Pick<
  AlertEvent,
  | 'id'
  | 'rule'
  | 'state'
  | 'isReminder'
  | 'timeSeconds'
  | 'sinceSeconds'
  | 'summary'
  | 'message'
  | 'explanation'
>;

export interface LiveEvent {
  readonly version: string;
  /** Wall time, milliseconds since the epoch. */
  readonly nowMs: number;
  readonly startedMs: number;
  /** Event time: every second before it is told. Null before the first. */
  readonly toldSeconds: number | null;
  /** It holds the whole window and not only what is new. */
  readonly isWhole: boolean;
  readonly seconds: SecondColumns;
  readonly steps: readonly Step[];
  readonly rules: readonly LiveRule[];
  readonly silences: readonly LiveSilence[];
  /**
   * Oldest first. Of those with lines of the log, the ten newest have them. What was over before the monitor started has
   * no lines.
   */
  readonly alerts: readonly LiveAlert[];
  /** Null: not asked for (`explain` is off), or nothing new. */
  readonly clients: { readonly lookedAt: number; readonly top: readonly LiveClient[] } | null;
  /** The first 50: those with a problem, then with a warning, then those that lag, then by the last line. */
  readonly sources: readonly LiveSource[];
  /** Of all logs. */
  readonly sourceCount: number;
  /** What is wrong with outputs and the state, a sentence each. */
  readonly problems: readonly string[];
}
