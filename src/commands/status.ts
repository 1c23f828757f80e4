// `fluffy status`: a short summary of the running monitor for a person, or its JSON.
import type { Clock } from '../clock.ts';
import {
  formatAmount,
  formatBeside,
  formatEnding,
  formatRecovery,
  formatSpan as formatDuration,
} from '../alerts/summary.ts';
import type { AlertStatus, SilenceStatus, SourceStatus, Status } from '../http/api.ts';
import { formatNumber } from '../number-text.ts';
import { EXIT } from './exit-code.ts';
import type { ExitCode } from './exit-code.ts';
import { askMonitor, findRefusal } from './monitor-client.ts';
import type { MonitorAddress } from './monitor-client.ts';
import { printable } from './printable.ts';

/** Of the words at the beginning of the lines. */
const LABEL_WIDTH = 9;

export interface StatusResult {
  readonly exitCode: ExitCode;
  readonly text: string;
}

export interface StatusOptions {
  readonly isJson: boolean;
  readonly clock: Clock;
}

export async function showStatus(monitor: MonitorAddress, options: StatusOptions): Promise<StatusResult> {
  const reply = await askMonitor(monitor, '/status', options.clock);
  const status = reply.isAnswer && reply.status === 200 ? parseStatus(reply.body) : null;
  if (reply.isAnswer && status !== null) {
    const text = options.isJson ? reply.body.trimEnd() : renderStatus(status);
    return { exitCode: status.healthy ? EXIT.ok : EXIT.failed, text };
  }
  const refusal = findRefusal(reply);
  const reason = reply.isAnswer ? `what answers on port ${monitor.port} is not fluffy` : reply.reason;
  const problem = refusal ?? `fluffy is not running: ${reason}`;
  // Whoever asked for JSON gets JSON, with the two keys that say how things stand.
  const text = options.isJson ? JSON.stringify({ healthy: false, problems: [problem] }, null, 2) : problem;
  return { exitCode: refusal === null ? EXIT.notRunning : EXIT.failed, text };
}

/** Null when it is not the status of a monitor; another program may answer on the port. */
export function parseStatus(body: string): Status | null {
  try {
    const value: Status = JSON.parse(body);
    const { version, uptimeSeconds, healthy, totals } = value;
    const isScalarsFit =
      typeof version === 'string' && typeof uptimeSeconds === 'number' && typeof healthy === 'boolean';
    const isListsFit = [value.problems, value.alerts, value.silences, value.sources].every(Array.isArray);
    const isObjectsFit = [totals, value.statuses, value.limits].every(isObject);
    return isScalarsFit && isListsFit && isObjectsFit ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** What is counted by the names that programs know. */
const LIMITS: Readonly<Record<string, string>> = {
  futureRecords: ' (requests more than 10 s ahead of the clock: counted, and no alert waits for them)',
  otherPathRecords: ' (requests told as (other), as there were too many paths)',
  forcedSeconds: ' (seconds told before their time, as too many were open)',
  linesTooLong: ' (lines longer than line-bytes-max: not read)',
  droppedOutputs: ' (alerts and reports given up, as too many waited)',
  historyDroppedRequests: ' (requests that are missing in the history)',
};

/** A few lines for a person. */
export function renderStatus(status: Status): string {
  const { totals } = status;
  const share = totals.requests === 0 ? 0 : (100 * totals.errors) / totals.requests;
  return [
    `fluffy ${status.version}, up ${formatSpan(status.uptimeSeconds)}: ${status.healthy ? 'healthy' : 'NOT HEALTHY'}`,
    ...status.problems.map((problem) => `  ! ${printable(problem)}`),
    ...renderAlerts(status.alerts),
    ...status.silences.map(renderSilence),
    `requests  ${formatNumber(totals.requests)}, ${share.toFixed(2)} % errors; ` +
      `${formatNumber(totals.parseFailures)} unparsed lines, ${formatNumber(totals.lateRecords)} late`,
    ...renderStatuses(status.statuses),
    ...status.sources.flatMap(renderSource),
    ...status.outputs.flatMap(renderOwed),
    ...Object.entries(status.limits)
      .filter(([, hits]) => hits > 0)
      .map(([limit, hits]) => `limit     ${limit}: hit ${formatTimes(hits)}${LIMITS[limit] ?? ''}`),
  ].join('\n');
}

function renderAlerts(alerts: readonly AlertStatus[]): string[] {
  const width = Math.max(LABEL_WIDTH, ...alerts.map(({ rule }) => rule.length));
  return alerts.map((alert) => renderAlert(alert, width));
}

function renderAlert(alert: AlertStatus, width: number): string {
  const { rule, metric, state, muted, value, unit, comparison, threshold, windowSeconds } = alert;
  const { sinceTime, ending, neverKnown } = alert;
  const how = ending === null || ending === 'recovered' ? '' : ` (${formatEnding(ending, metric)})`;
  const since = sinceTime === null ? '' : ` since ${formatTime(sinceTime)}${how}`;
  const label = state === 'firing' ? 'FIRING' : state;
  const found = value === null ? 'no verdict' : formatBeside({ value, threshold }, metric, unit);
  const span = metric === 'silence' ? '' : ` over ${formatDuration(windowSeconds)}`;
  const limit = formatAmount(threshold, metric, unit);
  const end = state === 'firing' ? `, ${formatRecovery(alert)}` : '';
  const isMuted = muted ? ', muted' : '';
  if (neverKnown !== null)
    return `${rule.padEnd(width)} never known${isMuted}: ${neverKnown}; alerts ${comparison} ${limit}${span}`;
  return `${rule.padEnd(width)} ${label}${since}${isMuted}: ${found}${span}, alerts ${comparison} ${limit}${end}`;
}

function renderSilence({ rule, untilTime, reason }: SilenceStatus): string {
  return `silenced  ${rule} until ${formatTime(untilTime)}${reason === '' ? '' : `: ${printable(reason)}`}`;
}

function formatTime(time: string): string {
  return `${time.slice(0, 19).replace('T', ' ')} UTC`;
}

function renderStatuses(statuses: Status['statuses']): string[] {
  const parts = Object.entries(statuses).map(([code, requests]) => `${code}: ${formatNumber(requests)}`);
  return parts.length === 0 ? [] : [`statuses  ${parts.join(', ')}`];
}

/** Of an output that is owed something, or that was given up on. */
function renderOwed({ name, waiting, dropped, deadLetters }: Status['outputs'][number]): string[] {
  const last = deadLetters.last.at(-1);
  const parts = [
    ...(waiting > 0 ? [`${formatNumber(waiting)} waiting`] : []),
    ...(dropped > 0 ? [`${formatNumber(dropped)} dropped`] : []),
    ...(deadLetters.count > 0 ? [`${formatNumber(deadLetters.count)} given up`] : []),
    ...(last === undefined ? [] : [`the last was ${last.id}: ${last.reason}`]),
  ];
  return parts.length === 0 ? [] : [`output    ${printable(`${name}: ${parts.join(', ')}`)}`];
}

function renderSource(source: SourceStatus): string[] {
  const age =
    source.lastLineAgeSeconds === null
      ? 'no line yet'
      : `last line ${formatSpan(source.lastLineAgeSeconds)} ago`;
  const lag = source.lagBytes === 0 ? '' : `, ${formatNumber(source.lagBytes)} bytes behind`;
  const loss = source.possibleLoss === 0 ? '' : `, lines possibly lost ${formatTimes(source.possibleLoss)}`;
  const reading = `${formatNumber(source.lines)} lines, format ${source.format}, ${age}${lag}${loss}`;
  const { warning } = source;
  return [
    `log       ${printable(source.path)}: ${reading}`,
    ...(warning === null ? [] : [`warning   ${printable(warning.message)}`]),
  ];
}

function formatTimes(count: number): string {
  return count === 1 ? 'once' : `${formatNumber(count)} times`;
}

function formatSpan(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`;
}
