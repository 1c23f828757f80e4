// Connections to databases, through Node's own driver. Sole importer of node:sqlite.
import { backup, DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';

export type Connection = DatabaseSync;
export type Statement = StatementSync;

/** SQLite's primary result codes: the low byte of an extended one. */
export const BUSY = 5;
export const LOCKED = 6;
export const CORRUPT = 11;
export const CANNOT_OPEN = 14;
export const NOT_A_DATABASE = 26;

export interface ConnectOptions {
  /** The file must be there, and is not written. */
  readonly isReadOnly?: boolean;
  /** How long it is waited for another connection that writes, milliseconds; 0 when it is left out. */
  readonly busyMs?: number;
}

/** Throws an error of SQLite, whose code `codeOf` tells. */
export function connect(
  path: string | URL,
  { isReadOnly = false, busyMs = 0 }: ConnectOptions = {},
): Connection {
  return new DatabaseSync(path, { readOnly: isReadOnly, timeout: busyMs });
}

/**
 * Connects to a database that others read meanwhile. When the power fails its last commits may be lost, but never a part of
 * one. Throws as `connect` does.
 */
export function connectToWrite(path: string): Connection {
  return closeOnError(connect(path, { busyMs: 2000 }), (database) => {
    // What a commit notes to be able to take it back is small, and should need no folder at all.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY');
    return database;
  });
}

/** Gives what `work` gives; when it throws, the connection is closed. */
export function closeOnError<T>(database: Connection, work: (database: Connection) => T): T {
  try {
    return work(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Copies what is committed into the file `target`, page by page, while others go on writing. Gives the pages. */
export async function copyDatabase(from: Connection, target: string): Promise<number> {
  return backup(from, target, { rate: 500 });
}

/** The primary result code of an error of SQLite; null for any other error. */
export function codeOf(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null;
  return error.errcode % 256;
}
