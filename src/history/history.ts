// Closed Seconds on their way into the state database: what came since the last commit, added up by ten seconds. It is
// committed together with the state of all other parts, so that after a crash nothing is counted twice and nothing is
// missing; memory holds only what is not committed yet.
import { METHOD_NAMES } from '../aggregate/methods.ts';
import { methodIdIn, statusIn } from '../aggregate/second.ts';
import type { Second, SecondConsumer, SeriesNames } from '../aggregate/second.ts';
import type { SecondDetails } from '../aggregate/aggregator-options.ts';
import type { AlertEvent } from '../alerts/rule.ts';
import type { AlertRow, ClientRow, HistoryChanges, HistoryRow } from '../store/store.ts';
import { mergeBins, packBins } from './latency-bins.ts';
import { beginOf, FINEST, LEVELS, MINUTE } from './levels.ts';

export interface HistoryOptions {
  /** How long rows are kept, seconds, by level from the finest. */
  readonly keepSeconds: readonly number[];
  /** Of the database. */
  readonly bytesMax: number;
  /** Wall time, milliseconds since the epoch. */
  readonly now: () => number;
  /** Called when much is waiting to be committed. */
  readonly commitSoon: () => void;
}

/** What Seconds must tell. */
export const HISTORY_DETAILS: SecondDetails = { hasSamples: true, hasClients: false, hasSources: true };

/** So many rows are committed within 20 ms. */
const ROWS_SOON = 4096;
/** While commits fail, rows above are given up, and counted. */
const ROWS_MAX = 200_000;
const CLIENTS_MAX = 50_000;
const ALERTS_MAX = 10_000;
/** A list of bins is packed when it is so long. */
const BINS_MAX = 1024;

/** As it is written, but while it is added to. */
interface Row extends Mutable<HistoryRow> {
  readonly code: number;
  /** Of requests that `latencies` does not hold yet; null while there was none. */
  bins: number[] | null;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

interface ClientCount {
  requests: number;
  errors: number;
}

export class History implements SecondConsumer {
  /** Requests that are missing, as nothing could be committed for too long. */
  droppedRequests = 0;
  readonly #options: HistoryOptions;
  /** Of one series and ten seconds there may be several: they are added up where they are written. */
  #rows: Row[] = [];
  /** By the id of a series: its row in the last Second that had it. */
  readonly #rowAt: (Row | undefined)[] = [];
  readonly #minutes = new Map<number, Map<string, ClientCount>>();
  #clientCount = 0;
  readonly #alerts: AlertRow[] = [];
  #closedBeforeSeconds: number | null = null;
  #liveFromSeconds: number | null = null;

  constructor(options: HistoryOptions) {
    this.#options = options;
  }

  add(second: Second): void {
    const { timeSeconds, seriesCount, seriesIds, seriesRequests, seriesBytesSent, names, latencies } = second;
    this.#noteLive(timeSeconds);
    if (seriesCount === 0) return;
    const beginSeconds = beginOf(timeSeconds, FINEST.seconds);
    for (let i = 0; i < seriesCount; i++) {
      const row = this.#rowOf(beginSeconds, seriesIds[i] ?? 0, names);
      const requests = seriesRequests[i] ?? 0;
      if (row === null) {
        this.droppedRequests += requests;
        continue;
      }
      row.requests += requests;
      row.bytesSent += seriesBytesSent[i] ?? 0;
    }
    for (let i = 0; i < latencies.count; i++)
      countLatency(this.#rowAt[latencies.ids[i] ?? 0], beginSeconds, latencies.values[i] ?? 0);
    this.#countClients(second);
    if (this.#rows.length >= ROWS_SOON) this.#options.commitSoon();
  }

  advanceTo(timeSeconds: number): void {
    this.#closedBeforeSeconds = timeSeconds;
    this.#liveFromSeconds ??= timeSeconds;
  }

  /** Something has happened to an alert. */
  addAlert(event: AlertEvent): void {
    const { timeSeconds, id, rule, metric, severity, state, value, unit, threshold } = event;
    const { sinceSeconds, peak, summary, explanation } = event;
    const told = { sinceSeconds, peak, summary, ...detailsOf(explanation) };
    const happened = { timeSeconds, id, rule, metric, severity, state, value, unit, threshold };
    if (this.#alerts.length < ALERTS_MAX) this.#alerts.push({ ...happened, ...told });
  }

  /** What came since the last commit. */
  changes(): HistoryChanges {
    const { keepSeconds, bytesMax, now } = this.#options;
    const nowSeconds = Math.floor(now() / 1000);
    return {
      rows: this.#packedRows(),
      clients: this.#clients(),
      alerts: [...this.#alerts],
      closedBeforeSeconds: this.#closedBeforeSeconds,
      liveFromSeconds: this.#liveFromSeconds,
      keepFromSeconds: LEVELS.map(({ seconds }, i) =>
        beginOf(nowSeconds - (keepSeconds[i] ?? Number.POSITIVE_INFINITY), seconds),
      ),
      bytesMax,
    };
  }

  /** What `changes` gave is committed. */
  committed(): void {
    this.#rows = [];
    // A new array would find its way from a sparse one every second.
    this.#rowAt.fill(undefined);
    this.#minutes.clear();
    this.#clientCount = 0;
    this.#alerts.length = 0;
  }

  /** The first second that is counted as it happens; late ones are of logs that may be imported all the same. */
  #noteLive(timeSeconds: number): void {
    if (this.#liveFromSeconds === null || this.#closedBeforeSeconds === null) return;
    if (timeSeconds >= this.#closedBeforeSeconds && timeSeconds < this.#liveFromSeconds)
      this.#liveFromSeconds = timeSeconds;
  }

  /** Null when there are too many rows. */
  #rowOf(beginSeconds: number, seriesId: number, names: SeriesNames): Row | null {
    const path = names.pathOf(seriesId);
    const code = names.codeOf(seriesId);
    const last = this.#rowAt[seriesId];
    if (last !== undefined && last.timeSeconds === beginSeconds && last.code === code && last.path === path)
      return last;
    this.#rowAt[seriesId] = undefined;
    if (this.#rows.length >= ROWS_MAX) return null;
    const row = createRow(beginSeconds, path, code, names.sourceOf(code));
    this.#rowAt[seriesId] = row;
    this.#rows.push(row);
    return row;
  }

  #countClients({ timeSeconds, samples: [others, failed] }: Second): void {
    const minuteSeconds = beginOf(timeSeconds, MINUTE.seconds);
    for (const sample of [others, failed]) {
      if (sample === undefined) continue;
      const { count, weight, clients } = sample;
      for (let i = 0; i < count; i++) {
        const counted = this.#clientAt(minuteSeconds, clients[i] ?? '');
        if (counted === null) continue;
        counted.requests += weight;
        if (sample === failed) counted.errors += weight;
      }
    }
  }

  /** Null when the log does not say who it was, or when there are too many. */
  #clientAt(minuteSeconds: number, client: string): ClientCount | null {
    if (client === '') return null;
    let minute = this.#minutes.get(minuteSeconds);
    const known = minute?.get(client);
    if (known !== undefined) return known;
    if (this.#clientCount >= CLIENTS_MAX) return null;
    this.#clientCount++;
    if (minute === undefined) this.#minutes.set(minuteSeconds, (minute = new Map<string, ClientCount>()));
    const counted = { requests: 0, errors: 0 };
    minute.set(client, counted);
    return counted;
  }

  #packedRows(): readonly HistoryRow[] {
    for (const row of this.#rows) packRow(row);
    return this.#rows;
  }

  #clients(): ClientRow[] {
    return Array.from(this.#minutes, ([timeSeconds, clients]) =>
      Array.from(clients, ([client, { requests, errors }]) => ({ timeSeconds, client, requests, errors })),
    ).flat();
  }
}

function createRow(timeSeconds: number, path: string, code: number, source: string): Row {
  const method = METHOD_NAMES[methodIdIn(code)] ?? '';
  const none = { requests: 0, bytesSent: 0, latencies: null, bins: null };
  return { timeSeconds, source, path, method, status: statusIn(code), code, ...none };
}

function countLatency(row: Row | undefined, beginSeconds: number, bin: number): void {
  // Of a row that there was no room for.
  if (row === undefined || row.timeSeconds !== beginSeconds) return;
  row.bins ??= [];
  row.bins.push(bin);
  if (row.bins.length >= BINS_MAX) packRow(row);
}

function packRow(row: Row): void {
  if (row.bins === null) return;
  const packed = packBins(row.bins);
  row.latencies = row.latencies === null ? packed : mergeBins(row.latencies, packed);
  row.bins = null;
}

function detailsOf(explanation: AlertEvent['explanation']): Pick<AlertRow, 'lines' | 'explanation'> {
  if (explanation === null) return {};
  const { lines, ...reasons } = explanation;
  return { ...(lines === undefined ? {} : { lines }), explanation: reasons };
}
