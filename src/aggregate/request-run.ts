// Requests of seconds that have few each, one by one, in columns: a log with a line a second would pay for an object for
// each second, and for setting everybody in motion for it. Those whose seconds have closed are told in one go.
import type { AccessRecord } from '../parse/record.ts';
import type { OpenSecond } from './open-second.ts';
import type { OpenSeconds } from './open-seconds.ts';
import { FEW, RunSecond } from './run-second.ts';
import type { RunDetails } from './run-second.ts';
import { statusIn } from './second.ts';
import type { RequestColumns, Second, SeriesNames, TextNames } from './second.ts';

const REQUESTS_MAX = 1024;

export class RequestRun implements RequestColumns {
  count = 0;
  /** The last second, which may have no request yet; NaN when there is none. */
  lastSeconds = Number.NaN;
  /** What is kept; changes while it is empty. */
  details: RunDetails = { hasSamples: false, hasClients: false };
  readonly weight = 1;
  readonly timesSeconds = new Float64Array(REQUESTS_MAX);
  readonly seriesIds = new Int32Array(REQUESTS_MAX);
  readonly codes = new Int32Array(REQUESTS_MAX);
  readonly bytesSent = new Float64Array(REQUESTS_MAX);
  readonly latenciesMs = new Float64Array(REQUESTS_MAX);
  readonly clientHashes = new Int32Array(REQUESTS_MAX);
  readonly clients = new Int32Array(REQUESTS_MAX);
  readonly agents = new Int32Array(REQUESTS_MAX);
  readonly lines = new Float64Array(REQUESTS_MAX);
  readonly names: SeriesNames;
  readonly texts: TextNames;
  readonly #second: RunSecond;
  readonly #columns = [
    this.timesSeconds,
    this.seriesIds,
    this.codes,
    this.bytesSent,
    this.latenciesMs,
    this.clientHashes,
    this.clients,
    this.agents,
    this.lines,
  ];
  /** Where the last second begins. */
  #lastBegin = 0;

  constructor(names: SeriesNames, texts: TextNames) {
    this.names = names;
    this.texts = texts;
    this.#second = new RunSecond(names, texts);
  }

  get isFull(): boolean {
    return this.count === REQUESTS_MAX;
  }

  /** Requests that follow are of this second, which is later than all that are there. */
  begin(timeSeconds: number): void {
    this.lastSeconds = timeSeconds;
    this.#lastBegin = this.count;
  }

  /** Whether the last second is that of `timeSeconds`, and takes one more request. */
  goesOn(timeSeconds: number): boolean {
    return timeSeconds === this.lastSeconds && this.count - this.#lastBegin < FEW && !this.isFull;
  }

  /** Adds a request to the last second. Returns its place, where what else is kept of it can be noted. */
  push(seriesId: number, code: number, { bytesSent, latencyMs }: AccessRecord): number {
    const place = this.count++;
    this.timesSeconds[place] = this.lastSeconds;
    this.seriesIds[place] = seriesId;
    this.codes[place] = code;
    this.bytesSent[place] = bytesSent;
    this.latenciesMs[place] = latencyMs;
    return place;
  }

  /** How many requests are before `timeSeconds`; nearly all of them. */
  countBefore(timeSeconds: number): number {
    let count = this.count;
    while (count > 0 && (this.timesSeconds[count - 1] ?? 0) >= timeSeconds) count--;
    return count;
  }

  secondEnd(from: number): number {
    const { timesSeconds, count } = this;
    const timeSeconds = timesSeconds[from];
    let end = from + 1;
    while (end < count && timesSeconds[end] === timeSeconds) end++;
    return end;
  }

  second(from: number, end: number): Second {
    this.#second.show(this, from, end, this.details);
    return this.#second;
  }

  /** Makes open seconds of all that it holds, which were not open there; returns how many series they have together. */
  moveTo(open: OpenSeconds): number {
    let seriesCount = 0;
    for (let from = 0; from < this.count;) {
      const end = this.secondEnd(from);
      const second = open.begin(this.timesSeconds[from] ?? 0);
      this.#addTo(second, from, end);
      second.leave();
      seriesCount += second.seriesCount;
      from = end;
    }
    this.drop(this.count);
    return seriesCount;
  }

  /** Forgets the first `count` requests. */
  drop(count: number): void {
    if (this.#lastBegin < count) this.lastSeconds = Number.NaN;
    this.#lastBegin = Math.max(0, this.#lastBegin - count);
    for (const column of this.#columns) column.copyWithin(0, count, this.count);
    this.count -= count;
  }

  #addTo(second: OpenSecond, from: number, end: number): void {
    for (let i = from; i < end; i++) {
      const seriesId = this.seriesIds[i] ?? 0;
      const status = statusIn(this.codes[i] ?? 0);
      second.count(seriesId, status, 1, this.bytesSent[i] ?? 0);
      second.countLatency(seriesId, this.latenciesMs[i] ?? Number.NaN);
      if (this.details.hasClients) second.clients.push(seriesId, this.clientHashes[i] ?? 0);
      if (this.details.hasSamples) second.sampleFor(status).take(this, i);
    }
  }
}
