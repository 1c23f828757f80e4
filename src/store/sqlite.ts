// The state database: SQLite in the data volume.
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  BUSY,
  closeOnError,
  codeOf,
  connect,
  connectToWrite,
  CORRUPT,
  LOCKED,
  NOT_A_DATABASE,
} from './connection.ts';
import type { Connection } from './connection.ts';
import { MIGRATIONS } from './migrations.ts';
import { SqliteStore } from './sqlite-store.ts';
import { messageOf } from '../message-of.ts';
import type { SavedEvent, SavedState, Store, StoreOpening } from './store.ts';

/**
 * Opens the database at `path`, creating it and its folder. A database that is damaged is set aside as
 * `path.damaged-N` and a fresh one begun, which `notice` tells. `nowMs` names the one set aside.
 */
export function openStore(path: string, nowMs: number): StoreOpening {
  let lock: Connection | null = null;
  try {
    mkdirSync(dirname(path), { recursive: true });
    lock = takeLock(`${path}.lock`);
    return openLocked(path, lock, nowMs);
  } catch (error) {
    lock?.close();
    if (error instanceof NewerError) return { ok: false, reason: 'newer', message: error.message };
    const code = codeOf(error);
    if (code === BUSY || code === LOCKED) {
      const message = `another fluffy is using ${path}: stop it, or give this one a state-path of its own`;
      return { ok: false, reason: 'in-use', message };
    }
    const message = `cannot open ${path}: ${messageOf(error)}`;
    return { ok: false, reason: 'unavailable', message, saved: loadOnly(path) };
  }
}

function openLocked(path: string, lock: Connection, nowMs: number): StoreOpening {
  try {
    return { ok: true, ...openAndLoad(path, lock), notice: null };
  } catch (error) {
    const code = codeOf(error);
    if (code !== CORRUPT && code !== NOT_A_DATABASE) throw error;
    const aside = `${path}.damaged-${nowMs}`;
    renameSync(path, aside);
    for (const companion of ['-wal', '-shm']) rmSync(path + companion, { force: true });
    const notice =
      `${path} is damaged (${messageOf(error)}); it was set aside as ${aside} and a new one begun: ` +
      'totals start at 0, and every log is read as at a first start';
    return { ok: true, ...openAndLoad(path, lock), notice };
  }
}

function openAndLoad(path: string, lock: Connection): { store: Store; saved: SavedState } {
  return closeOnError(openDatabase(path), (database) => {
    const saved = load(database);
    return { store: new SqliteStore(path, database, lock), saved };
  });
}

/**
 * A transaction on a file of its own that stays open as long as the process lives: the operating system ends it
 * even after `kill -9`, and the state database itself stays readable for others.
 */
function takeLock(path: string): Connection {
  return closeOnError(connect(path), (lock) => {
    lock.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return lock;
  });
}

class NewerError extends Error {}

/** What a database holds that can be read but not written; null if it can't be read either. */
function loadOnly(path: string): SavedState | null {
  try {
    const url = pathToFileURL(resolve(path));
    // Without this SQLite wants to write beside the database. Commits still in its journal are then not seen: what
    // is read is of an earlier moment, but all of one.
    url.searchParams.set('immutable', '1');
    const database = connect(url, { isReadOnly: true });
    try {
      return load(database);
    } finally {
      database.close();
    }
  } catch {
    return null;
  }
}

function load(database: Connection): SavedState {
  const parts = database.prepare('SELECT name, value FROM parts').all();
  const outbox = database.prepare('SELECT id, event, pending FROM outbox ORDER BY id').all();
  return {
    parts: new Map(parts.map(({ name, value }) => [String(name), readJson(value)])),
    outbox: outbox.map(({ id, event, pending }): SavedEvent => {
      const names = readJson(pending);
      if (!Array.isArray(names)) throw new DamagedError('an entry of the outbox is unreadable');
      return { id: Number(id), event: readJson(event), pending: names.map(String) };
    }),
  };
}

function readJson(value: unknown): unknown {
  try {
    return JSON.parse(String(value));
  } catch (error) {
    throw new DamagedError(`unreadable entry: ${messageOf(error)}`);
  }
}

function openDatabase(path: string): Connection {
  return closeOnError(connectToWrite(path), (database) => {
    migrate(database, path);
    const [check] = database.prepare('PRAGMA quick_check(1)').all();
    if (check?.['quick_check'] !== 'ok') throw new DamagedError(String(check?.['quick_check']));
    return database;
  });
}

class DamagedError extends Error {
  readonly errcode = CORRUPT;
}

function migrate(database: Connection, path: string): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version > MIGRATIONS.length) {
    throw new NewerError(
      `${path} was written by a newer fluffy (schema ${version}, this one knows ${MIGRATIONS.length}): ` +
        'use that version again, or move the file away to start afresh',
    );
  }
  for (let step = version; step < MIGRATIONS.length; step++) {
    database.exec(`BEGIN IMMEDIATE; ${MIGRATIONS[step]}; PRAGMA user_version = ${step + 1}; COMMIT`);
  }
}
