// The value of a rule at a moment, from its meters, and whether the value is beyond the threshold.
import type { WindowSum } from './count-meter.ts';
import { ClientGauge, LatencyGauge, RateGauge, RatioGauge, ShareGauge, SilenceGauge } from './gauge.ts';
import type { Gauge } from './gauge.ts';
import type { Span } from './meter.ts';
import { ANY } from './rule.ts';
import type { Ending, Rule, StatusRange, Where } from './rule.ts';
import type { Meters } from './meters.ts';
import { Selector } from './selector.ts';

const SERVER_ERRORS: StatusRange = { first: 500, last: 599 };

/** What was measured in one window. */
export interface Reading {
  /** In the unit of the rule; null when there is none, as a share of no requests. */
  readonly value: number | null;
  /** What the value is of: requests, or lines for `parse-failure-rate`. */
  readonly requests: number;
  /** Of a ratio: what is compared, in the unit of the metric, now and before. */
  readonly now: number | null;
  readonly before: number | null;
}

/** A window that gave no verdict. */
export interface Unjudged {
  readonly ending: Extract<Ending, 'too-few-requests' | 'nothing-to-compare'>;
  readonly windowSeconds: number;
  readonly requests: number;
}

export class Measure {
  readonly rule: Rule;
  /** Which requests the value is about: with the statuses of a share, and without those of the whole. */
  readonly selector: Selector;
  /** Lines that are no record since the last record; for `silence`. */
  readonly failures: () => number;
  /** Seconds that must have been watched before there is a verdict: half a window has half the requests. */
  readonly secondsNeeded: number;
  readonly #gauges: readonly Gauge[];

  constructor(rule: Rule, meters: Meters) {
    this.rule = rule;
    this.selector = new Selector(whereOf(rule));
    this.secondsNeeded = secondsNeededBy(rule);
    this.#gauges = rule.windowsSeconds.map((length) => createGauge(rule, length, meters));
    const silence = rule.metric === 'silence' ? meters.silence(this.selector) : null;
    this.failures = () => silence?.failures ?? 0;
  }

  /** Of the first window. */
  read(): Reading {
    const [gauge] = this.#gauges;
    if (gauge === undefined) return { value: null, requests: 0, now: null, before: null };
    const value = known(gauge.value());
    const requests = gauge.requests();
    if (!(gauge instanceof RatioGauge)) return { value, requests, now: value, before: null };
    return { value, requests, now: known(gauge.now.value()), before: known(gauge.before.value()) };
  }

  /** Beyond the threshold in every window, each with requests enough. */
  isMet(): boolean {
    const { threshold, comparison, requestsMin } = this.rule;
    for (const gauge of this.#gauges) {
      if (gauge.requests() < requestsMin) return false;
      const value = gauge.value();
      // Nothing that is not known is beyond.
      if (comparison === 'above' ? !(value > threshold) : !(value < threshold)) return false;
    }
    return true;
  }

  /** Every window has requests enough. */
  hasEnough(): boolean {
    for (const gauge of this.#gauges) if (gauge.requests() < this.rule.requestsMin) return false;
    return true;
  }

  /** … and a value. */
  hasVerdict(): boolean {
    return this.hasEnough() && this.#gauges.every((gauge) => !Number.isNaN(gauge.value()));
  }

  /** On the right side of `recoverThreshold` in some window, or without a verdict there. */
  isRecovered(): boolean {
    for (const gauge of this.#gauges)
      if (gauge.requests() < this.rule.requestsMin || this.#isBack(gauge.value())) return true;
    return false;
  }

  /** Of what is recovered: the first window without a verdict; null when it is by the value of another one. */
  findUnjudged(): Unjudged | null {
    let found: Unjudged | null = null;
    for (const [i, gauge] of this.#gauges.entries()) {
      const [value, requests] = [gauge.value(), gauge.requests()];
      const isJudged = requests >= this.rule.requestsMin && !Number.isNaN(value);
      if (isJudged && this.#isBack(value)) return null;
      if (isJudged) continue;
      const isCompared = requests > 0 && requests >= this.rule.requestsMin;
      const ending = isCompared ? 'nothing-to-compare' : 'too-few-requests';
      found ??= { ending, windowSeconds: this.rule.windowsSeconds[i] ?? 0, requests };
    }
    return found;
  }

  /** Also a value that is not known. */
  #isBack(value: number): boolean {
    const { recoverThreshold, comparison } = this.rule;
    return comparison === 'above' ? !(value >= recoverThreshold) : !(value <= recoverThreshold);
  }
}

function secondsNeededBy({
  comparison,
  previousSeconds,
  previousOffsetSeconds,
  windowsSeconds,
  metric,
}: Rule): number {
  if (metric === 'silence' || (comparison === 'above' && previousSeconds === null)) return 0;
  return (previousOffsetSeconds ?? Math.max(...windowsSeconds)) + (previousSeconds ?? 0);
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/** Of a share, the statuses that are counted; of others, all that the rule says. */
export function whereOf({ metric, where }: Rule): Where {
  if (metric === 'parse-failure-rate' || metric === 'silence') return { ...ANY, sources: where.sources };
  if (metric === 'error-rate' && where.statuses.length === 0) return { ...where, statuses: [SERVER_ERRORS] };
  return where;
}

function createGauge(rule: Rule, length: number, meters: Meters): Gauge {
  const now = createGaugeOver({ offset: 0, length }, rule, meters);
  if (rule.previousSeconds === null) return now;
  const before = { offset: rule.previousOffsetSeconds ?? length, length: rule.previousSeconds };
  return new RatioGauge(now, createGaugeOver(before, rule, meters));
}

function createGaugeOver(span: Span, rule: Rule, meters: Meters): Gauge {
  const selector = new Selector(whereOf(rule));
  const requests = (of = selector): WindowSum => meters.requests(of).addWindow(span);
  switch (rule.metric) {
    case 'request-rate':
    case 'status-rate':
      return new RateGauge(requests(), requests());
    case 'bytes-rate':
      return new RateGauge(meters.bytes(selector).addWindow(span), requests());
    case 'error-rate':
    case 'status-share':
      return new ShareGauge(requests(), [requests(new Selector({ ...rule.where, statuses: [] }))]);
    case 'latency-p50':
      return new LatencyGauge(meters.latencies(selector).addWindow(span), 0.5);
    case 'latency-p95':
      return new LatencyGauge(meters.latencies(selector).addWindow(span), 0.95);
    case 'latency-p99':
      return new LatencyGauge(meters.latencies(selector).addWindow(span), 0.99);
    case 'unique-clients': {
      const meter = meters.clients(selector);
      meter.reachBack(span.offset + span.length);
      return new ClientGauge(meter, requests());
    }
    case 'parse-failure-rate': {
      const failures = meters.failures(selector).addWindow(span);
      return new ShareGauge(failures, [failures, requests()]);
    }
    case 'silence':
      return new SilenceGauge(meters.silence(selector));
  }
}
