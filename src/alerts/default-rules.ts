// Rules that are useful as they are, for `default-rules: on`, and those that an objective asks for. The shares and windows
// are those that the field has settled on; each wants requests enough for a verdict, and recovers later than it fires.
import { ANY } from './rule.ts';
import type { Rule, StatusRange } from './rule.ts';

const RULE = {
  where: ANY,
  comparison: 'above',
  previousSeconds: null,
  forSeconds: 0,
  recoverForSeconds: 120,
  notify: null,
  message: null,
  repeatSeconds: null,
} as const;

const CLIENT_ERRORS: StatusRange = { first: 400, last: 499 };
const SUCCESSES: StatusRange = { first: 100, last: 399 };

const DEFAULT_RULES = [
  {
    ...RULE,
    name: 'server-errors-fast',
    metric: 'error-rate',
    threshold: 5,
    recoverThreshold: 2.5,
    windowsSeconds: [60],
    recoverForSeconds: 60,
    requestsMin: 30,
    severity: 'critical',
  },
  {
    ...RULE,
    name: 'server-errors-slow',
    metric: 'error-rate',
    threshold: 2,
    recoverThreshold: 1,
    windowsSeconds: [300],
    requestsMin: 100,
    severity: 'warning',
  },
  {
    ...RULE,
    name: 'client-errors',
    metric: 'status-share',
    where: { ...ANY, statuses: [CLIENT_ERRORS] },
    threshold: 30,
    recoverThreshold: 20,
    windowsSeconds: [300],
    requestsMin: 100,
    severity: 'warning',
  },
  {
    ...RULE,
    name: 'few-successes',
    metric: 'status-share',
    where: { ...ANY, statuses: [SUCCESSES] },
    comparison: 'below',
    threshold: 75,
    recoverThreshold: 85,
    windowsSeconds: [300],
    requestsMin: 100,
    severity: 'critical',
  },
  {
    ...RULE,
    name: 'slow-responses',
    metric: 'latency-p95',
    threshold: 2,
    recoverThreshold: 1.5,
    windowsSeconds: [60],
    previousSeconds: 600,
    forSeconds: 60,
    requestsMin: 50,
    severity: 'warning',
  },
  {
    ...RULE,
    name: 'silence',
    metric: 'silence',
    threshold: 900,
    recoverThreshold: 900,
    windowsSeconds: [1],
    recoverForSeconds: 0,
    requestsMin: 0,
    severity: 'warning',
  },
  {
    ...RULE,
    name: 'parse-failures',
    metric: 'parse-failure-rate',
    threshold: 10,
    recoverThreshold: 5,
    windowsSeconds: [300],
    requestsMin: 50,
    severity: 'warning',
  },
] as const satisfies readonly Rule[];

/** How much faster than allowed the budget of errors is spent, and over which windows: the SRE Workbook's pairs. */
const BURN_RATES = [
  { name: 'burn-rate-fast', factor: 14.4, windowsSeconds: [3600, 300], severity: 'critical' },
  { name: 'burn-rate-slow', factor: 6, windowsSeconds: [21_600, 1800], severity: 'warning' },
] as const;

export const DEFAULT_RULE_NAMES: readonly string[] = [...DEFAULT_RULES, ...BURN_RATES].map(
  ({ name }) => name,
);

export interface DefaultRuleOptions {
  readonly hasDefaultRules: boolean;
  /** Percentage of requests that must succeed, above 0 and below 100; null: none is stated. */
  readonly objective: number | null;
}

export function createDefaultRules({ hasDefaultRules, objective }: DefaultRuleOptions): Rule[] {
  return [
    ...(hasDefaultRules ? DEFAULT_RULES : []),
    ...(objective === null ? [] : createBurnRateRules(objective)),
  ];
}

function createBurnRateRules(objective: number): Rule[] {
  return BURN_RATES.map(({ name, factor, windowsSeconds, severity }) => {
    // Binary fractions are no matter of the user's: 1.44 and not 1.4400000000000817.
    const threshold = Number((factor * (100 - objective)).toFixed(6));
    return {
      ...RULE,
      name,
      metric: 'error-rate',
      threshold,
      recoverThreshold: threshold,
      windowsSeconds,
      requestsMin: 100,
      severity,
    };
  });
}
