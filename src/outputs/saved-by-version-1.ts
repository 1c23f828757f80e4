// An alert that an earlier fluffy, which had one rule, has left untold: in the form of today. A step that was released is
// never changed.
import * as v from 'valibot';
import { WholeSchema } from '../saved.ts';

const Version1Schema = v.strictObject({
  type: v.literal('alert'),
  alert: v.strictObject({
    id: v.string(),
    rule: v.string(),
    state: v.picklist(['firing', 'resolved']),
    value: v.number(),
    threshold: v.number(),
    windowSeconds: WholeSchema,
    timeSeconds: WholeSchema,
    reason: v.string(),
  }),
});

/** What is no such alert stays what it is. */
export function upgradeEvent(saved: unknown): unknown {
  if (!v.is(Version1Schema, saved)) return saved;
  const { reason, ...alert } = saved.alert;
  // The id ends with the second at which it fired.
  const sinceSeconds = Number(/-(\d+)$/.exec(alert.id)?.[1] ?? alert.timeSeconds);
  return {
    type: 'alert',
    alert: {
      ...alert,
      metric: 'request-rate',
      unit: 'requests/s',
      severity: 'warning',
      isReminder: false,
      comparison: 'above',
      sinceSeconds,
      peak: null,
      summary: reason,
      explanation: null,
      message: null,
      notify: null,
    },
  };
}
