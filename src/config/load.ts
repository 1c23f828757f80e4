// Finds and reads the configuration file, adds the environment, and gives the validated Config or all problems:
// the first thing that happens at start.
import { lstatSync } from 'node:fs';
import { join, resolve } from 'node:path';

import type { CheckContext } from './checks.ts';
import { codeOf, NOTHING, problemOf, readYamlFile, toSettings, type YamlFile } from './config-file.ts';
import { readEnvironment } from './environment.ts';
import { bounded, inOrder, type ConfigProblem } from './problem.ts';
import type { LoadedConfig } from './schema.ts';
import type { Settings } from './settings.ts';
import { validate } from './validate.ts';

const SYSTEM_PATH = '/etc/fluffy/config.yml';

export interface LoadOptions extends CheckContext {
  /** From the command line: must exist when given. */
  readonly configPath?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** The last place looked at; only tests put it elsewhere. */
  readonly systemPath?: string;
}

/**
 * Looks for `configPath`, FLUFFY_CONFIG, ./config.yml, $HOME/.fluffy.yaml and /etc/fluffy/config.yml, in this
 * order; without any of them defaults and environment apply. Never throws for what a user can get wrong.
 */
export function loadConfig(options: LoadOptions): LoadedConfig {
  return judge(findConfig(options), options);
}

/** Not judged yet; `yaml` is null when there is no file. */
export type FoundConfig = Found & { readonly yaml: YamlFile | null };

export function findConfig(options: LoadOptions): FoundConfig {
  const found = findFile(options);
  return { ...found, yaml: found.file === null ? null : readYamlFile(found.file, options.cwd) };
}

export function judge(found: FoundConfig, options: LoadOptions): LoadedConfig {
  const { file, yaml } = found;
  const fromFile = file === null || yaml === null ? NOTHING : toSettings(yaml, file);
  const fromEnvironment = readEnvironment(options.env);
  const { config, problems } = validate([...fromFile.settings, ...fromEnvironment.settings], options);
  const all = inOrder([...found.problems, ...fromFile.problems, ...fromEnvironment.problems, ...problems]);
  if (all.length > 0) return { ok: false, problems: bounded(all) };
  const warnings = inOrder([...found.warnings, ...fromFile.warnings, ...fromEnvironment.warnings]);
  return { ok: true, config, file, warnings };
}

/** `file` is as the user named it, relative to the working directory. */
type Found = Omit<Settings, 'settings'> & { readonly file: string | null };

function findFile({ configPath, env, cwd, systemPath = SYSTEM_PATH }: LoadOptions): Found {
  if (configPath === '')
    return { ...NOTHING, file: null, problems: [problemOf('--config', 'needs the path of a file')] };
  const named = configPath ?? env['FLUFFY_CONFIG'];
  if (named !== undefined && named !== '') return { ...NOTHING, file: named };

  const warnings: ConfigProblem[] = [];
  const home = env['HOME'] ? join(env['HOME'], '.fluffy.yaml') : null;
  for (const file of ['config.yml', home, systemPath]) {
    const missing = file === null ? 'ENOENT' : lookFor(resolve(cwd, file));
    if (file === null || missing === 'ENOENT' || missing === 'ENOTDIR') continue;
    // In a container HOME often belongs to another user: nothing to stop for, but not to pass over in silence.
    if (file === home && missing === 'EACCES')
      warnings.push(problemOf(file, 'cannot be looked for: permission denied'));
    else return { ...NOTHING, file, warnings };
  }
  return { ...NOTHING, file: null, warnings };
}

/** The error code when nothing can be found there; a link that leads nowhere is something, to be complained about. */
function lookFor(path: string): string | null {
  try {
    lstatSync(path);
    return null;
  } catch (error) {
    return codeOf(error);
  }
}
