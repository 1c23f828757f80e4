// A report as one JSON document: what a report of the monitor has as JSON, and what only the history knows. Pure.
import { renderReportJson } from '../reports/render.ts';
import { toReport } from './report-data.ts';
import type { ReportData } from './report-data.ts';

/** Times are ISO 8601 in UTC, latencies milliseconds; docs/HISTORY.md has every key. */
export function renderJson(data: ReportData): string {
  const { slotSeconds, slots, resolution, completeFromSeconds } = data;
  const document = {
    ...JSON.parse(renderReportJson(toReport(data))),
    resolution,
    completeFrom: completeFromSeconds === null ? null : toIso(completeFromSeconds),
    p50: rounded(data.p50),
    p95: rounded(data.p95),
    p99: rounded(data.p99),
    paths: data.paths.map((line) => ({
      path: line.path,
      count: line.requests,
      errors: line.errors,
      p95: rounded(line.p95),
    })),
    clients: data.clients.map((line) => ({ client: line.client, count: line.requests, errors: line.errors })),
    slotSeconds,
    slots: slots.map(({ timeSeconds, classes, p50, p95 }) => ({
      time: toIso(timeSeconds),
      classes,
      p50: rounded(p50),
      p95: rounded(p95),
    })),
    alerts: data.alerts.map(({ alert, toSeconds }) => ({
      id: alert.id,
      rule: alert.rule,
      metric: alert.metric,
      severity: alert.severity,
      since: toIso(alert.sinceSeconds),
      until: toSeconds === null ? null : toIso(toSeconds),
      peak: alert.peak,
      unit: alert.unit,
      threshold: alert.threshold,
      reason: alert.summary,
    })),
  };
  return JSON.stringify(document, null, 2);
}

function toIso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

/** To a hundredth: they are known within 1 %. */
function rounded(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms * 100) / 100;
}
