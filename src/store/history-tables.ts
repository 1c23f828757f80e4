// Writes history into the state database, within the transaction that commits the state it belongs to. Every Second is
// added to rows of ten seconds at once; what is coarser is summed up from these as soon as they are closed. How far that
// has come stands beside them: what comes late for rows that are summed up already is added to all of them.
import { beginOf, FINEST, LEVELS, MINUTE } from '../history/levels.ts';
import type { Connection, Statement } from './connection.ts';
import { HistoryNames } from './history-names.ts';
import { HistoryRetention } from './history-retention.ts';
import { registerMerge, RowAdder, sumUpStatement } from './history-rows.ts';
import { RowColumns } from './history-columns.ts';
import { forEachTime, orderOf, sumUp } from './history-sums.ts';
import type { AlertRow, ClientRow, HistoryChanges, HistoryRows } from './store.ts';

/** Of each minute. */
const CLIENTS_KEPT = 20;
/** Rows summed up in one transaction, and rows removed: a few milliseconds. Twice as many as are written come on top. */
const ROWS_IN_A_GO = 1000;
interface Progress {
  /** All rows up to this one, in the order of time and series, are summed up in the coarser ones, whether it is there or not. */
  rolledTime: number;
  rolledSeries: number;
  /** Minutes before hold no more clients than are kept. */
  clientsBefore: number;
  liveFrom: number | null;
}

export class HistoryTables {
  readonly #names: HistoryNames;
  readonly #retention: HistoryRetention;
  readonly #finest: RowAdder;
  readonly #coarser: readonly {
    readonly seconds: number;
    readonly adder: RowAdder;
    readonly sumUp: Statement;
    /** Of the commit that is written. */
    readonly sums: RowColumns;
  }[];
  readonly #columns = { sorted: new RowColumns(), rolled: new RowColumns() };
  readonly #nthUnrolled: Statement;
  readonly #lastUnrolled: Statement;
  readonly #loadProgress: Statement;
  readonly #saveProgress: Statement;
  readonly #addClient: Statement;
  readonly #minutes: Statement;
  readonly #keepTopClients: Statement;
  readonly #addAlert: Statement;
  /** Null: to be read again. */
  #progress: Progress | null = null;
  /** Rows that begin before are all summed up. */
  #rolledBefore = Number.NEGATIVE_INFINITY;

  constructor(database: Connection) {
    registerMerge(database);
    this.#names = new HistoryNames(database);
    this.#retention = new HistoryRetention(database, this.#names);
    this.#finest = new RowAdder(database, FINEST.table);
    this.#coarser = LEVELS.slice(1).map((level) => ({
      seconds: level.seconds,
      adder: new RowAdder(database, level.table),
      sumUp: sumUpStatement(database, level, FINEST.table),
      sums: new RowColumns(),
    }));
    this.#nthUnrolled = database.prepare(
      `SELECT time, series FROM ${FINEST.table}
       WHERE (time, series) > (?, ?) AND time < ? ORDER BY time, series LIMIT 1 OFFSET ?`,
    );
    this.#lastUnrolled = database.prepare(
      `SELECT time, series FROM ${FINEST.table}
       WHERE (time, series) > (?, ?) AND time < ? ORDER BY time DESC, series DESC LIMIT 1`,
    );
    this.#loadProgress = database.prepare('SELECT * FROM history_progress');
    this.#saveProgress = database.prepare(
      'UPDATE history_progress SET rolled_time = ?, rolled_series = ?, clients_before = ?, live_from = ?',
    );
    this.#addClient = database.prepare(
      `INSERT INTO history_clients (time, client, requests, errors) VALUES (?, ?, ?, ?)
       ON CONFLICT (time, client) DO UPDATE SET
         requests = requests + excluded.requests, errors = errors + excluded.errors`,
    );
    this.#minutes = database.prepare(
      'SELECT DISTINCT time FROM history_clients WHERE time >= ? AND time < ? ORDER BY time',
    );
    this.#keepTopClients = database.prepare(
      `DELETE FROM history_clients WHERE time = ?1 AND client NOT IN (
         SELECT client FROM history_clients WHERE time = ?1 ORDER BY requests DESC, client LIMIT ${CLIENTS_KEPT})`,
    );
    this.#addAlert = database.prepare(
      `INSERT OR IGNORE INTO history_alerts (time, id, state, rule, metric, severity, value, unit, threshold, since, peak,
         summary, lines, explanation) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
  }

  /** From here on a monitor has counted; null: none has. */
  get liveFromSeconds(): number | null {
    return this.#load().liveFrom;
  }

  /** There is something to write, to sum up or to remove. */
  hasWork(changes: HistoryChanges): boolean {
    const { rows, clients, alerts, closedBeforeSeconds, liveFromSeconds } = changes;
    const progress = this.#load();
    return (
      rows.length + clients.length + alerts.length > 0 ||
      closableBefore(closedBeforeSeconds) > this.#rolledBefore ||
      earlier(progress.liveFrom, liveFromSeconds) !== progress.liveFrom ||
      this.#retention.hasWork(changes)
    );
  }

  /** Within a transaction. When that is rolled back, `forget` must be called. */
  write(changes: HistoryChanges): void {
    const { rows, clients, alerts, closedBeforeSeconds, liveFromSeconds, keepFromSeconds } = changes;
    const before = this.#load();
    const progress: Progress = { ...before, liveFrom: earlier(before.liveFrom, liveFromSeconds) };
    const rowsMax = ROWS_IN_A_GO + 2 * rows.length;
    // First what is there: new rows of what is over are then summed up without being read again.
    this.#rollUp(closableBefore(closedBeforeSeconds), progress, rowsMax);
    this.#addAll(rows, progress, keepFromSeconds);
    this.#writeClients(clients, closedBeforeSeconds, progress);
    for (const alert of alerts) this.#writeAlert(alert);
    const rolledBefore = Math.max(progress.rolledTime, this.#rolledBefore);
    this.#retention.remove(changes, { rolledBefore, rowsMax });
    if (isSame(before, progress)) return;
    const { rolledTime, rolledSeries, clientsBefore, liveFrom } = progress;
    this.#saveProgress.run(rolledTime, rolledSeries, clientsBefore, liveFrom);
    this.#progress = progress;
  }

  /** What was written last was rolled back. */
  forget(): void {
    this.#progress = null;
    this.#rolledBefore = Number.NEGATIVE_INFINITY;
    this.#names.clear();
    this.#retention.forget();
  }

  #load(): Progress {
    if (this.#progress === null) {
      const row = this.#loadProgress.get() ?? {};
      this.#progress = {
        rolledTime: Number(row['rolled_time']),
        rolledSeries: Number(row['rolled_series']),
        clientsBefore: Number(row['clients_before']),
        liveFrom: row['live_from'] === null ? null : Number(row['live_from']),
      };
    }
    return this.#progress;
  }

  #addAll(rows: HistoryRows, progress: Progress, keepFromSeconds: readonly number[]): void {
    if (rows.length === 0) return;
    // What is new and before was not there to be summed up: it is added to all rows at once.
    if (this.#rolledBefore > progress.rolledTime) {
      progress.rolledTime = this.#rolledBefore;
      progress.rolledSeries = 0;
    }
    const { sorted, rolled } = this.#columns;
    this.#sort(rows, sorted);
    rolled.clear(sorted.length);
    for (let place = 0; place < sorted.length; place++) {
      const time = sorted.times[place] ?? 0;
      const isTooOld = time < (keepFromSeconds[0] ?? time);
      if (isTooOld || isRolled(time, sorted.series[place] ?? 0, progress)) rolled.push(time, sorted, place);
    }
    this.#finest.add(this.#kept(0, sorted, keepFromSeconds));
    let finer = rolled;
    for (const [i, { seconds, adder, sums }] of this.#coarser.entries()) {
      sumUp(finer, seconds, sums);
      adder.add(this.#kept(i + 1, sums, keepFromSeconds));
      finer = sums;
    }
  }

  /** Without those that are too old for their level. */
  #kept(level: number, rows: RowColumns, keepFromSeconds: readonly number[]): RowColumns {
    const fromSeconds = keepFromSeconds[level] ?? Number.NEGATIVE_INFINITY;
    if (!rows.hasBefore(fromSeconds)) return rows;
    this.#retention.passedOver(level, fromSeconds);
    return rows.from(fromSeconds);
  }

  /** Rows mostly come in the order of their time: those of the same time one behind the other are put in that of series. */
  #sort(rows: HistoryRows, sorted: RowColumns): void {
    const { length, requests, bytesSent, latencies } = rows;
    const ids = this.#names.idsOf(rows);
    sorted.clear(length);
    const counts = { series: ids, requests, bytes: bytesSent, latencies };
    forEachTime(rows, FINEST.seconds, (time, span) => {
      const order = orderOf(ids, span);
      for (let i = 0; i < order.length; i++) sorted.push(time, counts, order[i] ?? 0);
    });
  }

  #rollUp(beforeSeconds: number, progress: Progress, rowsMax: number): void {
    if (beforeSeconds <= this.#rolledBefore) return;
    const { rolledTime, rolledSeries } = progress;
    const nth = this.#nthUnrolled.get(rolledTime, rolledSeries, beforeSeconds, rowsMax - 1);
    const last = nth ?? this.#lastUnrolled.get(rolledTime, rolledSeries, beforeSeconds);
    if (last !== undefined) {
      const [time, series] = [Number(last['time']), Number(last['series'])];
      for (const { sumUp: sumUpRows } of this.#coarser) sumUpRows.run(rolledTime, rolledSeries, time, series);
      progress.rolledTime = time;
      progress.rolledSeries = series;
    }
    if (nth === undefined) this.#rolledBefore = beforeSeconds;
  }

  #writeClients(clients: readonly ClientRow[], closedBefore: number | null, progress: Progress): void {
    const late = new Set<number>();
    for (const { timeSeconds, client, requests, errors } of clients) {
      this.#addClient.run(timeSeconds, client, requests, errors);
      if (timeSeconds < progress.clientsBefore) late.add(timeSeconds);
    }
    for (const minute of late) this.#keepTopClients.run(minute);
    const closedMinute =
      closedBefore === null ? progress.clientsBefore : beginOf(closedBefore, MINUTE.seconds);
    if (closedMinute <= progress.clientsBefore) return;
    for (const { time } of this.#minutes.all(progress.clientsBefore, closedMinute))
      this.#keepTopClients.run(time ?? null);
    progress.clientsBefore = closedMinute;
  }

  #writeAlert(alert: AlertRow): void {
    const { timeSeconds, id, state, rule, metric, severity, summary } = alert;
    const { value, unit, threshold, sinceSeconds, peak, lines, explanation } = alert;
    const what = [timeSeconds, id, state, rule, metric, severity] as const;
    const details = [lines, explanation].map((part) => (part ? JSON.stringify(part) : null));
    this.#addAlert.run(...what, value, unit, threshold, sinceSeconds, peak, summary, ...details);
  }
}

function isRolled(time: number, series: number, { rolledTime, rolledSeries }: Progress): boolean {
  return time < rolledTime || (time === rolledTime && series <= rolledSeries);
}

/** Rows of ten seconds that begin before this are over. */
function closableBefore(closedBeforeSeconds: number | null): number {
  return closedBeforeSeconds === null
    ? Number.NEGATIVE_INFINITY
    : beginOf(closedBeforeSeconds, FINEST.seconds);
}

function earlier(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}

function isSame(a: Progress, b: Progress): boolean {
  return (
    a.rolledTime === b.rolledTime &&
    a.rolledSeries === b.rolledSeries &&
    a.clientsBefore === b.clientsBefore &&
    a.liveFrom === b.liveFrom
  );
}
