// `fluffy report`: a report over any span of the history, as the page with the cow, as Markdown, HTML or JSON.
import { readSpan } from '../history/read-query.ts';
import type { QueryOptions } from '../history/read-query.ts';
import { collectReport, toReport } from '../history/report-data.ts';
import type { ReportSource } from '../history/report-data.ts';
import { renderHtml } from '../history/report-html.ts';
import { renderJson } from '../history/report-json.ts';
import { renderMarkdown } from '../history/report-markdown.ts';
import type { Zone } from '../parse/zone.ts';
import { createSpanReportRenderer } from '../reports/render.ts';
import { EXIT } from './exit-code.ts';
import type { ExitCode } from './exit-code.ts';

const REPORT_FORMATS = ['text', 'markdown', 'html', 'json'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

export interface ReportContext {
  readonly reader: ReportSource;
  readonly format: ReportFormat;
  readonly zone: Zone;
  /** Its name. */
  readonly timezone: string;
  readonly nowSeconds: number;
  /** Paths that are named. */
  readonly top: number;
}

export function isReportFormat(text: string): text is ReportFormat {
  return REPORT_FORMATS.some((format) => format === text);
}

export function runReport(
  options: Pick<QueryOptions, 'last' | 'from' | 'to'>,
  { reader, format, zone, timezone, nowSeconds, top }: ReportContext,
): { readonly exitCode: ExitCode; readonly text: string } {
  const span = readSpan(options, { zone, nowSeconds });
  if (!span.ok) return { exitCode: EXIT.usage, text: `error: ${span.message}` };
  const data = collectReport(reader, { span: span.value, zone, top });
  if (format === 'markdown') return { exitCode: EXIT.ok, text: renderMarkdown(data) };
  if (format === 'html') return { exitCode: EXIT.ok, text: renderHtml(data) };
  if (format === 'json') return { exitCode: EXIT.ok, text: renderJson(data) };
  return { exitCode: EXIT.ok, text: createSpanReportRenderer(timezone)(toReport(data)) };
}
