// What the tests of rules have found: a line for each, and for those that failed what was expected and what came, one
// below the other. As text for a terminal, and as JSON.
import { formatAmount, formatEnding, formatSpan } from '../alerts/summary.ts';
import type { AlertEvent } from '../alerts/rule.ts';
import { formatNumber } from '../number-text.ts';
import type { Expectation } from './rule-test.ts';
import { saidBy } from './judge.ts';
import type { Finding, Verdict } from './judge.ts';

const NAME_WIDTH = 26;
const OFFSET_WIDTH = 8;

export function renderVerdictText({ test, isOk, findings, startSeconds, remarks }: Verdict): string {
  if (isOk) return `  ok      ${test.name}`;
  return [
    `  FAILED  ${test.name}`,
    '          - expected and did not come, + came and was not expected',
    ...findings.flatMap((finding) => renderFinding(finding, startSeconds)),
    ...(findings.length === 0 ? ['            no alert came'] : []),
    ...remarks.map((remark) => `          ${remark}`),
  ].join('\n');
}

export function renderVerdictJson(
  { test, isOk, findings, startSeconds, remarks }: Verdict,
  file: string,
): string {
  return JSON.stringify({
    type: 'test',
    file,
    name: test.name,
    isOk,
    start: new Date(startSeconds * 1000).toISOString(),
    findings: findings.map((finding) => ({
      kind: finding.kind,
      expected: finding.kind === 'unexpected' ? null : finding.expected,
      got: finding.kind === 'missing' ? null : eventForJson(finding.got, startSeconds),
    })),
    remarks,
  });
}

function eventForJson(event: AlertEvent, startSeconds: number) {
  const { rule, state, severity, value, unit, timeSeconds } = event;
  const offsetSeconds = timeSeconds - startSeconds;
  const time = new Date(timeSeconds * 1000).toISOString();
  return { rule, state, severity, value, unit, offsetSeconds, time, reason: saidBy(event) };
}

function renderFinding(finding: Finding, startSeconds: number): string[] {
  if (finding.kind === 'met') return [renderEvent(' ', finding.got, startSeconds)];
  if (finding.kind === 'missing') return [renderExpectation(finding.expected, startSeconds)];
  return [renderEvent('+', finding.got, startSeconds), `              ${saidBy(finding.got)}`];
}

function renderExpectation(expected: Expectation, startSeconds: number): string {
  const { fromSeconds, toSeconds, value, above, below, severity, reason } = expected;
  const wanted = [
    ...(severity === undefined ? [] : [severity]),
    ...(value === undefined ? [] : [formatWritten(value)]),
    ...(above === undefined ? [] : [`above ${formatWritten(above)}`]),
    ...(below === undefined ? [] : [`below ${formatWritten(below)}`]),
    ...(reason === undefined ? [] : [`saying "${reason}"`]),
    ...(toSeconds === fromSeconds ? [] : [`at the latest at ${formatSpan(toSeconds)}`]),
  ];
  return renderRow('-', { ...expected, offsetSeconds: fromSeconds, startSeconds, what: wanted.join(', ') });
}

function renderEvent(mark: ' ' | '+', event: AlertEvent, startSeconds: number): string {
  const { severity, timeSeconds } = event;
  const offsetSeconds = timeSeconds - startSeconds;
  return renderRow(mark, {
    ...event,
    offsetSeconds,
    startSeconds,
    what: `${severity}, ${describeValue(event)}`,
  });
}

function describeValue({ value, metric, unit, ending = 'recovered' }: AlertEvent): string {
  if (ending !== 'recovered') return formatEnding(ending, metric);
  return value === null ? 'no value' : formatAmount(value, metric, unit);
}

interface Row {
  readonly rule: string;
  readonly state: string;
  readonly offsetSeconds: number;
  readonly startSeconds: number;
  readonly what: string;
}

/** `+ 1m 5s   2026-01-01 00:01:05  login-errors  firing    critical, 12.5 %` */
function renderRow(mark: string, { rule, state, offsetSeconds, startSeconds, what }: Row): string {
  const time = new Date((startSeconds + offsetSeconds) * 1000).toISOString().slice(0, 19).replace('T', ' ');
  const columns = [formatSpan(offsetSeconds).padEnd(OFFSET_WIDTH), time, rule.padEnd(NAME_WIDTH)];
  return `          ${mark} ${columns.join('  ')}  ${state.padEnd(8)}  ${what}`.trimEnd();
}

/** As it was written in the test. */
function formatWritten(value: number): string {
  return formatNumber(value, 6);
}
