// What a rule has found, as a sentence for a person who was just woken: the value, what it is of, and the threshold.
import { formatNumber } from '../number-text.ts';
import type { Measure, Reading, Unjudged } from './measure.ts';
import { METRICS, RATIO_UNIT } from './rule.ts';
import type { AlertState, Ending, MetricName, Rule, StatusRange } from './rule.ts';

/** `2m`, `1h 30m`, `45s`. */
export function formatSpan(seconds: number): string {
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [Math.floor(seconds % 60), 's'],
  ];
  const shown = parts.filter(([amount]) => amount > 0).map(([amount, unit]) => `${amount}${unit}`);
  return shown.length === 0 ? '0s' : shown.slice(0, 2).join(' ');
}

const DIGITS_MAX = 6;

/** Three digits that matter and `extraDigits`, and no more than a person reads. */
function formatRounded(value: number, extraDigits = 0): string {
  if (Number.isInteger(value)) return formatNumber(value);
  const wanted = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))) + extraDigits;
  return formatNumber(value, Math.min(wanted, DIGITS_MAX));
}

/** Of a value or a threshold: `80 requests/s`, `7.3 %`, `5m`, `2.4 ×`, `12.5 MB/s`. */
export function formatAmount(value: number, metric: MetricName, unit: string, extraDigits = 0): string {
  return unit === RATIO_UNIT
    ? `${formatRounded(value, extraDigits)} ${unit}`
    : formatMetric(value, metric, extraDigits);
}

interface Amounts {
  readonly value: number;
  readonly threshold: number;
}

/** Of a value that stands beside the threshold: with as many digits as tell them apart, up to six more than usual. */
export function formatBeside({ value, threshold }: Amounts, metric: MetricName, unit: string): string {
  const limit = formatAmount(threshold, metric, unit);
  let text = formatAmount(value, metric, unit);
  for (let extra = 1; extra <= 6 && text === limit; extra++) text = formatAmount(value, metric, unit, extra);
  return text;
}

type Verdict = Amounts & Pick<Rule, 'comparison'>;

/** A rule that recovers late fires on when its value no longer is. */
export function isBeyond({ value, comparison, threshold }: Verdict): boolean {
  return comparison === 'above' ? value > threshold : value < threshold;
}

type Recovery = Pick<Rule, 'metric' | 'comparison' | 'recoverThreshold' | 'recoverForSeconds'> & {
  /** Of the threshold. */
  readonly unit: string;
};

/** What an alert that fires waits for: `recovers below 5 % for 2m`. */
export function formatRecovery(rule: Recovery): string {
  const { metric, unit, comparison, recoverThreshold, recoverForSeconds } = rule;
  const side = comparison === 'above' ? 'below' : 'above';
  const time = recoverForSeconds === 0 ? '' : ` for ${formatSpan(recoverForSeconds)}`;
  return `recovers ${side} ${formatAmount(recoverThreshold, metric, unit)}${time}`;
}

/** That of the rule's value. */
export function unitOf({ metric, previousSeconds }: Rule): string {
  return previousSeconds === null ? METRICS[metric].unit : RATIO_UNIT;
}

function formatMetric(value: number, metric: MetricName, extraDigits = 0): string {
  if (metric === 'silence') return formatSpan(value);
  if (metric === 'bytes-rate') return formatBytes(value, extraDigits);
  return `${formatRounded(value, extraDigits)} ${METRICS[metric].unit}`;
}

function formatBytes(bytes: number, extraDigits: number): string {
  const units = ['bytes/s', 'kB/s', 'MB/s', 'GB/s', 'TB/s'];
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${formatRounded(bytes / 1000 ** power, extraDigits)} ${units[power]}`;
}

/** `sourceProblem`: what is wrong with a log that is silent, if anything. */
export function summarise(
  measure: Measure,
  state: AlertState,
  reading: Reading,
  sourceProblem: string | null,
): string {
  const { rule, failures } = measure;
  if (rule.metric === 'silence')
    return summariseSilence(rule, state, reading, { failures: failures(), sourceProblem });
  const unjudged = state === 'firing' ? null : measure.findUnjudged();
  if (unjudged !== null) return summariseUnjudged(rule, unjudged);
  const threshold = state === 'firing' ? rule.threshold : rule.recoverThreshold;
  const found = describe(rule, reading, threshold);
  const limit = formatAmount(threshold, rule.metric, unitOf(rule));
  if (state === 'resolved') return `${found}, no longer ${rule.comparison} ${limit}`;
  const isStillBeyond = reading.value === null || isBeyond({ ...rule, value: reading.value });
  const told = isStillBeyond
    ? `${found}, ${rule.comparison} ${limit}`
    : `${found}, ${formatRecovery({ ...rule, unit: unitOf(rule) })}`;
  // Whoever reads it has no line at hand: a text shows none.
  return rule.metric === 'parse-failure-rate' ? `${told}; fluffy check shows where they do not fit` : told;
}

/** It is over, and nobody knows whether it is well. */
function summariseUnjudged(
  { metric, requestsMin }: Rule,
  { ending, windowSeconds, requests }: Unjudged,
): string {
  const span = `over ${formatSpan(windowSeconds)}`;
  const least = requestsMin === 0 ? '' : `, min-requests is ${formatNumber(requestsMin)}`;
  const found = `${count(requests, metric)} ${span}`;
  if (ending === 'nothing-to-compare') return `${formatEnding(ending, metric)} ${found}`;
  return `${formatEnding(ending, metric)}: ${found}${least}`;
}

/** Why an alert is over that has not recovered, in half a sentence. */
export function formatEnding(ending: Exclude<Ending, 'recovered'>, metric: MetricName): string {
  switch (ending) {
    case 'too-few-requests':
      return `too few ${metric === 'parse-failure-rate' ? 'lines' : 'requests'} to judge`;
    case 'nothing-to-compare':
      return 'nothing to compare with';
    case 'rule-removed':
      return 'the rule is no longer in the configuration';
  }
}

function describe(rule: Rule, { value, requests, now, before }: Reading, threshold: number): string {
  const { metric, previousSeconds, previousOffsetSeconds } = rule;
  const span = `over ${formatSpan(rule.windowsSeconds[0])} (${count(requests, metric)})`;
  if (value === null || now === null) return `no verdict ${span}`;
  const beside = formatBeside({ value, threshold }, metric, unitOf(rule));
  if (previousSeconds === null || before === null) return `${describeMetric(rule, beside)} ${span}`;
  const found = `${describeMetric(rule, formatMetric(now, metric))} ${span}`;
  const when =
    previousOffsetSeconds === undefined
      ? `the ${formatSpan(previousSeconds)} before`
      : `${formatSpan(previousSeconds)} yesterday`;
  return `${found}, ${beside} the ${formatMetric(before, metric)} of ${when}`;
}

/** `amount`: the value in its unit. */
export function describeMetric({ metric, where }: Rule, amount: string): string {
  switch (metric) {
    case 'request-rate':
    case 'bytes-rate':
    case 'silence':
      return amount;
    case 'status-rate':
      return `${amount} with status ${formatStatuses(where.statuses)}`;
    case 'error-rate':
    case 'status-share':
      return `${amount} with status ${where.statuses.length === 0 ? '5xx' : formatStatuses(where.statuses)}`;
    case 'latency-p50':
    case 'latency-p95':
    case 'latency-p99':
      return `${metric.slice('latency-'.length)} latency ${amount}`;
    case 'unique-clients':
      return amount.replace('clients', 'distinct clients');
    case 'parse-failure-rate':
      return `${amount} of lines could not be read`;
  }
}

export function formatStatuses(ranges: readonly StatusRange[]): string {
  return ranges
    .map(({ first, last }) => {
      if (first === last) return String(first);
      return first % 100 === 0 && last === first + 99 ? `${first / 100}xx` : `${first}-${last}`;
    })
    .join(', ');
}

function count(requests: number, metric: MetricName): string {
  const noun = metric === 'parse-failure-rate' ? 'line' : 'request';
  return `${formatRounded(requests)} ${noun}${requests === 1 ? '' : 's'}`;
}

/** A line or two that are no record come with any log. */
const FAILURES_MIN = 5;

interface SilenceFacts {
  readonly failures: number;
  readonly sourceProblem: string | null;
}

function summariseSilence(
  rule: Rule,
  state: AlertState,
  { value }: Reading,
  { failures, sourceProblem }: SilenceFacts,
): string {
  if (state === 'resolved') return 'requests are logged again';
  const span = `no request was logged for ${formatSpan(value ?? 0)}, above ${formatSpan(rule.threshold)}`;
  if (sourceProblem !== null) return `${span}: ${sourceProblem}`;
  if (failures >= FAILURES_MIN)
    return `${span}, but ${count(failures, 'parse-failure-rate')} that could not be read: the format no longer matches`;
  return `${span}: no traffic reaches the log`;
}
