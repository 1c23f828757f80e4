// What each rule has found, as text for a terminal and as JSON, one line a rule. Bounded, however often a rule fired.
import type { Rule } from '../alerts/rule.ts';
import { formatAmount, formatEnding, formatSpan, unitOf } from '../alerts/summary.ts';
import { formatNumber } from '../number-text.ts';
import { FIRINGS_LISTED_MAX, flapSecondsOf } from './rule-tally.ts';
import type { Firing, RuleOutcome } from './rule-tally.ts';

/** Where the logs end, and what is to be listed of each rule. */
interface Listing {
  readonly toSeconds: number;
  /** Each alert has been told already: only what was held back is listed. */
  readonly areAlertsTold: boolean;
}

/** One block a rule: its sums, and below it each alert that is to be listed, with its reasons. */
export function renderOutcomesText(outcomes: readonly RuleOutcome[], listing: Listing): string {
  const blocks = outcomes.map((outcome) => renderOutcome(outcome, listing));
  const flapping = outcomes.filter(({ flaps }) => flaps > 0);
  return ['Rules, times in UTC', ...blocks.flat(), ...flapping.slice(0, 1).map(explainFlaps)].join('\n');
}

export function renderOutcomeJson(outcome: RuleOutcome, toSeconds: number): string {
  const { rule, firings, alerts } = outcome;
  const listed = firings.slice(0, FIRINGS_LISTED_MAX);
  return JSON.stringify({
    type: 'rule',
    rule: rule.name,
    ...describeForJson(outcome),
    firings: listed.map((firing) => firingForJson(firing, toSeconds)),
    furtherFirings: alerts - listed.length,
  });
}

/** What is compared and listed of a rule, in the words of the JSON of alerts. */
export function describeForJson(outcome: RuleOutcome) {
  const { rule, alerts, alertsTold, alertSeconds, flaps, neverKnown } = outcome;
  return {
    metric: rule.metric,
    unit: unitOf(rule),
    severity: rule.severity,
    comparison: rule.comparison,
    threshold: rule.threshold,
    alerts,
    alertsTold,
    alertSeconds,
    flaps,
    flapSeconds: flapSecondsOf(rule),
    neverKnown,
  };
}

export function firingForJson(
  { startSeconds, endSeconds, ending, peak, ...firing }: Firing,
  toSeconds: number,
) {
  return {
    start: toIso(startSeconds),
    end: endSeconds === null ? null : toIso(endSeconds),
    ending,
    seconds: (endSeconds ?? toSeconds) - startSeconds,
    peak,
    isTold: firing.isTold,
    reason: firing.summary,
    reasons: firing.reasons,
  };
}

function renderOutcome(outcome: RuleOutcome, { toSeconds, areAlertsTold }: Listing): string[] {
  const { rule, alerts, alertsTold, alertSeconds, flaps, firings, neverKnown } = outcome;
  const title = `  ${rule.name} (${rule.severity}, ${describeRule(rule)})`;
  if (neverKnown !== null) return [`${title}: never known: ${neverKnown}`];
  if (alerts === 0) return [`${title}: no alert`];
  const sums = [countOf(alerts, 'alert'), `${formatSpan(alertSeconds)} in alert`];
  if (flaps > 0) sums.push(countOf(flaps, 'flap'));
  const untold = areAlertsTold ? firings.filter(({ isTold }) => !isTold) : firings;
  const listed = untold.slice(0, FIRINGS_LISTED_MAX);
  const further = (areAlertsTold ? alerts - alertsTold : alerts) - listed.length;
  return [
    `${title}: ${sums.join(', ')}`,
    ...listed.flatMap((firing) => [`    ${renderFiring(rule, firing, toSeconds)}`, ...renderWhy(firing)]),
    ...(further > 0 ? [`    and ${formatNumber(further)} more`] : []),
  ];
}

/** `2026-11-23 22:15:04 to 22:20:09  5m 5s  peak 12.5 %`, in UTC. */
export function renderFiring(
  rule: Rule,
  { startSeconds, endSeconds, ending, ...firing }: Firing,
  toSeconds: number,
): string {
  const start = toClock(startSeconds);
  const parts = [
    `${start} ${endSeconds === null ? 'still firing' : `to ${toEndClock(startSeconds, endSeconds)}`}`,
    formatSpan((endSeconds ?? toSeconds) - startSeconds),
  ];
  if (firing.peak !== null) parts.push(`peak ${formatAmount(firing.peak, rule.metric, unitOf(rule))}`);
  if (ending !== null && ending !== 'recovered') parts.push(`ended: ${formatEnding(ending, rule.metric)}`);
  if (!firing.isTold) parts.push('held back by maintenance');
  return parts.join('  ');
}

function renderWhy({ summary, reasons }: Firing): string[] {
  return summary === '' ? [] : [`      ${[summary, ...reasons].join('; ')}`];
}

/** `error-rate above 5 %`. */
function describeRule(rule: Rule): string {
  return `${rule.metric} ${rule.comparison} ${formatAmount(rule.threshold, rule.metric, unitOf(rule))}`;
}

function explainFlaps(): string {
  return '  A flap is an alert that begins within 5m of the end of the one before, or within its window if that is longer.';
}

function countOf(count: number, noun: string): string {
  return `${formatNumber(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** The day only when it is another. */
function toEndClock(startSeconds: number, endSeconds: number): string {
  const [start, end] = [toClock(startSeconds), toClock(endSeconds)];
  return start.slice(0, 10) === end.slice(0, 10) ? end.slice(11) : end;
}

function toClock(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
}

function toIso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
