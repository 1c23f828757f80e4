// What a replay found, beyond alerts and reports: the last line of its JSON, and what it says of the reading.
import { TRAFFIC_RULE_NAME } from '../alerts/traffic-rule.ts';
import type { RuleOutcome } from '../backtest/rule-tally.ts';
import type { OutsideRecords } from '../log.ts';
import { formatNumber } from '../number-text.ts';
import { UNDECIDED } from '../parse/detect.ts';
import type { LogState, PipelineLimits } from '../pipeline.ts';
import { renderReportJson } from '../reports/render.ts';
import type { Report } from '../reports/summary.ts';
import { sumFailures } from '../telemetry.ts';
import { describeOutside } from './outside-span.ts';
import { describeUnreadLogs, findUnreadLogs } from './unread-logs.ts';

export interface ReplayResult {
  /** Of the whole span; its id begins with `replay`. */
  readonly report: Report;
  readonly logs: readonly LogState[];
  readonly limits: PipelineLimits;
  readonly outside: OutsideRecords;
  /** What each rule has found; of two sets of rules, those of the second. */
  readonly outcomes: readonly RuleOutcome[];
  readonly isInterrupted: boolean;
  /** So many threads have read it. */
  readonly threads: number;
  /** Of files that could not be read to their end. */
  readonly problems: readonly string[];
}

/** The report over the whole span, with what was read for it, as one JSON object. */
export function renderWholeJson(result: ReplayResult): string {
  const failures = Object.fromEntries([...sumFailures(result.logs)].filter(([, lines]) => lines > 0));
  return JSON.stringify({
    ...JSON.parse(renderReportJson(result.report)),
    lines: countLines(result),
    parseFailures: countFailures(result),
    failures,
    ...result.limits,
    outsideRecords: result.outside.count,
    unreadLogs: findUnreadLogs(result.logs).map(({ path }) => path),
    problems: result.problems,
  });
}

/** One sentence a line. `seconds`: how long the replay took. */
export function describeReading(result: ReplayResult, seconds: number): string[] {
  const { logs, limits, problems } = result;
  const lines = countLines(result);
  const rate = seconds > 0 ? `, ${formatNumber(Math.round(lines / seconds))} lines/s` : '';
  const files = logs.length === 1 ? '1 file' : `${formatNumber(logs.length)} files`;
  const by = result.threads > 1 ? ` by ${result.threads} threads` : '';
  const out = [
    ...(result.isInterrupted ? ['interrupted: this is what was read so far'] : []),
    `read ${formatNumber(lines)} lines of ${files} in ${seconds.toFixed(1)} s${by}${rate}`,
    ...describeAlerts(result),
    ...describeOutside(result.outside, result.report.requests),
  ];
  for (const { path, failures, format } of logs) {
    for (const { reason, lines: count, sample, column, lineNumber } of failures) {
      const what = count === 1 ? '1 line' : `${formatNumber(count)} lines`;
      const as = format === UNDECIDED ? '' : ` as ${format}`;
      const place = `${path}:${lineNumber ?? '?'}:${column + 1}`;
      out.push(`${path}: ${what} could not be read${as}: ${reason}, such as ${place}: ${sample}`);
    }
  }
  if (limits.lateRecords > 0)
    out.push(
      `${formatNumber(limits.lateRecords)} requests came after their second had closed; a longer lateness lets alerts count them`,
    );
  if (limits.otherPathRecords > 0)
    out.push(`${formatNumber(limits.otherPathRecords)} requests are (other): there were too many paths`);
  return [...out, ...describeUnreadLogs(logs), ...problems];
}

function describeAlerts({ report, outside, outcomes, logs, problems }: ReplayResult): string[] {
  if (report.requests === 0 && outside.count > 0) return [];
  if (report.requests === 0 && logs.some(({ lines }) => lines > 0))
    return ['none of it is a record of an access log; fluffy check FILE tells more'];
  if (report.requests === 0) return problems.length > 0 ? [] : ['there is not a single line in it'];
  const unknown = outcomes.filter(({ neverKnown }) => neverKnown !== null).length;
  const but =
    unknown === 0 ? '' : `; ${unknown === 1 ? 'one rule was' : `${unknown} rules were`} never known`;
  const held = outcomes.reduce((sum, { alerts, alertsTold }) => sum + alerts - alertsTold, 0);
  if (held === 0 && outcomes.every(({ alertsTold }) => alertsTold === 0))
    return [`no alert would have fired${but}`];
  const heldBack = held === 0 ? [] : [describeHeldBack(held)];
  const open = outcomes.flatMap(({ rule, firingSinceSeconds }) => {
    if (firingSinceSeconds === null) return [];
    const name = rule.name === TRAFFIC_RULE_NAME ? 'the alert' : `the alert ${rule.name}`;
    return [`${name} of ${new Date(firingSinceSeconds * 1000).toISOString()} has not recovered by the end`];
  });
  return [...heldBack, ...open];
}

function describeHeldBack(alerts: number): string {
  return `${alerts === 1 ? 'one alert' : `${formatNumber(alerts)} alerts`} would have been held back by maintenance, and told to nobody`;
}

function countLines({ logs }: ReplayResult): number {
  return logs.reduce((sum, log) => sum + log.lines, 0);
}

function countFailures({ logs }: ReplayResult): number {
  return logs.reduce((sum, log) => sum + log.failures.reduce((inner, { lines }) => inner + lines, 0), 0);
}
