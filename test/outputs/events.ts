// Events for the tests of the outputs.
import type { OutputEvent } from '../../src/outputs/output.ts';

export function alertEvent(timeSeconds: number): OutputEvent {
  return {
    type: 'alert',
    alert: {
      id: `traffic-${timeSeconds}`,
      rule: 'traffic',
      state: 'firing',
      value: 79.2,
      threshold: 10,
      windowSeconds: 120,
      timeSeconds,
      metric: 'request-rate',
      unit: 'requests/s',
      severity: 'warning',
      isReminder: false,
      comparison: 'above',
      sinceSeconds: timeSeconds,
      peak: 79.2,
      explanation: null,
      message: null,
      notify: null,
      summary: '79.2 requests/s over 2m (9,504 requests), above 10 requests/s',
    },
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
