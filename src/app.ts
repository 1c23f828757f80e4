// The composition root: the only file that knows every part. Builds them, connects them along the data path, and
// takes them down in reverse order.
import type { Server } from 'node:http';
import type { Writable } from 'node:stream';
import { AGGREGATOR_DEFAULTS } from './aggregate/aggregator.ts';
import { Totals } from './aggregate/totals.ts';
import { AlertEngine } from './alerts/engine.ts';
import { CleanUps } from './clean-up.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config/schema.ts';
import { findProblems } from './http/api.ts';
import type { Snapshot } from './http/api.ts';
import { createHttpServer, listen } from './http/server.ts';
import { createLogger } from './logger.ts';
import type { Logger } from './logger.ts';
import { createLogFile } from './outputs/log-file.ts';
import { createOutputs } from './outputs/open.ts';
import { Outbox } from './outputs/outbox.ts';
import { createLogParser } from './parse/log-parser.ts';
import { Pipeline } from './pipeline.ts';
import { createReadingNotices } from './reading-notices.ts';
import { startScheduler } from './reports/scheduler.ts';
import { ReportSummary } from './reports/summary.ts';
import { createFollower } from './source/follow.ts';
import { parsePositions } from './source/positions.ts';
import type { Source, SourcePositions } from './source/source.ts';
import { Checkpoints } from './store/checkpoints.ts';
import type { Part } from './store/checkpoints.ts';
import { openStore } from './store/sqlite.ts';
import type { SavedState } from './store/store.ts';
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

/**
 * Starts monitoring. Rejects, with everything closed again, when it can't listen or when the state database belongs
 * to another fluffy; what is wrong with a log or an output is a state.
 */
export async function startApp(config: Config, options: AppOptions): Promise<App> {
  const cleanUps = new CleanUps(options.clock);
  const logger = await openLogger(config, options, cleanUps);
  const stop = async (): Promise<void> => {
    await cleanUps.run(STOP_MS, (name, error) => logger.error({ err: error, step: name }, 'clean-up failed'));
  };
  try {
    const monitor = createMonitor(config, options, logger);
    cleanUps.add('state', () => monitor.checkpoints.close());
    monitor.outbox.open();
    cleanUps.add('outputs', () => monitor.outbox.close());
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
  readonly outbox: Outbox;
  readonly checkpoints: Checkpoints;
  readonly source: Source;
  readonly pipeline: Pipeline;
  readonly summary: ReportSummary;
  readonly snapshot: () => Snapshot;
}

/** Builds the parts and connects them, and opens the database, from which they go on if there is anything in it. */
function createMonitor(config: Config, options: AppOptions, logger: Logger): Monitor {
  const { clock } = options;
  const startedMs = clock.now();
  const outbox: Outbox = createOutbox(config, options, { logger, added: () => checkpoints.commitSoon() });
  const totals = new Totals();
  const rule = { name: 'traffic', windowSeconds: config.alertWindowSeconds, threshold: config.threshold };
  const engine = new AlertEngine(rule, (alert) => {
    logger.debug({ alert }, 'alert changed');
    outbox.add({ type: 'alert', alert });
  });
  const summary = new ReportSummary({
    top: config.reportTop,
    pathsMax: AGGREGATOR_DEFAULTS.pathsMax,
    emit: (report) => outbox.add({ type: 'report', report }),
  });
  const pipeline: Pipeline = new Pipeline({
    createParser: (saved) => createLogParser(config, saved),
    lineBytesMax: config.lineBytesMax,
    latenessSeconds: config.latenessSeconds,
    isReplay: false,
    paths: { templatesIds: config.templatePaths, patterns: config.pathPatterns },
    consumers: [totals, engine, summary],
    now: () => clock.now(),
    look: () => source.states(),
    ...createReadingNotices(config.timezone, logger),
  });
  const checkpoints = createCheckpoints(config.statePath, {
    clock,
    logger,
    parts: [
      { name: 'positions', snapshot: () => source.positions() },
      { name: 'totals', snapshot: () => totals.snapshot() },
      { name: 'alerts', snapshot: () => engine.snapshot() },
      { name: 'report', snapshot: () => summary.snapshot() },
      // After its consumers, as it tells them how far time has come.
      { name: 'pipeline', snapshot: () => pipeline.snapshot() },
    ],
    outbox,
  });
  const resumeFrom = restoreState(openState(checkpoints, logger), {
    logger,
    outbox,
    parts: { totals, alerts: engine, report: summary, pipeline },
  });
  const source = createFollower({
    filename: config.filename,
    startFrom: config.startFrom,
    resumeFrom,
    isResumable: config.statePath !== null,
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
    outputs: outbox.states(),
    store: checkpoints.state(),
    limits: pipeline.limits(),
  });
  return { outbox, checkpoints, source, pipeline, summary, snapshot };
}

/** What an earlier process has left; null at a first start. */
function openState(checkpoints: Checkpoints, logger: Logger): SavedState | null {
  const { saved, notice } = checkpoints.open();
  if (notice !== null) logger.error({ path: checkpoints.state().path }, notice);
  return saved !== null && saved.parts.size > 0 ? saved : null;
}

interface RestoreContext {
  readonly logger: Logger;
  readonly outbox: Outbox;
  /** By the names under which they are saved, in the order in which they are restored. */
  readonly parts: Readonly<Record<string, { restore(saved: unknown): boolean }>>;
}

/** Hands every part what it has saved. Gives the positions from which the source goes on. */
function restoreState(
  saved: SavedState | null,
  { logger, outbox, parts }: RestoreContext,
): SourcePositions | null {
  if (saved === null) return null;
  const refuse = (part: string): void =>
    logger.error({ part }, 'what was saved of this part does not fit this version: it begins afresh');
  for (const [name, part] of Object.entries(parts)) if (!part.restore(saved.parts.get(name))) refuse(name);
  if (!outbox.restore(saved.outbox)) refuse('outbox');
  const positions = parsePositions(saved.parts.get('positions'));
  if (positions === null) refuse('positions');
  return positions;
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
  source.start();
  cleanUps.add('source', () => source.stop(LAST_READ_MS));
  cleanUps.add(
    'clock',
    clock.every(TICK_MS, () => pipeline.advance()),
  );
  checkpoints.start();
  const stopScheduler = startScheduler({
    reportTime: config.reportTime,
    timezone: config.timezone,
    clock,
    logger: logger.child({ part: 'scheduler' }),
    lastBoundarySeconds: summary.lastBoundarySeconds,
    due: (boundarySeconds) => summary.cutAt(boundarySeconds),
  });
  cleanUps.add('scheduler', stopScheduler);
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

interface OutboxContext {
  readonly logger: Logger;
  readonly added: () => void;
}

function createOutbox(
  config: Config,
  { clock, stdout }: AppOptions,
  { logger, added }: OutboxContext,
): Outbox {
  return new Outbox({
    outputs: createOutputs({ ...config, stdout }),
    clock,
    added,
    problemChanged: (output, problem) => {
      if (problem === null) logger.info({ output }, 'output can be written again');
      else logger.error({ output, problem }, 'output cannot be written; what it is owed is kept');
    },
  });
}

interface CheckpointsContext {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly parts: readonly Part[];
  readonly outbox: Outbox;
}

function createCheckpoints(
  path: string | null,
  { clock, logger, parts, outbox }: CheckpointsContext,
): Checkpoints {
  return new Checkpoints({
    path,
    open: (file) => openStore(file, clock.now()),
    parts,
    events: outbox,
    clock,
    problemChanged: (problem) => {
      if (problem === null) logger.info({ path }, 'the state can be saved again');
      else
        logger.error(
          { path, problem },
          'the state cannot be saved: a crash now would go back to what was saved last',
        );
    },
  });
}

function describe(config: Config): Record<string, unknown> {
  const { filename, startFrom, threshold, alertWindowSeconds, alertPath, reportPath } = config;
  return { filename, startFrom, threshold, alertWindowSeconds, alertPath, reportPath };
}
