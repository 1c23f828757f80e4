// How long requests of the last ten seconds took, for the page: a single second has too few of them for a percentile.
import { LATENCY_BINS, quantileOf } from '../aggregate/latency.ts';
import type { Second } from '../aggregate/second.ts';

const SPAN_SECONDS = 10;

interface Bins {
  readonly timeSeconds: number;
  readonly bins: Int16Array;
}

export class TrailingLatency {
  readonly #histogram = new Int32Array(LATENCY_BINS);
  #total = 0;
  /** What the histogram is made of, in the order in which it came. */
  #parts: Bins[] = [];
  #newestSeconds = Number.NEGATIVE_INFINITY;

  /** False when the percentiles are not that second's: it has no latencies, or came after a later one. */
  add({ timeSeconds, latencies }: Pick<Second, 'timeSeconds' | 'latencies'>): boolean {
    if (latencies.count === 0 || timeSeconds <= this.#newestSeconds - SPAN_SECONDS) return false;
    const bins = Int16Array.from({ length: latencies.count }, (_, i) => latencies.values[i] ?? 0);
    this.#parts.push({ timeSeconds, bins });
    this.#count(bins, 1);
    if (timeSeconds < this.#newestSeconds) return false;
    this.#newestSeconds = timeSeconds;
    const isOld = (part: Bins): boolean => part.timeSeconds <= timeSeconds - SPAN_SECONDS;
    for (const part of this.#parts) if (isOld(part)) this.#count(part.bins, -1);
    this.#parts = this.#parts.filter((part) => !isOld(part));
    return true;
  }

  /** In milliseconds; null when there is none. `quantile`: 0 to 1. */
  quantile(quantile: number): number | null {
    return quantileOf(this.#histogram, this.#total, quantile);
  }

  #count(bins: Int16Array, sign: 1 | -1): void {
    for (const bin of bins) this.#histogram[bin] = (this.#histogram[bin] ?? 0) + sign;
    this.#total += sign * bins.length;
  }
}
