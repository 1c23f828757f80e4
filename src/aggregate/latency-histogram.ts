// Requests by how long they took, in the buckets of a Prometheus histogram. A part of the totals, filled from the bins of
// Seconds.
import * as v from 'valibot';
import { AmountSchema, CountSchema } from '../saved.ts';
import { LATENCY_BINS, latencyBinOf, latencyOfBin } from './latency.ts';

/** Upper ends, seconds; what took longer is in one more bucket. Those that Prometheus' own libraries have. */
export const LATENCY_BOUNDS_SECONDS: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

const BUCKET_COUNT = LATENCY_BOUNDS_SECONDS.length + 1;
const BUCKET_OF_BIN = createBucketOfBin();
/** A line costs two look-ups and no power. */
const MS_OF_BIN = Float64Array.from({ length: LATENCY_BINS }, (_, bin) => latencyOfBin(bin));

export const LatencyHistogramSchema = v.strictObject({
  /** Requests in each bucket, without those of the buckets below. */
  counts: v.pipe(v.array(CountSchema), v.length(BUCKET_COUNT)),
  sumMs: AmountSchema,
});
export type SavedLatencyHistogram = v.InferOutput<typeof LatencyHistogramSchema>;

export class LatencyHistogram {
  readonly #counts = new Float64Array(BUCKET_COUNT);
  #sumMs = 0;

  /** `bins`: of one request each, at the places before `count`. */
  add(bins: ArrayLike<number>, count: number): void {
    for (let i = 0; i < count; i++) this.addOne(bins[i] ?? 0);
  }

  addOne(bin: number): void {
    const bucket = BUCKET_OF_BIN[bin] ?? 0;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#sumMs += MS_OF_BIN[bin] ?? 0;
  }

  /** Of all requests, off by one percent at most. */
  get sumSeconds(): number {
    return this.#sumMs / 1000;
  }

  /** Requests that took no longer than each of `LATENCY_BOUNDS_SECONDS`, and last all of them. */
  cumulative(): readonly number[] {
    let sum = 0;
    return Array.from(this.#counts, (count) => (sum += count));
  }

  snapshot(): SavedLatencyHistogram {
    return { counts: [...this.#counts], sumMs: this.#sumMs };
  }

  restore({ counts, sumMs }: SavedLatencyHistogram): void {
    this.#counts.set(counts);
    this.#sumMs = sumMs;
  }
}

/**
 * A bin that holds a bound belongs below it: a log that tells milliseconds has many requests of exactly 5 ms. What took
 * up to two percent longer than a bound may therefore count as if it had not.
 */
function createBucketOfBin(): Uint8Array {
  const lastBins = LATENCY_BOUNDS_SECONDS.map((seconds) => latencyBinOf(seconds * 1000));
  return Uint8Array.from({ length: LATENCY_BINS }, (_, bin) => {
    const bucket = lastBins.findIndex((last) => bin <= last);
    return bucket < 0 ? lastBins.length : bucket;
  });
}
