// What a rule's value is at a moment, read from the meters of one window. Asked at every tick of every rule, so it gives
// bare numbers: a log with a line a second pays for each object that would be made for them.
import type { ClientMeter } from './client-meter.ts';
import type { WindowSum } from './count-meter.ts';
import type { LatencyWindow } from './latency-meter.ts';
import type { SilenceMeter } from './silence-meter.ts';

export interface Gauge {
  /** In the unit of the metric; NaN when there is none, as a share of no requests. */
  value(): number;
  /** What the value is of: requests, or lines for `parse-failure-rate`. */
  requests(): number;
}

/** What is summed, a second. */
export class RateGauge implements Gauge {
  readonly #sum: WindowSum;
  readonly #requests: WindowSum;

  constructor(sum: WindowSum, requests: WindowSum) {
    this.#sum = sum;
    this.#requests = requests;
  }

  value(): number {
    return this.#sum.sum / this.#sum.length;
  }

  requests(): number {
    return this.#requests.sum;
  }
}

/** A part of the requests or lines, in percent; `whole`: sums that make up all of them. */
export class ShareGauge implements Gauge {
  readonly #part: WindowSum;
  readonly #whole: readonly WindowSum[];

  constructor(part: WindowSum, whole: readonly WindowSum[]) {
    this.#part = part;
    this.#whole = whole;
  }

  value(): number {
    const whole = this.requests();
    return whole === 0 ? Number.NaN : (100 * this.#part.sum) / whole;
  }

  requests(): number {
    let requests = 0;
    for (const { sum } of this.#whole) requests += sum;
    return requests;
  }
}

export class LatencyGauge implements Gauge {
  readonly #window: LatencyWindow;
  readonly #quantile: number;

  constructor(window: LatencyWindow, quantile: number) {
    this.#window = window;
    this.#quantile = quantile;
  }

  value(): number {
    return this.#window.quantile(this.#quantile) ?? Number.NaN;
  }

  requests(): number {
    return this.#window.total;
  }
}

export class ClientGauge implements Gauge {
  readonly #meter: ClientMeter;
  readonly #requests: WindowSum;

  constructor(meter: ClientMeter, requests: WindowSum) {
    this.#meter = meter;
    this.#requests = requests;
  }

  value(): number {
    const { offset, length } = this.#requests;
    // A client that came again is not known to have been there before: configurations don't compare clients.
    return offset > 0 ? Number.NaN : this.#meter.estimate(length);
  }

  requests(): number {
    return this.#requests.sum;
  }
}

export class SilenceGauge implements Gauge {
  readonly #meter: SilenceMeter;

  constructor(meter: SilenceMeter) {
    this.#meter = meter;
  }

  value(): number {
    return this.#meter.silenceSeconds;
  }

  requests(): number {
    return Number.POSITIVE_INFINITY;
  }
}

/** One gauge by another: as many times as before. */
export class RatioGauge implements Gauge {
  readonly now: Gauge;
  readonly before: Gauge;

  constructor(now: Gauge, before: Gauge) {
    this.now = now;
    this.before = before;
  }

  value(): number {
    const before = this.before.value();
    return before === 0 ? Number.NaN : this.now.value() / before;
  }

  requests(): number {
    return this.now.requests();
  }
}
