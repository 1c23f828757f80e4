#!/usr/bin/env node
// The command line, the signals and the exit codes: the only owner of the process. Commands are loaded when called.
import type * as Terminus from '@godaddy/terminus';
import { Command, CommanderError, Option } from 'commander';
import type { App } from './app.ts';
import { systemClock } from './clock.ts';
import { EXIT } from './commands/exit-code.ts';
import type { ExitCode } from './commands/exit-code.ts';
import { EXAMPLES, EXIT_CODES, HOW_TO_STOP, REPLAY_EXAMPLES } from './commands/help.ts';
import type { Config } from './config/schema.ts';
import { VERSION } from './version.ts';

/** Of the two seconds that `docker stop` is promised, for open HTTP connections to end. */
const HTTP_STOP_MS = 300;
/** A terminal gives Ctrl-C to every process in front, and npx passes its own on once more: that is one wish. */
const ONE_WISH_MS = 500;

interface ConfigOption {
  readonly config?: string;
}

async function main(argv: readonly string[]): Promise<void> {
  // `fluffy check | head -1`: a reader that has seen enough is no failure. The monitor's console hears of it itself.
  process.stdout.on('error', () => {});
  try {
    await createProgram().parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
      return;
    }
    throw error;
  }
}

function createProgram(): Command {
  const program = new Command('fluffy')
    .description("Watches a web server's access log: alerts, reports, metrics.")
    .version(VERSION, '-V, --version')
    .addHelpText('after', EXAMPLES + EXIT_CODES)
    .exitOverride()
    .showHelpAfterError('(fluffy --help tells the commands and options)');
  const add = (name: string, description: string): Command =>
    program.command(name).description(description).exitOverride();

  add('start', 'watch, in the foreground, until SIGTERM or SIGINT').addOption(configOption()).action(start);
  add('status', 'ask the running monitor how things stand')
    .addOption(configOption())
    .option('--json', 'everything it knows, as JSON')
    .action(status);
  add('check', 'validate the configuration and show how fluffy reads the logs')
    .argument('[files...]', 'any access logs to look at instead; no configuration is read for them')
    .option('--log-format <format>', 'a format to try, instead of the configured one')
    .addOption(configOption())
    .action(check);
  add('replay', 'run finished logs through alerts and reports: what would have happened?')
    .argument('[files...]', 'logs, also packed by gzip or zstd, and globs; - or nothing: standard input')
    .addOption(configOption())
    .option(
      '--from <time>',
      'pass over what was before: 2026-11-23, 2026-11-23T22:14+01:00, or 7d for 7 days ago',
    )
    .option('--to <time>', 'pass over what was at that time and after')
    .option('--threshold <rate>', 'instead of the configured one, as the next four')
    .option('--alert-window <duration>')
    .option('--log-format <format>')
    .option('--lateness <duration>')
    .option('--top <count>', 'how many paths a report names')
    .option('--reports', 'the reports of every report-time too')
    .option('--json', 'one event a line')
    .addHelpText('after', REPLAY_EXAMPLES)
    .action(replay);
  add('health', 'exit 0 when the monitor is healthy, for a health check')
    .addOption(configOption())
    .action(health);
  add('stop', 'tell how to stop the monitor').action(() => finish(EXIT.ok, HOW_TO_STOP));
  add('version', 'print the version').action(() => finish(EXIT.ok, VERSION));
  return program;
}

function configOption(): Option {
  return new Option('-c, --config <file>', 'the configuration file');
}

async function start(options: ConfigOption): Promise<void> {
  const signals = watchSignals();
  const config = await loadConfig(options);
  if (config === null) return;
  const [{ startApp }, terminus] = await Promise.all([import('./app.ts'), import('@godaddy/terminus')]);
  try {
    const app = await startApp(config, {
      clock: systemClock,
      stdout: process.stdout,
      isTerminal: process.stderr.isTTY,
    });
    if (signals.isStopWanted()) {
      await app.stop();
      process.exit(EXIT.ok);
    }
    installTerminus(app, terminus);
  } catch (error) {
    signals.remove();
    process.stderr.write(`fluffy cannot start: ${explain(error)}\n`);
    process.exitCode = EXIT.failed;
  }
}

/** A sentence for what can be expected to go wrong; the stack for what can't. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isBug = [TypeError, RangeError, ReferenceError, SyntaxError].some((bug) => error instanceof bug);
  return isBug ? (error.stack ?? error.message) : error.message;
}

/** Health checks and the orderly end. Terminus' own timeout covers HTTP only; the app has its own deadline. */
function installTerminus(app: App, { createTerminus, HealthCheckError }: typeof Terminus): void {
  createTerminus(app.server, {
    signals: ['SIGTERM', 'SIGINT'],
    // As process 1 of a container a signal sent to oneself does nothing: the exit must be a call.
    useExit0: true,
    timeout: HTTP_STOP_MS,
    healthChecks: {
      '/health/live': async () => {},
      '/health/ready': async () => {
        const problems = app.problems();
        if (problems.length > 0) throw new HealthCheckError('not ready', problems);
      },
    },
    onSignal: () => {
      app.logger.info('fluffy stops: what was written is still read, and the running report told');
      return app.stop();
    },
    logger: (message, error) => {
      // A monitor that is not ready says so in its own log already, once.
      if (!(error instanceof HealthCheckError)) app.logger.error({ err: error }, message);
    },
  });
}

interface Signals {
  /** A signal came while nobody could act on it yet. */
  readonly isStopWanted: () => boolean;
  readonly remove: () => void;
}

/** Remembers the first signal, whose orderly end is terminus' work, and exits at a second one. */
function watchSignals(): Signals {
  let firstMs: number | null = null;
  const onSignal = (): void => {
    const nowMs = systemClock.now();
    firstMs ??= nowMs;
    if (nowMs - firstMs >= ONE_WISH_MS) process.exit(EXIT.failed);
  };
  const names = ['SIGTERM', 'SIGINT'] as const;
  for (const name of names) process.on(name, onSignal);
  return {
    isStopWanted: () => firstMs !== null,
    remove: () => {
      for (const name of names) process.off(name, onSignal);
    },
  };
}

async function status(options: ConfigOption & { readonly json?: boolean }): Promise<void> {
  const config = await loadConfig(options);
  if (config === null) return;
  const { showStatus } = await import('./commands/status.ts');
  const result = await showStatus(config.http, { isJson: options.json ?? false, clock: systemClock });
  finish(result.exitCode, result.text);
}

async function health(options: ConfigOption): Promise<void> {
  const config = await loadConfig(options);
  if (config === null) return;
  const { checkHealth } = await import('./commands/health.ts');
  const result = await checkHealth(config.http, systemClock);
  finish(result.exitCode, result.text);
}

interface CheckOptions extends ConfigOption {
  readonly logFormat?: string;
}

async function check(files: readonly string[], options: CheckOptions): Promise<void> {
  const [{ checkFiles, checkLogs }, { sampleLogs }, { readLogFormat }, { createDefaultConfig }] =
    await Promise.all([
      import('./commands/check.ts'),
      import('./source/sample.ts'),
      import('./config/fields.ts'),
      import('./config/schema.ts'),
    ]);
  const format = readLogFormat(options.logFormat ?? 'auto');
  if (!format.ok) {
    process.stderr.write(`error: --log-format ${format.message}\n`);
    process.exitCode = EXIT.usage;
    return;
  }
  if (files.length > 0) {
    const result = checkFiles(sampleLogs(files), { ...createDefaultConfig(), logFormat: format.value });
    return finish(result.exitCode, result.text);
  }
  const config = await loadConfig(options);
  if (config === null) return;
  const logFormat = options.logFormat === undefined ? config.logFormat : format.value;
  const result = checkLogs({ ...config, logFormat }, sampleLogs(config.filename));
  finish(result.exitCode, result.text);
}

interface ReplayOptions extends ConfigOption {
  readonly threshold?: string;
  readonly alertWindow?: string;
  readonly logFormat?: string;
  readonly lateness?: string;
  readonly top?: string;
  readonly from?: string;
  readonly to?: string;
  readonly reports?: boolean;
  readonly json?: boolean;
}

async function replay(names: readonly string[], options: ReplayOptions): Promise<void> {
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
  const config = await loadConfig(options, overrides);
  if (config === null) return;
  const { replayLogs } = await import('./replay.ts');
  const streams = { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr };
  let isInterrupted = false;
  process.on('SIGINT', () => {
    if (isInterrupted) process.exit(EXIT.interrupted);
    isInterrupted = true;
    // Nothing may ever come from it again.
    process.stdin.destroy();
  });
  const exitCode = await replayLogs({
    config,
    names,
    from: options.from,
    to: options.to,
    hasReports: options.reports ?? false,
    isJson: options.json ?? false,
    isTopGiven: options.top !== undefined,
    clock: systemClock,
    ...streams,
    isInterrupted: () => isInterrupted,
  });
  process.exitCode = isInterrupted ? EXIT.interrupted : exitCode;
}

/** A value from the command line, for the variable that it goes before. */
interface Override {
  readonly text: string;
  readonly option: string;
}

/** The validated configuration; null when it is not valid, with every problem printed and the exit code set. */
async function loadConfig(
  options: ConfigOption,
  overrides: ReadonlyMap<string, Override> = new Map(),
): Promise<Config | null> {
  const [{ loadConfig: load }, { formatProblem }, { isCronExpression }] = await Promise.all([
    import('./config/load.ts'),
    import('./config/problem.ts'),
    import('./reports/scheduler.ts'),
  ]);
  const env = { ...process.env };
  for (const [variable, { text }] of overrides) env[variable] = text;
  const loaded = load({ configPath: options.config, env, cwd: process.cwd(), isCronExpression });
  const remarks = loaded.ok ? loaded.warnings : loaded.problems;
  process.exitCode = loaded.ok ? EXIT.ok : EXIT.failed;
  for (const remark of remarks) {
    const option = overrides.get(remark.key)?.option;
    if (option !== undefined) process.exitCode = EXIT.usage;
    process.stderr.write(`${formatProblem(option === undefined ? remark : { ...remark, key: option })}\n`);
  }
  return loaded.ok ? loaded.config : null;
}

function finish(exitCode: ExitCode, text: string): void {
  process.stdout.write(`${text}\n`);
  process.exitCode = exitCode;
}

await main(process.argv);
