// An open alert whose rule is no longer in the configuration: enough of a rule to tell its end.
import { Measure } from './measure.ts';
import { Meters } from './meters.ts';
import { ANY, METRICS } from './rule.ts';
import type { MetricName } from './rule.ts';
import { RuleRun } from './rule-run.ts';
import type { RuleRunSnapshot } from './rule-run.ts';

export function createOrphan(saved: RuleRunSnapshot): RuleRun {
  const [metric = ''] = saved.subject.split(' ');
  const rule = {
    name: saved.name,
    metric: isMetric(metric) ? metric : 'request-rate',
    where: ANY,
    comparison: 'above',
    threshold: 0,
    windowsSeconds: [1],
    previousSeconds: null,
    forSeconds: 0,
    recoverThreshold: 0,
    recoverForSeconds: 0,
    requestsMin: 0,
    severity: 'warning',
    notify: null,
    message: null,
    repeatSeconds: null,
  } as const;
  const run = new RuleRun(new Measure(rule, new Meters()));
  run.restore(saved);
  return run;
}

function isMetric(name: string): name is MetricName {
  return Object.hasOwn(METRICS, name);
}
