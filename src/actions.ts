// What the commands do, but for `start`, which needs the process itself: each loads what it needs when it is called, and
// gives an exit code.
import type { Readable, Writable } from 'node:stream';
import { systemClock } from './clock.ts';
import type {
  CheckOptions,
  ConfigOption,
  NotifyOptions,
  QueryCommandOptions,
  ReplayOptions,
  ReportOptions,
  SilenceOptions,
  StatusOptions,
} from './command-line.ts';
import { EXIT } from './commands/exit-code.ts';
import type { ExitCode } from './commands/exit-code.ts';
import type { Config } from './config/schema.ts';
import type { ImportOpening } from './history-import.ts';
import * as historyActions from './history-actions.ts';

/** What a command sees of the process. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly stdin: Readable;
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  /** `listener` is called when the user wants no more. */
  readonly onInterrupt: (listener: () => void) => void;
}

/** The validated configuration; or the exit code, with every problem printed. */
export type ConfigForCommand =
  { readonly ok: true; readonly config: Config } | { readonly ok: false; readonly exitCode: ExitCode };

/** A value from the command line, for the variable that it goes before. */
interface Override {
  readonly text: string;
  readonly option: string;
}

interface Outcome {
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
  return loaded.ok ? { ok: true, config: loaded.config } : { ok: false, exitCode };
}

export async function status(options: StatusOptions, around: Surroundings): Promise<ExitCode> {
  return withConfig(options, around, async ({ http }) => {
    const { showStatus } = await import('./commands/status.ts');
    return showStatus(http, { isJson: options.json ?? false, clock: systemClock });
  });
}

export async function health(options: ConfigOption, around: Surroundings): Promise<ExitCode> {
  return withConfig(options, around, async ({ http }) => {
    const { checkHealth } = await import('./commands/health.ts');
    return checkHealth(http, systemClock);
  });
}

export async function silence(
  rule: string | undefined,
  options: SilenceOptions,
  around: Surroundings,
): Promise<ExitCode> {
  return withConfig(options, around, async ({ http }) => {
    const { listSilences, silenceRule } = await import('./commands/silence.ts');
    if (rule === undefined) return listSilences(http, systemClock);
    return silenceRule(
      http,
      { rule, duration: options.for ?? '1h', reason: options.reason ?? '' },
      systemClock,
    );
  });
}

export async function unsilence(
  rule: string,
  options: ConfigOption,
  around: Surroundings,
): Promise<ExitCode> {
  return withConfig(options, around, async ({ http }) => {
    const { unsilenceRule } = await import('./commands/silence.ts');
    return unsilenceRule(http, rule, systemClock);
  });
}

export async function reload(options: ConfigOption, around: Surroundings): Promise<ExitCode> {
  return withConfig(options, around, async ({ http }) => {
    const { reloadMonitor } = await import('./commands/reload.ts');
    return reloadMonitor(http, systemClock);
  });
}

export async function check(
  files: readonly string[],
  options: CheckOptions,
  around: Surroundings,
): Promise<ExitCode> {
  const [{ checkFiles, checkLogs }, { sampleLogs }, { readLogFormat }, { createDefaultConfig }] =
    await Promise.all([
      import('./commands/check.ts'),
      import('./source/sample.ts'),
      import('./config/fields.ts'),
      import('./config/schema.ts'),
    ]);
  const format = readLogFormat(options.logFormat ?? 'auto');
  if (!format.ok) {
    around.stderr.write(`error: --log-format ${format.message}\n`);
    return EXIT.usage;
  }
  if (files.length > 0)
    return print(
      checkFiles(sampleLogs(files), { ...createDefaultConfig(), logFormat: format.value }),
      around,
    );
  return withConfig(options, around, async (config) => {
    const logFormat = options.logFormat === undefined ? config.logFormat : format.value;
    return checkLogs({ ...config, logFormat }, sampleLogs(config.filename));
  });
}

export async function replay(
  names: readonly string[],
  options: ReplayOptions,
  around: Surroundings,
): Promise<ExitCode> {
  const overrides = new Map<string, Override>();
  for (const { text, variable, option } of [
    { text: options.threshold, variable: 'FLUFFY_THRESHOLD', option: '--threshold' },
    { text: options.alertWindow, variable: 'FLUFFY_ALERT_WINDOW', option: '--alert-window' },
    { text: options.logFormat, variable: 'FLUFFY_LOG_FORMAT', option: '--log-format' },
    { text: options.lateness, variable: 'FLUFFY_LATENESS', option: '--lateness' },
    { text: options.top, variable: 'FLUFFY_REPORT_TOP', option: '--top' },
  ]) {
    if (text !== undefined) overrides.set(variable, { text, option });
  }
  const loaded = await loadConfig(options, around, overrides);
  if (!loaded.ok) return loaded.exitCode;
  const { replayLogs } = await import('./replay.ts');
  const opening = options.store === true ? await openStoreFor(loaded.config, around) : NOT_STORED;
  if (!opening.ok) {
    around.stderr.write(`error: ${opening.message}\n`);
    return EXIT.failed;
  }
  let isInterrupted = false;
  around.onInterrupt(() => {
    isInterrupted = true;
    // Nothing may ever come from it again.
    around.stdin.destroy();
  });
  const exitCode = await replayLogs({
    config: loaded.config,
    store: opening.target,
    names,
    from: options.from,
    to: options.to,
    hasReports: options.reports ?? false,
    isJson: options.json ?? false,
    isTopGiven: options.top !== undefined,
    clock: systemClock,
    stdin: around.stdin,
    stdout: around.stdout,
    stderr: around.stderr,
    isInterrupted: () => isInterrupted,
  }).finally(opening.close);
  return isInterrupted ? EXIT.interrupted : exitCode;
}

const NOT_STORED = { ok: true, target: null, close: (): void => {} } as const;

async function openStoreFor(config: Config, { stdin }: Surroundings): Promise<ImportOpening> {
  const { openImport } = await import('./history-import.ts');
  return openImport(config, systemClock, stdin);
}

export async function notify(channel: string, given: NotifyOptions, around: Surroundings): Promise<ExitCode> {
  return withConfig(given, around, async ({ channels }) => {
    const [{ testChannel }, { createChannel }] = await Promise.all([
      import('./commands/notify.ts'),
      import('./outputs/channels.ts'),
    ]);
    const abort = new AbortController();
    around.onInterrupt(() => abort.abort());
    const options = { clock: systemClock, environment: around.env, firing: () => [] };
    return testChannel(channels, channel, {
      create: (config) => createChannel(config, options),
      clock: systemClock,
      signal: abort.signal,
    });
  });
}

export async function query(options: QueryCommandOptions, around: Surroundings): Promise<ExitCode> {
  const loaded = await loadConfig(options, around);
  return loaded.ok ? historyActions.query(loaded.config, options, around) : loaded.exitCode;
}

export async function report(options: ReportOptions, around: Surroundings): Promise<ExitCode> {
  const overrides = new Map<string, Override>();
  if (options.top !== undefined) overrides.set('FLUFFY_REPORT_TOP', { text: options.top, option: '--top' });
  const loaded = await loadConfig(options, around, overrides);
  return loaded.ok ? historyActions.report(loaded.config, options, around) : loaded.exitCode;
}

export async function backup(file: string, options: ConfigOption, around: Surroundings): Promise<ExitCode> {
  const loaded = await loadConfig(options, around);
  return loaded.ok ? historyActions.backup(loaded.config, file, around) : loaded.exitCode;
}

async function withConfig(
  options: ConfigOption,
  around: Surroundings,
  act: (config: Config) => Promise<Outcome>,
): Promise<ExitCode> {
  const loaded = await loadConfig(options, around);
  return loaded.ok ? print(await act(loaded.config), around) : loaded.exitCode;
}

function print({ exitCode, text }: Outcome, { stdout }: Surroundings): ExitCode {
  stdout.write(`${text}\n`);
  return exitCode;
}
