// Finds and reads the configuration file, adds the environment, and gives the validated Config or all problems:
// the first thing that happens at start. The only part of this folder that touches the file system.
import { closeSync, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { join, resolve } from 'node:path';

import type { CheckContext } from './checks.ts';
import { readEnvironment } from './environment.ts';
import { inOrder } from './problem.ts';
import type { ConfigProblem, LoadedConfig } from './schema.ts';
import { readSettings, type Settings } from './settings.ts';
import { validate } from './validate.ts';
import { readYaml } from './yaml-document.ts';

const FILE_BYTES_MAX = 1024 * 1024;
const PROBLEMS_MAX = 100;
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
  const found = findFile(options);
  const fromFile = found.file === null ? NOTHING : readFile(found.file, options.cwd);
  const fromEnvironment = readEnvironment(options.env);
  const { config, problems } = validate([...fromFile.settings, ...fromEnvironment.settings], options);
  const all = inOrder([...found.problems, ...fromFile.problems, ...fromEnvironment.problems, ...problems]);
  if (all.length > 0) return { ok: false, problems: bounded(all) };
  const warnings = inOrder([...found.warnings, ...fromFile.warnings, ...fromEnvironment.warnings]);
  return { ok: true, config, file: found.file, warnings };
}

/** `file` is as the user named it, relative to the working directory. */
type Found = Omit<Settings, 'settings'> & { readonly file: string | null };

const NOTHING: Settings = { settings: [], problems: [], warnings: [] };

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

function readFile(file: string, cwd: string): Settings {
  const bytes = readBytes(resolve(cwd, file));
  if (typeof bytes === 'string') return { ...NOTHING, problems: [problemOf(file, bytes)] };
  if (bytes.length > FILE_BYTES_MAX) {
    return {
      ...NOTHING,
      problems: [problemOf(file, 'is larger than 1 MiB: this cannot be a configuration')],
    };
  }
  const text = decode(bytes);
  if (text === null) return { ...NOTHING, problems: [problemOf(file, 'is not UTF-8 text')] };
  const yaml = readYaml(text);
  if (yaml.ok) return readSettings(yaml.entries, file);
  const problems = yaml.problems.map(({ position, message }) => {
    const [line, column] = position === null ? [null, null] : [position.line, position.column];
    return { file, line, column, key: '', message };
  });
  return { ...NOTHING, problems };
}

/** The bytes, at most one more than allowed, whatever kind of file it is (a pipe has no size); or what is wrong. */
function readBytes(path: string): Buffer | string {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(path, 'r');
    if (fstatSync(descriptor).isDirectory()) return 'is a directory: name the file in it';
    const buffer = Buffer.alloc(FILE_BYTES_MAX + 1);
    let length = 0;
    for (let count = -1; count !== 0 && length < buffer.length; length += count) {
      count = readSync(descriptor, buffer, length, buffer.length - length, null);
    }
    return buffer.subarray(0, length);
  } catch (error) {
    return `cannot be read: ${REASONS.get(codeOf(error)) ?? codeOf(error)}`;
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

const REASONS = new Map([
  ['ENOENT', 'there is no such file'],
  ['ENOTDIR', 'there is no such file'],
  ['EACCES', 'permission denied to the user that fluffy runs as'],
  ['ELOOP', 'its links lead in a circle'],
]);

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (typeof code !== 'string') throw error;
  return code;
}

function decode(bytes: Buffer): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}

function problemOf(file: string, message: string): ConfigProblem {
  return { file, line: null, column: null, key: '', message };
}

function bounded(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  const more = problems.length - PROBLEMS_MAX;
  if (more <= 0) return problems;
  return [...problems.slice(0, PROBLEMS_MAX), problemOf('', `and ${more} further problems`)];
}
