// One second while it is being counted.
import { Columns } from './columns.ts';
import { latencyBinOf } from './latency.ts';
import { Sample } from './sample.ts';
import { isError } from './status-counts.ts';
import type { Second, TextNames } from './second.ts';
import type { SeriesTable } from './series-table.ts';

const SERIES_AT_FIRST = 4;
/** No note has this stamp. */
const NO_STAMP = -1;

/**
 * While a second is the only one that counts, it finds a series by the note that it left on it. Once another second has
 * been counted in between, the notes are that one's, and it needs an index.
 */
export class OpenSecond implements Second {
  readonly names: SeriesTable;
  readonly texts: TextNames;
  timeSeconds = Number.NaN;
  requests = 0;
  errors = 0;
  bytesSent = 0;
  seriesCount = 0;
  seriesIds = new Int32Array(SERIES_AT_FIRST);
  seriesRequests = new Float64Array(SERIES_AT_FIRST);
  seriesBytesSent = new Float64Array(SERIES_AT_FIRST);
  readonly failures = new Columns();
  readonly latencies = new Columns();
  readonly clients = new Columns();
  readonly samples: readonly [Sample, Sample] = [new Sample(), new Sample()];
  #stamp = NO_STAMP;
  /** Place by series; null while there is no need. */
  #index: Map<number, number> | null = null;

  constructor(names: SeriesTable, texts: TextNames) {
    this.names = names;
    this.texts = texts;
  }

  /** Begins anew as the second `timeSeconds`. */
  begin(timeSeconds: number): void {
    this.timeSeconds = timeSeconds;
    this.requests = this.errors = this.bytesSent = this.seriesCount = 0;
    this.#stamp = this.names.nextStamp();
    this.#index = null;
    if (this.failures.count > 0) this.failures.clear();
    if (this.latencies.count > 0) this.latencies.clear();
    if (this.clients.count > 0) this.clients.clear();
    if (this.samples[0].seen > 0) this.samples[0].clear();
    if (this.samples[1].seen > 0) this.samples[1].clear();
  }

  /** Another second is counted from here on. */
  leave(): void {
    this.#stamp = NO_STAMP;
  }

  /** Counts `requests` of a series, which has that status, that sent `bytesSent` together. */
  count(seriesId: number, status: number, requests: number, bytesSent: number): void {
    this.requests += requests;
    this.bytesSent += bytesSent;
    if (isError(status)) this.errors += requests;
    const { notes } = this.names;
    const place =
      notes[2 * seriesId] === this.#stamp ? (notes[2 * seriesId + 1] ?? 0) : this.#find(seriesId, notes);
    this.seriesRequests[place] = (this.seriesRequests[place] ?? 0) + requests;
    this.seriesBytesSent[place] = (this.seriesBytesSent[place] ?? 0) + bytesSent;
  }

  /** Of a request that was counted: its latency, NaN when it is not known. */
  countLatency(seriesId: number, latencyMs: number): void {
    if (latencyMs >= 0) this.latencies.push(seriesId, latencyBinOf(latencyMs));
  }

  /** The sample that a request with this status belongs to. */
  sampleFor(status: number): Sample {
    return this.samples[isError(status) ? 1 : 0];
  }

  /** A line of the log `sourceId` that is no record. */
  countFailure(sourceId: number): void {
    const { ids, values, count } = this.failures;
    for (let i = 0; i < count; i++) {
      if (ids[i] !== sourceId) continue;
      values[i] = (values[i] ?? 0) + 1;
      return;
    }
    this.failures.push(sourceId, 1);
  }

  /** The place of a series that has no note of this second. */
  #find(seriesId: number, notes: Int32Array): number {
    if (this.#stamp !== NO_STAMP) {
      notes[2 * seriesId] = this.#stamp;
      notes[2 * seriesId + 1] = this.seriesCount;
      return this.#append(seriesId);
    }
    this.#index ??= new Map(
      Array.from(this.seriesIds.subarray(0, this.seriesCount), (id, place) => [id, place]),
    );
    const known = this.#index.get(seriesId);
    if (known !== undefined) return known;
    this.#index.set(seriesId, this.seriesCount);
    return this.#append(seriesId);
  }

  #append(seriesId: number): number {
    const place = this.seriesCount++;
    if (place === this.seriesIds.length) this.#grow();
    this.seriesIds[place] = seriesId;
    this.seriesRequests[place] = this.seriesBytesSent[place] = 0;
    return place;
  }

  #grow(): void {
    const length = this.seriesIds.length * 2;
    const ids = new Int32Array(length);
    const requests = new Float64Array(length);
    const bytesSent = new Float64Array(length);
    ids.set(this.seriesIds);
    requests.set(this.seriesRequests);
    bytesSent.set(this.seriesBytesSent);
    this.seriesIds = ids;
    this.seriesRequests = requests;
    this.seriesBytesSent = bytesSent;
  }
}
