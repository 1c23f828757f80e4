// The row of docs/ALERTS.md that a default rule must have.
import type { Rule } from '../../src/alerts/rule.ts';
import { formatAmount, formatSpan, unitOf } from '../../src/alerts/summary.ts';

/** Cells as the table has them, without padding. */
export function documentRow(rule: Rule): string[] {
  const amount = (value: number): string => formatAmount(value, rule.metric, unitOf(rule));
  const statuses = rule.where.statuses.map(({ first, last }) => `${first}-${last}`).join(', ');
  const of = statuses === '' ? '' : ` of ${statuses}`;
  const before =
    rule.previousSeconds === null ? '' : ` that of the ${formatSpan(rule.previousSeconds)} before`;
  const opposite = rule.comparison === 'above' ? 'below' : 'above';
  const hold = rule.recoverForSeconds === 0 ? '' : ` for ${formatSpan(rule.recoverForSeconds)}`;
  return [
    `\`${rule.name}\``,
    `\`${rule.metric}\`${of} ${rule.comparison} ${amount(rule.threshold)}${before}`,
    rule.metric === 'silence' ? '' : rule.windowsSeconds.map(formatSpan).join(', '),
    formatSpan(rule.forSeconds),
    `${opposite} ${amount(rule.recoverThreshold)}${hold}`,
    rule.requestsMin === 0 ? '' : String(rule.requestsMin),
    rule.severity,
  ];
}
