// Reads history, beside a running monitor or without one: a connection that can't write.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { LEVELS } from '../history/levels.ts';
import type { Level } from '../history/levels.ts';
import type { SeriesRow } from '../history/query.ts';
import type { SeriesName } from '../history/where.ts';
import { messageOf } from '../message-of.ts';
import { readAlert } from './alert-rows.ts';
import { CANNOT_OPEN, closeOnError, codeOf, connect } from './connection.ts';
import type { Connection } from './connection.ts';
import { HISTORY_VERSION, MIGRATIONS } from './migrations.ts';
import type { AlertRow } from './store.ts';

export type ReaderOpening =
  | { readonly ok: true; readonly reader: HistoryReader }
  | { readonly ok: false; /** One sentence. */ readonly message: string };

export interface RowsOptions {
  readonly level: Level;
  readonly fromSeconds: number;
  readonly toSeconds: number;
  /** Rows are added up over so many seconds; a multiple of the level's. */
  readonly slotSeconds: number;
  readonly hasLatencies: boolean;
  /** Only rows of these series; all when it is left out. */
  readonly seriesIds?: readonly number[];
}

export interface ClientSlot extends Omit<SeriesRow, 'seriesId'> {
  readonly client: string;
  readonly errors: number;
}

const BUSY_MS = 2000;

export function openHistory(path: string): ReaderOpening {
  if (!existsSync(path))
    return { ok: false, message: `there is no history: ${path} does not exist; fluffy start begins it` };
  try {
    const database = connectReader(path);
    const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
    if (version >= HISTORY_VERSION && version <= MIGRATIONS.length)
      return { ok: true, reader: new HistoryReader(database) };
    database.close();
    const older = `has no history yet, as an older fluffy wrote it: start this one once`;
    const newer = `was written by a newer fluffy (schema ${version}, this one knows ${MIGRATIONS.length})`;
    return { ok: false, message: `${path} ${version < HISTORY_VERSION ? older : newer}` };
  } catch (error) {
    return {
      ok: false,
      message: `cannot read ${path}: ${messageOf(error)}`,
    };
  }
}

/** Throws when it can't be read. */
export function connectReader(path: string): Connection {
  try {
    return setUp(connect(path, { isReadOnly: true, busyMs: BUSY_MS }));
  } catch (error) {
    if (codeOf(error) !== CANNOT_OPEN) throw error;
    // Nothing can be written beside it, and nobody does: it is read as it stands.
    const url = pathToFileURL(resolve(path));
    url.searchParams.set('immutable', '1');
    return setUp(connect(url, { isReadOnly: true }));
  }
}

function setUp(connection: Connection): Connection {
  return closeOnError(connection, (database) => {
    database.exec('PRAGMA query_only = ON');
    // The first look into the file, which is where it may fail.
    database.prepare('PRAGMA user_version').get();
    return database;
  });
}

export class HistoryReader {
  readonly #database: Connection;

  constructor(database: Connection) {
    this.#database = database;
  }

  /** From where on the rows of each level, from the finest, are complete; minus infinity: none were removed. */
  keptFrom(): number[] {
    const rows = this.#database.prepare('SELECT level, from_time FROM history_kept').all();
    return LEVELS.map(({ name }) =>
      Number(rows.find(({ level }) => level === name)?.['from_time'] ?? Number.NEGATIVE_INFINITY),
    );
  }

  /** The first row of each level, from the finest; null: it has none. */
  firstTimes(): (number | null)[] {
    return LEVELS.map(({ table }) => {
      const time = this.#database.prepare(`SELECT min(time) AS time FROM ${table}`).get()?.['time'];
      return typeof time === 'number' ? time : null;
    });
  }

  /** From where on a monitor has counted itself; null: none has. What is from before was stored or came late. */
  liveFrom(): number | null {
    const time = this.#database.prepare('SELECT live_from FROM history_progress').get()?.['live_from'];
    return typeof time === 'number' ? time : null;
  }

  /** Where the last row of each level ends that is over at `atSeconds`, from the finest; null: it has none. */
  lastEnds(atSeconds: number): (number | null)[] {
    return LEVELS.map(({ table, seconds }) => {
      const last = this.#database.prepare(`SELECT max(time) AS time FROM ${table} WHERE time <= ?`);
      const time = last.get(atSeconds - seconds)?.['time'];
      return typeof time === 'number' ? time + seconds : null;
    });
  }

  /** By id. */
  series(): Map<number, SeriesName> {
    const rows = this.#database
      .prepare(
        `SELECT s.id AS id, o.name AS source, p.name AS path, s.method AS method, s.status AS status
         FROM history_series s JOIN history_paths p ON p.id = s.path JOIN history_sources o ON o.id = s.source`,
      )
      .all();
    return new Map(
      rows.map(({ id, source, path, method, status }) => [
        Number(id),
        { source: String(source), path: String(path), method: String(method), status: Number(status) },
      ]),
    );
  }

  /** Without latencies the database adds up; their sketches are added up more quickly by who asks, row by row. */
  *rows(options: RowsOptions): Generator<SeriesRow> {
    const { level, fromSeconds, toSeconds, slotSeconds, hasLatencies, seriesIds } = options;
    const slot = slotOf(slotSeconds);
    const isWanted = seriesIds === undefined ? '' : ' AND series IN (SELECT value FROM json_each(?))';
    const view = `history_rows_${level.name} WHERE time >= ? AND time < ?${isWanted}`;
    const statement = this.#database.prepare(
      hasLatencies
        ? `SELECT ${slot} AS slot, series, requests, bytes, latencies FROM ${view}`
        : `SELECT ${slot} AS slot, series, sum(requests) AS requests, sum(bytes) AS bytes, NULL AS latencies
           FROM ${view} GROUP BY slot, series`,
    );
    // Objects with names would take a third more time.
    statement.setReturnArrays(true);
    const only = seriesIds === undefined ? [] : [JSON.stringify(seriesIds)];
    for (const row of statement.iterate(fromSeconds, toSeconds, ...only)) {
      const latencies = row[4];
      yield {
        slotSeconds: Number(row[0]),
        seriesId: Number(row[1]),
        requests: Number(row[2]),
        bytesSent: Number(row[3]),
        latencies: latencies instanceof Uint8Array ? latencies : null,
      };
    }
  }

  *clients({
    fromSeconds,
    toSeconds,
    slotSeconds,
  }: Omit<RowsOptions, 'level' | 'hasLatencies'>): Generator<ClientSlot> {
    const statement = this.#database.prepare(
      `SELECT ${slotOf(slotSeconds)} AS slot, client, sum(requests) AS requests, sum(errors) AS errors
       FROM history_clients WHERE time >= ? AND time < ? GROUP BY slot, client`,
    );
    for (const { slot, client, requests, errors } of statement.iterate(fromSeconds, toSeconds))
      yield {
        slotSeconds: Number(slot),
        client: String(client),
        requests: Number(requests),
        errors: Number(errors),
        bytesSent: 0,
        latencies: null,
      };
  }

  /** What happened to alerts, in the order of time. */
  alerts(fromSeconds: number, toSeconds: number): AlertRow[] {
    return this.#database
      .prepare('SELECT * FROM history_alerts WHERE time >= ? AND time < ? ORDER BY time, id')
      .all(fromSeconds, toSeconds)
      .map(readAlert);
  }

  /** Of alerts that were not over then, what had happened last; in the order of time. */
  openAlerts(atSeconds: number): AlertRow[] {
    return this.#database
      .prepare(
        `SELECT * FROM (SELECT *, max(time) FROM history_alerts WHERE time < ? GROUP BY id)
         WHERE state <> 'resolved' ORDER BY time, id`,
      )
      .all(atSeconds)
      .map(readAlert);
  }

  close(): void {
    this.#database.close();
  }
}

/** Where the slot of a row begins, before 1970 too. */
function slotOf(seconds: number): string {
  return `time - (time % ${seconds} + ${seconds}) % ${seconds}`;
}
