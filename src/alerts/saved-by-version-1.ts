// What an earlier fluffy has saved of its one rule, in the form of today. A step that was released is never changed.
import * as v from 'valibot';
import { CountSchema, WholeSchema } from '../saved.ts';

const Version1Schema = v.strictObject({
  version: v.literal(1),
  rule: v.string(),
  nowSeconds: v.nullable(WholeSchema),
  /** Second by second up to `nowSeconds`, which is the last; from the first that had any. */
  requests: v.array(CountSchema),
  firingId: v.nullable(v.string()),
  sinceSeconds: v.nullable(WholeSchema),
});

/** What is no snapshot of version 1 stays what it is. */
export function upgradeSnapshot(saved: unknown): unknown {
  if (!v.is(Version1Schema, saved)) return saved;
  const { rule, nowSeconds, requests, firingId, sinceSeconds } = saved;
  return {
    version: 2,
    nowSeconds,
    // It has watched for as long as any window of that time reaches, for all that is known.
    watchedSeconds: 86_400,
    meters: requests.length === 0 ? [] : [['requests ', requests]],
    rules: [
      {
        name: rule,
        subject: 'request-rate ',
        firingId,
        changedSeconds: sinceSeconds,
        pendingSeconds: null,
        recoveringSeconds: null,
        peak: null,
      },
    ],
  };
}
