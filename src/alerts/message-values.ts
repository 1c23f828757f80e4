// What the placeholders of a template stand for in an alert.
import { fillTemplate } from './message.ts';
import type { Placeholder } from './message.ts';
import type { AlertEvent, Dimension } from './rule.ts';
import { formatAmount, formatSpan } from './summary.ts';

export function fillMessage(template: string, event: AlertEvent): string {
  return fillTemplate(template, placeholdersOf(event));
}

/** Names of what is not known are `-`. */
function placeholdersOf(event: AlertEvent): Readonly<Record<Placeholder, string>> {
  const { rule, metric, unit, value, threshold, windowSeconds, state, severity, timeSeconds, summary } =
    event;
  return {
    rule,
    value: value === null ? '-' : formatAmount(value, metric, unit),
    unit,
    threshold: formatAmount(threshold, metric, unit),
    window: formatSpan(windowSeconds),
    state,
    severity,
    time: new Date(timeSeconds * 1000).toISOString(),
    summary,
    'top-path': topOf('path', event),
    'top-client': topOf('client', event),
  };
}

function topOf(dimension: Dimension, { explanation }: AlertEvent): string {
  const reasons = explanation?.reasons.filter((reason) => reason.dimension === dimension) ?? [];
  return reasons.toSorted((a, b) => b.share - a.share)[0]?.name ?? '-';
}
