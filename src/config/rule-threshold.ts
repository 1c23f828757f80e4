// From `above` or `below` and the `recover-…` that goes with it to the numbers of a rule, in the unit of its metric.
// Pure; a part of alerts.ts.
import { METRICS, type MetricName } from '../alerts/rule.ts';
import type { Block } from './blocks.ts';
import { durationFrom } from './block-values.ts';
import { readSize, type Reading } from './duration.ts';
import { quotesHint, shown } from './problem.ts';

interface ThresholdKeys {
  readonly metric: MetricName;
  readonly above: unknown;
  readonly below: unknown;
  readonly 'recover-below': unknown;
  readonly 'recover-above': unknown;
  readonly compare: unknown;
}

interface Threshold {
  readonly comparison: 'above' | 'below';
  readonly threshold: number;
  readonly recoverThreshold: number;
}

/** Undefined when something is refused or the metric is not known. Every number is judged, whatever is wrong beside it. */
export function readThresholds(block: Block<ThresholdKeys>): Threshold | undefined {
  const comparison = readComparison(block);
  const numbers = {
    above: readNumber(block, 'above'),
    below: readNumber(block, 'below'),
    'recover-below': readNumber(block, 'recover-below'),
    'recover-above': readNumber(block, 'recover-above'),
  };
  if (numbers.below === 0) block.refuse(['below'], 'must be above 0: nothing is below it');
  if (comparison === undefined) return undefined;
  const recoverKey = comparison === 'above' ? 'recover-below' : 'recover-above';
  const wrongKey = comparison === 'above' ? 'recover-above' : 'recover-below';
  if (block.isGiven(wrongKey))
    block.refuse([wrongKey], `goes with ${opposite(comparison)}: give ${recoverKey}`);
  const threshold = numbers[comparison];
  const recoverThreshold = block.isGiven(recoverKey) ? numbers[recoverKey] : threshold;
  if (threshold === undefined || recoverThreshold === undefined) return undefined;
  const isBeyond = comparison === 'above' ? recoverThreshold > threshold : recoverThreshold < threshold;
  if (isBeyond) return block.refuse([recoverKey], `must not be ${comparison} the threshold itself`);
  return { comparison, threshold, recoverThreshold };
}

/** The one that is meant, although `below` is none for a silence. */
function readComparison(block: Block<ThresholdKeys>): 'above' | 'below' | undefined {
  const [isAbove, isBelow] = [block.isGiven('above'), block.isGiven('below')];
  if (isAbove && isBelow)
    return block.refuse(['below'], 'must not be there along with above: a rule has one of them');
  if (!isAbove && !isBelow) return block.refuse([], 'needs above or below');
  if (isBelow && block.values.metric === 'silence') {
    block.refuse(['below'], 'has no meaning for silence: give above');
    return 'above';
  }
  return isAbove ? 'above' : 'below';
}

function opposite(comparison: 'above' | 'below'): string {
  return comparison === 'above' ? 'below' : 'above';
}

type NumberKey = 'above' | 'below' | 'recover-below' | 'recover-above';

function readNumber(block: Block<ThresholdKeys>, key: NumberKey): number | undefined {
  const { metric, [key]: raw } = block.values;
  if (raw === undefined) return undefined;
  if (metric === undefined) {
    // What one must be depends on the metric, but none has values below 0.
    if (typeof raw !== 'number' || raw >= 0) return undefined;
    return block.refuse([key], `must be a number from 0 on, got ${shown(raw)}`);
  }
  const reading = metric !== 'silence' && block.isGiven('compare') ? readRatio(raw) : readIn(metric, raw);
  return reading.ok
    ? reading.value
    : block.refuse([key], `${reading.message}${quotesHint(raw)}, got ${shown(raw)}`);
}

function readRatio(raw: unknown): Reading<number> {
  const isRatio = typeof raw === 'number' && Number.isFinite(raw) && raw > 0;
  return isRatio
    ? { ok: true, value: raw }
    : { ok: false, message: 'must be a ratio above 0 such as 2, as there is compare' };
}

function readIn(metric: MetricName, raw: unknown): Reading<number> {
  if (metric === 'silence') return durationFrom('1s', '7d')(raw);
  const isSize = metric === 'bytes-rate' && typeof raw === 'string';
  if (isSize) return readSize(raw);
  const { unit } = METRICS[metric];
  const max = unit === '%' ? 100 : Number.MAX_VALUE;
  if (typeof raw === 'number' && raw >= 0 && raw <= max) return { ok: true, value: raw };
  if (unit === '%') return { ok: false, message: 'must be a percentage from 0 to 100, without the sign' };
  const size = metric === 'bytes-rate' ? ', or a size such as 10MB' : '';
  return { ok: false, message: `must be a number from 0 on, in ${unit}${size}` };
}
