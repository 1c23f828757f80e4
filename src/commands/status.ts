// `fluffy status`: a short summary of the running monitor for a person, or its JSON.
import type { AlertStatus, SourceStatus, Status } from '../http/api.ts';
import { EXIT } from './exit-code.ts';
import type { ExitCode } from './exit-code.ts';
import { askMonitor } from './monitor-client.ts';

export interface StatusResult {
  readonly exitCode: ExitCode;
  readonly text: string;
}

export async function showStatus(
  http: { address: string; port: number },
  isJson: boolean,
): Promise<StatusResult> {
  const answer = await askMonitor(http, '/status');
  if (answer === null) {
    return { exitCode: EXIT.notRunning, text: `fluffy is not running: nothing answers on port ${http.port}` };
  }
  if (answer.status !== 200) {
    return {
      exitCode: EXIT.notRunning,
      text: `port ${http.port} answers with ${answer.status}: that is not fluffy`,
    };
  }
  const status = parseStatus(answer.body);
  if (status === null)
    return { exitCode: EXIT.notRunning, text: `what answers on port ${http.port} is not fluffy` };
  const exitCode = status.healthy ? EXIT.ok : EXIT.failed;
  return { exitCode, text: isJson ? answer.body.trimEnd() : renderStatus(status) };
}

function parseStatus(body: string): Status | null {
  try {
    const value: Status = JSON.parse(body);
    return typeof value.uptimeSeconds === 'number' && Array.isArray(value.problems) ? value : null;
  } catch {
    return null;
  }
}

/** Exported for its test. */
export function renderStatus(status: Status): string {
  const { totals } = status;
  const share = totals.requests === 0 ? 0 : (100 * totals.errors) / totals.requests;
  return [
    `fluffy ${status.version}, up ${formatSpan(status.uptimeSeconds)}: ${status.healthy ? 'healthy' : 'NOT HEALTHY'}`,
    ...status.problems.map((problem) => `  ! ${problem}`),
    ...status.alerts.map(renderAlert),
    `requests  ${formatCount(totals.requests)}, ${share.toFixed(2)} % errors; ` +
      `${formatCount(totals.parseFailures)} unparsed lines, ${formatCount(totals.lateRecords)} late`,
    ...renderStatuses(status.statuses),
    ...status.sources.map(renderSource),
    ...Object.entries(status.limits)
      .filter(([, hits]) => hits > 0)
      .map(([limit, hits]) => `limit     ${limit}: hit ${formatCount(hits)} times`),
  ].join('\n');
}

function renderAlert({ rule, state, value, threshold, windowSeconds, sinceTime }: AlertStatus): string {
  const since = sinceTime === null ? '' : ` since ${sinceTime.slice(0, 19).replace('T', ' ')} UTC`;
  const label = state === 'firing' ? 'FIRING' : 'ok';
  return `${rule.padEnd(9)} ${label}${since}: ${value.toFixed(2)} requests/s over ${windowSeconds} s, threshold ${threshold}`;
}

function renderStatuses(statuses: Status['statuses']): string[] {
  const parts = Object.entries(statuses).map(([code, requests]) => `${code}: ${formatCount(requests)}`);
  return parts.length === 0 ? [] : [`statuses  ${parts.join(', ')}`];
}

function renderSource(source: SourceStatus): string {
  const age =
    source.lastLineAgeSeconds === null
      ? 'no line yet'
      : `last line ${formatSpan(source.lastLineAgeSeconds)} ago`;
  const lag = source.lagBytes === 0 ? '' : `, ${formatCount(source.lagBytes)} bytes behind`;
  return `log       ${source.path}: ${formatCount(source.lines)} lines, format ${source.format}, ${age}${lag}`;
}

function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

function formatSpan(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`;
}
