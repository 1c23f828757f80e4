// An event that waits, as it stands in the state database: with the time at which it came, so that its age survives a
// restart.
import * as v from 'valibot';
import { SEVERITIES } from '../alerts/rule.ts';
import { WholeSchema } from '../saved.ts';
import type { OutputEvent } from './output.ts';
import { upgradeEvent } from './saved-by-version-1.ts';

export type SavedOutputEvent = OutputEvent & {
  /** Milliseconds since the epoch. */
  readonly addedMs: number;
};

/** As far as choosing its outputs and telling it need. */
const EventSchema = v.variant('type', [
  v.looseObject({
    type: v.literal('alert'),
    alert: v.looseObject({
      id: v.string(),
      rule: v.string(),
      severity: v.picklist(SEVERITIES),
      state: v.picklist(['firing', 'resolved']),
      value: v.nullable(v.number()),
      timeSeconds: WholeSchema,
      sinceSeconds: WholeSchema,
      summary: v.string(),
      notify: v.nullable(v.array(v.string())),
    }),
  }),
  v.looseObject({
    type: v.literal('report'),
    report: v.looseObject({ id: v.string(), toSeconds: WholeSchema, paths: v.array(v.unknown()) }),
  }),
]);

const AddedSchema = v.looseObject({ addedMs: WholeSchema });

export function saveEvent(event: OutputEvent, addedMs: number): SavedOutputEvent {
  return { ...event, addedMs };
}

/** Null when `given` is no event. One without the time at which it came counts from `nowMs`. */
export function restoreEvent(given: unknown, nowMs: number): { event: OutputEvent; addedMs: number } | null {
  const saved = upgradeEvent(given);
  if (!isOutputEvent(saved)) return null;
  const event: OutputEvent =
    saved.type === 'alert' ? { type: 'alert', alert: saved.alert } : { type: 'report', report: saved.report };
  return { event, addedMs: v.is(AddedSchema, saved) ? saved.addedMs : nowMs };
}

function isOutputEvent(value: unknown): value is OutputEvent {
  return v.is(EventSchema, value);
}
