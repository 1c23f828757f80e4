// What rules must tell, counted anew at every second from the requests themselves: slow, and simple enough to be trusted.
import { LATENCY_BINS, latencyBinOf, quantileOf } from '../../src/aggregate/latency.ts';
import type { Rule, StatusRange } from '../../src/alerts/rule.ts';
import type { Hit } from './traffic.ts';

/** A request, or a line that is no record, and when it became known; a second is judged before what arrives in it. */
export interface Arrival {
  readonly at: number;
  readonly time: number;
  readonly hit: Hit | 'failure';
}

interface Value {
  readonly value: number | null;
  readonly requests: number;
}

/** `test firing 12 5.1`, second by second up to `end`; the watch begins at 0. */
export function tellByRecount(rule: Rule, arrivals: readonly Arrival[], end: number): string[] {
  const told: string[] = [];
  let [isFiring, pending, recovering] = [false, null as number | null, null as number | null];
  for (let now = 1; now <= end; now++) {
    const known = arrivals.filter(({ at }) => at < now);
    const values = rule.windowsSeconds.map((length) => valueOf(rule, known, now, length));
    const isBeyond = (limit: number, isEqualToo: boolean) =>
      values.every(({ value, requests }) => {
        if (value === null || requests < rule.requestsMin) return false;
        if (value === limit) return isEqualToo;
        return rule.comparison === 'above' ? value > limit : value < limit;
      });
    if (!isFiring) {
      if (!isBeyond(rule.threshold, false) || now < secondsNeeded(rule)) pending = null;
      else pending ??= now;
      isFiring = pending !== null && now - pending >= rule.forSeconds;
      if (!isFiring) continue;
    } else {
      if (isBeyond(rule.recoverThreshold, true)) recovering = null;
      else recovering ??= now;
      isFiring = recovering === null || now - recovering < rule.recoverForSeconds;
      if (isFiring) continue;
    }
    pending = recovering = null;
    told.push(`${isFiring ? 'firing' : 'resolved'} ${now} ${values[0]?.value}`);
  }
  return told;
}

function secondsNeeded({ metric, comparison, previousSeconds, windowsSeconds }: Rule): number {
  if (metric === 'silence' || (comparison === 'above' && previousSeconds === null)) return 0;
  return Math.max(...windowsSeconds) + (previousSeconds ?? 0);
}

function valueOf(rule: Rule, known: readonly Arrival[], now: number, length: number): Value {
  const current = measure(rule, known, now - length, now);
  if (rule.previousSeconds === null) return current;
  const { value: before } = measure(rule, known, now - length - rule.previousSeconds, now - length);
  const isRatio = current.value !== null && before !== null && before !== 0;
  return { value: isRatio ? (current.value ?? 0) / before : null, requests: current.requests };
}

const isIn = (status: number, ranges: readonly StatusRange[]) =>
  ranges.some(({ first, last }) => status >= first && status <= last);

function measure({ metric, where }: Rule, known: readonly Arrival[], from: number, to: number): Value {
  const inside = known.filter(({ time }) => time >= from && time < to);
  const records = (arrivals: readonly Arrival[]) =>
    arrivals.flatMap(({ hit }) => (hit === 'failure' ? [] : [hit]));
  const hits = records(inside).filter(
    ({ path, method }) =>
      (where.paths.length === 0 || where.paths.includes(path)) &&
      (where.methods.length === 0 || where.methods.includes(method)),
  );
  const counted = hits.filter(({ status }) => where.statuses.length === 0 || isIn(status, where.statuses));
  const seconds = to - from;
  switch (metric) {
    case 'request-rate':
    case 'status-rate':
      return { value: counted.length / seconds, requests: counted.length };
    case 'bytes-rate':
      return {
        value: counted.reduce((sum, { sent }) => sum + sent, 0) / seconds,
        requests: counted.length,
      };
    case 'error-rate':
    case 'status-share': {
      const ranges = where.statuses.length === 0 ? [{ first: 500, last: 599 }] : where.statuses;
      return shareOf(hits.filter(({ status }) => isIn(status, ranges)).length, hits.length);
    }
    case 'latency-p50':
      return exactQuantileOf(counted, 0.5);
    case 'latency-p95':
      return exactQuantileOf(counted, 0.95);
    case 'latency-p99':
      return exactQuantileOf(counted, 0.99);
    case 'parse-failure-rate':
      return shareOf(inside.length - records(inside).length, inside.length);
    case 'silence': {
      const times = known.flatMap(({ hit, time }) => (hit === 'failure' ? [] : [time]));
      return { value: to - Math.max(0, ...times), requests: Number.POSITIVE_INFINITY };
    }
    case 'unique-clients':
      throw new Error('is an estimate, which is compared with exact counts elsewhere');
  }
}

function shareOf(part: number, whole: number): Value {
  return { value: whole === 0 ? null : (100 * part) / whole, requests: whole };
}

/** The exact quantile, as the interval that it falls into is told. */
function exactQuantileOf(hits: readonly Hit[], quantile: number): Value {
  const latencies = hits.map(({ latencyMs }) => latencyMs).filter((ms) => !Number.isNaN(ms));
  const exact = latencies.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(quantile * latencies.length)) - 1];
  return {
    value: exact === undefined ? null : latencyToldOf(exact),
    requests: latencies.length,
  };
}

function latencyToldOf(ms: number): number | null {
  const counts = Array.from({ length: LATENCY_BINS }, () => 0);
  counts[latencyBinOf(ms)] = 1;
  return quantileOf(counts, 1, 1);
}
