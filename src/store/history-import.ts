// Fills history from finished logs, in one transaction: all of them are in it together with what they are known by, or
// nothing is.
import type { Connection } from './connection.ts';
import type { HistoryTables } from './history-tables.ts';
import type { HistoryChanges, HistoryRows, ImportedLog, Importer } from './store.ts';

/** Of summing up and removing, which goes on with the monitor's commits if it is not done by then. */
const LAST_STEPS_MAX = 2000;

const NO_ROWS: HistoryRows = {
  length: 0,
  times: [],
  series: [],
  named: [],
  requests: [],
  bytesSent: [],
  latencies: [],
};

export class HistoryImport implements Importer {
  readonly #database: Connection;
  readonly #tables: HistoryTables;

  constructor(database: Connection, tables: HistoryTables) {
    this.#database = database;
    this.#tables = tables;
    database.exec('BEGIN IMMEDIATE');
  }

  logs(): ImportedLog[] {
    return this.#database
      .prepare('SELECT hash, bytes, name, imported FROM history_imports')
      .all()
      .map(({ hash, bytes, name, imported }) => ({
        hash: String(hash),
        bytes: Number(bytes),
        name: String(name),
        importedSeconds: Number(imported),
      }));
  }

  liveFromSeconds(): number | null {
    return this.#tables.liveFromSeconds;
  }

  write(changes: HistoryChanges): void {
    // It is the monitor that says from where on it has counted.
    this.#tables.write({ ...changes, liveFromSeconds: null });
  }

  finish(changes: HistoryChanges, logs: readonly ImportedLog[]): void {
    this.write(changes);
    const rest = { ...changes, rows: NO_ROWS, clients: [], alerts: [], liveFromSeconds: null };
    for (let i = 0; i < LAST_STEPS_MAX && this.#tables.hasWork(rest); i++) this.#tables.write(rest);
    const add = this.#database.prepare('INSERT INTO history_imports VALUES (?, ?, ?, ?)');
    for (const { hash, bytes, name, importedSeconds } of logs) add.run(hash, bytes, name, importedSeconds);
    this.#database.exec('COMMIT');
  }

  abandon(): void {
    if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
    this.#tables.forget();
  }
}
