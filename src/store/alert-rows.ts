// Rows of what happened to alerts, as they are read from the state database.
import * as v from 'valibot';
import { DIMENSIONS } from '../alerts/rule.ts';
import type { AlertRow } from './store.ts';

const ReasonsSchema = v.object({
  lookedAt: v.number(),
  shareError: v.number(),
  of: v.exactOptional(v.string()),
  reasons: v.array(
    v.object({
      dimension: v.picklist(DIMENSIONS),
      name: v.string(),
      share: v.number(),
      previousShare: v.nullable(v.number()),
      isDemanded: v.exactOptional(v.literal(true)),
    }),
  ),
});

/** `row`: of `history_alerts`, with or without the columns `lines` and `explanation`. */
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
    ...readReasons(row['explanation']),
  };
}

/** None in a database of version 2. */
function readLines(saved: unknown): Pick<AlertRow, 'lines'> {
  const lines: unknown = typeof saved === 'string' ? JSON.parse(saved) : null;
  return Array.isArray(lines) ? { lines: lines.map(String) } : {};
}

/** None in a database of version 3. */
function readReasons(saved: unknown): Pick<AlertRow, 'explanation'> {
  const explanation: unknown = typeof saved === 'string' ? JSON.parse(saved) : null;
  return v.is(ReasonsSchema, explanation) ? { explanation } : {};
}
