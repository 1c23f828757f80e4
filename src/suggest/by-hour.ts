// What is typical and what is extreme of a value, by the hour of the day: a histogram for each hour, bounded however long
// the history is. A quantile is off by one percent at most; the highest value is exact.

const GAMMA = 1.02;
const LOG_GAMMA = Math.log(GAMMA);
/** What is not above it counts as 0; the bins reach from there to 10^15. */
const MIN = 0.001;
const BINS = 2100;
const HOURS = 24;

export interface Distribution {
  /** Seconds in which there was a value, at least 1. */
  readonly seconds: number;
  readonly median: number;
  readonly p99: number;
  readonly max: number;
}

export class ByHour {
  readonly #counts = new Float64Array(HOURS * BINS);
  readonly #seconds = new Float64Array(HOURS);
  readonly #maxima = new Float64Array(HOURS);
  #value = Number.NaN;
  #bin = 0;
  #maxAtSeconds: number | null = null;
  #max = -1;

  /** Event time at which the highest value was seen first; null before any. */
  get maxAtSeconds(): number | null {
    return this.#maxAtSeconds;
  }

  /** `value`, 0 or above, is that of the second `timeSeconds`, which is of that hour of the day, 0 to 23. */
  observe(value: number, timeSeconds: number, hour: number): void {
    if (value !== this.#value) {
      this.#value = value;
      this.#bin = binOf(value);
    }
    const place = hour * BINS + this.#bin;
    this.#counts[place] = (this.#counts[place] ?? 0) + 1;
    this.#seconds[hour] = (this.#seconds[hour] ?? 0) + 1;
    if (value > (this.#maxima[hour] ?? 0)) this.#maxima[hour] = value;
    if (value > this.#max) {
      this.#max = value;
      this.#maxAtSeconds = timeSeconds;
    }
  }

  /** One for each hour of the day; null where there was no value. */
  hours(): (Distribution | null)[] {
    return Array.from({ length: HOURS }, (_, hour) =>
      distributionOf(
        this.#counts.subarray(hour * BINS, (hour + 1) * BINS),
        this.#seconds[hour] ?? 0,
        this.#maxima[hour] ?? 0,
      ),
    );
  }

  /** Of all hours together; null when there was no value. */
  whole(): Distribution | null {
    const counts = new Float64Array(BINS);
    for (const [place, count] of this.#counts.entries())
      counts[place % BINS] = (counts[place % BINS] ?? 0) + count;
    const seconds = this.#seconds.reduce((sum, count) => sum + count, 0);
    return distributionOf(counts, seconds, Math.max(...this.#maxima));
  }
}

function distributionOf(counts: Float64Array, seconds: number, max: number): Distribution | null {
  if (seconds === 0) return null;
  const quantile = (share: number): number => Math.min(max, quantileOf(counts, share * seconds));
  return { seconds, median: quantile(0.5), p99: quantile(0.99), max };
}

function quantileOf(counts: Float64Array, rank: number): number {
  let sum = 0;
  for (const [bin, count] of counts.entries()) {
    sum += count;
    // The middle that is off by the same share at both ends.
    if (count > 0 && sum >= rank) return bin === 0 ? 0 : (MIN * GAMMA ** bin * 2) / (GAMMA + 1);
  }
  return 0;
}

function binOf(value: number): number {
  if (!(value > MIN)) return 0;
  return Math.min(Math.ceil(Math.log(value / MIN) / LOG_GAMMA), BINS - 1);
}
