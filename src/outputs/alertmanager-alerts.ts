// Alert events as what Alertmanager's API v2 takes: labels, which make an alert what it is, annotations, which
// describe it, and from when to when it lasts. Pure; what it gives is posted by alertmanager.ts.
import type { AlertEvent } from '../alerts/rule.ts';
import { alertDetails } from './alert-text.ts';

/** Named as Alertmanager names them. */
export interface PostableAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** ISO 8601. */
  readonly startsAt: string;
  readonly endsAt: string;
}

export interface AlertmanagerSurroundings {
  readonly hostName: string;
  /** Wall time, milliseconds since the epoch. */
  readonly nowMs: number;
  /** As configured; they may replace `instance` and `source`. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Alertmanager takes a firing alert for over so long after it was posted last: three posts may be lost. */
const LASTING_MS = 240_000;

/**
 * One event for each rule, as Alertmanager tells alerts apart by labels: the last one of `told`, which are in the order
 * of their telling, unless another alert of the rule is in `firing` and has begun since.
 */
export function latestOf(told: readonly AlertEvent[], firing: readonly AlertEvent[]): AlertEvent[] {
  const latest = new Map(told.map((event) => [event.rule, event]));
  for (const event of firing) {
    const other = latest.get(event.rule);
    if (other === undefined || event.sinceSeconds > other.sinceSeconds) latest.set(event.rule, event);
  }
  return [...latest.values()];
}

export function renderAlert(
  event: AlertEvent,
  { hostName, nowMs, labels }: AlertmanagerSurroundings,
): PostableAlert {
  const startMs = event.sinceSeconds * 1000;
  // A log whose clock is ahead must not make an alert last into the future, nor may an end be before its start.
  const endMs = event.state === 'firing' ? nowMs + LASTING_MS : Math.min(event.timeSeconds * 1000, nowMs);
  const description = alertDetails(event).filter((line) => line !== event.summary);
  return {
    labels: {
      source: 'fluffy',
      instance: hostName,
      ...labels,
      alertname: event.rule,
      severity: event.severity,
    },
    annotations: { summary: event.summary, description: description.join('\n'), id: event.id },
    startsAt: new Date(startMs).toISOString(),
    endsAt: new Date(Math.max(startMs, endMs)).toISOString(),
  };
}
