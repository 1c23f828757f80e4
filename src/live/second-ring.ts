// The last seconds one by one, in columns of fixed length: what the charts of the page are drawn from. Fed by Seconds.
import { statusIn } from '../aggregate/second.ts';
import type { Second, SecondConsumer } from '../aggregate/second.ts';
import { STATUS_CLASSES, WINDOW_SECONDS } from './event.ts';
import type { SecondColumns } from './event.ts';
import { TrailingLatency } from './trailing-latency.ts';

const CLASS_COUNT = STATUS_CLASSES.length;
const QUANTILES = [0.5, 0.95, 0.99] as const;

export class SecondRing implements SecondConsumer {
  readonly #requests = new Float64Array(WINDOW_SECONDS);
  readonly #classes = new Float64Array(WINDOW_SECONDS * CLASS_COUNT);
  readonly #bytes = new Float64Array(WINDOW_SECONDS);
  /** NaN: not known. */
  readonly #latencies = QUANTILES.map(() => new Float64Array(WINDOW_SECONDS).fill(Number.NaN));
  readonly #values = new Map<string, Float64Array>();
  readonly #trailing = new TrailingLatency();
  /** Seconds that have changed since `takeChanged` was asked. */
  readonly #changed = new Set<number>();
  #firstSeconds = Number.POSITIVE_INFINITY;
  /** Every second before it is told; -Infinity before the first. */
  #toldSeconds = Number.NEGATIVE_INFINITY;

  get toldSeconds(): number | null {
    return Number.isFinite(this.#toldSeconds) ? this.#toldSeconds : null;
  }

  advanceTo(timeSeconds: number): void {
    const from = Math.max(this.#toldSeconds, timeSeconds - WINDOW_SECONDS);
    this.#toldSeconds = timeSeconds;
    if (this.#firstSeconds === Number.POSITIVE_INFINITY) {
      // What the monitor was not there for is not drawn as quiet.
      this.#firstSeconds = timeSeconds;
      this.#clear(timeSeconds);
      return;
    }
    for (let time = from; time < timeSeconds; time++) {
      this.#changed.add(time);
      this.#clear(time + 1);
    }
    if (this.#changed.size > WINDOW_SECONDS) this.#forgetOld();
  }

  /** A second that is not in the window, or yet to come, is left out. */
  add(second: Second): void {
    const { timeSeconds } = second;
    if (timeSeconds > this.#toldSeconds || timeSeconds <= this.#toldSeconds - WINDOW_SECONDS) return;
    const place = placeOf(timeSeconds);
    if (timeSeconds < this.#firstSeconds) this.#begin(timeSeconds);
    this.#changed.add(timeSeconds);
    this.#requests[place] = (this.#requests[place] ?? 0) + second.requests;
    this.#bytes[place] = (this.#bytes[place] ?? 0) + second.bytesSent;
    for (let i = 0; i < second.seriesCount; i++) {
      const at = place * CLASS_COUNT + classOf(statusIn(second.names.codeOf(second.seriesIds[i] ?? 0)));
      this.#classes[at] = (this.#classes[at] ?? 0) + (second.seriesRequests[i] ?? 0);
    }
    if (!this.#trailing.add(second)) return;
    for (const [i, quantile] of QUANTILES.entries()) {
      const column = this.#latencies[i];
      if (column !== undefined) column[place] = this.#trailing.quantile(quantile) ?? Number.NaN;
    }
  }

  /** Notes what a rule has now, under the last second that was told. */
  noteValue(rule: string, value: number | null): void {
    let column = this.#values.get(rule);
    if (column === undefined)
      this.#values.set(rule, (column = new Float64Array(WINDOW_SECONDS).fill(Number.NaN)));
    const last = this.#toldSeconds - 1;
    column[placeOf(last)] = value ?? Number.NaN;
    this.#changed.add(last);
  }

  /** Rules that are no more are forgotten. */
  keepRules(names: ReadonlySet<string>): void {
    for (const name of this.#values.keys()) if (!names.has(name)) this.#values.delete(name);
  }

  /** All seconds of the window. */
  whole(rules: readonly string[]): SecondColumns {
    const first = Math.max(this.#firstSeconds, this.#toldSeconds - WINDOW_SECONDS + 1);
    const length = Math.max(0, this.#toldSeconds - first);
    return this.#columns(Number.isFinite(length) ? Array.from({ length }, (_, i) => first + i) : [], rules);
  }

  /** The seconds that have changed since this was asked last. */
  takeChanged(rules: readonly string[]): SecondColumns {
    const oldest = Math.max(this.#firstSeconds, this.#toldSeconds - WINDOW_SECONDS + 1);
    const times = [...this.#changed].filter((time) => time >= oldest && time < this.#toldSeconds);
    this.#changed.clear();
    return this.#columns(
      times.toSorted((a, b) => a - b),
      rules,
    );
  }

  /** Nobody wants to know what has changed so far. */
  dropChanges(): void {
    this.#changed.clear();
  }

  #columns(times: number[], rules: readonly string[]): SecondColumns {
    const pick = (column: ArrayLike<number>): number[] => times.map((time) => column[placeOf(time)] ?? 0);
    const pickKnown = (column: ArrayLike<number> | undefined): (number | null)[] =>
      times.map((time) => roundKnown(column?.[placeOf(time)] ?? Number.NaN));
    const [p50, p95, p99] = this.#latencies.map(pickKnown);
    return {
      times,
      requests: pick(this.#requests),
      classes: STATUS_CLASSES.map((statusClass) =>
        times.map((time) => this.#classes[placeOf(time) * CLASS_COUNT + statusClass] ?? 0),
      ),
      bytes: pick(this.#bytes),
      p50: p50 ?? [],
      p95: p95 ?? [],
      p99: p99 ?? [],
      values: rules.map((name) => pickKnown(this.#values.get(name))),
    };
  }

  /** A record of before the start: the seconds from there on were quiet. */
  #begin(timeSeconds: number): void {
    for (let time = timeSeconds; time < this.#firstSeconds; time++) {
      this.#clear(time);
      this.#changed.add(time);
    }
    this.#firstSeconds = timeSeconds;
  }

  #clear(timeSeconds: number): void {
    const place = placeOf(timeSeconds);
    this.#requests[place] = this.#bytes[place] = 0;
    this.#classes.fill(0, place * CLASS_COUNT, (place + 1) * CLASS_COUNT);
    for (const column of [...this.#latencies, ...this.#values.values()]) column[place] = Number.NaN;
  }

  #forgetOld(): void {
    for (const time of this.#changed)
      if (time <= this.#toldSeconds - WINDOW_SECONDS) this.#changed.delete(time);
  }
}

function placeOf(timeSeconds: number): number {
  return ((timeSeconds % WINDOW_SECONDS) + WINDOW_SECONDS) % WINDOW_SECONDS;
}

function classOf(status: number): number {
  return status >= 100 && status <= 599 ? Math.floor(status / 100) : 0;
}

/** Four digits that matter; null for NaN. */
function roundKnown(value: number): number | null {
  return Number.isNaN(value) ? null : Number(value.toPrecision(4));
}
