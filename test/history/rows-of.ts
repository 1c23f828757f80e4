// Rows of history as the database takes them, from rows that are easier to write out.
import type { HistoryRows, HistorySeries } from '../../src/store/store.ts';

export interface HistoryRow extends HistorySeries {
  readonly timeSeconds: number;
  readonly requests: number;
  readonly bytesSent: number;
  readonly latencies: Uint8Array | null;
}

export function rowsOf(rows: readonly HistoryRow[]): HistoryRows {
  return {
    length: rows.length,
    times: rows.map(({ timeSeconds }) => timeSeconds),
    series: rows.map((_, i) => i),
    named: rows,
    requests: rows.map(({ requests }) => requests),
    bytesSent: rows.map(({ bytesSent }) => bytesSent),
    latencies: rows.map(({ latencies }) => latencies),
  };
}
