// The rule that there always is: of `threshold` and `alert-window`.
import { ANY } from './rule.ts';
import type { Rule } from './rule.ts';

export const TRAFFIC_RULE_NAME = 'traffic';

/** Fires while more requests a second than `threshold` arrive, on average over the window. */
export function createTrafficRule(
  threshold: number,
  windowSeconds: number,
  repeatSeconds: number | null = null,
): Rule {
  return {
    name: TRAFFIC_RULE_NAME,
    metric: 'request-rate',
    where: ANY,
    comparison: 'above',
    threshold,
    windowsSeconds: [windowSeconds],
    previousSeconds: null,
    forSeconds: 0,
    recoverThreshold: threshold,
    recoverForSeconds: 0,
    requestsMin: 0,
    severity: 'warning',
    notify: null,
    message: null,
    repeatSeconds,
  };
}
