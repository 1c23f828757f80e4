// Some requests of a second in full, so that an alert can tell who and what: all of them while they are few, then every
// second one, every fourth one and so on.
import { NO_LINE } from './sampled-lines.ts';

/** Between half of this and this many are kept. */
const SAMPLE_MAX = 32;

/** What sampled requests had, each at its place. */
export interface SampleColumns {
  /** Each stands for so many requests. At least 1, not necessarily whole. */
  readonly weight: number;
  readonly seriesIds: ArrayLike<number>;
  /** NaN when the log does not say. */
  readonly latenciesMs: ArrayLike<number>;
  /** Ids of texts. */
  readonly clients: ArrayLike<number>;
  readonly agents: ArrayLike<number>;
  /** What `SampledLines` gave for their lines. */
  readonly lines: ArrayLike<number>;
}

/** At the places before `count`. */
export interface SampledRequests extends SampleColumns {
  readonly count: number;
}

export class Sample implements SampledRequests {
  count = 0;
  /** Requests that it was asked about. */
  seen = 0;
  readonly seriesIds = new Int32Array(SAMPLE_MAX);
  readonly latenciesMs = new Float64Array(SAMPLE_MAX);
  readonly clients = new Int32Array(SAMPLE_MAX);
  readonly agents = new Int32Array(SAMPLE_MAX);
  readonly lines = new Float64Array(SAMPLE_MAX);
  /** A power of two, less one. */
  #skipMask = 0;
  /** What that was in the end, when it was used last. */
  #skipMaskBefore = 0;

  get weight(): number {
    return this.count === 0 ? 1 : this.seen / this.count;
  }

  clear(): void {
    this.#skipMaskBefore = this.#skipMask;
    this.count = this.seen = this.#skipMask = 0;
  }

  /** Counts one more request; whether it is one to keep, which is then told by `keep`. */
  isWanted(): boolean {
    return (this.seen++ & this.#skipMask) === 0;
  }

  /**
   * Whether the line of that request is worth its room: if as many come as in the second before, for which it was used last,
   * it will not be thinned out.
   */
  isLineWanted(): boolean {
    return ((this.seen - 1) & this.#skipMaskBefore) === 0;
  }

  keep(seriesId: number, latencyMs: number, client: number, agent: number, line: number): void {
    if (this.count === SAMPLE_MAX) this.#thinOut();
    // The one that comes after thinning stands at an even place of those before: it is kept.
    const place = this.count++;
    this.seriesIds[place] = seriesId;
    this.latenciesMs[place] = latencyMs;
    this.clients[place] = client;
    this.agents[place] = agent;
    this.lines[place] = line;
  }

  /** The request at `place` of the columns, if it is one to keep. */
  take({ seriesIds, latenciesMs, clients, agents, lines }: SampleColumns, place: number): void {
    if (!this.isWanted()) return;
    const latencyMs = latenciesMs[place] ?? Number.NaN;
    this.keep(
      seriesIds[place] ?? 0,
      latencyMs,
      clients[place] ?? 0,
      agents[place] ?? 0,
      lines[place] ?? NO_LINE,
    );
  }

  #thinOut(): void {
    this.#skipMask = 2 * this.#skipMask + 1;
    this.count >>= 1;
    for (let i = 0; i < this.count; i++) {
      this.seriesIds[i] = this.seriesIds[2 * i] ?? 0;
      this.latenciesMs[i] = this.latenciesMs[2 * i] ?? Number.NaN;
      this.clients[i] = this.clients[2 * i] ?? 0;
      this.agents[i] = this.agents[2 * i] ?? 0;
      this.lines[i] = this.lines[2 * i] ?? NO_LINE;
    }
  }
}
