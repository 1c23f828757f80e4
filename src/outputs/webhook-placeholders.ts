// What the templates of webhooks may name.
import type { AlertEvent, Dimension } from '../alerts/rule.ts';
import { alertDetails, describeReasons } from './alert-text.ts';
import { isoTime, timesOf } from './alert-times.ts';

export type ValueOf = (alert: AlertEvent) => string | number | null;

/** What stands between braces in a template, and what takes its place; null: there is no value. */
export const WEBHOOK_PLACEHOLDERS: Readonly<Record<string, ValueOf>> = {
  id: ({ id }) => id,
  rule: ({ rule }) => rule,
  metric: ({ metric }) => metric,
  severity: ({ severity }) => severity,
  /** `firing` or `resolved`. */
  state: ({ state }) => state,
  value: ({ value }) => value,
  unit: ({ unit }) => unit,
  /** `above` or `below`. */
  comparison: ({ comparison }) => comparison,
  threshold: ({ threshold }) => threshold,
  peak: ({ peak }) => peak,
  /** Seconds. */
  window: ({ windowSeconds }) => windowSeconds,
  time: ({ timeSeconds }) => isoTime(timeSeconds),
  'starts-at': (alert) => timesOf(alert).startsAt,
  'ends-at': (alert) => timesOf(alert).endsAt ?? '',
  summary: ({ summary }) => summary,
  message: ({ message }) => message ?? '',
  'top-path': (alert) => topOf(alert, 'path'),
  'top-client': (alert) => topOf(alert, 'client'),
  /** One line for each. */
  reasons: ({ explanation }) => describeReasons(explanation).join('\n'),
  /** All that is to be said, one line for each. */
  text: (alert) => alertDetails(alert).join('\n'),
};

/** Empty when no reason is of that kind. */
function topOf({ explanation }: AlertEvent, dimension: Dimension): string {
  return explanation?.reasons.find((reason) => reason.dimension === dimension)?.name ?? '';
}
