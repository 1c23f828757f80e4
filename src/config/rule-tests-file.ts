// A file of tests of rules: the rules, of a file beside it or in itself, and the tests. Touches the file system.
import { dirname, isAbsolute, join } from 'node:path';

import type { Rule } from '../alerts/rule.ts';
import { createRules } from '../alerts/rules.ts';
import { TRAFFIC_RULE_NAME } from '../alerts/traffic-rule.ts';
import { TEST_GROUPING, type RuleTest } from '../rule-tests/rule-test.ts';
import { readYamlFile } from './config-file.ts';
import { bounded, inOrder, shown, type ConfigProblem } from './problem.ts';
import { readTests } from './rule-tests.ts';
import { loadRulesFile, RULE_KEYS, toRules, type LoadedRules, type Rules } from './rules-file.ts';
import { createDefaultConfig } from './schema.ts';
import { readSettings } from './settings.ts';
import type { YamlEntry } from './yaml-document.ts';

interface RuleTests {
  /** The rule `traffic` is among them when the rules say a threshold or a window. */
  readonly rules: readonly Rule[];
  readonly isExplained: boolean;
  readonly tests: readonly RuleTest[];
}

export type LoadedRuleTests =
  ({ readonly ok: true } & RuleTests) | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

const KEYS = ['rules', 'tests'];

/** `file` is relative to `cwd`, an absolute path. Never throws for what a user can get wrong. */
export function loadRuleTests(file: string, cwd: string): LoadedRuleTests {
  const yaml = readYamlFile(file, cwd);
  if (!yaml.ok) return yaml;
  const problems: ConfigProblem[] = [];
  const report = (problem: Omit<ConfigProblem, 'file'>): void => void problems.push({ file, ...problem });
  const loaded = loadRules(yaml.entries, file, cwd);
  if (!loaded.ok) problems.push(...loaded.problems);
  const rules = loaded.ok ? allRules(loaded.rules) : null;
  const given = yaml.entries.find(({ key }) => key === 'tests');
  if (given === undefined)
    report({ line: null, column: null, key: '', message: 'has no tests: give a list of them' });
  const place = { key: 'tests', isHidden: false, report };
  const names = rules?.map(({ name }) => name) ?? null;
  const tests = given === undefined ? [] : readTests(given.value, place, names);
  if (problems.length > 0 || !loaded.ok) return { ok: false, problems: bounded(inOrder(problems)) };
  return { ok: true, rules: rules ?? [], isExplained: loaded.rules.isExplained, tests };
}

/** Of the file that `rules` names, or of the keys of this file. */
function loadRules(entries: readonly YamlEntry[], file: string, cwd: string): LoadedRules {
  const inline = entries.filter(({ key }) => !KEYS.includes(key));
  const settings = readSettings(inline, file, [...RULE_KEYS, ...KEYS]);
  const [first, second] = entries.filter(({ key }) => key === 'rules');
  if (first === undefined) return toRules(settings, { cwd, grouping: TEST_GROUPING });
  const refuse = ({ line, column }: YamlEntry, message: string): LoadedRules => ({
    ok: false,
    problems: [...settings.problems, { file, line, column, key: 'rules', message }],
  });
  if (second !== undefined)
    return refuse(second, `must not be there twice, first given on line ${first.line}`);
  const [other] = inline;
  if (other !== undefined) return refuse(first, `a file of rules and ${shown(other.key)} exclude each other`);
  const { value } = first;
  const path = value.kind === 'scalar' ? value.value : null;
  if (typeof path !== 'string' || path === '')
    return refuse(first, 'must be the path of a file of rules, from here');
  // They may be rules of a configuration that groups in another way than tests do.
  return loadRulesFile(isAbsolute(path) ? path : join(dirname(file), path), cwd, null);
}

/** Without the rule of the threshold when nothing is said of it: its default would fire in most tests. */
function allRules(given: Rules): readonly Rule[] {
  const defaults = createDefaultConfig();
  const rules = createRules({
    ...given,
    threshold: given.threshold ?? defaults.threshold,
    alertWindowSeconds: given.alertWindowSeconds ?? defaults.alertWindowSeconds,
    repeatSeconds: null,
  });
  const hasTraffic = given.threshold !== null || given.alertWindowSeconds !== null;
  return hasTraffic ? rules : rules.filter(({ name }) => name !== TRAFFIC_RULE_NAME);
}
