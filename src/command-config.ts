// The configuration for a command, and the streams that it speaks to: what all commands have in common. A part of
// actions.ts, which main.ts takes it from as well.
import type { Readable, Writable } from 'node:stream';
import type { ConfigOption, ReplayOptions } from './command-line.ts';
import { EXIT } from './commands/exit-code.ts';
import type { ExitCode } from './commands/exit-code.ts';
import type { Override } from './commands/overrides.ts';
import type { RuleSetsReading } from './commands/rule-sets.ts';
import type { ConfigProblem } from './config/problem.ts';
import type { Config, ConfigKey } from './config/schema.ts';

/** What a command sees of the process. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly stdin: Readable;
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  /** `listener` is called when the user wants no more. */
  readonly onInterrupt: (listener: () => void) => void;
}

/** The validated configuration; or the exit code, with every problem printed. */
export type ConfigForCommand =
  | {
      readonly ok: true;
      readonly config: Config;
      /** Null when there is none. */ readonly file: string | null;
    }
  | {
      readonly ok: false;
      readonly exitCode: ExitCode;
      /** In which there is a problem; null when there is none in a file. */
      readonly file: string | null;
    };

export interface Outcome {
  readonly exitCode: ExitCode;
  readonly text: string;
}

export async function loadConfig(
  { config: configPath }: ConfigOption,
  { env, cwd, stderr }: Surroundings,
  overrides: ReadonlyMap<string, Override> = new Map(),
): Promise<ConfigForCommand> {
  const [{ loadConfig: load }, { isCronExpression, isEndless }] = await Promise.all([
    import('./config/load.ts'),
    import('./reports/cron-judge.ts'),
  ]);
  const loaded = load({ configPath, env: overridden(env, overrides), cwd, isCronExpression, isEndless });
  const exitCode = await tellRemarks(loaded.ok ? loaded.warnings : loaded.problems, overrides, stderr);
  if (loaded.ok) return { ok: true, config: loaded.config, file: loaded.file };
  return { ok: false, exitCode, file: loaded.problems.find(({ file }) => file !== '')?.file ?? null };
}

/** What the options of `replay` say about rules, with every problem printed. */
export async function loadRuleSets(
  options: ReplayOptions,
  { templatePaths: templatesIds, pathPatterns: patterns }: Config,
  { cwd, stderr }: Surroundings,
): Promise<RuleSetsReading> {
  const [{ readRuleSets }, { loadRulesFile }] = await Promise.all([
    import('./commands/rule-sets.ts'),
    import('./config/rules-file.ts'),
  ]);
  const reading = readRuleSets(options, (path) => loadRulesFile(path, cwd, { templatesIds, patterns }));
  if (!reading.ok) for (const problem of reading.problems) stderr.write(`${problem}\n`);
  return reading;
}

/** Keys that a command can't do without; the rest of the configuration may be wrong. */
interface Needed {
  readonly keys: readonly ConfigKey[];
  readonly overrides?: ReadonlyMap<string, Override>;
  /** Nothing is said of mistakes in other keys. */
  readonly isSilent?: boolean;
}

/** For a command that needs but some keys: the others of the config may be by default. */
export async function loadNeeded(
  { keys, overrides = new Map(), isSilent = false }: Needed,
  { config: configPath }: ConfigOption,
  { env, cwd, stderr }: Surroundings,
): Promise<
  { readonly ok: true; readonly config: Config } | { readonly ok: false; readonly exitCode: ExitCode }
> {
  const [{ loadKeys }, { isCronExpression }] = await Promise.all([
    import('./config/load-keys.ts'),
    import('./reports/cron-judge.ts'),
  ]);
  const loaded = loadKeys(keys, { configPath, env: overridden(env, overrides), cwd, isCronExpression });
  const exitCode = await tellRemarks(loaded.ok ? loaded.warnings : loaded.problems, overrides, stderr);
  if (!loaded.ok) return { ok: false, exitCode };
  if (loaded.mistakenPlace !== null && !isSilent)
    stderr.write(`${loaded.mistakenPlace} has mistakes and is not in force as it stands: fluffy check\n`);
  return { ok: true, config: loaded.config };
}

/** Variables that say how the lines of any log are read. */
const READING_KEYS: readonly ConfigKey[] = [
  'log-format',
  'json-fields',
  'timezone',
  'real-client-from',
  'trusted-proxies',
  'anonymise-ip',
  'line-bytes-max',
  'template-paths',
  'path-patterns',
];

/** For a command that reads any logs without a configuration file. */
export async function loadReading(
  overrides: ReadonlyMap<string, Override>,
  { env, cwd, stderr }: Surroundings,
): Promise<
  { readonly ok: true; readonly config: Config } | { readonly ok: false; readonly exitCode: ExitCode }
> {
  const [{ loadVariables }, { isCronExpression }] = await Promise.all([
    import('./config/load-keys.ts'),
    import('./reports/cron-judge.ts'),
  ]);
  const loaded = loadVariables(READING_KEYS, { env: overridden(env, overrides), cwd, isCronExpression });
  if (loaded.ok) return loaded;
  return { ok: false, exitCode: await tellRemarks(loaded.problems, overrides, stderr) };
}

function overridden(env: NodeJS.ProcessEnv, overrides: ReadonlyMap<string, Override>): NodeJS.ProcessEnv {
  const given = { ...env };
  for (const [variable, { text }] of overrides) given[variable] = text;
  return given;
}

/** The exit code, if they are reasons not to go on. */
async function tellRemarks(
  remarks: readonly ConfigProblem[],
  overrides: ReadonlyMap<string, Override>,
  stderr: Writable,
): Promise<ExitCode> {
  const { formatProblem } = await import('./config/problem.ts');
  let exitCode: ExitCode = EXIT.failed;
  for (const remark of remarks) {
    const option = overrides.get(remark.key)?.option;
    if (option !== undefined) exitCode = EXIT.usage;
    stderr.write(`${formatProblem(option === undefined ? remark : { ...remark, key: option })}\n`);
  }
  return exitCode;
}

export function print({ exitCode, text }: Outcome, { stdout }: Surroundings): ExitCode {
  stdout.write(`${text}\n`);
  return exitCode;
}

/** True once the user wants no more. */
export function watchInterrupt({ onInterrupt, stdin }: Surroundings): () => boolean {
  let isInterrupted = false;
  onInterrupt(() => {
    isInterrupted = true;
    // Nothing may ever come from it again.
    stdin.destroy();
  });
  return () => isInterrupted;
}
