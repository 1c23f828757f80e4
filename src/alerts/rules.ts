// All rules that a configuration asks for: the one of threshold and window, those that come with fluffy, its own.
import { createDefaultRules } from './default-rules.ts';
import type { DefaultRuleOptions } from './default-rules.ts';
import type { Rule } from './rule.ts';
import { createTrafficRule } from './traffic-rule.ts';

export interface RulesOptions extends DefaultRuleOptions {
  readonly threshold: number;
  readonly alertWindowSeconds: number;
  /** Rules of the user's own. */
  readonly alerts: readonly Rule[];
  /** Of rules that don't say; null: no reminders. */
  readonly repeatSeconds: number | null;
}

export function createRules(options: RulesOptions): Rule[] {
  const { threshold, alertWindowSeconds, alerts, repeatSeconds } = options;
  const own = createDefaultRules(options).map((rule) => ({ ...rule, repeatSeconds }));
  return [createTrafficRule(threshold, alertWindowSeconds, repeatSeconds), ...own, ...alerts];
}
