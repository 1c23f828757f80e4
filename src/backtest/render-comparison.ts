// Two sets of rules side by side, as a table of at most 100 columns and as JSON, one line a rule.
import { formatSpan } from '../alerts/summary.ts';
import { formatNumber } from '../number-text.ts';
import type { RuleComparison } from './comparison.ts';
import { describeForJson, firingForJson, renderFiring } from './render.ts';
import { FIRINGS_KEPT_MAX, FIRINGS_LISTED_MAX } from './rule-tally.ts';
import type { Firing, RuleOutcome } from './rule-tally.ts';

const NAME_WIDTH = 30;
const WIDTHS = [7, 7, 9, 9, 7, 7, 7, 7];
const WIDTH_MAX = 100;

export interface ComparisonNames {
  /** Of the files, as a person named them. */
  readonly before: string;
  readonly after: string;
}

/** The table, then which rules were never known, then the alerts that only one of the two sets has. `toSeconds`: where the logs end. */
export function renderComparisonText(
  comparisons: readonly RuleComparison[],
  { before, after }: ComparisonNames,
  toSeconds: number,
): string {
  return [
    cut(`old: ${before}`, WIDTH_MAX),
    cut(`new: ${after}`, WIDTH_MAX),
    'times in UTC',
    '',
    row('', ['ALERTS', '', 'IN ALERT', '', 'FLAPS', '', 'ONLY IN', '']),
    row('RULE', ['old', 'new', 'old', 'new', 'old', 'new', 'old', 'new']),
    ...comparisons.map(renderRow),
    ...renderNeverKnown(comparisons),
    ...comparisons.flatMap((each) => [
      ...renderOnly('old', each, toSeconds),
      ...renderOnly('new', each, toSeconds),
    ]),
  ].join('\n');
}

export function renderComparisonJson(comparison: RuleComparison, toSeconds: number): string {
  const { name, before, after, onlyBefore, onlyAfter, isCut } = comparison;
  const list = (firings: readonly Firing[]) =>
    firings.slice(0, FIRINGS_LISTED_MAX).map((firing) => firingForJson(firing, toSeconds));
  return JSON.stringify({
    type: 'comparison',
    rule: name,
    old: before === null ? null : describeForJson(before),
    new: after === null ? null : describeForJson(after),
    onlyOld: list(onlyBefore),
    furtherOnlyOld: Math.max(0, onlyBefore.length - FIRINGS_LISTED_MAX),
    onlyNew: list(onlyAfter),
    furtherOnlyNew: Math.max(0, onlyAfter.length - FIRINGS_LISTED_MAX),
    isCut,
  });
}

function renderRow({ name, before, after, onlyBefore, onlyAfter, isCut }: RuleComparison): string {
  const pair = (cell: (outcome: RuleOutcome) => string): string[] =>
    [before, after].map((outcome) =>
      outcome === null ? '-' : outcome.neverKnown === null ? cell(outcome) : '?',
    );
  const only = [onlyBefore, onlyAfter].map(({ length }) => `${length}${isCut ? '+' : ''}`);
  return row(name, [
    ...pair(({ alerts }) => String(alerts)),
    ...pair(({ alertSeconds }) => formatSpan(alertSeconds)),
    ...pair(({ flaps }) => String(flaps)),
    ...only,
  ]);
}

function renderNeverKnown(comparisons: readonly RuleComparison[]): string[] {
  const lines = comparisons.flatMap(({ name, before, after }) => {
    const [old, renewed] = [before?.neverKnown ?? null, after?.neverKnown ?? null];
    const tell = (sides: string, reason: string | null): string[] =>
      reason === null ? [] : [`${name}, never known in ${sides}: ${reason}`];
    return old === renewed ? tell('both', old) : [...tell('old', old), ...tell('new', renewed)];
  });
  return lines.length === 0 ? [] : ['', ...lines];
}

function renderOnly(side: 'old' | 'new', comparison: RuleComparison, toSeconds: number): string[] {
  const { name, before, after, onlyBefore, onlyAfter, isCut } = comparison;
  const [outcome, firings] = side === 'old' ? [before, onlyBefore] : [after, onlyAfter];
  if (outcome === null || firings.length === 0) return [];
  const further = firings.length - FIRINGS_LISTED_MAX;
  return [
    '',
    `${name}, only in ${side}:`,
    ...firings
      .slice(0, FIRINGS_LISTED_MAX)
      .map((firing) => `  ${renderFiring(outcome.rule, firing, toSeconds)}`),
    ...(further > 0 ? [`  and ${formatNumber(further)} more`] : []),
    ...(isCut ? [`  only the first ${FIRINGS_KEPT_MAX} alerts of each set were compared`] : []),
  ];
}

function row(name: string, cells: readonly string[]): string {
  const padded = cells.map((cell, column) => cell.padStart(WIDTHS[column] ?? 0));
  return `${cut(name, NAME_WIDTH).padEnd(NAME_WIDTH)} ${padded.join(' ')}`.trimEnd();
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
