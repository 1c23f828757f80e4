// The monitor as a whole: sets its parts going and takes them down in reverse order, and takes orders while it runs.
// monitor.ts builds the parts.
import type { Server } from 'node:http';
import type { Writable } from 'node:stream';
import { createAlertingRules } from './alerting-rules.ts';
import { CleanUps } from './clean-up.ts';
import type { Clock } from './clock.ts';
import { findChanges } from './config/changes.ts';
import { formatProblem } from './config/problem.ts';
import { findReplacement, watchConfigFile } from './config/watch.ts';
import type { Config, LoadedConfig } from './config/schema.ts';
import { findProblems } from './http/api.ts';
import type { Control } from './http/control.ts';
import { LiveStreams } from './http/live-streams.ts';
import { openPageFiles, PAGE_FOLDER } from './http/page-files.ts';
import { openAccess } from './http/open-access.ts';
import type { OpenAccess } from './http/open-access.ts';
import { createHttpServer, listen } from './http/server.ts';
import { SeriesDesk } from './history/series-desk.ts';
import type { SeriesEndpoint } from './http/series.ts';
import { createLogger } from './logger.ts';
import type { Logger } from './logger.ts';
import { createMonitor } from './monitor.ts';
import type { Monitor } from './monitor.ts';
import type { Environment } from './outputs/secret.ts';
import { createLogFile } from './outputs/log-file.ts';
import { createScheduler } from './reports/scheduler.ts';
import { startSeriesThread } from './store/series-worker.ts';
import { VERSION } from './version.ts';

const TICK_MS = 200;
/** From the start until the schedule of reports: time zones take a while to load, and the log comes first. */
const SCHEDULE_MS = 200;
/** Between two updates of the open pages. */
const LIVE_MS = 1000;
/** For everything that is stopped; `docker stop` shall see the end within two seconds. */
const STOP_MS = 1400;
/** Of that, for reading what the log still holds. */
const LAST_READ_MS = 700;

export interface AppOptions {
  readonly clock: Clock;
  readonly stdout: Writable;
  /** Standard error is a terminal: operational logs are for a person. */
  readonly isTerminal: boolean;
  /** Of the process, for the secrets that are there. */
  readonly environment: Environment;
  /** Where the configuration was read; null when there is no file. */
  readonly configFile: string | null;
  /** Reads the configuration again, for a reload. */
  readonly loadConfig: () => LoadedConfig;
}

export interface App {
  readonly server: Server;
  /** The port that is listened on. */
  readonly port: number;
  readonly logger: Logger;
  /** Why the monitor is not ready; empty when it is. */
  problems(): string[];
  /** Takes over what has changed in the configuration; one that is not valid is told and changes nothing. */
  reload(): void;
  /** Ends the open pages: the server's end waits for every connection. */
  endStreams(): void;
  /** Processes what was written, writes the running report as partial, and closes everything. Never rejects. */
  stop(): Promise<void>;
}

/**
 * Starts monitoring. Rejects, with everything closed again, when it can't listen or when the state database belongs
 * to another fluffy; what is wrong with a log or an output is a state.
 */
export async function startApp(config: Config, options: AppOptions): Promise<App> {
  const { clock, stdout, environment, configFile } = options;
  const cleanUps = new CleanUps(clock);
  const logger = await openLogger(config, options, cleanUps);
  const stop = async (): Promise<void> => {
    await cleanUps.run(STOP_MS, (name, error) => logger.error({ err: error, step: name }, 'clean-up failed'));
  };
  try {
    const monitor = await createMonitor(config, { clock, stdout, logger, environment });
    cleanUps.add('state', () => monitor.checkpoints.close());
    monitor.outbox.open();
    cleanUps.add('outputs', () => monitor.outbox.close());
    const access = createAccess(config, clock, logger);
    cleanUps.add('token watch', access.close);
    const control = createControl(config, options, { monitor, logger, access });
    const streams = new LiveStreams(monitor.live);
    const page = openPageFiles(PAGE_FOLDER);
    const series = openSeries(config, clock, cleanUps);
    const server = createHttpServer({
      snapshot: monitor.snapshot,
      access: access.access,
      control,
      streams,
      page,
      series,
    });
    const port = await listen(server, config.http.address, config.http.port);
    cleanUps.add('http', () => {
      streams.end();
      server.close();
      server.closeAllConnections();
    });
    runMonitor(monitor, { config, clock, logger, cleanUps });
    if (config.isConfigWatched && configFile !== null)
      cleanUps.add(
        'configuration watch',
        watchConfigFile(configFile, clock, () => void control.reload()),
      );
    cleanUps.add(
      'live',
      clock.every(LIVE_MS, () => streams.tick()),
    );
    logger.info({ version: VERSION, port, ...describe(config) }, 'fluffy watches');
    const problems = (): string[] => findProblems(monitor.snapshot());
    const endStreams = (): void => streams.end();
    return { server, port, logger, problems, reload: () => void control.reload(), endStreams, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** History for the page, read in a thread of its own; null when none is kept. */
function openSeries(
  { hasHistory, statePath }: Config,
  clock: Clock,
  cleanUps: CleanUps,
): SeriesEndpoint | null {
  if (!hasHistory || statePath === null) return null;
  const desk = new SeriesDesk({ start: (events) => startSeriesThread(statePath, events), clock });
  cleanUps.add('history queries', () => desk.close());
  return { ask: async (query, signal) => desk.ask(query, signal), now: () => clock.now() };
}

function createAccess({ http }: Config, clock: Clock, logger: Logger): OpenAccess {
  return openAccess({
    ...http,
    allowedHosts: [...http.allowedHosts, http.address.toLowerCase()],
    clock,
    problemChanged: (problem) => {
      if (problem === null) logger.info('the token file holds a token again');
      else logger.error({ problem }, 'the token file holds no token: the one of before stays good');
    },
  });
}

interface ControlContext {
  readonly monitor: Monitor;
  readonly logger: Logger;
  readonly access: OpenAccess;
}

/** What can be asked of the monitor while it runs. */
function createControl(
  started: Config,
  { loadConfig, configFile, clock }: AppOptions,
  { monitor, logger, access }: ControlContext,
): Control {
  const { alerting, checkpoints } = monitor;
  const nowSeconds = (): number => Math.floor(clock.now() / 1000);
  return {
    silence: ({ rule, seconds, reason }) => {
      if (!alerting.rules.some(({ name }) => name === rule))
        return { ok: false, known: alerting.rules.map(({ name }) => name) };
      alerting.silence({ rule, untilSeconds: nowSeconds() + seconds, reason });
      checkpoints.commit();
      logger.info({ rule, seconds, reason }, 'rule silenced: nobody is told of its alerts');
      return { ok: true };
    },
    unsilence: (rule) => {
      const isGone = alerting.unsilence(rule);
      checkpoints.commit();
      if (isGone) logger.info({ rule }, 'the silence of the rule is over');
      return isGone;
    },
    reload: () => {
      const loaded = loadConfig();
      const tokenProblem = access.look();
      const problems = [
        ...findReloadProblems(loaded, configFile),
        ...(tokenProblem === null ? [] : [tokenProblem]),
      ];
      if (!loaded.ok || problems.length > 0) {
        logger.error({ problems }, 'the configuration is not valid: what was valid before stays in force');
        return { ok: false, problems };
      }
      const changes = findChanges(started, loaded.config);
      alerting.change(createAlertingRules(loaded.config));
      monitor.pipeline.details = monitor.details();
      checkpoints.commit();
      logger.info(
        { rules: alerting.rules.map(({ name }) => name) },
        'configuration read again: its rules are in force',
      );
      if (changes.length > 0)
        logger.warn({ keys: changes }, 'what else has changed takes effect after a restart');
      return { ok: true, needRestart: changes };
    },
  };
}

/** A file that is gone would mean the defaults: nobody has asked for that. */
function findReloadProblems(loaded: LoadedConfig, configFile: string | null): string[] {
  const replacement = configFile === null ? null : findReplacement(configFile);
  if (replacement !== null) return [replacement];
  if (!loaded.ok) return loaded.problems.map(formatProblem);
  return configFile === null || loaded.file === configFile ? [] : [`${configFile}: is gone`];
}

interface RunContext {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly cleanUps: CleanUps;
}

/** Sets the parts going: the source, the clock that closes seconds, the schedule of reports. */
function runMonitor(
  { checkpoints, source, pipeline, summary }: Monitor,
  { config, clock, logger, cleanUps }: RunContext,
): void {
  cleanUps.add('last report', () => {
    pipeline.finish();
    summary.finish(Math.floor(clock.now() / 1000));
    checkpoints.commit();
  });
  const scheduler = createScheduler({
    reportTime: config.reportTime,
    timezone: config.timezone,
    clock,
    logger: logger.child({ part: 'scheduler' }),
    lastBoundarySeconds: summary.lastBoundarySeconds,
    due: (boundarySeconds) => summary.cutAt(boundarySeconds),
  });
  source.start();
  cleanUps.add('source', () => source.stop(LAST_READ_MS));
  cleanUps.add(
    'clock',
    clock.every(TICK_MS, () => pipeline.advance()),
  );
  checkpoints.start();
  const cancel = clock.after(SCHEDULE_MS, () => scheduler.start());
  cleanUps.add('scheduler', async () => {
    cancel();
    await scheduler.stop();
  });
  cleanUps.add('large commits', () => checkpoints.endSoon());
}

async function openLogger(config: Config, options: AppOptions, cleanUps: CleanUps): Promise<Logger> {
  const { logLevel: level, logPath: path, fileBytesMax, fileCountMax } = config;
  const { clock, isTerminal } = options;
  if (path === null) return createLogger({ level, isTerminal, file: null });
  const file = createLogFile({ path, fileBytesMax, fileCountMax }, clock, (problem) => {
    if (problem !== null) logger.error({ path, problem }, 'the log file cannot be written');
  });
  cleanUps.add('log file', () => file.close());
  const logger = await createLogger({ level, isTerminal, file });
  file.open();
  return logger;
}

function describe(config: Config): Record<string, unknown> {
  const { filename, startFrom, threshold, alertWindowSeconds, alertPath, reportPath } = config;
  return { filename, startFrom, threshold, alertWindowSeconds, alertPath, reportPath };
}
