// Latencies by their size: an interval for each, two percent wide. A histogram of them is a sketch of quantiles that can be
// merged and taken apart again; what it says of a quantile is off by one percent at most.

const GAMMA = 1.02;
const LOG_GAMMA = Math.log(GAMMA);
const MIN_MS = 0.001;
const LOG_MIN = Math.log(MIN_MS);
/** From a microsecond to twelve days; what is outside counts at the edge. */
export const LATENCY_BINS = 1400;

/** The bin of a latency in milliseconds, 0 to `LATENCY_BINS` - 1. */
export function latencyBinOf(ms: number): number {
  if (!(ms > MIN_MS)) return 0;
  return Math.min(Math.ceil((Math.log(ms) - LOG_MIN) / LOG_GAMMA), LATENCY_BINS - 1);
}

/** The latency, in milliseconds, that a bin stands for. */
export function latencyOfBin(bin: number): number {
  // The middle that is off by the same share at both ends.
  return bin === 0 ? 0 : (MIN_MS * GAMMA ** bin * 2) / (GAMMA + 1);
}

/**
 * The latency that a share of `quantile`, 0 to 1, is at or below, in milliseconds; `total`: the sum of `counts`, by bin.
 * Null when there is none.
 */
export function quantileOf(counts: ArrayLike<number>, total: number, quantile: number): number | null {
  if (total === 0) return null;
  let rank = Math.max(1, Math.ceil(quantile * total));
  for (let bin = 0; bin < counts.length; bin++) {
    rank -= counts[bin] ?? 0;
    if (rank <= 0) return latencyOfBin(bin);
  }
  return null;
}
