// The value of a rule at a moment, from its meters, and whether the value is beyond the threshold.
import { ANY } from './rule.ts';
import type { Rule, StatusRange, Where } from './rule.ts';
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

type Probe = (window: { readonly offset: number; readonly length: number }) => () => Metered;

interface Metered {
  readonly value: number | null;
  readonly requests: number;
}

export class Measure {
  readonly rule: Rule;
  /** Which requests the value is about: with the statuses of a share, and without those of the whole. */
  readonly selector: Selector;
  /** Lines that are no record since the last record; for `silence`. */
  readonly failures: () => number;
  readonly #readers: readonly (() => Reading)[];

  constructor(rule: Rule, meters: Meters) {
    this.rule = rule;
    this.selector = new Selector(whereOf(rule));
    const probe = createProbe(rule, meters);
    this.#readers = rule.windowsSeconds.map((length) => createReader(rule, length, probe));
    const silence = rule.metric === 'silence' ? meters.silence(this.selector) : null;
    this.failures = () => silence?.failures ?? 0;
  }

  /** Of the first window. */
  read(): Reading {
    return this.#readers[0]?.() ?? { value: null, requests: 0, now: null, before: null };
  }

  /** Beyond the threshold in every window, each with requests enough. */
  isMet(): boolean {
    const { threshold, comparison, requestsMin } = this.rule;
    for (const reader of this.#readers) {
      const { value, requests } = reader();
      if (value === null || requests < requestsMin) return false;
      if (comparison === 'above' ? value <= threshold : value >= threshold) return false;
    }
    return true;
  }

  /** On the right side of `recoverThreshold` in some window, or without a verdict there. */
  isRecovered(): boolean {
    const { recoverThreshold, comparison, requestsMin } = this.rule;
    for (const reader of this.#readers) {
      const { value, requests } = reader();
      if (value === null || requests < requestsMin) return true;
      if (comparison === 'above' ? value < recoverThreshold : value > recoverThreshold) return true;
    }
    return false;
  }

  /** Seconds that must have been watched before there is a verdict: half a window has half the requests. */
  get secondsNeeded(): number {
    const { comparison, previousSeconds, previousOffsetSeconds, windowsSeconds, metric } = this.rule;
    if (metric === 'silence' || (comparison === 'above' && previousSeconds === null)) return 0;
    return (previousOffsetSeconds ?? Math.max(...windowsSeconds)) + (previousSeconds ?? 0);
  }
}

/** Of a share, the statuses that are counted; of others, all that the rule says. */
export function whereOf({ metric, where }: Rule): Where {
  if (metric === 'parse-failure-rate' || metric === 'silence') return { ...ANY, sources: where.sources };
  if (metric === 'error-rate' && where.statuses.length === 0) return { ...where, statuses: [SERVER_ERRORS] };
  return where;
}

function createReader(rule: Rule, length: number, probe: Probe): () => Reading {
  const read = probe({ offset: 0, length });
  if (rule.previousSeconds === null) {
    return () => {
      const { value, requests } = read();
      return { value, requests, now: value, before: null };
    };
  }
  const readBefore = probe({ offset: rule.previousOffsetSeconds ?? length, length: rule.previousSeconds });
  return () => {
    const { value: now, requests } = read();
    const { value: before } = readBefore();
    const value = now === null || before === null || before === 0 ? null : now / before;
    return { value, requests, now, before };
  };
}

function createProbe(rule: Rule, meters: Meters): Probe {
  const selector = new Selector(whereOf(rule));
  switch (rule.metric) {
    case 'request-rate':
    case 'status-rate':
      return rateProbe(meters, selector, meters.requests(selector));
    case 'bytes-rate':
      return rateProbe(meters, selector, meters.bytes(selector));
    case 'error-rate':
    case 'status-share':
      return shareProbe(meters, selector, new Selector({ ...rule.where, statuses: [] }));
    case 'latency-p50':
      return latencyProbe(meters, selector, 0.5);
    case 'latency-p95':
      return latencyProbe(meters, selector, 0.95);
    case 'latency-p99':
      return latencyProbe(meters, selector, 0.99);
    case 'unique-clients':
      return clientProbe(meters, selector);
    case 'parse-failure-rate':
      return failureProbe(meters, selector);
    case 'silence': {
      const meter = meters.silence(selector);
      return () => () => ({ value: meter.silenceSeconds, requests: Number.POSITIVE_INFINITY });
    }
  }
}

function rateProbe(meters: Meters, selector: Selector, meter: ReturnType<Meters['bytes']>): Probe {
  const requestMeter = meters.requests(selector);
  return (span) => {
    const sum = meter.addWindow(span);
    const requests = requestMeter.addWindow(span);
    return () => ({ value: sum.sum / span.length, requests: requests.sum });
  };
}

function shareProbe(meters: Meters, part: Selector, whole: Selector): Probe {
  return (span) => {
    const counted = meters.requests(part).addWindow(span);
    const all = meters.requests(whole).addWindow(span);
    return () => ({ value: shareOf(counted.sum, all.sum), requests: all.sum });
  };
}

function failureProbe(meters: Meters, selector: Selector): Probe {
  return (span) => {
    const failures = meters.failures(selector).addWindow(span);
    const records = meters.requests(selector).addWindow(span);
    return () => {
      const lines = failures.sum + records.sum;
      return { value: shareOf(failures.sum, lines), requests: lines };
    };
  };
}

function latencyProbe(meters: Meters, selector: Selector, quantile: number): Probe {
  return (span) => {
    const window = meters.latencies(selector).addWindow(span);
    return () => ({ value: window.quantile(quantile), requests: window.total });
  };
}

function clientProbe(meters: Meters, selector: Selector): Probe {
  const meter = meters.clients(selector);
  return ({ offset, length }) => {
    meter.reachBack(offset + length);
    const requests = meters.requests(selector).addWindow({ offset, length });
    // A client that came again is not known to have been there before: configurations don't compare clients.
    return () => ({ value: offset > 0 ? null : meter.estimate(length), requests: requests.sum });
  };
}

function shareOf(part: number, whole: number): number | null {
  return whole === 0 ? null : (100 * part) / whole;
}
