// Adds to rows of history: counts are added up where a row is there already, and latency sketches merged.
import { mergeBins } from '../history/latency-bins.ts';
import type { Connection, Statement } from './connection.ts';
import type { RowColumns } from './history-columns.ts';

const ON_CONFLICT = `ON CONFLICT (time, series) DO UPDATE SET
  requests = requests + excluded.requests,
  bytes = bytes + excluded.bytes,
  latencies = CASE
    WHEN latencies IS NULL THEN excluded.latencies
    WHEN excluded.latencies IS NULL THEN latencies
    ELSE merge_latencies(latencies, excluded.latencies) END`;

/** Rows that one statement adds: twice as fast as one by one, if they are in order. */
const ROWS_AT_ONCE = 32;
const COLUMNS = 5;

/** Makes what `RowAdder` and queries use known to the connection. */
export function registerMerge(database: Connection): void {
  database.function('merge_latencies', { deterministic: true }, (a, b) =>
    a instanceof Uint8Array && b instanceof Uint8Array ? mergeBins(a, b) : null,
  );
}

/** Adds many rows to a table, best in the order of time and series. */
export class RowAdder {
  readonly #addOne: Statement;
  readonly #addMany: Statement;

  constructor(database: Connection, table: string) {
    this.#addOne = addStatement(database, table, 1);
    this.#addMany = addStatement(database, table, ROWS_AT_ONCE);
  }

  add({ length, times, series, requests, bytes, latencies }: RowColumns): void {
    // Filled anew each time: an array that is emptied has to grow again.
    const values: (number | Uint8Array | null)[] = Array.from({ length: ROWS_AT_ONCE * COLUMNS }, () => null);
    const wholeCount = length - (length % ROWS_AT_ONCE);
    let i = 0;
    for (let place = 0; place < length; place++) {
      values[i++] = times[place] ?? 0;
      values[i++] = series[place] ?? 0;
      values[i++] = requests[place] ?? 0;
      values[i++] = bytes[place] ?? 0;
      values[i++] = latencies[place] ?? null;
      if (place < wholeCount && i < values.length) continue;
      if (place < wholeCount) this.#addMany.run(...values);
      else this.#addOne.run(...values.slice(0, COLUMNS));
      i = 0;
    }
  }
}

function addStatement(database: Connection, table: string, rows: number): Statement {
  const values = Array.from({ length: rows }, () => '(?, ?, ?, ?, ?)').join(', ');
  return database.prepare(`${insertInto(table)} VALUES ${values} ${ON_CONFLICT}`);
}

/**
 * Adds rows of `from` to those of `table`, each of which is `seconds` long. Takes the time and series after which they
 * begin and with which they end.
 */
export function sumUpStatement(
  database: Connection,
  { table, seconds }: { readonly table: string; readonly seconds: number },
  from: string,
): Statement {
  // The remainder of a time before 1970 is negative.
  const begin = `time - ((time % ${seconds}) + ${seconds}) % ${seconds}`;
  return database.prepare(
    `${insertInto(table)} SELECT ${begin}, series, requests, bytes, latencies FROM ${from}
     WHERE (time, series) > (?, ?) AND (time, series) <= (?, ?) ORDER BY time, series ${ON_CONFLICT}`,
  );
}

function insertInto(table: string): string {
  return `INSERT INTO ${table} (time, series, requests, bytes, latencies)`;
}
