// The composition root: the only file that knows every part. Builds them, connects them along the data path, and
// takes them down in reverse order.
import type { Server } from 'node:http';
import type { Writable } from 'node:stream';
import { AGGREGATOR_LIMITS } from './aggregate/aggregator.ts';
import { Totals } from './aggregate/totals.ts';
import { AlertEngine } from './alerts/engine.ts';
import type { AlertEvent } from './alerts/rule.ts';
import { CleanUps } from './clean-up.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config/schema.ts';
import { findProblems } from './http/api.ts';
import type { Snapshot } from './http/api.ts';
import { createHttpServer, listen } from './http/server.ts';
import { createLogger } from './logger.ts';
import type { Logger } from './logger.ts';
import { createConsole } from './outputs/console.ts';
import { createAlertFile, createReportFile } from './outputs/file.ts';
import type { Output } from './outputs/output.ts';
import { RotatingFile } from './outputs/rotating-file.ts';
import type { RotatingFileOptions } from './outputs/rotating-file.ts';
import { createParser } from './parse/detect.ts';
import { Pipeline } from './pipeline.ts';
import { createReportRenderer } from './reports/render.ts';
import { startScheduler } from './reports/scheduler.ts';
import { ReportSummary } from './reports/summary.ts';
import { createFollower } from './source/follow.ts';
import type { Source } from './source/source.ts';
import { VERSION } from './version.ts';

const TICK_MS = 200;
const POLL_MS = 250;
const GRACE_MS = 60_000;
/** For everything that is stopped; `docker stop` shall see the end within two seconds. */
const STOP_MS = 1400;
/** Of that, for reading what the log still holds. */
const LAST_READ_MS = 700;

export interface AppOptions {
  readonly clock: Clock;
  readonly stdout: Writable;
  /** Standard error is a terminal: operational logs are for a person. */
  readonly isTerminal: boolean;
}

export interface App {
  readonly server: Server;
  /** The port that is listened on. */
  readonly port: number;
  readonly logger: Logger;
  /** Why the monitor is not ready; empty when it is. */
  problems(): string[];
  /** Processes what was written, writes the running report as partial, and closes everything. Never rejects. */
  stop(): Promise<void>;
}

/** Starts monitoring. Rejects, with everything closed again, when it can't listen; a log's problems are states. */
export async function startApp(config: Config, options: AppOptions): Promise<App> {
  const cleanUps = new CleanUps(options.clock);
  const logger = await openLogger(config, options, cleanUps);
  const stop = async (): Promise<void> => {
    await cleanUps.run(STOP_MS, (name, error) => logger.error({ err: error, step: name }, 'clean-up failed'));
  };
  try {
    const monitor = createMonitor(config, options, logger);
    cleanUps.add('outputs', async () => {
      await Promise.all(monitor.outputs.map((output) => output.close()));
    });
    const server = createHttpServer(monitor.snapshot);
    const port = await listen(server, config.http.address, config.http.port);
    cleanUps.add('http', () => {
      server.close();
      server.closeAllConnections();
    });
    runMonitor(monitor, { config, clock: options.clock, logger, cleanUps });
    logger.info({ version: VERSION, port, ...describe(config) }, 'fluffy watches');
    return { server, port, logger, problems: () => findProblems(monitor.snapshot()), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Monitor {
  readonly outputs: readonly Output[];
  readonly source: Source;
  readonly pipeline: Pipeline;
  readonly summary: ReportSummary;
  readonly snapshot: () => Snapshot;
}

/** Connects the parts; nothing runs yet, but the output files are open. */
function createMonitor(config: Config, { clock, stdout }: AppOptions, logger: Logger): Monitor {
  const startedMs = clock.now();
  const outputs = openOutputs(config, { clock, stdout, logger });
  const totals = new Totals();
  const rule = { name: 'traffic', windowSeconds: config.alertWindowSeconds, threshold: config.threshold };
  const engine = new AlertEngine(rule, (event) => {
    logger.debug({ alert: event }, 'alert changed');
    publish(outputs, event);
  });
  const summary = new ReportSummary({
    top: config.reportTop,
    pathsMax: AGGREGATOR_LIMITS.pathsMax,
    emit: (report) => outputs.forEach((output) => output.report?.(report)),
  });
  const pipeline: Pipeline = new Pipeline({
    createParser: () => createParser(config.logFormat),
    lineBytesMax: config.lineBytesMax,
    latenessSeconds: config.latenessSeconds,
    consumers: [totals, engine, summary],
    now: () => clock.now(),
    look: () => source.states(),
    formatFound: (path, format) => logger.info({ path, format }, 'log format found'),
  });
  const source = createFollower({
    filename: config.filename,
    startFrom: config.startFrom,
    pollIntervalMs: POLL_MS,
    graceMs: GRACE_MS,
    clock,
    logger: logger.child({ part: 'source' }),
    sink: pipeline,
  });
  const snapshot = (): Snapshot => ({
    version: VERSION,
    startedMs,
    nowMs: clock.now(),
    totals,
    logs: pipeline.logs(),
    sources: source.states(),
    rules: [engine.state()],
    outputs: outputs.map((output) => output.state()),
    limits: pipeline.limits(),
  });
  return { outputs, source, pipeline, summary, snapshot };
}

interface RunContext {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly cleanUps: CleanUps;
}

/** Sets the parts going: the source, the clock that closes seconds, the schedule of reports. */
function runMonitor(
  { source, pipeline, summary }: Monitor,
  { config, clock, logger, cleanUps }: RunContext,
): void {
  cleanUps.add('last report', () => {
    pipeline.finish();
    summary.finish(Math.floor(clock.now() / 1000));
  });
  source.start();
  cleanUps.add('source', () => source.stop(LAST_READ_MS));
  cleanUps.add(
    'clock',
    clock.every(TICK_MS, () => pipeline.advance()),
  );
  const stopScheduler = startScheduler({
    reportTime: config.reportTime,
    timezone: config.timezone,
    clock,
    logger: logger.child({ part: 'scheduler' }),
    due: (boundarySeconds) => summary.cutAt(boundarySeconds),
  });
  cleanUps.add('scheduler', stopScheduler);
}

async function openLogger(config: Config, options: AppOptions, cleanUps: CleanUps): Promise<Logger> {
  const file =
    config.logPath === null ? null : new RotatingFile(rotation(config, config.logPath, options.clock));
  if (file !== null) cleanUps.add('log file', () => file.close());
  return createLogger({ level: config.logLevel, isTerminal: options.isTerminal, file });
}

interface OutputContext {
  readonly clock: Clock;
  readonly stdout: Writable;
  readonly logger: Logger;
}

function openOutputs(config: Config, { clock, stdout, logger }: OutputContext): Output[] {
  const renderReport = createReportRenderer(config.timezone);
  const problemChanged = (path: string, problem: string | null): void => {
    if (problem === null) logger.info({ path }, 'output can be written again');
    else logger.error({ path, problem }, 'output cannot be written; what it is owed is kept');
  };
  const fileOptions = (path: string): RotatingFileOptions => ({
    ...rotation(config, path, clock),
    problemChanged,
  });
  const outputs = [
    createConsole({ stream: stdout, format: config.output, hasReports: config.reportStdout, renderReport }),
  ];
  if (config.alertPath !== null) outputs.push(createAlertFile(fileOptions(config.alertPath)));
  if (config.reportPath !== null)
    outputs.push(createReportFile(fileOptions(config.reportPath), renderReport));
  return outputs;
}

function rotation(config: Config, path: string, clock: Clock): RotatingFileOptions {
  return { path, fileBytesMax: config.fileBytesMax, fileCountMax: config.fileCountMax, clock };
}

function publish(outputs: readonly Output[], event: AlertEvent): void {
  for (const output of outputs) output.alert?.(event);
}

function describe(config: Config): Record<string, unknown> {
  const { filename, startFrom, threshold, alertWindowSeconds, alertPath, reportPath } = config;
  return { filename, startFrom, threshold, alertWindowSeconds, alertPath, reportPath };
}
