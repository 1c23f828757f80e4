// Some requests of a run, shown as the Second that they make up, to whoever takes them second by second.
import { Columns } from './columns.ts';
import { latencyBinOf } from './latency.ts';
import { Sample } from './sample.ts';
import { statusIn } from './second.ts';
import { isError } from './status-counts.ts';
import type { RequestColumns, Second, SeriesNames, TextNames } from './second.ts';

/** A second with more requests has not few. */
export const FEW = 8;

/** What of the requests is known besides. */
export interface RunDetails {
  readonly hasSamples: boolean;
  readonly hasClients: boolean;
}

/** Of the requests nothing is looked at before it is asked for: most rules want to know only how many they are. */
export class RunSecond implements Second {
  timeSeconds = Number.NaN;
  requests = 0;
  readonly seriesIds = new Int32Array(FEW);
  readonly seriesRequests = new Float64Array(FEW);
  readonly seriesBytesSent = new Float64Array(FEW);
  readonly failures = new Columns();
  readonly names: SeriesNames;
  readonly texts: TextNames;
  readonly #latencies = new Columns();
  readonly #clients = new Columns();
  readonly #samples: readonly [Sample, Sample] = [new Sample(), new Sample()];
  #errors = 0;
  #bytesSent = 0;
  #seriesCount = 0;
  /** What is still to be counted, and what the samples are still to be taken of, from `#from` to `#end`; null: nothing. */
  #uncounted: RequestColumns | null = null;
  #unsampled: RequestColumns | null = null;
  #hasClients = false;
  #from = 0;
  #end = 0;

  constructor(names: SeriesNames, texts: TextNames) {
    this.names = names;
    this.texts = texts;
  }

  /** From now on it is the second of the requests from `from` to `end`, not included; `FEW` at most. */
  show(run: RequestColumns, from: number, end: number, { hasSamples, hasClients }: RunDetails): void {
    this.timeSeconds = run.timesSeconds[from] ?? 0;
    this.requests = end - from;
    this.#uncounted = run;
    this.#unsampled = hasSamples ? run : null;
    this.#hasClients = hasClients;
    this.#from = from;
    this.#end = end;
  }

  get errors(): number {
    this.#countAll();
    return this.#errors;
  }

  get bytesSent(): number {
    this.#countAll();
    return this.#bytesSent;
  }

  /** To be asked before what is told by series. */
  get seriesCount(): number {
    this.#countAll();
    return this.#seriesCount;
  }

  get latencies(): Columns {
    this.#countAll();
    return this.#latencies;
  }

  get clients(): Columns {
    this.#countAll();
    return this.#clients;
  }

  /** Made when they are asked for. */
  get samples(): readonly [Sample, Sample] {
    const [others, failed] = this.#samples;
    const run = this.#unsampled;
    if (run === null) return this.#samples;
    this.#unsampled = null;
    others.clear();
    failed.clear();
    for (let i = this.#from; i < this.#end; i++)
      (isError(statusIn(run.codes[i] ?? 0)) ? failed : others).take(run, i);
    return this.#samples;
  }

  #countAll(): void {
    const run = this.#uncounted;
    if (run === null) return;
    this.#uncounted = null;
    this.#errors = this.#bytesSent = this.#seriesCount = 0;
    if (this.#latencies.count > 0) this.#latencies.clear();
    if (this.#clients.count > 0) this.#clients.clear();
    for (let i = this.#from; i < this.#end; i++) {
      const seriesId = run.seriesIds[i] ?? 0;
      const bytesSent = run.bytesSent[i] ?? 0;
      this.#bytesSent += bytesSent;
      if (isError(statusIn(run.codes[i] ?? 0))) this.#errors++;
      this.#count(seriesId, bytesSent);
      const latencyMs = run.latenciesMs[i] ?? Number.NaN;
      if (latencyMs >= 0) this.#latencies.push(seriesId, latencyBinOf(latencyMs));
      if (this.#hasClients) this.#clients.push(seriesId, run.clientHashes[i] ?? 0);
    }
  }

  #count(seriesId: number, bytesSent: number): void {
    let place = 0;
    while (place < this.#seriesCount && this.seriesIds[place] !== seriesId) place++;
    if (place === this.#seriesCount) {
      this.#seriesCount++;
      this.seriesIds[place] = seriesId;
      this.seriesRequests[place] = this.seriesBytesSent[place] = 0;
    }
    this.seriesRequests[place] = (this.seriesRequests[place] ?? 0) + 1;
    this.seriesBytesSent[place] = (this.seriesBytesSent[place] ?? 0) + bytesSent;
  }
}
