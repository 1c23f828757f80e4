#!/usr/bin/env node
// Runs a command, and owns the process: its signals, its exit code, its standard streams.
import { createTerminus, HealthCheckError } from '@godaddy/terminus';
import type { App } from './app.ts';
import * as actions from './actions.ts';
import { loadConfig } from './command-config.ts';
import type { Surroundings } from './command-config.ts';
import { systemClock } from './clock.ts';
import { runCommand } from './command-line.ts';
import type { ConfigOption } from './command-line.ts';
import { EXIT } from './commands/exit-code.ts';
import type { ExitCode } from './commands/exit-code.ts';
import { HOW_TO_STOP } from './commands/help.ts';
import { HEALTH_LIVE_PATH, HEALTH_READY_PATH } from './http/routes.ts';
import type { LoadedConfig } from './config/schema.ts';
import { VERSION } from './version.ts';

/** Of the two seconds that `docker stop` is promised, for open HTTP connections to end. */
const HTTP_STOP_MS = 300;
/** A terminal gives Ctrl-C to every process in front, and npx passes its own on once more: that is one wish. */
const ONE_WISH_MS = 500;

const AROUND: Surroundings = {
  env: process.env,
  cwd: process.cwd(),
  // Asked for, it begins to be a stream.
  get stdin() {
    return process.stdin;
  },
  stdout: process.stdout,
  stderr: process.stderr,
  onInterrupt: (listener) => {
    let isFirst = true;
    process.on('SIGINT', () => {
      if (!isFirst) process.exit(EXIT.interrupted);
      isFirst = false;
      listener();
    });
  },
};

async function main(argv: readonly string[]): Promise<void> {
  // `fluffy check | head -1`: a reader that has seen enough is no failure. The monitor's console hears of it itself.
  process.stdout.on('error', () => {});
  const isCommand = await runCommand(argv, {
    start,
    status: async (options) => end(await actions.status(options, AROUND)),
    check: async (files, options) => end(await actions.check(files, options, AROUND)),
    replay: async (files, options) => end(await actions.replay(files, options, AROUND)),
    test: async (files, options) => end(await actions.test(files, options, AROUND)),
    suggest: async (files, options) => end(await actions.suggest(files, options, AROUND)),
    silence: async (rule, options) => end(await actions.silence(rule, options, AROUND)),
    unsilence: async (rule, options) => end(await actions.unsilence(rule, options, AROUND)),
    reload: async (options) => end(await actions.reload(options, AROUND)),
    notify: async (channel, options) => end(await actions.notify(channel, options, AROUND)),
    export: async (_what, options) => end(await actions.exportRules(options, AROUND)),
    query: async (options) => end(await actions.query(options, AROUND)),
    report: async (options) => end(await actions.report(options, AROUND)),
    backup: async (file, options) => end(await actions.backup(file, options, AROUND)),
    health: async (options) => end(await actions.health(options, AROUND)),
    stop: () => say(HOW_TO_STOP),
    version: () => say(VERSION),
  });
  if (!isCommand) process.exitCode = EXIT.usage;
}

async function start(options: ConfigOption): Promise<void> {
  const signals = watchSignals();
  let reload = (): void => {};
  // Without a listener it would end the process, also while it starts.
  process.on('SIGHUP', () => reload());
  const loaded = await loadConfig(options, AROUND);
  if (!loaded.ok) return end(loaded.exitCode);
  const reloadConfig = await createLoader(options);
  const { startApp } = await import('./app.ts');
  try {
    const app = await startApp(loaded.config, {
      clock: systemClock,
      stdout: process.stdout,
      isTerminal: process.stderr.isTTY,
      environment: process.env,
      configFile: loaded.file,
      loadConfig: reloadConfig,
    });
    if (signals.isStopWanted()) {
      await app.stop();
      process.exit(EXIT.ok);
    }
    installTerminus(app);
    reload = () => app.reload();
  } catch (error) {
    signals.remove();
    process.stderr.write(`fluffy cannot start: ${explain(error)}\n`);
    process.exitCode = EXIT.failed;
  }
}

/** Reads the configuration as at the start. */
async function createLoader({ config: configPath }: ConfigOption): Promise<() => LoadedConfig> {
  const [{ loadConfig: load }, { isCronExpression, isEndless }] = await Promise.all([
    import('./config/load.ts'),
    import('./reports/cron-judge.ts'),
  ]);
  return () => load({ configPath, env: process.env, cwd: process.cwd(), isCronExpression, isEndless });
}

/** A sentence for what can be expected to go wrong; the stack for what can't. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isBug = [TypeError, RangeError, ReferenceError, SyntaxError].some((bug) => error instanceof bug);
  return isBug ? (error.stack ?? error.message) : error.message;
}

/** Health checks and the orderly end. Terminus' own timeout covers HTTP only; the app has its own deadline. */
function installTerminus(app: App): void {
  createTerminus(app.server, {
    signals: ['SIGTERM', 'SIGINT'],
    // As process 1 of a container a signal sent to oneself does nothing: the exit must be a call.
    useExit0: true,
    timeout: HTTP_STOP_MS,
    healthChecks: {
      [HEALTH_LIVE_PATH]: async () => {},
      [HEALTH_READY_PATH]: async () => {
        const problems = app.problems();
        if (problems.length > 0) throw new HealthCheckError('not ready', problems);
      },
    },
    beforeShutdown: async () => app.endStreams(),
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

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function end(exitCode: ExitCode): void {
  process.exitCode = exitCode;
}

await main(process.argv);
