// What a set of rules has found in finished logs, rule by rule: every alert with its beginning, its end, its peak and its
// reasons, the time in alert, and how often a rule flapped. Fed by the alerting, at the end of the data path.
import { findNeverKnown } from '../alerts/evidence.ts';
import { renderTelling } from '../alerts/render.ts';
import { SEVERITIES } from '../alerts/rule.ts';
import type { AlertEvent, Ending, Rule, Severity } from '../alerts/rule.ts';
import type { Finding } from './backtest.ts';

/** Alerts of a rule that are kept one by one. More are counted, and take part in the sums, but can't be told apart. */
export const FIRINGS_KEPT_MAX = 2000;
/** Their reasons are kept as well; nobody reads more of them. */
export const FIRINGS_LISTED_MAX = 20;
const REASONS_MAX = 4;
/** Whoever was woken again so soon was woken twice for the same thing. */
const FLAP_SECONDS_MIN = 300;

/** One alert, in event time: whole seconds since the epoch. */
export interface Firing {
  readonly startSeconds: number;
  /** Null: it fires still when the logs end. */
  readonly endSeconds: number | null;
  /** Why it was over; null while it fires. */
  readonly ending: Ending | null;
  /** The value furthest beyond the threshold, in the unit of the rule; null when there was none. */
  readonly peak: number | null;
  /** False: it was held back from its beginning to its end, by a time of maintenance. */
  readonly isTold: boolean;
  /** One sentence; empty for those that are not listed. */
  readonly summary: string;
  /** The telling ones, the most telling first, as sentences. */
  readonly reasons: readonly string[];
}

interface Sums {
  readonly alerts: number;
  /** Alerts that somebody was told of. */
  readonly alertsTold: number;
  /** Sum over all alerts; of one that fires still, up to the end of the logs. */
  readonly alertSeconds: number;
  /** Alerts that began within `flapSecondsOf(rule)` of the end of the one before. */
  readonly flaps: number;
}

export interface RuleOutcome extends Sums {
  readonly rule: Rule;
  /** Since when it fires at the end of the logs; null when it does not. */
  readonly firingSinceSeconds: number | null;
  /** Why it could never be judged, a sentence; null when it could. */
  readonly neverKnown: string | null;
  /** The first `FIRINGS_KEPT_MAX`, in order of time. */
  readonly firings: readonly Firing[];
}

/** An alert that begins no later after the end of the one before is a flap: 5 minutes, or the longest window. */
export function flapSecondsOf({ windowsSeconds }: Rule): number {
  return Math.max(FLAP_SECONDS_MIN, ...windowsSeconds);
}

/** Whether somebody was told of an alert of at least `severity`. */
export function hasAlertOf(outcomes: readonly RuleOutcome[], severity: Severity): boolean {
  const least = SEVERITIES.indexOf(severity);
  return outcomes.some(
    ({ rule, alertsTold }) => alertsTold > 0 && SEVERITIES.indexOf(rule.severity) >= least,
  );
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Tally {
  readonly rule: Rule;
  readonly sums: Mutable<Sums>;
  readonly firings: Mutable<Firing>[];
  /** The one that fires now, which may be one of those that are not kept. */
  open: Mutable<Firing> | null;
  lastEndSeconds: number | null;
}

export class RuleTally {
  readonly #tallies: ReadonlyMap<string, Tally>;

  constructor(rules: readonly Rule[]) {
    this.#tallies = new Map(rules.map((rule) => [rule.name, createTally(rule)]));
  }

  /** In the order in which they were found. Of rules that are not known nothing is kept. */
  add({ event, isTold }: Finding): void {
    if (isTold) this.#told(event);
    else this.#changed(event);
  }

  /**
   * The logs end at `toSeconds`. `standing`: how the alerts that fire stand then. `seen`: what there was of what each rule
   * needs. In the order of the rules.
   */
  outcomes(toSeconds: number, standing: readonly AlertEvent[], seen: readonly number[]): RuleOutcome[] {
    return Array.from(this.#tallies.values(), (tally, place) => {
      const { open, sums, rule, firings } = tally;
      const neverKnown = sums.alerts === 0 ? findNeverKnown(rule, seen[place] ?? 0) : null;
      if (open === null) return { rule, firings, ...sums, firingSinceSeconds: null, neverKnown };
      const now = standing.find((event) => event.rule === rule.name);
      open.peak = now === undefined ? open.peak : now.peak;
      const { startSeconds: firingSinceSeconds } = open;
      const alertSeconds = sums.alertSeconds + Math.max(0, toSeconds - firingSinceSeconds);
      return { rule, firings, ...sums, alertSeconds, firingSinceSeconds, neverKnown };
    });
  }

  #changed(event: AlertEvent): void {
    const tally = this.#tallies.get(event.rule);
    if (tally === undefined || event.isReminder) return;
    if (event.state === 'firing') begin(tally, event);
    else end(tally, event);
  }

  #told({ rule, state }: AlertEvent): void {
    const tally = this.#tallies.get(rule);
    const open = tally?.open ?? null;
    if (state !== 'firing' || tally === undefined || open === null || open.isTold) return;
    open.isTold = true;
    tally.sums.alertsTold++;
  }
}

function createTally(rule: Rule): Tally {
  const sums = { alerts: 0, alertsTold: 0, alertSeconds: 0, flaps: 0 };
  return { rule, sums, firings: [], open: null, lastEndSeconds: null };
}

function begin(tally: Tally, event: AlertEvent): void {
  const { timeSeconds, peak, summary, explanation } = event;
  const { firings, lastEndSeconds, rule } = tally;
  tally.sums.alerts++;
  if (lastEndSeconds !== null && timeSeconds - lastEndSeconds <= flapSecondsOf(rule)) tally.sums.flaps++;
  const isListed = firings.length < FIRINGS_LISTED_MAX;
  const reasons = isListed && explanation !== null ? renderTelling(explanation, REASONS_MAX) : [];
  tally.open = {
    startSeconds: timeSeconds,
    endSeconds: null,
    ending: null,
    peak,
    isTold: false,
    summary: isListed ? summary : '',
    reasons,
  };
  if (firings.length < FIRINGS_KEPT_MAX) firings.push(tally.open);
}

function end(tally: Tally, { timeSeconds, peak, ending }: AlertEvent): void {
  const { open } = tally;
  if (open === null) return;
  open.endSeconds = timeSeconds;
  open.ending = ending ?? null;
  open.peak = peak;
  tally.sums.alertSeconds += timeSeconds - open.startSeconds;
  tally.lastEndSeconds = timeSeconds;
  tally.open = null;
}
