// A file of rules alone, for rules that are tried out on logs before they are taken over into the configuration: the
// same keys, read and judged in the same way. Touches the file system.
import type { PathGrouping } from '../aggregate/paths.ts';
import type { Rule } from '../alerts/rule.ts';
import { readYamlFile, toSettings } from './config-file.ts';
import { bounded, inOrder, type ConfigProblem } from './problem.ts';
import { KEY_NAMES, type ConfigKey } from './schema.ts';
import type { Settings } from './settings.ts';
import { validate } from './validate.ts';

export const RULE_KEYS = [
  'alerts',
  'default-rules',
  'objective',
  'threshold',
  'alert-window',
  'explain',
] as const satisfies readonly ConfigKey[];

/** As in the configuration. */
export interface Rules {
  readonly alerts: readonly Rule[];
  readonly hasDefaultRules: boolean;
  readonly objective: number | null;
  readonly isExplained: boolean;
  /** Null when the file does not say. */
  readonly threshold: number | null;
  readonly alertWindowSeconds: number | null;
}

export type LoadedRules =
  | { readonly ok: true; readonly rules: Rules }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/**
 * `path` is relative to `cwd`, an absolute path. Neither the environment nor the configuration play a part: `notify`
 * may name any channel. Of a whole configuration the rules are taken; its other keys are passed over. `grouping`: how
 * paths are counted where the rules are to apply; null when that is not known. Never throws for what a user can get wrong.
 */
export function loadRulesFile(path: string, cwd: string, grouping: PathGrouping | null): LoadedRules {
  const yaml = readYamlFile(path, cwd);
  const rules = yaml.ok ? { ...yaml, entries: yaml.entries.filter(({ key }) => !isOtherKey(key)) } : yaml;
  return toRules(toSettings(rules, path, RULE_KEYS), { cwd, grouping });
}

function isOtherKey(key: string): boolean {
  return KEY_NAMES.includes(key) && !RULE_KEYS.some((known) => known === key);
}

/** Of the keys of rules among settings that were read. */
export function toRules(
  { settings, problems: unread }: Settings,
  place: { readonly cwd: string; readonly grouping: PathGrouping | null },
): LoadedRules {
  const { config, problems: refused } = validate(settings, { ...place, hasChannels: false });
  const problems = inOrder([...unread, ...refused]);
  if (problems.length > 0) return { ok: false, problems: bounded(problems) };
  const isGiven = (key: ConfigKey): boolean => settings.some((setting) => setting.key === key);
  const { alerts, hasDefaultRules, objective, isExplained } = config;
  const threshold = isGiven('threshold') ? config.threshold : null;
  const alertWindowSeconds = isGiven('alert-window') ? config.alertWindowSeconds : null;
  return {
    ok: true,
    rules: { alerts, hasDefaultRules, objective, isExplained, threshold, alertWindowSeconds },
  };
}
