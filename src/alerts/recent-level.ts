// Requests in the order in which they came, as columns of numbers: one of the levels of the memory of recent.ts. No
// objects and no texts, as a log with a line a second would cost some for each line.
import type { SampleColumns } from '../aggregate/sample.ts';
import { NO_LINE } from '../aggregate/sampled-lines.ts';
import type {
  KeptSeriesNames,
  KeptTextNames,
  RequestColumns,
  SeriesNames,
  TextNames,
} from '../aggregate/second.ts';
import { chanceOf, lastOf, sampleOf } from './levels.ts';
import type { NamesByOrder } from './names-by-order.ts';
import { UsualColumn } from './usual-column.ts';

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

/** What ids stand for, by the order in which they came. */
export interface RecentNames {
  readonly series: NamesByOrder<KeptSeriesNames, SeriesNames>;
  readonly texts: NamesByOrder<KeptTextNames, TextNames>;
}

const [PATH, SOURCE, CLIENT, AGENT] = [0, 1, 2, 3] as const;
const TEXTS = 4;

export class RecentLevel {
  count = 0;
  /** There is room for so many. */
  readonly length: number;
  /** No request that came so far was later. */
  newestSeconds = Number.NEGATIVE_INFINITY;
  #start = 0;
  readonly #mask: number;
  readonly #times: Float64Array;
  readonly #orders: Float64Array;
  /** The last level that takes the request. */
  readonly #lasts: Uint8Array;
  /** Ids; of a request whose names are known, the code of its series, turned over (`~`). */
  readonly #series: Int32Array;
  readonly #clients: Int32Array;
  readonly #agents: Int32Array;
  readonly #latencies: UsualColumn;
  readonly #weights: UsualColumn;
  readonly #lines: UsualColumn;
  /** Of the requests whose names are known. */
  readonly #texts: string[] = [];

  /** `length`: a power of two. */
  constructor(length: number) {
    this.length = length;
    this.#mask = length - 1;
    this.#times = new Float64Array(length);
    this.#orders = new Float64Array(length);
    this.#lasts = new Uint8Array(length);
    this.#series = new Int32Array(length);
    this.#clients = new Int32Array(length);
    this.#agents = new Int32Array(length);
    this.#latencies = new UsualColumn(length, Number.NaN);
    this.#weights = new UsualColumn(length, 1);
    this.#lines = new UsualColumn(length, NO_LINE);
  }

  get isFull(): boolean {
    return this.count === this.length;
  }

  /**
   * Takes of `requests`, each alone in its second, those from `from` to `end`, or as many as there is room for in a row; returns
   * how many. `order`: that of the first.
   */
  pushAlone(requests: RequestColumns, from: number, end: number, order: number): number {
    const to = (this.#start + this.count) & this.#mask;
    const count = Math.min(end - from, this.length - this.count, this.length - to);
    const { timesSeconds, codes, seriesIds, clients, agents } = requests;
    const [times, orders, lasts] = [this.#times, this.#orders, this.#lasts];
    const [series, ownClients, ownAgents] = [this.#series, this.#clients, this.#agents];
    for (let i = 0; i < count; i++) {
      const timeSeconds = timesSeconds[from + i] ?? 0;
      times[to + i] = timeSeconds;
      orders[to + i] = order + i;
      lasts[to + i] = lastOf(chanceOf(timeSeconds, sampleOf(codes[from + i] ?? 0)));
      series[to + i] = seriesIds[from + i] ?? 0;
      ownClients[to + i] = clients[from + i] ?? 0;
      ownAgents[to + i] = agents[from + i] ?? 0;
    }
    this.count += count;
    this.newestSeconds = Math.max(this.newestSeconds, timesSeconds[from + count - 1] ?? 0);
    this.#latencies.setAll(to, requests.latenciesMs, from, count);
    this.#weights.setSame(to, requests.weight, count);
    this.#lines.setAll(to, requests.lines, from, count);
    return count;
  }

  /**
   * The request at `index` of a sample; there must be room. `order`: of all that came; `last`: the last level that takes it.
   * Only ids are kept: what they are, `name` looks up.
   */
  pushSampled(timeSeconds: number, sample: SampleColumns, index: number, order: number, last: number): void {
    const place = this.#nextPlace(timeSeconds, order, last);
    this.#series[place] = sample.seriesIds[index] ?? 0;
    this.#clients[place] = sample.clients[index] ?? 0;
    this.#agents[place] = sample.agents[index] ?? 0;
    this.#latencies.set(place, sample.latenciesMs[index] ?? Number.NaN);
    this.#weights.set(place, sample.weight);
    this.#lines.set(place, sample.lines[index] ?? NO_LINE);
  }

  /** Of the oldest `count` requests, so many go as far as `level`. */
  countOldest(count: number, level: number): number {
    const [lasts, mask, start] = [this.#lasts, this.#mask, this.#start];
    let found = 0;
    for (let i = 0; i < count; i++) if ((lasts[(start + i) & mask] ?? 0) >= level) found++;
    return found;
  }

  /** Takes of the oldest `count` requests of a finer place those that go as far as `level`; there must be room for them. */
  takeOldest(from: RecentLevel, count: number, level: number): void {
    const [lasts, mask, start] = [from.#lasts, from.#mask, from.#start];
    for (let i = 0; i < count; i++) {
      const source = (start + i) & mask;
      if ((lasts[source] ?? 0) >= level) this.#pushCopy(from, source);
    }
  }

  /** There must be room. */
  push(request: RecentRequest, order: number, last: number): void {
    const { timeSeconds, weight, latencyMs, code, line, path, source, client, agent } = request;
    const place = this.#nextPlace(timeSeconds, order, last);
    this.#series[place] = ~code;
    this.#latencies.set(place, latencyMs);
    this.#weights.set(place, weight);
    this.#lines.set(place, line);
    this.#setTexts(TEXTS * place, path, source, client, agent);
  }

  /** Looks up what the ids of the requests are that came from `order` on. */
  name(names: RecentNames, order: number): void {
    for (let i = this.count - 1; i >= 0 && this.orderAt(i) >= order; i--) this.#nameAt(i, names);
  }

  /** The same for the youngest requests that came before `order`, `count` of them at most. */
  nameYoungest(names: RecentNames, count: number, order: number): void {
    for (let i = this.count - count; i < this.count && this.orderAt(i) < order; i++) this.#nameAt(i, names);
  }

  /** Oldest first; it must be named. */
  at(index: number): RecentRequest {
    const place = (this.#start + index) & this.#mask;
    const texts = this.#texts;
    const textRow = TEXTS * place;
    return {
      timeSeconds: this.#times[place] ?? 0,
      path: texts[textRow + PATH] ?? '',
      code: ~(this.#series[place] ?? 0),
      source: texts[textRow + SOURCE] ?? '',
      client: texts[textRow + CLIENT] ?? '',
      agent: texts[textRow + AGENT] ?? '',
      latencyMs: this.#latencies.at(place),
      weight: this.#weights.at(place),
      line: this.#lines.at(place),
    };
  }

  orderAt(index: number): number {
    return this.#orders[(this.#start + index) & this.#mask] ?? 0;
  }

  /** The last level that takes the request. */
  lastAt(index: number): number {
    return this.#lasts[(this.#start + index) & this.#mask] ?? 0;
  }

  /** Only looks at the time. */
  isBetween(index: number, fromSeconds: number, toSeconds: number): boolean {
    const time = this.#times[(this.#start + index) & this.#mask] ?? 0;
    return time >= fromSeconds && time < toSeconds;
  }

  /** Forgets the oldest. */
  drop(count: number): void {
    this.#start = (this.#start + count) & this.#mask;
    this.count -= count;
  }

  #nameAt(index: number, { series, texts }: RecentNames): void {
    const place = (this.#start + index) & this.#mask;
    const seriesId = this.#series[place] ?? -1;
    if (seriesId < 0) return;
    const order = this.#orders[place] ?? 0;
    const [seriesNames, textNames] = [series.at(order), texts.at(order)];
    if (seriesNames === null || textNames === null) return;
    const code = seriesNames.codeOf(seriesId);
    this.#series[place] = ~code;
    const client = textNames.clientOf(this.#clients[place] ?? 0);
    const agent = textNames.agentOf(this.#agents[place] ?? 0);
    const source = seriesNames.sourceOf(code);
    this.#setTexts(TEXTS * place, seriesNames.pathOf(seriesId), source, client, agent);
  }

  #nextPlace(timeSeconds: number, order: number, last: number): number {
    const place = (this.#start + this.count++) & this.#mask;
    if (timeSeconds > this.newestSeconds) this.newestSeconds = timeSeconds;
    this.#times[place] = timeSeconds;
    this.#orders[place] = order;
    this.#lasts[place] = last;
    return place;
  }

  #pushCopy(from: RecentLevel, source: number): void {
    const place = this.#nextPlace(
      from.#times[source] ?? 0,
      from.#orders[source] ?? 0,
      from.#lasts[source] ?? 0,
    );
    const series = from.#series[source] ?? 0;
    this.#series[place] = series;
    this.#clients[place] = from.#clients[source] ?? 0;
    this.#agents[place] = from.#agents[source] ?? 0;
    this.#latencies.set(place, from.#latencies.at(source));
    this.#weights.set(place, from.#weights.at(source));
    this.#lines.set(place, from.#lines.at(source));
    if (series < 0) this.#copyTexts(from, source, place);
  }

  #copyTexts(from: RecentLevel, source: number, place: number): void {
    const textAt = (which: number): string => from.#texts[TEXTS * source + which] ?? '';
    this.#setTexts(TEXTS * place, textAt(PATH), textAt(SOURCE), textAt(CLIENT), textAt(AGENT));
  }

  #setTexts(row: number, path: string, source: string, client: string, agent: string): void {
    const texts = this.#texts;
    // As far as it is needed, and an array with gaps would find its way by a hash.
    while (texts.length < row) texts.push('');
    texts[row + PATH] = path;
    texts[row + SOURCE] = source;
    texts[row + CLIENT] = client;
    texts[row + AGENT] = agent;
  }
}
