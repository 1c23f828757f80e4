// Holds the alerts that came against those that were expected. The list of the expected ones is complete, and in order of
// time; alerts of the same second may come in any order.
import { renderReasons } from '../alerts/render.ts';
import type { AlertEvent } from '../alerts/rule.ts';
import type { Expectation, RuleTest } from './rule-test.ts';
import type { RunResult } from './run.ts';

/** A value that a person wrote down is one that he has seen, rounded. */
const VALUE_TOLERANCE = 0.001;

/** One line of the comparison, in order of time. */
export type Finding =
  | { readonly kind: 'met'; readonly expected: Expectation; readonly got: AlertEvent }
  | { readonly kind: 'missing'; readonly expected: Expectation }
  | { readonly kind: 'unexpected'; readonly got: AlertEvent };

export interface Verdict {
  readonly test: RuleTest;
  readonly isOk: boolean;
  /** Since the epoch. */
  readonly startSeconds: number;
  readonly findings: readonly Finding[];
  /** Sentences about the traffic: lines that could not be read, and the like. */
  readonly remarks: readonly string[];
}

export function judge(test: RuleTest, { startSeconds, events, isCut, log }: RunResult): Verdict {
  const taken = new Set<AlertEvent>();
  const findings: Finding[] = [];
  let fromSeconds = Number.NEGATIVE_INFINITY;
  for (const expected of test.expect) {
    const got = events.find(
      (event) =>
        !taken.has(event) && event.timeSeconds >= fromSeconds && isMet(expected, event, startSeconds),
    );
    if (got === undefined) {
      findings.push({ kind: 'missing', expected });
      continue;
    }
    taken.add(got);
    fromSeconds = got.timeSeconds;
    findings.push({ kind: 'met', expected, got });
  }
  for (const got of events) if (!taken.has(got)) findings.push({ kind: 'unexpected', got });
  const timeOf = (finding: Finding): number =>
    finding.kind === 'missing' ? finding.expected.fromSeconds : finding.got.timeSeconds - startSeconds;
  const remarks = [...remarksOn(log), ...(isCut ? ['there were more alerts than are shown'] : [])];
  const isRead = log === null || log.lines === 0 || failuresOf(log) < log.lines;
  return {
    test,
    isOk: isRead && !isCut && findings.every(({ kind }) => kind === 'met'),
    startSeconds,
    findings: findings.toSorted((a, b) => timeOf(a) - timeOf(b)),
    remarks,
  };
}

/** What an alert says of itself, for people. */
export function saidBy({ message, summary, explanation }: AlertEvent): string {
  // A test may look for what the rule itself demands as well.
  const reasons = explanation === null ? [] : renderReasons(explanation, explanation.reasons);
  return [...(message === null ? [] : [message]), summary, ...reasons].join('; ');
}

function isMet(expected: Expectation, event: AlertEvent, startSeconds: number): boolean {
  const offset = event.timeSeconds - startSeconds;
  const { value, above, below, severity, reason } = expected;
  return (
    event.rule === expected.rule &&
    event.state === expected.state &&
    offset >= expected.fromSeconds &&
    offset <= expected.toSeconds &&
    (severity === undefined || severity === event.severity) &&
    (value === undefined || isNear(event.value, value)) &&
    (above === undefined || (event.value !== null && event.value > above)) &&
    (below === undefined || (event.value !== null && event.value < below)) &&
    (reason === undefined || saidBy(event).includes(reason))
  );
}

function isNear(value: number | null, wanted: number): boolean {
  return value !== null && Math.abs(value - wanted) <= Math.max(1e-9, VALUE_TOLERANCE * Math.abs(wanted));
}

function remarksOn(log: RunResult['log']): string[] {
  if (log === null) return [];
  return log.failures
    .filter(({ lines }) => lines > 0)
    .map(
      ({ reason, lines, column, sample }) =>
        `${lines} of ${log.lines} lines could not be read as ${log.format}: ${reason}, such as at column ${column + 1} of: ${sample}`,
    );
}

function failuresOf({ failures }: { readonly failures: readonly { readonly lines: number }[] }): number {
  return failures.reduce((sum, { lines }) => sum + lines, 0);
}
