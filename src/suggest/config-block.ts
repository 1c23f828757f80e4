// What is suggested as a part of the configuration: keys and rules in YAML, with comments that say where each number is
// from.
import type { Rule, StatusRange } from '../alerts/rule.ts';
import { formatAmount, formatSpan, unitOf } from '../alerts/summary.ts';
import { TRAFFIC_RULE_NAME } from '../alerts/traffic-rule.ts';
import { describeShortness, ruleOf } from './suggestion.ts';
import type { HistorySpan, Suggestion } from './suggestion.ts';

const DAY_SECONDS = 86_400;
const UNITS = [
  [DAY_SECONDS, 'd'],
  [3600, 'h'],
  [60, 'm'],
  [1, 's'],
] as const;

/** Ends with a newline. */
export function renderConfigBlock(
  suggestions: readonly Suggestion[],
  span: HistorySpan,
  alertsPerWeek: number,
): string {
  const traffic = suggestions.filter(({ rule }) => rule.name === TRAFFIC_RULE_NAME);
  const own = suggestions.filter(
    ({ rule, suggested }) => rule.name !== TRAFFIC_RULE_NAME && suggested !== null,
  );
  const shortness = describeShortness(span);
  const lines = [
    `# Suggested by fluffy from ${formatHistory(span)} of history,`,
    `# ${dayOf(span.fromSeconds)} to ${dayOf(span.toSeconds)}: about ${alertsPerWeek} alert${alertsPerWeek === 1 ? '' : 's'} a week at most from each rule.`,
    ...(shortness === null ? [] : [`# That is ${shortness}.`]),
    ...traffic.flatMap((suggestion) => renderTraffic(suggestion, span)),
    ...(own.length > 0 ? ['alerts:'] : []),
    ...own.flatMap((suggestion) => renderRule(suggestion, span)),
  ];
  return `${lines.join('\n')}\n`;
}

function renderTraffic(suggestion: Suggestion, span: HistorySpan): string[] {
  const rule = ruleOf(suggestion);
  if (rule === null) return [];
  return [
    ...renderFacts(suggestion, span).map((fact) => `# ${fact}`),
    `threshold: ${rule.threshold}`,
    `alert-window: ${formatDuration(rule.windowsSeconds[0])}`,
  ];
}

function renderRule(suggestion: Suggestion, span: HistorySpan): string[] {
  const rule = ruleOf(suggestion);
  if (rule === null) return [];
  const [first, ...further] = keysOf(rule);
  return [
    ...renderFacts(suggestion, span).map((fact) => `  # ${fact}`),
    `  - ${first}`,
    ...further.map((key) => `    ${key}`),
  ];
}

function renderFacts({ rule, whole, suggested }: Suggestion, span: HistorySpan): string[] {
  if (whole === null || suggested === null) return [];
  const amount = (value: number): string => formatAmount(value, rule.metric, unitOf(rule));
  const { alerts, secondsInAlert } = suggested;
  const history = formatHistory(span);
  return [
    `${rule.metric}: ${amount(whole.median)} is typical, ${amount(whole.max)} the highest;`,
    `above ${amount(suggested.threshold)}: ${alerts} alert${alerts === 1 ? '' : 's'} in ${history}, ${formatSpan(secondsInAlert)} in alert`,
  ];
}

function keysOf(rule: Rule): string[] {
  const isSilence = rule.metric === 'silence';
  const { threshold, recoverThreshold, where } = rule;
  return [
    `name: ${rule.name}`,
    `metric: ${rule.metric}`,
    ...(isSilence ? [] : [`window: ${formatDuration(rule.windowsSeconds[0])}`]),
    ...(where.statuses.length > 0
      ? [`where: { status: ${where.statuses.map(formatStatus).join(', ')} }`]
      : []),
    `above: ${isSilence ? formatDuration(threshold) : threshold}`,
    ...(recoverThreshold === threshold ? [] : [`recover-below: ${recoverThreshold}`]),
    ...(rule.requestsMin > 0 ? [`min-requests: ${rule.requestsMin}`] : []),
    `severity: ${rule.severity}`,
  ];
}

/** Whole classes only. */
function formatStatus({ first }: StatusRange): string {
  return `${Math.floor(first / 100)}xx`;
}

/** In the largest unit of which it is a whole number: `90s`, `2m`. */
function formatDuration(seconds: number): string {
  const [size, unit] = UNITS.find(([length]) => seconds % length === 0) ?? [1, 's'];
  return `${seconds / size}${unit}`;
}

/** `14 days`, or for less than two of them `1d 1h`. */
export function formatHistory({ fromSeconds, toSeconds }: HistorySpan): string {
  const seconds = toSeconds - fromSeconds;
  return seconds < 2 * DAY_SECONDS ? formatSpan(seconds) : `${Math.round(seconds / DAY_SECONDS)} days`;
}

function dayOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}
