// The configuration for commands that need but a few of its keys, such as where the running monitor listens: a mistake
// elsewhere, in a file that was saved while the monitor works, is none of theirs. Touches the file system, by load.ts.
import { NOTHING, readYamlText, type YamlFile } from './config-file.ts';
import { findConfig, judge, type FoundConfig, type LoadOptions } from './load.ts';
import type { ConfigProblem } from './problem.ts';
import { variableOf, type Config, type ConfigKey, type LoadedConfig } from './schema.ts';
import type { YamlEntry } from './yaml-document.ts';

export type LoadedKeys =
  | {
      readonly ok: true;
      /** Of use for the keys asked for only: the others may be by default. */
      readonly config: Config;
      readonly warnings: readonly ConfigProblem[];
      /** What has mistakes in other keys: the file as the user named it, or `the environment`; null: nothing. */
      readonly mistakenPlace: string | null;
    }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** As `loadConfig`, but with problems only of `keys`, or of a file that can't be read at all. */
export function loadKeys(keys: readonly ConfigKey[], options: LoadOptions): LoadedKeys {
  const found = findConfig(options);
  const whole = judge(found, options);
  if (whole.ok) return { ok: true, config: whole.config, warnings: whole.warnings, mistakenPlace: null };
  const narrowed = { ...options, env: narrowEnvironment(options.env, keys) };
  const part = judge({ ...found, yaml: narrowFile(found, keys) }, narrowed);
  if (!part.ok) return part;
  const mistakenPlace = whole.problems[0]?.file || 'the environment';
  return { ok: true, config: part.config, warnings: [], mistakenPlace };
}

/** The variables of `keys` and nothing else: the other keys are by default, and no file is looked for. */
export function loadVariables(keys: readonly ConfigKey[], options: LoadOptions): LoadedConfig {
  const env = narrowEnvironment(options.env, keys);
  return judge({ ...NOTHING, file: null, yaml: null }, { ...options, env });
}

function narrowEnvironment(env: NodeJS.ProcessEnv, keys: readonly ConfigKey[]): NodeJS.ProcessEnv {
  const variables = new Set(keys.flatMap((key) => [variableOf(key), variableOf(blockOf(key))]));
  return Object.fromEntries(Object.entries(env).filter(([name]) => variables.has(name)));
}

function narrowFile({ file, yaml }: FoundConfig, keys: readonly ConfigKey[]): YamlFile | null {
  if (file === null || yaml === null) return null;
  if (yaml.ok) return { ok: true, entries: narrowEntries(yaml.entries, keys) };
  if (yaml.text === null) return yaml;
  const text = cutText(yaml.text, keys);
  const part: YamlFile = text.trim() === '' ? { ok: true, entries: [] } : readYamlText(text, file);
  return part.ok ? { ok: true, entries: narrowEntries(part.entries, keys) } : part;
}

/** Without what stands beside `keys`, on the first level and in a block. */
function narrowEntries(entries: readonly YamlEntry[], keys: readonly string[]): YamlEntry[] {
  return entries.flatMap((entry): YamlEntry[] => {
    if (keys.includes(entry.key)) return [entry];
    if (!keys.some((key) => key.startsWith(`${entry.key}.`))) return [];
    if (entry.value.kind !== 'mapping' || entry.value.entries.length === 0) return [entry];
    const inner = entry.value.entries.filter(({ key }) => keys.includes(`${entry.key}.${key}`));
    return inner.length === 0 ? [] : [{ ...entry, value: { ...entry.value, entries: inner } }];
  });
}

/** The lines of `keys` and of their blocks where they were, and nothing else: for a text that is no YAML as a whole. */
function cutText(text: string, keys: readonly ConfigKey[]): string {
  const names = keys.flatMap((key) => [key, blockOf(key)]);
  let isWanted = false;
  const lines = text.split('\n').map((line) => {
    if (/^[^\s#]/.test(line)) {
      const name = /^(["']?)([\w.-]+)\1\s*:/.exec(line)?.[2];
      isWanted = names.some((known) => known === name);
    }
    return isWanted ? line : '';
  });
  return lines.join('\n');
}

/** `http` of `http.port`; of a key by itself the key. */
function blockOf(key: string): string {
  return key.split('.')[0] ?? key;
}
