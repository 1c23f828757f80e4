// Removes history that is too old, or too much, a bit with each commit: the pages that become free are used again, so that
// the file stops growing, and nothing ever has to be moved.
import { HOUR, LEVELS, MINUTE } from '../history/levels.ts';
import type { Level } from '../history/levels.ts';
import type { Connection, Statement } from './connection.ts';
import type { HistoryNames } from './history-names.ts';
import type { HistoryChanges } from './store.ts';

/** When there is too much: of each level so much is left, as long as a coarser one has something to give. */
const LEFT_SECONDS: readonly number[] = [3600, 86_400, Number.POSITIVE_INFINITY];

interface Room {
  /** Rows of the finest level that begin here or later may not be summed up yet, and stay. */
  readonly rolledBefore: number;
  readonly rowsMax: number;
}

/** Names that nothing is counted by any more are looked for after each so many seconds of history that were removed. */
const FORGET_SECONDS = 3600;

export class HistoryRetention {
  readonly #names: HistoryNames;
  readonly #tables: readonly LevelTable[];
  readonly #removeClients: Statement;
  readonly #removeAlerts: Statement;
  readonly #removeDetails: Statement;
  readonly #pages: Statement;
  readonly #pageBytes: number;
  /** By level: what is older is removed. */
  #removedBefore: number[] = [];
  #namesForgottenBefore = Number.NEGATIVE_INFINITY;

  constructor(database: Connection, names: HistoryNames) {
    this.#names = names;
    this.#tables = LEVELS.map((level) => new LevelTable(database, level));
    this.#removeClients = database.prepare('DELETE FROM history_clients WHERE time < ?');
    this.#removeAlerts = database.prepare('DELETE FROM history_alerts WHERE time < ?');
    this.#removeDetails = database.prepare(
      `UPDATE history_alerts SET lines = NULL, explanation = NULL
       WHERE time < ? AND (lines IS NOT NULL OR explanation IS NOT NULL)`,
    );
    this.#pages = database.prepare(
      'SELECT page_count - freelist_count AS used FROM pragma_page_count, pragma_freelist_count',
    );
    this.#pageBytes = Number(database.prepare('PRAGMA page_size').get()?.['page_size']);
  }

  hasWork({ keepFromSeconds, bytesMax }: HistoryChanges): boolean {
    return (
      keepFromSeconds.some((seconds, i) => seconds > this.#removedBeforeAt(i)) || this.#usedBytes() > bytesMax
    );
  }

  /** Within a transaction; at most `rowsMax` rows of each level. */
  remove(changes: HistoryChanges, { rolledBefore, rowsMax }: Room): void {
    for (const [i, table] of this.#tables.entries()) {
      const wanted = changes.keepFromSeconds[i] ?? Number.NEGATIVE_INFINITY;
      if (wanted <= this.#removedBeforeAt(i)) continue;
      const bound = i === 0 ? Math.min(wanted, rolledBefore) : wanted;
      if (table.removeBefore(bound, rowsMax) && bound === wanted) this.#removedBefore[i] = wanted;
      if (table.level === MINUTE) this.#removeOfMinutes(bound);
      if (table.level === HOUR) this.#removeAlerts.run(bound);
    }
    if (this.#usedBytes() > changes.bytesMax) this.#makeRoom(changes, { rolledBefore, rowsMax });
    this.#forgetNames(rowsMax);
  }

  /** Rows of a level, by its place from the finest, that begin before `seconds` were not even written. */
  passedOver(level: number, seconds: number): void {
    this.#tables[level]?.keepFrom(seconds);
  }

  /** What was done last was rolled back. */
  forget(): void {
    this.#removedBefore = [];
    for (const table of this.#tables) table.forget();
  }

  /** Pages that hold something, of the state too. */
  #usedBytes(): number {
    return Number(this.#pages.get()?.['used']) * this.#pageBytes;
  }

  #removedBeforeAt(level: number): number {
    return this.#removedBefore[level] ?? Number.NEGATIVE_INFINITY;
  }

  /** Removes the oldest rows of the finest level that has more than what is left to it; if none has, of the finest that has any. */
  #makeRoom({ closedBeforeSeconds, bytesMax }: HistoryChanges, { rolledBefore, rowsMax }: Room): void {
    const nowSeconds = closedBeforeSeconds ?? rolledBefore;
    let rowsLeft = rowsMax;
    for (const lefts of [LEFT_SECONDS, []]) {
      for (const [i, table] of this.#tables.entries()) {
        if (rowsLeft <= 0 || this.#usedBytes() <= bytesMax) return;
        const bound = nowSeconds - (lefts[i] ?? 0);
        rowsLeft -= table.removeOldest(i === 0 ? Math.min(bound, rolledBefore) : bound, rowsLeft);
        if (table.level === MINUTE) this.#removeOfMinutes(table.keptFromSeconds);
      }
    }
  }

  /** What is kept as long as minutes are. */
  #removeOfMinutes(beforeSeconds: number): void {
    this.#removeClients.run(beforeSeconds);
    this.#removeDetails.run(beforeSeconds);
  }

  #forgetNames(rowsMax: number): void {
    const bound = Math.min(...this.#tables.map(({ keptFromSeconds }) => keptFromSeconds));
    if (!(bound - this.#namesForgottenBefore >= FORGET_SECONDS)) return;
    if (this.#names.forgetBefore(bound, rowsMax)) this.#namesForgottenBefore = bound;
  }
}

/** The rows of one level, from the oldest on. */
class LevelTable {
  readonly level: Level;
  readonly #rowAt: Statement;
  readonly #removeUpTo: Statement;
  readonly #removeAll: Statement;
  readonly #loadKept: Statement;
  readonly #saveKept: Statement;
  #keptFrom: number | null = null;

  constructor(database: Connection, level: Level) {
    const { name, table } = level;
    this.level = level;
    this.#rowAt = database.prepare(
      `SELECT time, series FROM ${table} WHERE time < ? ORDER BY time, series LIMIT 1 OFFSET ?`,
    );
    this.#removeUpTo = database.prepare(`DELETE FROM ${table} WHERE (time, series) < (?, ?)`);
    this.#removeAll = database.prepare(`DELETE FROM ${table} WHERE time < ?`);
    this.#loadKept = database.prepare(`SELECT from_time FROM history_kept WHERE level = '${name}'`);
    this.#saveKept = database.prepare(`INSERT OR REPLACE INTO history_kept VALUES ('${name}', ?)`);
  }

  /** From here on all rows are there; minus infinity: none was ever removed. */
  get keptFromSeconds(): number {
    this.#keptFrom ??= Number(this.#loadKept.get()?.['from_time'] ?? Number.NEGATIVE_INFINITY);
    return this.#keptFrom;
  }

  /** Says that what is before is not complete. */
  keepFrom(seconds: number): void {
    if (seconds <= this.keptFromSeconds) return;
    this.#saveKept.run(seconds);
    this.#keptFrom = seconds;
  }

  /** Removes at most `rowsMax` rows that begin before `seconds`. False: there may be more of them. */
  removeBefore(seconds: number, rowsMax: number): boolean {
    return this.#remove(seconds, rowsMax) < rowsMax;
  }

  /** Removes the oldest rows, of whatever time before `seconds`, at most `rowsMax`. Gives how many that were. */
  removeOldest(seconds: number, rowsMax: number): number {
    const last = this.#rowAt.get(seconds, rowsMax - 1);
    const bound = last === undefined ? seconds : Math.min(seconds, Number(last['time']) + this.level.seconds);
    return this.#remove(bound, rowsMax);
  }

  forget(): void {
    this.#keptFrom = null;
  }

  #remove(seconds: number, rowsMax: number): number {
    if (this.#rowAt.get(seconds, 0) === undefined) return 0;
    // Said at once: what is being removed is complete no longer.
    this.keepFrom(seconds);
    const next = this.#rowAt.get(seconds, rowsMax);
    const { changes } =
      next === undefined
        ? this.#removeAll.run(seconds)
        : this.#removeUpTo.run(next['time'] ?? null, next['series'] ?? null);
    return Number(changes);
  }
}
