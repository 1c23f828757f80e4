// An answer of history as a table for people, as JSON and as CSV.
import { printable } from '../commands/printable.ts';
import { formatNumber } from '../number-text.ts';
import type { Answer, AnswerRow, Metric } from './query.ts';

export const FORMATS = ['table', 'json', 'csv'] as const;
export type Format = (typeof FORMATS)[number];

export type CellValue = string | number | null;

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly CellValue[])[];
}

const BLOCKS = '▁▂▃▄▅▆▇█';

/** Without a newline at the end. */
export function renderAnswer(answer: Answer, format: Format): string {
  if (format === 'json') return renderJson(answer);
  const { query, rows } = answer;
  const time = query.everySeconds === null ? [] : ['time'];
  const hasTrend = query.trendSeconds !== null && format === 'table';
  const table: Table = {
    columns: [...time, ...query.by, ...query.metrics, ...(hasTrend ? ['trend'] : [])],
    rows: rows.map((row) => [
      ...(row.timeSeconds === null
        ? []
        : [format === 'csv' ? isoOf(row.timeSeconds) : plainTimeOf(row.timeSeconds)]),
      ...row.keys.map((key) => (format === 'csv' ? key : printable(key))),
      ...row.values.map((value, i) => (format === 'csv' ? exact(value) : shown(query.metrics[i], value))),
      ...(hasTrend ? [sparkline(row.trend)] : []),
    ]),
  };
  return format === 'csv' ? renderCsv(table) : [renderTable(table), ...describe(answer)].join('\n');
}

/** Columns of numbers are flush right. */
export function renderTable({ columns, rows }: Table): string {
  const texts = rows.map((row) => row.map((value) => (value === null ? '-' : String(value))));
  const widths = columns.map((name, i) => Math.max(name.length, ...texts.map((row) => row[i]?.length ?? 0)));
  const isNumeric = columns.map((_, i) => texts.every((row) => /^-?[\d,.]*$/.test(row[i] ?? '')));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (isNumeric[i] === true ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(columns), ...texts.map(line)].join('\n');
}

/** RFC 4180, but with plain newlines. */
export function renderCsv({ columns, rows }: Table): string {
  const quote = (value: CellValue): string => {
    const text = value === null ? '' : String(value);
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns, ...rows].map((row) => row.map(quote).join(',')).join('\n');
}

/** The highest value is a full block, and 0 is a blank. */
export function sparkline(values: readonly number[]): string {
  const max = Math.max(...values);
  return values
    .map((value) => (value === 0 ? ' ' : (BLOCKS[Math.ceil((value / max) * BLOCKS.length) - 1] ?? ' ')))
    .join('');
}

/** `2026-11-23T22:14:00Z` */
export function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

/** `2026-11-23 22:14:00`, in UTC. */
export function plainTimeOf(seconds: number): string {
  return isoOf(seconds).replace('T', ' ').replace('Z', '');
}

function renderJson({ query, level, rows, furtherKeys, completeFromSeconds, firstSeconds }: Answer): string {
  return JSON.stringify(
    {
      from: isoOf(query.fromSeconds),
      to: isoOf(query.toSeconds),
      resolution: level.name,
      completeFrom: completeFromSeconds === null ? null : isoOf(completeFromSeconds),
      countedFrom: firstSeconds === null ? null : isoOf(firstSeconds),
      further: furtherKeys,
      rows: rows.map((row) => objectOf(row, query.by, query.metrics)),
    },
    null,
    2,
  );
}

function objectOf(
  { timeSeconds, keys, values }: AnswerRow,
  by: readonly string[],
  metrics: readonly Metric[],
): Record<string, CellValue> {
  return Object.fromEntries([
    ...(timeSeconds === null ? [] : [['time', isoOf(timeSeconds)] as const]),
    ...by.map((name, i) => [name, name === 'status' ? Number(keys[i]) : (keys[i] ?? null)] as const),
    ...metrics.map((name, i) => [name, exact(values[i] ?? null)] as const),
  ]);
}

function describe({ query, level, furtherKeys, completeFromSeconds, firstSeconds }: Answer): string[] {
  const span = `${plainTimeOf(query.fromSeconds)} to ${plainTimeOf(query.toSeconds)} UTC`;
  const latencies = query.metrics.some((metric) => metric.startsWith('p')) ? ', latencies in ms' : '';
  const isEstimate = query.by.includes('client');
  const estimate = isEstimate ? ', estimated from samples' : '';
  return [
    ...(furtherKeys > 0
      ? [`and ${furtherKeys} further${isEstimate ? ' in the samples' : ''}: --top shows more`]
      : []),
    '',
    `${span}, from counts of ${level.name}${latencies}${estimate}`,
    ...(completeFromSeconds === null
      ? []
      : [`what was before ${plainTimeOf(completeFromSeconds)} UTC is removed`]),
    ...(completeFromSeconds === null && firstSeconds !== null && firstSeconds > query.fromSeconds
      ? [`nothing was counted before ${plainTimeOf(firstSeconds)} UTC`]
      : []),
  ];
}

/** Three decimals at most. */
function exact(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1000) / 1000;
}

function shown(metric: Metric | undefined, value: number | null): string {
  if (value === null) return '-';
  if (metric === 'rate') return value.toFixed(2);
  if (metric?.startsWith('p') === true) return value.toFixed(1);
  return formatNumber(value);
}
