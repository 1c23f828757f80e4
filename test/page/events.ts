// Events of the monitor and what the page makes of them, for the tests of its pure parts.
import { alertOf } from '../outputs/events.ts';
import { ANY } from '../../src/alerts/rule.ts';
import type { LiveEvent, LiveRule, LiveSource, SecondColumns } from '../../src/live/event.ts';

export const T = 1_795_472_000;

export const RULE: LiveRule = {
  name: 'traffic',
  metric: 'request-rate',
  where: ANY,
  severity: 'warning',
  standing: 'ok',
  isMuted: false,
  value: 12.5,
  unit: 'requests/s',
  comparison: 'above',
  threshold: 80,
  recoverThreshold: 80,
  recoverForSeconds: 0,
  windowSeconds: 120,
  sinceSeconds: null,
  ending: null,
  neverKnown: null,
};

export const SOURCE: LiveSource = {
  path: 'access.log',
  format: 'combined',
  lines: 1,
  lagBytes: 0,
  lastLineAgeSeconds: 1,
  unparsed: 0,
  sample: null,
  problem: null,
  warning: null,
  possibleLoss: 0,
};

export const ALERT = alertOf({
  id: 'traffic-1',
  value: 90,
  threshold: 80,
  timeSeconds: T - 60,
  sinceSeconds: T - 60,
  peak: 90,
  summary: '90 requests/s over 2m, above 80 requests/s',
});

/** One second with so many requests of 200 and of 503. */
export function secondsOf(times: readonly number[], ok = 3, failed = 1): SecondColumns {
  const all = (value: number): number[] => times.map(() => value);
  return {
    times,
    requests: all(ok + failed),
    classes: [all(0), all(0), all(ok), all(0), all(0), all(failed)],
    bytes: all(100),
    p50: all(1),
    p95: all(2),
    p99: all(3),
    values: [all(4)],
  };
}

export function eventOf(rest: Partial<LiveEvent> = {}): LiveEvent {
  return {
    version: '1.2.3',
    nowMs: T * 1000,
    startedMs: (T - 100) * 1000,
    toldSeconds: T,
    isWhole: false,
    seconds: secondsOf([]),
    steps: [],
    rules: [RULE],
    silences: [],
    alerts: [],
    clients: null,
    sources: [SOURCE],
    sourceCount: 1,
    problems: [],
    ...rest,
  };
}
