// The rules of a configuration, with its windows of maintenance: what the alerting works by until the next reload.
import type { AlertingRules } from './alerts/alerting.ts';
import { createMaintenance } from './alerts/maintenance.ts';
import { createRules } from './alerts/rules.ts';
import type { RulesOptions } from './alerts/rules.ts';
import type { Rules } from './config/rules-file.ts';
import type { Config } from './config/schema.ts';
import { createBoundaries } from './reports/boundaries.ts';

export type AlertingConfig = RulesOptions &
  Pick<Config, 'isExplained' | 'hasLines' | 'maintenance' | 'timezone'>;

export function createAlertingRules(config: AlertingConfig): AlertingRules {
  const windows = config.maintenance.map(({ expression, durationSeconds, rules }) => ({
    schedule: createBoundaries({ kind: 'cron', expression }, config.timezone),
    durationSeconds,
    rules,
  }));
  return {
    rules: createRules(config),
    isExplained: config.isExplained,
    hasLines: config.hasLines,
    isInMaintenance: createMaintenance(windows),
  };
}

/** `config` with the rules of a file in place of its own; threshold and window only where the file gives them. */
export function withRules(config: Config, { threshold, alertWindowSeconds, ...rules }: Rules): Config {
  return {
    ...config,
    ...rules,
    threshold: threshold ?? config.threshold,
    alertWindowSeconds: alertWindowSeconds ?? config.alertWindowSeconds,
  };
}
