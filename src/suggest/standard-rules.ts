// The rules that a threshold is looked for: one for each standard metric, over the window that the field has settled on.
import { ANY, type Rule } from '../alerts/rule.ts';
import { createTrafficRule } from '../alerts/traffic-rule.ts';
import { createRule } from '../config/rule-defaults.ts';

/** What a suggestion writes in the place of the threshold is found later. */
const BEFORE = { comparison: 'above', threshold: 1, severity: 'warning' } as const;
const FIVE_MINUTES = [300] as const;

/** `alertWindowSeconds`: that of the rule `traffic`, which there always is. */
export function createStandardRules(alertWindowSeconds: number): Rule[] {
  return [
    createTrafficRule(1, alertWindowSeconds),
    createRule({
      ...BEFORE,
      name: 'many-server-errors',
      metric: 'error-rate',
      windowsSeconds: FIVE_MINUTES,
      severity: 'critical',
    }),
    createRule({
      ...BEFORE,
      name: 'many-client-errors',
      metric: 'status-share',
      where: { ...ANY, statuses: [{ first: 400, last: 499 }] },
      windowsSeconds: FIVE_MINUTES,
    }),
    createRule({ ...BEFORE, name: 'many-bytes', metric: 'bytes-rate', windowsSeconds: [60] }),
    createRule({ ...BEFORE, name: 'slow-p95', metric: 'latency-p95', windowsSeconds: FIVE_MINUTES }),
    createRule({ ...BEFORE, name: 'slow-p99', metric: 'latency-p99', windowsSeconds: FIVE_MINUTES }),
    createRule({ ...BEFORE, name: 'many-clients', metric: 'unique-clients', windowsSeconds: FIVE_MINUTES }),
    createRule({
      ...BEFORE,
      name: 'many-unread-lines',
      metric: 'parse-failure-rate',
      windowsSeconds: FIVE_MINUTES,
    }),
    createRule({ ...BEFORE, name: 'no-requests', metric: 'silence' }),
  ];
}
