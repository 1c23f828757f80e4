// An open alert whose rule is no longer in the configuration: enough of a rule to tell its end.
import { Measure } from './measure.ts';
import { Meters } from './meters.ts';
import { METRICS } from './rule.ts';
import type { MetricName, Rule } from './rule.ts';
import { RuleRun } from './rule-run.ts';
import type { RuleRunSnapshot } from './rule-run.ts';
import { createTrafficRule } from './traffic-rule.ts';

export function createOrphan(saved: RuleRunSnapshot): RuleRun {
  const [metric = ''] = saved.subject.split(' ');
  const rule: Rule = {
    ...createTrafficRule(0, 1),
    name: saved.name,
    metric: isMetric(metric) ? metric : 'request-rate',
  };
  const run = new RuleRun(new Measure(rule, new Meters()));
  run.restore(saved, 0);
  return run;
}

function isMetric(name: string): name is MetricName {
  return Object.hasOwn(METRICS, name);
}
