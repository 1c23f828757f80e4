// A report as Markdown: tables that read well as plain text too.
import { formatNumber } from '../number-text.ts';
import { plainTimeOf, sparkline } from './render-answer.ts';
import type { CellValue } from './render-answer.ts';
import type { ReportData } from './report-data.ts';

export function renderMarkdown(data: ReportData): string {
  const { requests, errors, slots } = data;
  const trend = slots.map(({ classes }) => Object.values(classes).reduce((sum, each) => sum + each, 0));
  return [
    `# Requests from ${plainTimeOf(data.fromSeconds)} to ${plainTimeOf(data.toSeconds)} UTC`,
    '',
    `${count(requests)} requests, ${count(errors)} of them errors (${share(errors, requests)}), ${count(data.bytesSent)} bytes.`,
    ...describeLatency(data),
    ...(data.completeFromSeconds === null
      ? []
      : ['', `What was before ${plainTimeOf(data.completeFromSeconds)} UTC is removed.`]),
    '',
    `    ${sparkline(trend)}`,
    ...section('Alerts', ['rule', 'from', 'to', 'what'], alertRows(data)),
    ...section('Paths', ['path', 'requests', 'errors', 'p95 ms'], pathRows(data)),
    ...(data.furtherPaths > 0
      ? ['', `and ${data.furtherPaths} further with ${count(data.furtherRequests)} requests`]
      : []),
    ...section(
      'Statuses',
      ['status', 'requests', 'share'],
      data.statuses.map((line) => [line.status, count(line.requests), share(line.requests, requests)]),
    ),
    ...section(
      'Clients, estimated',
      ['client', 'requests', 'errors'],
      data.clients.map((line) => [line.client, count(line.requests), count(line.errors)]),
    ),
  ].join('\n');
}

export function alertRows({ alerts }: ReportData): string[][] {
  return alerts.map(({ alert, toSeconds }) => [
    alert.rule,
    plainTimeOf(alert.sinceSeconds),
    toSeconds === null ? 'still' : plainTimeOf(toSeconds),
    alert.summary,
  ]);
}

export function pathRows({ paths }: ReportData): string[][] {
  return paths.map(({ path, requests, errors, p95 }) => [
    path,
    count(requests),
    count(errors),
    p95?.toFixed(1) ?? '-',
  ]);
}

export function describeLatency({ p50, p95, p99 }: Pick<ReportData, 'p50' | 'p95' | 'p99'>): string[] {
  if (p50 === null || p95 === null || p99 === null) return [];
  return [`Latency: median ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms.`];
}

export function count(value: number): string {
  return formatNumber(value);
}

export function share(part: number, whole: number): string {
  return `${(whole === 0 ? 0 : (100 * part) / whole).toFixed(2)} %`;
}

function section(
  title: string,
  columns: readonly string[],
  rows: readonly (readonly CellValue[])[],
): string[] {
  if (rows.length === 0) return [];
  const cells = rows.map((row) => row.map((cell) => String(cell).replaceAll('|', String.raw`\|`)));
  const line = (texts: readonly string[]): string => `| ${texts.join(' | ')} |`;
  return ['', `## ${title}`, '', line(columns), line(columns.map(() => '---')), ...cells.map(line)];
}
