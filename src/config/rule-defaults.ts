// What a rule is where its keys say nothing. Pure; for the rules of the configuration and for the default ones.
import { ANY, type MetricName, type Rule } from '../alerts/rule.ts';

/** Without it a single failed request at night would be a share of 100 %. */
const REQUESTS_MIN_OF_SHARES = 20;
const WINDOW_SECONDS = 60;

/** Of these the value is a part of the requests in the window, and few requests say little. */
const SHARES: ReadonlySet<MetricName> = new Set([
  'error-rate',
  'status-share',
  'parse-failure-rate',
  'latency-p50',
  'latency-p95',
  'latency-p99',
]);

type Needed = Pick<Rule, 'name' | 'metric' | 'comparison' | 'threshold'>;

/** A whole rule from the parts that are given. */
export function createRule(given: Needed & Partial<Rule>): Rule {
  return {
    where: ANY,
    windowsSeconds: given.metric === 'silence' ? [1] : [WINDOW_SECONDS],
    previousSeconds: null,
    forSeconds: 0,
    recoverThreshold: given.threshold,
    recoverForSeconds: 0,
    requestsMin: SHARES.has(given.metric) ? REQUESTS_MIN_OF_SHARES : 0,
    severity: 'warning',
    notify: null,
    message: null,
    repeatSeconds: null,
    ...given,
  };
}
