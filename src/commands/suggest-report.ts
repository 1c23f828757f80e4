// What `fluffy suggest` has to say, as text: a block for each metric with what is typical, a plot, and thresholds to
// choose from; then the part of a configuration.
import { formatAmount, formatSpan, unitOf } from '../alerts/summary.ts';
import type { LevelCount } from '../suggest/crossings.ts';
import { formatHistory } from '../suggest/config-block.ts';
import { shareOf } from '../suggest/incidents.ts';
import type { Incidents } from '../suggest/incidents.ts';
import { describeShortness, isShort, weeksOf } from '../suggest/suggestion.ts';
import type { HistorySpan, Remark, Suggestion } from '../suggest/suggestion.ts';
import { plotHours } from './hour-plot.ts';

export interface SuggestReport {
  readonly span: HistorySpan;
  /** That of the hours of the day. */
  readonly timezone: string;
  readonly alertsPerWeek: number;
  readonly incidents: Incidents;
  readonly suggestions: readonly Suggestion[];
  /** YAML. */
  readonly configBlock: string;
}

export interface Look {
  /** Block characters; otherwise ASCII. */
  readonly isUnicode: boolean;
  readonly columns: number;
}

/** A report is read beside others: no wider, however wide the terminal is. */
const COLUMNS_MAX = 100;
const INCIDENTS_SHOWN = 5;

export function renderSuggestReport(report: SuggestReport, look: Look): string {
  const { span, suggestions, timezone, alertsPerWeek } = report;
  const told = suggestions.filter(({ whole, remark }) => whole !== null && remark !== 'zero');
  const untold = suggestions.filter((suggestion) => !told.includes(suggestion));
  const history = formatHistory(span);
  const shortness = describeShortness(span);
  return [
    `History: ${formatTime(span.fromSeconds)} to ${formatTime(span.toSeconds)} UTC, ${history}; hours of the day are those of ${timezone}.`,
    `Suggested is the lowest threshold with about ${alertsPerWeek} alert${alertsPerWeek === 1 ? '' : 's'} a week at most.`,
    ...(shortness === null ? [] : [`This is ${shortness}.`]),
    ...renderIncidents(report.incidents),
    '',
    ...told.flatMap((suggestion) => [...renderSuggestion(suggestion, report, look), '']),
    ...untold.map((suggestion) => renderUntold(suggestion, span)),
    ...(untold.length > 0 ? [''] : []),
    'For config.yml, in place of keys of the same names; rules go into the list of alerts that is there:',
    '',
    report.configBlock.trimEnd(),
  ].join('\n');
}

function renderIncidents({ found, usualShare }: Incidents): string[] {
  if (found.length === 0) return [];
  const percent = (share: number): string => formatAmount(share * 100, 'error-rate', '%');
  const shown = found
    .toSorted((a, b) => b.failed - a.failed)
    .slice(0, INCIDENTS_SHOWN)
    .toSorted((a, b) => a.fromSeconds - b.fromSeconds);
  const more = found.length - shown.length;
  return [
    `In some hours far more requests had a status of 5xx than in the median one (${percent(usualShare)}), and what is suggested takes that for usual:`,
    ...shown.map(
      (incident) =>
        `  ${formatTime(incident.fromSeconds)} to ${formatTime(incident.toSeconds)} UTC: ${percent(shareOf(incident))}`,
    ),
    ...(more > 0 ? [`  and ${more} more times`] : []),
    'If these were incidents, ask again for the time before or after them, by --to or --from.',
  ];
}

const REMARKS: Readonly<Record<Remark, string>> = {
  absent: 'there are too few requests for a verdict',
  'never-full': 'the window was never full',
  zero: 'was 0 all the time, so history cannot tell a threshold; default-rules: on has rules for such cases',
  flat: 'hardly ever differs from what is typical: history cannot tell usual from unusual, the threshold is only a distance',
  'unusual-is-usual': 'no threshold would have alerted so seldom: high values are usual here',
};

function renderUntold({ rule, remark, untold }: Suggestion, span: HistorySpan): string {
  if (untold !== null) return `${rule.metric}${titleOf(rule)}: ${untold}`;
  const history =
    remark === 'never-full'
      ? `history spans ${formatHistory(span)}, less than the window of ${formatSpan(rule.windowsSeconds[0])}: `
      : '';
  return `${rule.metric}${titleOf(rule)}: ${history}${remark === null ? '' : REMARKS[remark]}`;
}

function renderSuggestion(suggestion: Suggestion, { span, timezone }: SuggestReport, look: Look): string[] {
  const { rule, whole, hours, maxAtSeconds, remark } = suggestion;
  if (whole === null) return [];
  const amount = amountOf(suggestion);
  const isSilence = rule.metric === 'silence';
  const when = maxAtSeconds === null ? '' : ` (at ${formatTime(maxAtSeconds)} UTC)`;
  const plot = plotHours(hours, {
    isUnicode: look.isUnicode,
    columns: Math.min(COLUMNS_MAX, look.columns),
    // Twice what is rare: an incident would hide the days.
    ceiling: whole.p99 > 0 ? 2 * whole.p99 : whole.max,
    format: amount,
  });
  const legend = look.isUnicode ? '█ median, ░ highest, ^ beyond' : '# median, : highest, ^ beyond';
  return [
    `${rule.metric}${titleOf(rule)}`,
    `  typical ${amount(whole.median)}, 99 % of the time up to ${amount(whole.p99)}, ${isSilence ? 'longest' : 'highest'} ${amount(whole.max)}${when}`,
    ...(remark === null ? [] : [`  ${REMARKS[remark]}`]),
    ...plot,
    ...(plot.length > 0 ? [`  ${legend}, by hour of the day (${timezone})`] : []),
    ...renderTable(suggestion, span),
  ];
}

function titleOf({ metric, where, windowsSeconds, requestsMin }: Suggestion['rule']): string {
  const status = metric === 'error-rate' ? ' 5xx' : where.statuses.length > 0 ? ' 4xx' : '';
  if (metric === 'silence') return '';
  const least =
    requestsMin === 0
      ? ''
      : `, of at least ${requestsMin} ${metric === 'parse-failure-rate' ? 'lines' : 'requests'}`;
  return `${status} over ${formatSpan(windowsSeconds[0])}${least}`;
}

function renderTable(suggestion: Suggestion, span: HistorySpan): string[] {
  const amount = amountOf(suggestion);
  const history = formatHistory(span);
  const rows = suggestion.table.map((level) => [
    `above ${amount(level.threshold)}`,
    String(level.alerts),
    formatWeekly(level, span),
    formatSpan(level.secondsInAlert),
    level === suggestion.suggested ? `<- suggested${recoveryOf(level, amount)}` : '',
  ]);
  const head = ['threshold', `alerts in ${history}`, 'a week', 'in alert', ''];
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  return [head, ...rows].map((row) => {
    const cells = row.map((cell, i) =>
      i === 0 || i === row.length - 1 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0),
    );
    return `  ${cells.join('  ')}`.trimEnd();
  });
}

function recoveryOf({ threshold, recoverThreshold }: LevelCount, amount: (value: number) => string): string {
  return recoverThreshold === threshold ? '' : `, recovers below ${amount(recoverThreshold)}`;
}

function formatWeekly({ alerts }: LevelCount, span: HistorySpan): string {
  // A week cannot be told from hours.
  if (isShort(span)) return '-';
  const weekly = alerts / weeksOf(span);
  return weekly >= 100 ? weekly.toFixed(0) : weekly.toFixed(1);
}

function amountOf({ rule }: Suggestion): (value: number) => string {
  return (value) => formatAmount(value, rule.metric, unitOf(rule));
}

function formatTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ');
}
