// Adds up rows of history by step, and over all of them: requests by class of status, bytes, and percentiles of latency.
import { LATENCY_BINS, quantileOf } from '../aggregate/latency.ts';
import type { SeriesSteps, SeriesWhole } from '../http/series-answer.ts';
import { STATUS_CLASSES } from '../live/event.ts';
import { isError } from '../aggregate/status-counts.ts';
import { addBins } from './latency-bins.ts';
import type { SeriesRow } from './query.ts';

export interface ColumnsOptions {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly everySeconds: number;
  /** What was counted is from here on, and before `countedToSeconds`. */
  readonly countedFromSeconds: number;
  readonly countedToSeconds: number;
  /** Of that, what was not; null: nothing. */
  readonly unwatched: { readonly fromSeconds: number; readonly toSeconds: number } | null;
}

interface Latencies {
  readonly bins: Float64Array;
  known: number;
}

const QUANTILES = [0.5, 0.95, 0.99] as const;
const CLASS_COUNT = STATUS_CLASSES.length;

export class SeriesColumns {
  readonly everySeconds: number;
  readonly #options: ColumnsOptions;
  readonly #length: number;
  readonly #requests: Float64Array;
  readonly #errors: Float64Array;
  readonly #bytes: Float64Array;
  readonly #classes: Float64Array;
  readonly #latencies: (Latencies | undefined)[] = [];

  constructor(options: ColumnsOptions) {
    const { fromSeconds, toSeconds, everySeconds } = options;
    this.#options = options;
    this.everySeconds = everySeconds;
    this.#length = (toSeconds - fromSeconds) / everySeconds;
    this.#requests = new Float64Array(this.#length);
    this.#errors = new Float64Array(this.#length);
    this.#bytes = new Float64Array(this.#length);
    this.#classes = new Float64Array(this.#length * CLASS_COUNT);
  }

  /** A row within one step of the span. */
  add({ slotSeconds, requests, bytesSent, latencies }: Omit<SeriesRow, 'seriesId'>, status: number): void {
    const place = Math.floor((slotSeconds - this.#options.fromSeconds) / this.everySeconds);
    this.#requests[place] = (this.#requests[place] ?? 0) + requests;
    this.#bytes[place] = (this.#bytes[place] ?? 0) + bytesSent;
    if (isError(status)) this.#errors[place] = (this.#errors[place] ?? 0) + requests;
    const at = place * CLASS_COUNT + classOf(status);
    this.#classes[at] = (this.#classes[at] ?? 0) + requests;
    if (latencies === null) return;
    const sketch = (this.#latencies[place] ??= { bins: new Float64Array(LATENCY_BINS), known: 0 });
    sketch.known += addBins(sketch.bins, latencies);
  }

  told(): { readonly steps: SeriesSteps; readonly whole: SeriesWhole } {
    return { steps: this.#steps(), whole: this.#whole() };
  }

  /** Steps of which nothing was counted are left out: they were not quiet. */
  #steps(): SeriesSteps {
    const places = Array.from({ length: this.#length }, (_, place) => place).filter(
      (place) => this.#countedSeconds(place) > 0,
    );
    const pick = (column: Float64Array): number[] => places.map((place) => column[place] ?? 0);
    const quantiles = places.map((place) => quantilesOf(this.#latencies[place]));
    return {
      times: places.map((place) => this.#timeOf(place)),
      seconds: places.map((place) => this.#countedSeconds(place)),
      requests: pick(this.#requests),
      classes: STATUS_CLASSES.map((statusClass) =>
        places.map((place) => this.#classes[place * CLASS_COUNT + statusClass] ?? 0),
      ),
      errors: pick(this.#errors),
      bytes: pick(this.#bytes),
      p50: quantiles.map(([p50]) => p50),
      p95: quantiles.map(([, p95]) => p95),
      p99: quantiles.map(([, , p99]) => p99),
    };
  }

  #whole(): SeriesWhole {
    const all: Latencies = { bins: new Float64Array(LATENCY_BINS), known: 0 };
    for (const sketch of this.#latencies) {
      if (sketch === undefined) continue;
      all.known += sketch.known;
      for (const [bin, count] of sketch.bins.entries()) all.bins[bin] = (all.bins[bin] ?? 0) + count;
    }
    const [p50, p95, p99] = quantilesOf(all);
    return {
      requests: sum(this.#requests),
      classes: STATUS_CLASSES.map((statusClass) =>
        sum(this.#classes.filter((_, at) => at % CLASS_COUNT === statusClass)),
      ),
      errors: sum(this.#errors),
      bytes: sum(this.#bytes),
      p50,
      p95,
      p99,
    };
  }

  #timeOf(place: number): number {
    return this.#options.fromSeconds + place * this.everySeconds;
  }

  #countedSeconds(place: number): number {
    const { countedFromSeconds, countedToSeconds, unwatched } = this.#options;
    const time = this.#timeOf(place);
    const begin = Math.max(time, countedFromSeconds);
    const end = Math.min(time + this.everySeconds, countedToSeconds);
    const missed = unwatched === null ? 0 : overlap(begin, end, unwatched.fromSeconds, unwatched.toSeconds);
    return Math.max(0, end - begin) - missed;
  }
}

/** Seconds that two spans have in common. */
function overlap(begin: number, end: number, otherBegin: number, otherEnd: number): number {
  return Math.max(0, Math.min(end, otherEnd) - Math.max(begin, otherBegin));
}

function quantilesOf(sketch: Latencies | undefined): [number | null, number | null, number | null] {
  const [p50, p95, p99] = QUANTILES.map((quantile) => {
    const value = sketch === undefined ? null : quantileOf(sketch.bins, sketch.known, quantile);
    return value === null ? null : Number(value.toPrecision(4));
  });
  return [p50 ?? null, p95 ?? null, p99 ?? null];
}

function classOf(status: number): number {
  return status >= 100 && status <= 599 ? Math.floor(status / 100) : 0;
}

function sum(column: Float64Array): number {
  return column.reduce((all, one) => all + one, 0);
}
