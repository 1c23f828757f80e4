// Rows of what happened to alerts, as they are read from the state database.
import type { AlertRow } from './store.ts';

/** `row`: of `history_alerts`, with or without the column `lines`. */
export function readAlert(row: Readonly<Record<string, unknown>>): AlertRow {
  return {
    timeSeconds: Number(row['time']),
    id: String(row['id']),
    state: String(row['state']),
    rule: String(row['rule']),
    metric: String(row['metric']),
    severity: String(row['severity']),
    value: row['value'] === null ? null : Number(row['value']),
    unit: String(row['unit']),
    threshold: Number(row['threshold']),
    sinceSeconds: Number(row['since']),
    peak: row['peak'] === null ? null : Number(row['peak']),
    summary: String(row['summary']),
    ...readLines(row['lines']),
  };
}

/** None in a database of version 2. */
function readLines(saved: unknown): Pick<AlertRow, 'lines'> {
  const lines: unknown = typeof saved === 'string' ? JSON.parse(saved) : null;
  return Array.isArray(lines) ? { lines: lines.map(String) } : {};
}
