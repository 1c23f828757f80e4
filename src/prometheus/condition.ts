// The condition of a rule in PromQL, as far as the metrics can tell it. Between the rules of the configuration and the file
// of rules for Prometheus.
import { whereOf } from '../alerts/measure.ts';
import type { MetricName, Rule } from '../alerts/rule.ts';
import { ALL_REQUESTS, durationOf, requestsOf, sumOf } from './promql.ts';
import type { CounterQuery, Found, Span } from './promql.ts';

/** With fewer scrapes in a window a rate is that of chance. */
const SCRAPES_MIN = 4;
/** The end of the histogram's last bucket but the one of all. */
const LATENCY_MS_MAX = 10_000;
const FAILURES: CounterQuery = { metric: 'fluffy_log_parse_failures_total', matchers: [], over: ['reason'] };
const BYTES: CounterQuery = { metric: 'fluffy_http_response_bytes_total', matchers: [], over: [] };
const DURATIONS = 'fluffy_http_request_duration_seconds';

export interface Condition {
  /** Lines of one expression: the series for which the condition holds. */
  readonly lines: readonly string[];
  /** It must hold so long, seconds. */
  readonly forSeconds: number;
}

/** The value of a rule, in its unit, and the requests (or lines) that it is of. */
interface Value {
  readonly of: (span: Span) => string;
  readonly requests: (span: Span) => string;
}

/** `scrapeSeconds`: how often the metrics are scraped. */
export function conditionOf(rule: Rule, scrapeSeconds: number): Found<Condition> {
  const secondsMin = SCRAPES_MIN * scrapeSeconds;
  if (rule.metric === 'silence') return silenceOf(rule, secondsMin);
  const shortest = Math.min(...rule.windowsSeconds, rule.previousSeconds ?? Number.POSITIVE_INFINITY);
  if (shortest < secondsMin) return tooShort('a window', shortest, secondsMin);
  const value = valueOf(rule);
  if (!value.ok) return value;
  const lines = rule.windowsSeconds.flatMap((length) => judge(rule, value, length));
  return { ok: true, lines: [...joinedBy('and', [...lines, ...watched(rule)])], forSeconds: rule.forSeconds };
}

/** No request while all short stretches of the time go by, one after the other: so it holds over a restart of Prometheus. */
function silenceOf({ threshold, where, forSeconds }: Rule, secondsMin: number): Found<Condition> {
  if (where.sources.length > 0) return { ok: false, reason: 'requests are not told apart by log' };
  if (threshold < secondsMin) return tooShort('a silence', threshold, secondsMin);
  const none = `${sumOf('increase', ALL_REQUESTS, { length: secondsMin, offset: 0 })} == 0`;
  return { ok: true, lines: [none], forSeconds: Math.round(threshold) - secondsMin + forSeconds };
}

function tooShort(what: string, seconds: number, secondsMin: number): { ok: false; reason: string } {
  return {
    ok: false,
    reason: `${what} of ${durationOf(Math.round(seconds))} is shorter than four scrapes, ${durationOf(secondsMin)}`,
  };
}

function judge(rule: Rule, { of, requests }: Value, length: number): string[] {
  const { comparison, threshold, previousSeconds, previousOffsetSeconds = length, requestsMin } = rule;
  const span = { length, offset: 0 };
  const operator = comparison === 'above' ? '>' : '<';
  const value =
    previousSeconds === null
      ? of(span)
      : `(${of(span)}) / ((${of({ length: previousSeconds, offset: previousOffsetSeconds })}) > 0)`;
  const hasVerdict = requestsMin > 0 ? [`${requests(span)} >= ${requestsMin}`] : [];
  return [`${value} ${operator} ${threshold}`, ...hasVerdict];
}

/** Of what may be low because it was watched for a part of the time only: it was watched from the beginning on. */
function watched({ comparison, previousSeconds, previousOffsetSeconds, windowsSeconds }: Rule): string[] {
  if (comparison === 'above' && previousSeconds === null) return [];
  const seconds = (previousOffsetSeconds ?? Math.max(...windowsSeconds)) + (previousSeconds ?? 0);
  return [`${BYTES.metric} offset ${durationOf(seconds)}`];
}

function joinedBy(operator: string, lines: readonly string[]): string[] {
  return lines.map((line, index) => (index === 0 ? line : `${operator} ${line}`));
}

function valueOf(rule: Rule): Found<Value> {
  switch (rule.metric) {
    case 'request-rate':
    case 'status-rate':
      return rateValue(rule);
    case 'error-rate':
    case 'status-share':
      return shareValue(rule);
    case 'bytes-rate':
      return isOfAll(rule)
        ? { ok: true, of: (span) => sumOf('rate', BYTES, span), requests: increaseOf(ALL_REQUESTS) }
        : { ok: false, reason: 'bytes are counted of all requests together' };
    case 'latency-p50':
    case 'latency-p95':
    case 'latency-p99':
      return latencyValue(rule, rule.metric);
    case 'parse-failure-rate':
      return failureValue(rule);
    case 'unique-clients':
      return { ok: false, reason: 'clients are no label' };
    case 'silence':
      return { ok: false, reason: 'silence has no value' };
  }
}

function rateValue(rule: Rule): Found<Value> {
  const found = requestsOf(rule.where);
  if (!found.ok) return found;
  return { ok: true, of: (span) => countOf('rate', found.query, span), requests: increaseOf(found.query) };
}

function shareValue(rule: Rule): Found<Value> {
  const part = requestsOf(whereOf(rule));
  const whole = requestsOf({ ...rule.where, statuses: [] });
  if (!part.ok) return part;
  if (!whole.ok) return whole;
  return {
    ok: true,
    of: (span) => `100 * ${countOf('rate', part.query, span)} / ${sumOf('rate', whole.query, span)}`,
    requests: increaseOf(whole.query),
  };
}

function latencyValue(rule: Rule, metric: MetricName): Found<Value> {
  if (!isOfAll(rule)) return { ok: false, reason: 'latencies are counted of all requests together' };
  if (rule.previousSeconds === null && rule.threshold >= LATENCY_MS_MAX)
    return { ok: false, reason: 'the histogram of latencies ends at 10 s' };
  const quantile = Number(metric.slice('latency-p'.length)) / 100;
  const buckets = { metric: `${DURATIONS}_bucket`, matchers: [], over: [] };
  return {
    ok: true,
    of: (span) => `1000 * histogram_quantile(${quantile}, ${sumOf('rate', buckets, span)})`,
    requests: increaseOf({ ...buckets, metric: `${DURATIONS}_count` }),
  };
}

function failureValue(rule: Rule): Found<Value> {
  if (rule.where.sources.length > 0) return { ok: false, reason: 'failures are not told apart by log' };
  const lines =
    (call: 'rate' | 'increase') =>
    (span: Span): string =>
      `(${sumOf(call, FAILURES, span)} + ${sumOf(call, ALL_REQUESTS, span)})`;
  return {
    ok: true,
    of: (span) => `100 * ${sumOf('rate', FAILURES, span)} / ${lines('rate')(span)}`,
    requests: lines('increase'),
  };
}

/** A code that never came is no series: then there are 0 of it, for each target. */
function countOf(call: 'rate' | 'increase', query: CounterQuery, span: Span): string {
  const sum = sumOf(call, query, span);
  return query.over.includes('code') ? `(${sum} or 0 * ${sumOf(call, ALL_REQUESTS, span)})` : sum;
}

function increaseOf(query: CounterQuery): Value['requests'] {
  return (span) => countOf('increase', query, span);
}

function isOfAll({ where }: Rule): boolean {
  return Object.values(where).every((values) => values.length === 0);
}
