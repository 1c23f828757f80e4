// Closed Seconds on their way into the state database: what came since the last commit, added up by ten seconds. It is
// committed together with the state of all other parts, so that after a crash nothing is counted twice and nothing is
// missing; memory holds only what is not committed yet.
import type { Second, SecondConsumer } from '../aggregate/second.ts';
import type { SecondDetails } from '../aggregate/aggregator-options.ts';
import type { AlertEvent } from '../alerts/rule.ts';
import type { AlertRow, HistoryChanges } from '../store/store.ts';
import { beginOf, HOUR, LEVELS, MINUTE } from './levels.ts';
import type { Level } from './levels.ts';
import { OpenClients } from './open-clients.ts';
import { OpenRows } from './open-rows.ts';
import { NONE } from './series-numbers.ts';

export interface HistoryOptions {
  /** How long rows are kept, seconds, by level from the finest. */
  readonly keepSeconds: readonly number[];
  /** Of the database. */
  readonly bytesMax: number;
  /** Wall time, milliseconds since the epoch. */
  readonly now: () => number;
  /** Called when much is waiting to be committed. */
  readonly commitSoon: () => void;
  /** So much is waiting that no more should come for now; left out: never. */
  readonly isFull?: () => boolean;
}

/** What Seconds must tell. */
export const HISTORY_DETAILS: SecondDetails = { hasSamples: true, hasClients: false, hasSources: true };

/** With so many rows a commit is due. Fewer would be added to the same rows of minutes and hours more often. */
const ROWS_SOON = 16_384;
/** Those of an hour are written to one table only. */
const HOUR_ROWS_SOON = 32_768;
const ALERTS_MAX = 10_000;

export class History implements SecondConsumer {
  /** Requests that are missing, as nothing could be committed for too long. */
  droppedRequests = 0;
  readonly #options: HistoryOptions;
  readonly #rows = new OpenRows();
  readonly #clients = new OpenClients();
  #alerts: AlertRow[] = [];
  /** Given to be committed, which it is not yet; the rows know of their own. Null: there is nothing. */
  #given: Pick<HistoryChanges, 'clients' | 'alerts'> | null = null;
  #closedBeforeSeconds: number | null = null;
  #liveFromSeconds: number | null = null;
  /** By level: what is older would be removed as soon as it is written. */
  #keepFromSeconds: readonly number[];

  constructor(options: HistoryOptions) {
    this.#options = options;
    this.#keepFromSeconds = this.#keepFrom();
  }

  /** Rows of the next commit. */
  get waitingRows(): number {
    return this.#rows.length;
  }

  get isFull(): boolean {
    return this.#options.isFull?.() ?? false;
  }

  add(second: Second): void {
    const { timeSeconds, seriesCount, seriesIds, seriesRequests, seriesBytesSent, names, latencies } = second;
    this.#noteLive(timeSeconds);
    if (seriesCount === 0) return;
    const level = this.#levelOf(timeSeconds);
    const beginSeconds = beginOf(timeSeconds, level.seconds);
    for (let i = 0; i < seriesCount; i++) {
      const row = this.#rows.find(beginSeconds, seriesIds[i] ?? 0, names);
      const requests = seriesRequests[i] ?? 0;
      if (row === NONE) this.droppedRequests += requests;
      else this.#rows.add(row, requests, seriesBytesSent[i] ?? 0);
    }
    for (let i = 0; i < latencies.count; i++)
      this.#rows.countLatency(beginSeconds, latencies.ids[i] ?? 0, latencies.values[i] ?? 0);
    this.#countClients(second);
    if (this.waitingRows >= (level === HOUR ? HOUR_ROWS_SOON : ROWS_SOON)) this.#options.commitSoon();
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
    const waiting = this.#alerts.length + (this.#given?.alerts.length ?? 0);
    if (waiting < ALERTS_MAX) this.#alerts.push({ ...happened, ...told });
  }

  /**
   * What came since the last commit. It stays as it is until `committed`, or until this is asked again, which gives all of
   * it; what comes meanwhile is of the next commit.
   */
  changes(): HistoryChanges {
    if (this.#given !== null) {
      this.#clients.putBack(this.#given.clients);
      this.#alerts = [...this.#given.alerts, ...this.#alerts];
    }
    const { bytesMax } = this.#options;
    const changes = {
      rows: this.#rows.take(),
      clients: this.#clients.take(),
      alerts: this.#alerts,
      closedBeforeSeconds: this.#closedBeforeSeconds,
      liveFromSeconds: this.#liveFromSeconds,
      keepFromSeconds: this.#keepFromAtLeast(),
      bytesMax,
    };
    this.#alerts = [];
    this.#given = changes;
    return changes;
  }

  /** What `changes` gave is committed. */
  committed(): void {
    this.#rows.committed();
    this.#given = null;
    this.#keepFromSeconds = this.waitingRows > 0 ? this.#keepFromAtLeast() : this.#keepFrom();
  }

  /** The first second that is counted as it happens; late ones are of logs that may be imported all the same. */
  #noteLive(timeSeconds: number): void {
    if (this.#liveFromSeconds === null || this.#closedBeforeSeconds === null) return;
    if (timeSeconds >= this.#closedBeforeSeconds && timeSeconds < this.#liveFromSeconds)
      this.#liveFromSeconds = timeSeconds;
  }

  /** The finest that keeps rows of then: in a backlog, it may be a coarse one. */
  #levelOf(timeSeconds: number): Level {
    return LEVELS.find((_, i) => timeSeconds >= (this.#keepFromSeconds[i] ?? timeSeconds)) ?? HOUR;
  }

  #keepFrom(): readonly number[] {
    const { keepSeconds, now } = this.#options;
    const nowSeconds = Math.floor(now() / 1000);
    return LEVELS.map(({ seconds }, i) =>
      beginOf(nowSeconds - (keepSeconds[i] ?? Number.POSITIVE_INFINITY), seconds),
    );
  }

  /** Of a clock that was put back, what was taken for too old stays so until it is committed. */
  #keepFromAtLeast(): readonly number[] {
    return this.#keepFrom().map((seconds, i) => Math.max(seconds, this.#keepFromSeconds[i] ?? seconds));
  }

  #countClients(second: Second): void {
    const minuteSeconds = beginOf(second.timeSeconds, MINUTE.seconds);
    // Clients are kept as long as minutes are.
    if (minuteSeconds < (this.#keepFromSeconds[LEVELS.indexOf(MINUTE)] ?? minuteSeconds)) return;
    this.#clients.add(second, minuteSeconds);
  }
}

function detailsOf(explanation: AlertEvent['explanation']): Pick<AlertRow, 'lines' | 'explanation'> {
  if (explanation === null) return {};
  const { lines, ...reasons } = explanation;
  return { ...(lines === undefined ? {} : { lines }), explanation: reasons };
}
