// What an aggregator saves of itself.
import * as v from 'valibot';
import { CountSchema, WholeSchema } from '../saved.ts';
import { SavedSecondsSchema } from './saved-seconds.ts';

export const AggregatorSnapshotSchema = v.strictObject({
  lateRecords: CountSchema,
  futureRecords: CountSchema,
  forcedSeconds: CountSchema,
  overflowRecords: CountSchema,
  /** Null while there is none, here and below. */
  newestSeconds: v.nullable(WholeSchema),
  closedBeforeSeconds: v.nullable(WholeSchema),
  open: SavedSecondsSchema,
  stray: SavedSecondsSchema,
  failing: v.optional(SavedSecondsSchema),
});
export type AggregatorSnapshot = v.InferOutput<typeof AggregatorSnapshotSchema>;
