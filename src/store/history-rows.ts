// Adds to rows of history: counts are added up where a row is there already, and latency sketches merged.
import { mergeBins } from '../history/latency-bins.ts';
import type { Connection, Statement } from './connection.ts';

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
  return database.prepare(
    `INSERT INTO ${table} (time, series, requests, bytes, latencies) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (time, series) DO UPDATE SET
       requests = requests + excluded.requests,
       bytes = bytes + excluded.bytes,
       latencies = CASE
         WHEN latencies IS NULL THEN excluded.latencies
         WHEN excluded.latencies IS NULL THEN latencies
         ELSE merge_latencies(latencies, excluded.latencies) END`,
  );
}

export function readRow(row: Readonly<Record<string, unknown>>): StoredRow {
  const { time, series, requests, bytes, latencies } = row;
  return {
    time: Number(time),
    series: Number(series),
    requests: Number(requests),
    bytes: Number(bytes),
    latencies: latencies instanceof Uint8Array ? latencies : null,
  };
}
