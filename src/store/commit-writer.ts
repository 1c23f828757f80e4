// Writes a commit in one transaction, whoever's connection that is.
import type { Connection, Statement } from './connection.ts';
import { HistoryTables } from './history-tables.ts';
import type { HistoryChanges } from './store.ts';

/** A commit as text: what has changed of it. */
export interface WriteOrder {
  readonly parts: readonly (readonly [name: string, value: string])[];
  readonly owed: readonly (readonly [id: number, event: string, pending: string])[];
  readonly settled: readonly number[];
  readonly history: HistoryChanges | null;
}

export class CommitWriter {
  readonly history: HistoryTables;
  readonly #database: Connection;
  readonly #putPart: Statement;
  readonly #putEvent: Statement;
  readonly #removeEvent: Statement;

  constructor(database: Connection) {
    this.#database = database;
    this.#putPart = database.prepare('INSERT OR REPLACE INTO parts (name, value) VALUES (?, ?)');
    this.#putEvent = database.prepare('INSERT OR REPLACE INTO outbox (id, event, pending) VALUES (?, ?, ?)');
    this.#removeEvent = database.prepare('DELETE FROM outbox WHERE id = ?');
    this.history = new HistoryTables(database);
  }

  /** All or nothing; false: there was nothing to write. */
  write({ parts, owed, settled, history }: WriteOrder): boolean {
    const changes = history !== null && this.history.hasWork(history) ? history : null;
    if (parts.length + owed.length + settled.length === 0 && changes === null) return false;
    this.#transact(() => {
      for (const part of parts) this.#putPart.run(...part);
      for (const event of owed) this.#putEvent.run(...event);
      for (const id of settled) this.#removeEvent.run(id);
      if (changes !== null) this.history.write(changes);
    });
    return true;
  }

  #transact(work: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#database.exec('COMMIT');
    } catch (error) {
      // A full disk may have rolled back already.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      this.history.forget();
      throw error;
    }
  }
}
