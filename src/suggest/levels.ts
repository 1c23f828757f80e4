// The thresholds that are tried on a history: numbers that a person would write, a few percent apart, over all that the
// metric may be; each with the one at which its alert ends.
import type { MetricName } from '../alerts/rule.ts';
import type { Level } from './crossings.ts';

/** Of each power of ten. */
const MANTISSAS = [
  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 22, 24, 26, 28, 30, 32, 34, 36, 38, 40, 42, 45, 48, 50, 55, 60,
  65, 70, 75, 80, 85, 90, 95,
];

/** An alert that ends a little below its threshold does not come again at once. */
const RECOVER_SHARE = 0.8;

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Nobody is woken by a silence of less than a minute; the configuration knows none of more than seven days. */
const SILENCES: readonly number[] = [
  ...[1, 1.5, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 40, 45, 50].map((minutes) => minutes * MINUTE),
  ...[1, 1.25, 1.5, 1.75, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20].map(
    (hours) => hours * HOUR,
  ),
  ...[1, 1.25, 1.5, 1.75, 2, 2.5, 3, 3.5, 4, 5, 6, 7].map((days) => days * DAY),
];

/** First and last power of ten of the mantissas, in the unit of the metric. */
const POWERS: Readonly<Record<Exclude<MetricName, 'silence'>, readonly [first: number, last: number]>> = {
  'request-rate': [-3, 4],
  'status-rate': [-3, 4],
  'error-rate': [-2, 0],
  'status-share': [-2, 0],
  'parse-failure-rate': [-2, 0],
  'bytes-rate': [0, 10],
  'latency-p50': [-1, 5],
  'latency-p95': [-1, 5],
  'latency-p99': [-1, 5],
  'unique-clients': [-1, 6],
};

/** Ascending, in the unit of the metric. Without hysteresis an alert ends at the threshold at which it began. */
export function levelsOf(metric: MetricName, hasHysteresis: boolean): Level[] {
  if (metric === 'silence') return SILENCES.map((threshold) => ({ threshold, recoverThreshold: threshold }));
  const [first, last] = POWERS[metric];
  const levels: Level[] = [];
  for (let power = first; power <= last; power++) {
    for (const mantissa of MANTISSAS) {
      // By way of text: 1.1 and not 1.1000000000000001.
      const threshold = Number(`${mantissa}e${power}`);
      const recoverThreshold = hasHysteresis ? Number((RECOVER_SHARE * threshold).toPrecision(3)) : threshold;
      levels.push({ threshold, recoverThreshold });
    }
  }
  return levels;
}
