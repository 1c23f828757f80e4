// Requests in the order in which they came, as rows of numbers and texts: one of the levels of the memory of
// recent.ts. No objects, as a log with a line a second would cost one for each line.
import type { SampledRequests } from '../aggregate/sample.ts';
import { NO_LINE } from '../aggregate/sampled-lines.ts';
import type { SeriesNames } from '../aggregate/second.ts';

/** A request that stands for `weight` ones. */
export interface RecentRequest {
  readonly timeSeconds: number;
  readonly path: string;
  /** Of method, status and log. */
  readonly code: number;
  readonly source: string;
  readonly client: string;
  readonly agent: string;
  /** NaN when it is not known. */
  readonly latencyMs: number;
  readonly weight: number;
  /** What `SampledLines` gave for its line. */
  readonly line: number;
}

/** A power of two. */
export const LEVEL_LENGTH = 4096;
const MASK = LEVEL_LENGTH - 1;

/** A request is a row of numbers and one of texts: what came together is written, and moved, together. */
const [TIME, WEIGHT, LATENCY, LINE, SERIES, CODE, ORDER] = [0, 1, 2, 3, 4, 5, 6] as const;
const NUMBERS = 7;
const [PATH, SOURCE, CLIENT, AGENT] = [0, 1, 2, 3] as const;
const TEXTS = 4;
/** In place of a series: code, path and log are in the row. */
const NAMED = -1;

export class RecentLevel {
  count = 0;
  /** No request that came so far was later. */
  newestSeconds = Number.NEGATIVE_INFINITY;
  #start = 0;
  readonly #numbers = new Float64Array(NUMBERS * LEVEL_LENGTH);
  readonly #texts: string[] = [];

  get isFull(): boolean {
    return this.count === LEVEL_LENGTH;
  }

  /**
   * The request at `index` of a sample; there must be room. `order`: of all that came. Only its series is kept: what that
   * is, `name` looks up.
   */
  pushSampled(timeSeconds: number, sample: SampledRequests, index: number, order: number): void {
    const place = this.#nextPlace();
    const numbers = this.#numbers;
    const row = NUMBERS * place;
    numbers[row + TIME] = timeSeconds;
    if (timeSeconds > this.newestSeconds) this.newestSeconds = timeSeconds;
    numbers[row + WEIGHT] = sample.weight;
    numbers[row + LATENCY] = sample.latenciesMs[index] ?? Number.NaN;
    numbers[row + LINE] = sample.lines[index] ?? NO_LINE;
    numbers[row + SERIES] = sample.seriesIds[index] ?? 0;
    numbers[row + ORDER] = order;
    const texts = this.#texts;
    const textRow = TEXTS * place;
    texts[textRow + CLIENT] = sample.clients[index] ?? '';
    texts[textRow + AGENT] = sample.agents[index] ?? '';
  }

  /** Looks up what the series of the requests are that came from `order` on. */
  name(names: SeriesNames, order: number): void {
    const numbers = this.#numbers;
    for (let i = this.count - 1; i >= 0 && this.orderAt(i) >= order; i--) {
      const place = (this.#start + i) & MASK;
      const seriesId = numbers[NUMBERS * place + SERIES] ?? NAMED;
      if (seriesId === NAMED) continue;
      const code = names.codeOf(seriesId);
      numbers[NUMBERS * place + SERIES] = NAMED;
      numbers[NUMBERS * place + CODE] = code;
      this.#texts[TEXTS * place + PATH] = names.pathOf(seriesId);
      this.#texts[TEXTS * place + SOURCE] = names.sourceOf(code);
    }
  }

  /** Takes the request at `index` of another level; there must be room. */
  pushCopy(from: RecentLevel, index: number): void {
    const place = this.#nextPlace();
    const source = (from.#start + index) & MASK;
    const numbers = this.#numbers;
    const row = NUMBERS * place;
    const rowFrom = NUMBERS * source;
    for (let i = 0; i < NUMBERS; i++) numbers[row + i] = from.#numbers[rowFrom + i] ?? 0;
    this.newestSeconds = Math.max(this.newestSeconds, numbers[row + TIME] ?? 0);
    for (let i = 0; i < TEXTS; i++) this.#texts[TEXTS * place + i] = from.#texts[TEXTS * source + i] ?? '';
  }

  /** There must be room. */
  push(request: RecentRequest, order: number): void {
    const { timeSeconds, weight, latencyMs, code, line, path, source, client, agent } = request;
    const place = this.#nextPlace();
    this.newestSeconds = Math.max(this.newestSeconds, timeSeconds);
    this.#numbers.set([timeSeconds, weight, latencyMs, line, NAMED, code, order], NUMBERS * place);
    for (const [i, text] of [path, source, client, agent].entries()) this.#texts[TEXTS * place + i] = text;
  }

  /** Oldest first; it must be named. */
  at(index: number): RecentRequest {
    const place = (this.#start + index) & MASK;
    const [numbers, texts] = [this.#numbers, this.#texts];
    const row = NUMBERS * place;
    const textRow = TEXTS * place;
    return {
      timeSeconds: numbers[row + TIME] ?? 0,
      path: texts[textRow + PATH] ?? '',
      code: numbers[row + CODE] ?? 0,
      source: texts[textRow + SOURCE] ?? '',
      client: texts[textRow + CLIENT] ?? '',
      agent: texts[textRow + AGENT] ?? '',
      latencyMs: numbers[row + LATENCY] ?? Number.NaN,
      weight: numbers[row + WEIGHT] ?? 1,
      line: numbers[row + LINE] ?? NO_LINE,
    };
  }

  /** The oldest whose order passes; null when none does. */
  find(isWanted: (order: number) => boolean): number | null {
    for (let i = 0; i < this.count; i++) {
      const order = this.orderAt(i);
      if (isWanted(order)) return order;
    }
    return null;
  }

  orderAt(index: number): number {
    return this.#numbers[NUMBERS * ((this.#start + index) & MASK) + ORDER] ?? 0;
  }

  /** Only looks at the time. */
  isBetween(index: number, fromSeconds: number, toSeconds: number): boolean {
    const time = this.#numbers[NUMBERS * ((this.#start + index) & MASK) + TIME] ?? 0;
    return time >= fromSeconds && time < toSeconds;
  }

  /** Forgets the oldest. */
  drop(count: number): void {
    this.#start = (this.#start + count) & MASK;
    this.count -= count;
  }

  #nextPlace(): number {
    return (this.#start + this.count++) & MASK;
  }
}
