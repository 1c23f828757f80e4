// How long requests took, as histograms in steps of time, and their sums over windows: quantiles of any of them.
import * as v from 'valibot';
import { LATENCY_BINS, quantileOf } from '../aggregate/latency.ts';
import type { Second } from '../aggregate/second.ts';
import { CountSchema, WholeSchema } from '../saved.ts';
import type { Meter, Span } from './meter.ts';
import type { Selector } from './selector.ts';

/** A window is taken in so many steps; its older edge is off by one of them at most. */
const STEPS = 120;

const SavedSchema = v.array(
  v.tuple([WholeSchema, v.array(v.tuple([v.pipe(CountSchema, v.maxValue(LATENCY_BINS - 1)), CountSchema]))]),
);

type Histogram = Map<number, number>;

export class LatencyWindow {
  readonly span: Span;
  readonly counts = new Int32Array(LATENCY_BINS);
  total = 0;
  /** The steps it is made of at present, both included. */
  firstStep = 0;
  lastStep = -1;

  constructor(span: Span) {
    this.span = span;
  }

  /** In milliseconds; null when there is none. */
  quantile(quantile: number): number | null {
    return quantileOf(this.counts, this.total, quantile);
  }

  merge(histogram: Histogram | undefined, sign: 1 | -1): void {
    if (histogram === undefined) return;
    for (const [bin, count] of histogram) {
      this.counts[bin] = (this.counts[bin] ?? 0) + sign * count;
      this.total += sign * count;
    }
  }
}

export class LatencyMeter implements Meter {
  readonly #selector: Selector;
  readonly #windows: LatencyWindow[] = [];
  readonly #steps = new Map<number, Histogram>();
  #stepSeconds = 1;
  #nowSeconds = 0;

  constructor(selector: Selector) {
    this.#selector = selector;
  }

  get isEmpty(): boolean {
    return this.#steps.size === 0;
  }

  /** Add all windows before `start`. */
  addWindow(span: Span): LatencyWindow {
    const known = this.#windows.find(
      (window) => window.span.offset === span.offset && window.span.length === span.length,
    );
    if (known !== undefined) return known;
    const window = new LatencyWindow(span);
    this.#windows.push(window);
    return window;
  }

  start(nowSeconds: number): void {
    const shortest = Math.min(...this.#windows.map(({ span }) => span.length));
    this.#stepSeconds = Math.max(1, Math.floor(shortest / STEPS));
    this.#nowSeconds = nowSeconds;
    this.#steps.clear();
    for (const window of this.#windows) {
      window.counts.fill(0);
      window.total = 0;
      [window.firstStep, window.lastStep] = this.#range(window.span);
    }
  }

  add({ timeSeconds, latencies, names }: Second): void {
    const oldest = Math.min(...this.#windows.map(({ firstStep }) => firstStep));
    const step = Math.floor(timeSeconds / this.#stepSeconds);
    if (latencies.count === 0 || step < oldest) return;
    for (let i = 0; i < latencies.count; i++)
      if (this.#selector.matches(names, latencies.ids[i] ?? 0))
        this.#count(step, latencies.values[i] ?? 0, 1);
  }

  jumpTo(nowSeconds: number): void {
    this.start(nowSeconds);
  }

  tick(): void {
    this.#nowSeconds++;
    if (this.#steps.size === 0) return;
    for (const window of this.#windows) {
      const [first, last] = this.#range(window.span);
      while (window.lastStep < last) window.merge(this.#steps.get(++window.lastStep), 1);
      while (window.firstStep < first) window.merge(this.#steps.get(window.firstStep++), -1);
    }
    const oldest = Math.min(...this.#windows.map(({ firstStep }) => firstStep));
    // In the order in which they began, but for late ones, which wait for their turn.
    for (const step of this.#steps.keys()) {
      if (step >= oldest) break;
      this.#steps.delete(step);
    }
  }

  snapshot(): v.InferOutput<typeof SavedSchema> | null {
    if (this.#steps.size === 0) return null;
    return Array.from(this.#steps, ([step, histogram]) => [step * this.#stepSeconds, [...histogram]]);
  }

  restore(saved: unknown): boolean {
    if (!v.is(SavedSchema, saved)) return false;
    for (const [seconds, histogram] of saved) {
      const step = Math.floor(seconds / this.#stepSeconds);
      for (const [bin, count] of histogram) this.#count(step, bin, count);
    }
    return true;
  }

  #range({ offset, length }: Span): [first: number, last: number] {
    const end = this.#nowSeconds - offset;
    return [Math.floor((end - length) / this.#stepSeconds), Math.floor((end - 1) / this.#stepSeconds)];
  }

  #count(step: number, bin: number, count: number): void {
    let histogram = this.#steps.get(step);
    if (histogram === undefined) this.#steps.set(step, (histogram = new Map()));
    histogram.set(bin, (histogram.get(bin) ?? 0) + count);
    for (const window of this.#windows) {
      if (step < window.firstStep || step > window.lastStep) continue;
      window.counts[bin] = (window.counts[bin] ?? 0) + count;
      window.total += count;
    }
  }
}
