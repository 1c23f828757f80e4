// Commits to the open state database. What a backlog brings is written by a thread, as long as there is much of it.
import { readAlert } from './alert-rows.ts';
import { BackgroundWriter } from './background-writer.ts';
import { CommitWriter } from './commit-writer.ts';
import type { WriteOrder } from './commit-writer.ts';
import type { Connection } from './connection.ts';
import { HistoryImport } from './history-import.ts';
import type { AlertRow, Commit, Importer, Store } from './store.ts';

/** Commits with so few rows of history need no thread; after so many of them it is ended. */
const QUIET_ROWS_MAX = 4096;
const QUIET_COMMITS_MAX = 10;

/** A commit as it is to be written. */
interface Prepared {
  readonly order: WriteOrder;
  readonly bytes: number;
}

export class SqliteStore implements Store {
  readonly #path: string;
  readonly #database: Connection;
  readonly #lock: Connection;
  readonly #writer: CommitWriter;
  /** While it is there, it writes everything; null: this thread does. */
  #writerThread: BackgroundWriter | null = null;
  #quietCommits = 0;
  /** It has died once: this thread writes from there on. */
  #isBackgroundLost = false;
  /** Parts as they were committed last, as text: what has not changed is not written again. */
  readonly #committed = new Map<string, string>();
  /**
   * Those that did not change the last time, as given. What changes every second is not held for a second: it would be
   * garbage of the old generation, which is dear to collect.
   */
  readonly #unchanged = new Map<string, unknown>();

  constructor(path: string, database: Connection, lock: Connection) {
    this.#path = path;
    this.#database = database;
    this.#lock = lock;
    this.#writer = new CommitWriter(database);
  }

  get background(): Store['background'] {
    if (this.#isBackgroundLost) return 'lost';
    return this.#writerThread === null ? 'idle' : 'running';
  }

  commit(commit: Commit): number {
    const prepared = this.#prepare(commit);
    this.#writer.write(prepared.order);
    this.#note(prepared);
    return prepared.bytes;
  }

  beginCommit(commit: Commit, done: (problem: Error | null) => void): number {
    const prepared = this.#prepare(commit);
    const isQuiet = (commit.history?.rows.length ?? 0) <= QUIET_ROWS_MAX;
    this.#quietCommits = isQuiet ? this.#quietCommits + 1 : 0;
    this.#writerThread ??= this.#startThread();
    this.#writerThread.begin(prepared.order, (problem) => {
      if (problem === null) this.#note(prepared);
      if (this.#quietCommits >= QUIET_COMMITS_MAX) this.#endThread();
      done(problem);
    });
    return prepared.bytes;
  }

  settle(): void {
    this.#writerThread?.settle();
  }

  newestAlerts(count: number): AlertRow[] {
    // The columns of the primary key, from its end: as many rows are read as are given.
    return this.#database
      .prepare(
        `SELECT time, id, state, rule, metric, severity, value, unit, threshold, since, peak, summary,
           explanation
         FROM history_alerts ORDER BY time DESC, id DESC, state DESC LIMIT ?`,
      )
      .all(count)
      .map(readAlert)
      .toReversed();
  }

  beginImport(): Importer {
    return new HistoryImport(this.#database, this.#writer.history);
  }

  close(): void {
    this.#endThread();
    this.#database.close();
    this.#lock.close();
  }

  /** What has changed since the last commit, as text. */
  #prepare({ parts, owed, settled, history }: Commit): Prepared {
    const changed: [name: string, text: string][] = [];
    let bytes = 0;
    for (const [name, value] of parts) {
      // A large part gives the same object as long as it has not changed: then it need not even be made text.
      if (this.#unchanged.has(name) && this.#unchanged.get(name) === value) continue;
      const text = JSON.stringify(value);
      if (text === this.#committed.get(name)) {
        this.#unchanged.set(name, value);
        continue;
      }
      this.#unchanged.delete(name);
      changed.push([name, text]);
      bytes += text.length;
    }
    const order = {
      parts: changed,
      owed: owed.map(
        ({ id, event, pending }) => [id, JSON.stringify(event), JSON.stringify(pending)] as const,
      ),
      settled,
      history: history ?? null,
    };
    return { order, bytes };
  }

  /** It is written. */
  #note({ order }: Prepared): void {
    for (const [name, text] of order.parts) this.#committed.set(name, text);
  }

  #startThread(): BackgroundWriter {
    return new BackgroundWriter({
      path: this.#path,
      dataVersion: () => Number(this.#database.prepare('PRAGMA data_version').get()?.['data_version']),
      died: () => {
        this.#isBackgroundLost = true;
        this.#leaveThread();
      },
    });
  }

  #endThread(): void {
    this.#writerThread?.end();
    this.#leaveThread();
  }

  #leaveThread(): void {
    this.#writerThread = null;
    this.#quietCommits = 0;
    // What this thread knows of the tables is of before.
    this.#writer.history.forget();
  }
}
