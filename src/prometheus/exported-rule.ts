// A rule of the configuration as an alerting rule of Prometheus. What the metrics can't express is left to fluffy itself:
// then the rule asks whether it fires there.
import { describeMetric, formatAmount, formatSpan, unitOf } from '../alerts/summary.ts';
import { METRICS, RATIO_UNIT } from '../alerts/rule.ts';
import type { Rule, Severity } from '../alerts/rule.ts';
import { conditionOf } from './condition.ts';

export interface AlertingRule {
  readonly alert: string;
  /** Lines of one expression. */
  readonly lines: readonly string[];
  /** Seconds; 0: at once. */
  readonly forSeconds: number;
  readonly keepFiringSeconds: number;
  readonly severity: Severity;
  /** A template of Prometheus. */
  readonly summary: string;
  /** For whoever reads the file; each a sentence. */
  readonly remarks: readonly string[];
}

/** `scrapeSeconds`: how often the metrics are scraped, at least 1. */
export function exportRule(rule: Rule, scrapeSeconds: number): AlertingRule {
  const { name, severity, recoverForSeconds } = rule;
  const condition = conditionOf(rule, scrapeSeconds);
  if (!condition.ok) return delegate(rule, condition.reason);
  return {
    alert: name,
    lines: condition.lines,
    forSeconds: condition.forSeconds,
    keepFiringSeconds: recoverForSeconds,
    severity,
    summary: summaryOf(rule),
    remarks: remarksOn(rule),
  };
}

function delegate(rule: Rule, reason: string): AlertingRule {
  const matcher = `{rule="${rule.name}"}`;
  return {
    alert: rule.name,
    lines: [`fluffy_alert_value${matcher}`, `and fluffy_alert_firing${matcher} == 1`],
    forSeconds: 0,
    keepFiringSeconds: 0,
    severity: rule.severity,
    summary: summaryOf(rule),
    remarks: [`Judged by fluffy, as ${reason}.`],
  };
}

function remarksOn(rule: Rule): string[] {
  const { metric, threshold, recoverThreshold } = rule;
  const remarks: string[] = [];
  if (recoverThreshold !== threshold) {
    const end = formatAmount(recoverThreshold, metric, unitOf(rule));
    remarks.push(`fluffy ends it at ${end}; here it ends at the threshold itself.`);
  }
  if (metric.startsWith('latency-'))
    remarks.push('The quantile is interpolated in a bucket of the histogram; fluffy knows it better.');
  return remarks;
}

function summaryOf(rule: Rule): string {
  const { metric, comparison, threshold, windowsSeconds, previousSeconds, previousOffsetSeconds } = rule;
  if (metric === 'silence') return `no request was logged for ${formatSpan(threshold)}`;
  const unit = unitOf(rule);
  const limit = `${comparison} ${formatAmount(threshold, metric, unit)}`;
  const span = `over ${formatSpan(windowsSeconds[0])}`;
  if (previousSeconds === null) return `${describeMetric(rule, amountOf(metric))} ${span}, ${limit}`;
  const found = describeMetric(rule, `${NUMBER} ${RATIO_UNIT}`);
  const when =
    previousOffsetSeconds === undefined
      ? `the ${formatSpan(previousSeconds)} before`
      : `${formatSpan(previousSeconds)} yesterday`;
  return `${found} ${span}, compared with ${when}, ${limit}`;
}

const NUMBER = '{{ printf "%.2f" $value }}';

function amountOf(metric: Rule['metric']): string {
  return metric === 'bytes-rate' ? '{{ humanize $value }}B/s' : `${NUMBER} ${METRICS[metric].unit}`;
}
