// Events for the tests of the outputs.
import type { AlertEvent } from '../../src/alerts/rule.ts';
import type { Output, OutputEvent } from '../../src/outputs/output.ts';

/** A delivery with it is never cut off. */
export const NEVER = new AbortController().signal;

/** An alert of the rule `traffic` that fires at 2026-11-23 22:14:00 UTC, with `changes`. */
export function alertOf(changes: Partial<AlertEvent> = {}): AlertEvent {
  return {
    id: 'traffic-1795472040',
    rule: 'traffic',
    metric: 'request-rate',
    unit: 'requests/s',
    severity: 'warning',
    state: 'firing',
    isReminder: false,
    value: 79.2,
    comparison: 'above',
    threshold: 10,
    windowSeconds: 120,
    timeSeconds: 1_795_472_040,
    sinceSeconds: 1_795_472_040,
    peak: 79.2,
    summary: '9504 requests in the 120 s before, threshold 10/s',
    explanation: null,
    message: null,
    notify: null,
    ...changes,
  };
}

export function alertEvent(timeSeconds: number): OutputEvent {
  return {
    type: 'alert',
    alert: alertOf({ id: `traffic-${timeSeconds}`, timeSeconds, sinceSeconds: timeSeconds }),
  };
}

export function reportEvent(toSeconds: number): OutputEvent {
  return {
    type: 'report',
    report: {
      id: `report-${toSeconds - 10}-${toSeconds}`,
      fromSeconds: toSeconds - 10,
      toSeconds,
      isPartial: false,
      requests: 3,
      errors: 1,
      bytesSent: 300,
      statuses: { 200: 2, 404: 1 },
      paths: [{ path: '/login', requests: 3 }],
      furtherPaths: 0,
      furtherRequests: 0,
    },
  };
}

/** Which kinds of event it takes. */
export function kindsOf(output: Pick<Output, 'takes'>): OutputEvent['type'][] {
  return [alertEvent(1), reportEvent(1)].filter((event) => output.takes(event)).map(({ type }) => type);
}
