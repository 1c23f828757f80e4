// From settings to the Config, or to every problem at once, each at the place where its value was given. Pure.
import * as v from 'valibot';

import type { PathGrouping } from '../aggregate/paths.ts';
import { findConflicts, type CheckContext, type Conflict } from './checks.ts';
import { DEFAULTS } from './defaults.ts';
import { readLists } from './lists.ts';
import { quotesHint, shown, type Origin, type ConfigProblem } from './problem.ts';
import { isConfigKey, toConfig, ValuesSchema, type Config, type ConfigKey, type Values } from './schema.ts';
import type { Setting } from './settings.ts';

export interface Validated {
  /** A bad value is replaced by its default here: of use only when there is no problem. */
  readonly config: Config;
  readonly problems: readonly ConfigProblem[];
}

type Given = ReadonlyMap<ConfigKey, Setting>;

/** A later setting of a key overrides an earlier one. */
export function validate(settings: readonly Setting[], context: CheckContext): Validated {
  const given: Given = new Map(settings.map((setting) => [setting.key, setting]));
  const raw: Record<string, unknown> = { ...DEFAULTS };
  for (const [key, { value }] of given) raw[key] = value;

  const problems: ConfigProblem[] = [];
  const refused = new Set<ConfigKey>();
  for (const issue of v.safeParse(ValuesSchema, raw, { abortPipeEarly: true }).issues ?? []) {
    const [key, index] = (issue.path ?? []).map((part): unknown => part.key);
    if (typeof key !== 'string' || !isConfigKey(key)) throw new Error(`unexpected issue: ${issue.message}`);
    refused.add(key);
    const hint = issue.type === 'number' || issue.type === 'boolean' ? quotesHint(issue.input) : '';
    const message = `${issue.message}${hint}, got ${shown(issue.input)}`;
    problems.push({ ...originOf(given, key, index), message });
  }

  for (const key of refused) raw[key] = DEFAULTS[key];
  const values = v.parse(ValuesSchema, raw);
  const { problems: listProblems, ...lists } = readLists(given, values['repeat-interval'], {
    ...context,
    grouping: context.grouping === undefined ? groupingOf(values, refused) : context.grouping,
  });
  problems.push(...listProblems);
  // A conflict with a default that only stands in for a refused value says nothing about what was meant.
  const conflicts = findConflicts(values, context).filter(
    ({ keys }) => !keys.some((key) => refused.has(key)),
  );
  problems.push(...conflicts.map((conflict) => conflictProblem(given, conflict)));
  return { config: toConfig(values, lists), problems };
}

/** Null: what was meant is not known. */
function groupingOf(values: Values, refused: ReadonlySet<ConfigKey>): PathGrouping | null {
  if (refused.has('template-paths') || refused.has('path-patterns')) return null;
  return { templatesIds: values['template-paths'], patterns: values['path-patterns'] };
}

function conflictProblem(given: Given, { keys, index, message }: Conflict): ConfigProblem {
  const key = keys.find((candidate) => given.has(candidate)) ?? 'filename';
  return { ...originOf(given, key, index), message: message(key) };
}

function originOf(given: Given, key: ConfigKey, index?: unknown): Origin {
  const setting = given.get(key);
  const part = setting?.partOrigins.get(index);
  return part ?? setting?.origin ?? { file: '', line: null, column: null, key };
}
