// From what was learnt of a rule to the threshold that is suggested for it, and to a few others to compare it with.
import type { Rule } from '../alerts/rule.ts';
import type { LevelCount } from './crossings.ts';
import { windowOf } from './learner.ts';
import type { Learnt } from './learner.ts';

const WEEK_SECONDS = 604_800;
const DAY_SECONDS = 86_400;

/** A threshold that was crossed for longer is one of the usual, however seldom it was crossed. */
const IN_ALERT_SHARE_MAX = 0.1;
/** A threshold keeps such a distance from what is usual, or from all there was if there were no alerts. */
const MARGIN = 1.2;
const SILENCE_MARGIN = 1.5;
const TABLE_ROWS = 6;
/** Of the table: a threshold below which the value rarely is says nothing. */
const TABLE_IN_ALERT_SHARE_MAX = 0.25;

/** What history is about. */
export interface HistorySpan {
  /** Event time, seconds since the epoch; the end is not included. */
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/**
 * Why there is no suggestion, or a weak one. `absent`: never a verdict. `never-full`: nor could there be one, as history is
 * shorter than the window. `zero`: it was 0 all the time. `flat`: usual and highest can't be told apart.
 * `unusual-is-usual`: with no threshold there were so few alerts.
 */
export type Remark = 'absent' | 'never-full' | 'zero' | 'flat' | 'unusual-is-usual';

export interface Suggestion extends Learnt {
  readonly remark: Remark | null;
  /** Null: there is none. */
  readonly suggested: LevelCount | null;
  /** Some of the thresholds, ascending, `suggested` among them. */
  readonly table: readonly LevelCount[];
}

export function isShort({ fromSeconds, toSeconds }: HistorySpan): boolean {
  return toSeconds - fromSeconds < DAY_SECONDS;
}

/** How far the history falls short of what thresholds should be learnt from, a sentence; null: it does not. */
export function describeShortness(span: HistorySpan): string | null {
  if (isShort(span))
    return 'less than a day of history: treat it all as a guess, and ask again when there is more';
  return weeksOf(span) < 1
    ? 'less than a week of history: days that differ, such as weekends, may not be in it'
    : null;
}

export function weeksOf({ fromSeconds, toSeconds }: HistorySpan): number {
  return (toSeconds - fromSeconds) / WEEK_SECONDS;
}

/** `alertsPerWeek`: about so many at most, 0 or above. */
export function suggest(learnt: Learnt, span: HistorySpan, alertsPerWeek: number): Suggestion {
  const { rule, whole, levels } = learnt;
  if (whole === null) {
    const remark = secondsOf(span) < windowOf(rule) ? 'never-full' : 'absent';
    return { ...learnt, remark, suggested: null, table: [] };
  }
  if (whole.max === 0) return { ...learnt, remark: 'zero', suggested: null, table: [] };
  const suggested = findThreshold(learnt, span, alertsPerWeek);
  const table = chooseTable(levels, span, suggested);
  if (suggested === null) return { ...learnt, remark: 'unusual-is-usual', suggested, table };
  // The bins are two percent wide.
  const isFlat = whole.max <= whole.median * 1.02;
  return { ...learnt, remark: isFlat ? 'flat' : null, suggested, table };
}

/** With the value that is suggested. */
export function ruleOf({ rule, suggested }: Suggestion): Rule | null {
  if (suggested === null) return null;
  const { threshold, recoverThreshold } = suggested;
  return { ...rule, threshold, recoverThreshold };
}

/** The lowest from which on upwards all alert seldom enough. */
function findThreshold(
  { rule, whole, levels }: Learnt,
  span: HistorySpan,
  alertsPerWeek: number,
): LevelCount | null {
  const alertsMax = Math.round(alertsPerWeek * weeksOf(span));
  // Of a log that lacks three days there is one long silence, which says nothing against a shorter one.
  const secondsMax =
    rule.metric === 'silence' ? Number.POSITIVE_INFINITY : IN_ALERT_SHARE_MAX * secondsOf(span);
  const tooOften = levels.findLastIndex(
    ({ alerts, secondsInAlert }) => alerts > alertsMax || secondsInAlert > secondsMax,
  );
  const lowest = levels[tooOften + 1];
  if (lowest === undefined) return null;
  const margin = rule.metric === 'silence' ? SILENCE_MARGIN : MARGIN;
  if (lowest.alerts === 0) {
    const distant = Math.max(lowest.threshold, margin * (whole?.max ?? 0));
    return levels.find(({ threshold }) => threshold >= distant) ?? lowest;
  }
  // Further away from what is usual, if that costs no alert.
  const further = ({ threshold, alerts }: LevelCount): boolean =>
    threshold <= margin * lowest.threshold && alerts === lowest.alerts;
  return levels.findLast(further) ?? lowest;
}

/** Spread evenly between one that alerts often and the lowest that never does. */
function chooseTable(
  levels: readonly LevelCount[],
  span: HistorySpan,
  suggested: LevelCount | null,
): LevelCount[] {
  const secondsMax = TABLE_IN_ALERT_SHARE_MAX * secondsOf(span);
  const first = levels.findIndex(({ secondsInAlert }) => secondsInAlert <= secondsMax);
  const lastAlerting = levels.findLastIndex(({ alerts }) => alerts > 0);
  const last = Math.max(
    first,
    Math.min(lastAlerting + 1, levels.length - 1),
    suggested === null ? 0 : levels.indexOf(suggested),
  );
  const steps = Math.min(TABLE_ROWS - 1, last - first);
  const chosen = new Set<LevelCount>();
  for (let i = 0; i <= steps; i++) {
    const level = levels[Math.round(first + ((last - first) * i) / Math.max(1, steps))];
    if (level !== undefined) chosen.add(level);
  }
  if (suggested !== null) chosen.add(suggested);
  return [...chosen].toSorted((a, b) => a.threshold - b.threshold);
}

function secondsOf({ fromSeconds, toSeconds }: HistorySpan): number {
  return toSeconds - fromSeconds;
}
