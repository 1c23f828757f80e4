// The configuration for a command, and the streams that it speaks to: what all commands have in common. A part of
// actions.ts, which main.ts takes it from as well.
import type { Readable, Writable } from 'node:stream';
import type { ConfigOption } from './command-line.ts';
import { EXIT } from './commands/exit-code.ts';
import type { ExitCode } from './commands/exit-code.ts';
import type { Override } from './commands/overrides.ts';
import type { Config } from './config/schema.ts';

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
  | { readonly ok: false; readonly exitCode: ExitCode };

export interface Outcome {
  readonly exitCode: ExitCode;
  readonly text: string;
}

export async function loadConfig(
  { config: configPath }: ConfigOption,
  { env, cwd, stderr }: Surroundings,
  overrides: ReadonlyMap<string, Override> = new Map(),
): Promise<ConfigForCommand> {
  const [{ loadConfig: load }, { formatProblem }, { isCronExpression }] = await Promise.all([
    import('./config/load.ts'),
    import('./config/problem.ts'),
    import('./reports/scheduler.ts'),
  ]);
  const given = { ...env };
  for (const [variable, { text }] of overrides) given[variable] = text;
  const loaded = load({ configPath, env: given, cwd, isCronExpression });
  let exitCode: ExitCode = EXIT.failed;
  for (const remark of loaded.ok ? loaded.warnings : loaded.problems) {
    const option = overrides.get(remark.key)?.option;
    if (option !== undefined) exitCode = EXIT.usage;
    stderr.write(`${formatProblem(option === undefined ? remark : { ...remark, key: option })}\n`);
  }
  return loaded.ok ? { ok: true, config: loaded.config, file: loaded.file } : { ok: false, exitCode };
}

/** Loads the configuration for `act`, and prints what comes of it. */
export async function withConfig(
  options: ConfigOption,
  around: Surroundings,
  act: (config: Config) => Promise<Outcome>,
): Promise<ExitCode> {
  const loaded = await loadConfig(options, around);
  return loaded.ok ? print(await act(loaded.config), around) : loaded.exitCode;
}

export function print({ exitCode, text }: Outcome, { stdout }: Surroundings): ExitCode {
  stdout.write(`${text}\n`);
  return exitCode;
}
