// Requests in the order in which they came, in columns: one of the levels of the memory of recent.ts. Columns, as a log
// with a line a second would otherwise cost an object for each line.
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

export class RecentLevel {
  count = 0;
  #start = 0;
  readonly #times = new Float64Array(LEVEL_LENGTH);
  readonly #weights = new Float64Array(LEVEL_LENGTH);
  readonly #latenciesMs = new Float64Array(LEVEL_LENGTH);
  readonly #codes = new Int32Array(LEVEL_LENGTH);
  readonly #lines = new Float64Array(LEVEL_LENGTH);
  readonly #paths: string[] = [];
  readonly #sources: string[] = [];
  readonly #clients: string[] = [];
  readonly #agents: string[] = [];

  get isFull(): boolean {
    return this.count === LEVEL_LENGTH;
  }

  /** The request at `index` of a sample; there must be room. */
  pushSampled(timeSeconds: number, sample: SampledRequests, index: number, names: SeriesNames): void {
    const seriesId = sample.seriesIds[index] ?? 0;
    const code = names.codeOf(seriesId);
    const place = this.#nextPlace();
    this.#times[place] = timeSeconds;
    this.#weights[place] = sample.weight;
    this.#latenciesMs[place] = sample.latenciesMs[index] ?? Number.NaN;
    this.#codes[place] = code;
    this.#paths[place] = names.pathOf(seriesId);
    this.#sources[place] = names.sourceOf(code);
    this.#clients[place] = sample.clients[index] ?? '';
    this.#agents[place] = sample.agents[index] ?? '';
    this.#lines[place] = sample.lines[index] ?? NO_LINE;
  }

  /** Takes the request at `index` of another level, to stand for twice as many; there must be room. */
  pushCopy(from: RecentLevel, index: number): void {
    const place = this.#nextPlace();
    const source = (from.#start + index) & MASK;
    this.#times[place] = from.#times[source] ?? 0;
    this.#weights[place] = 2 * (from.#weights[source] ?? 1);
    this.#latenciesMs[place] = from.#latenciesMs[source] ?? Number.NaN;
    this.#codes[place] = from.#codes[source] ?? 0;
    this.#paths[place] = from.#paths[source] ?? '';
    this.#sources[place] = from.#sources[source] ?? '';
    this.#clients[place] = from.#clients[source] ?? '';
    this.#agents[place] = from.#agents[source] ?? '';
    this.#lines[place] = from.#lines[source] ?? NO_LINE;
  }

  /** There must be room. */
  push(request: RecentRequest): void {
    const place = this.#nextPlace();
    this.#times[place] = request.timeSeconds;
    this.#weights[place] = request.weight;
    this.#latenciesMs[place] = request.latencyMs;
    this.#codes[place] = request.code;
    this.#paths[place] = request.path;
    this.#sources[place] = request.source;
    this.#clients[place] = request.client;
    this.#agents[place] = request.agent;
    this.#lines[place] = request.line;
  }

  /** Oldest first. */
  at(index: number): RecentRequest {
    const place = (this.#start + index) & MASK;
    return {
      timeSeconds: this.#times[place] ?? 0,
      path: this.#paths[place] ?? '',
      code: this.#codes[place] ?? 0,
      source: this.#sources[place] ?? '',
      client: this.#clients[place] ?? '',
      agent: this.#agents[place] ?? '',
      latencyMs: this.#latenciesMs[place] ?? Number.NaN,
      weight: this.#weights[place] ?? 1,
      line: this.#lines[place] ?? NO_LINE,
    };
  }

  /** Only looks at the time. */
  isBetween(index: number, fromSeconds: number, toSeconds: number): boolean {
    const time = this.#times[(this.#start + index) & MASK] ?? 0;
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
