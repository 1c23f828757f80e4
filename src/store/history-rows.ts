// Adds to rows of history: counts are added up where a row is there already, and latency sketches merged.
import { mergeBins } from '../history/latency-bins.ts';
import type { Connection, Statement } from './connection.ts';

const ON_CONFLICT = `ON CONFLICT (time, series) DO UPDATE SET
  requests = requests + excluded.requests,
  bytes = bytes + excluded.bytes,
  latencies = CASE
    WHEN latencies IS NULL THEN excluded.latencies
    WHEN excluded.latencies IS NULL THEN latencies
    ELSE merge_latencies(latencies, excluded.latencies) END`;

export interface StoredRow {
  readonly time: number;
  readonly series: number;
  readonly requests: number;
  readonly bytes: number;
  readonly latencies: Uint8Array | null;
}

/** Makes what `addStatement` and queries use known to the connection. */
export function registerMerge(database: Connection): void {
  database.function('merge_latencies', { deterministic: true }, (a, b) =>
    a instanceof Uint8Array && b instanceof Uint8Array ? mergeBins(a, b) : null,
  );
}

/** Takes the values of a row in the order of `StoredRow`. */
export function addStatement(database: Connection, table: string): Statement {
  return database.prepare(`${insertInto(table)} VALUES (?, ?, ?, ?, ?) ${ON_CONFLICT}`);
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
