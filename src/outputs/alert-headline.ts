// What happened in half a line: the subject of a mail and of an SNS message, and the summary of whoever needs a short
// one. Pure.
import type { AlertEvent } from '../alerts/rule.ts';
import { formatAmount, formatBeside, formatEnding, isBeyond } from '../alerts/summary.ts';
import { oneLine } from './one-line.ts';

/** Names of rules that a headline of several alerts has room for. */
const RULES_MAX = 3;
/** More is no subject any more. */
const CHARACTERS_MAX = 200;

/**
 * `[firing] traffic: 83 requests/s, above 10 requests/s` for one event, `[2 firing, 1 resolved] traffic, errors` for several. One
 * line without control characters, whatever a rule is called. `events` has at least one.
 */
export function headlineOf(events: readonly AlertEvent[]): string {
  const [first, ...others] = events;
  if (first === undefined) return '';
  const text =
    others.length === 0
      ? `[${standingOf(first)}] ${describe(first)}`
      : `[${count(events)}] ${rulesOf(events)}`;
  return oneLine(text, CHARACTERS_MAX);
}

function standingOf({ state, isReminder }: AlertEvent): string {
  return isReminder ? `still ${state}` : state;
}

function describe(event: AlertEvent): string {
  const { rule, metric, value, unit, threshold, ending = 'recovered' } = event;
  if (ending !== 'recovered') return `${rule}: ${formatEnding(ending, metric)}`;
  const found = value === null ? 'no verdict' : formatBeside({ value, threshold }, metric, unit);
  return `${rule}: ${found}, ${verdictOf(event)} ${formatAmount(threshold, metric, unit)}`;
}

/** A reminder may come of an alert that has not recovered yet, although its value has come back. */
function verdictOf({ state, value, comparison, threshold }: AlertEvent): string {
  if (state === 'resolved') return `no longer ${comparison}`;
  const hasComeBack = value !== null && !isBeyond({ value, comparison, threshold });
  return hasComeBack ? `was ${comparison}` : comparison;
}

function count(events: readonly AlertEvent[]): string {
  const firing = events.filter(({ state }) => state === 'firing').length;
  const parts = [
    firing > 0 ? `${firing} firing` : '',
    firing < events.length ? `${events.length - firing} resolved` : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function rulesOf(events: readonly AlertEvent[]): string {
  const rules = [...new Set(events.map(({ rule }) => rule))];
  const more = rules.length > RULES_MAX ? ` and ${rules.length - RULES_MAX} more` : '';
  return rules.slice(0, RULES_MAX).join(', ') + more;
}
