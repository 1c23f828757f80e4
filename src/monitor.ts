// Builds the parts of the monitor and connects them along the data path; app.ts sets them going and takes them down. A
// composition root: it knows every part.
import type { Writable } from 'node:stream';
import { AGGREGATOR_DEFAULTS } from './aggregate/aggregator-options.ts';
import type { SecondDetails } from './aggregate/aggregator-options.ts';
import { Totals } from './aggregate/totals.ts';
import { Alerting } from './alerts/alerting.ts';
import { createAlertingRules } from './alerting-rules.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config/schema.ts';
import { explainFolder } from './folder-access.ts';
import { countCores } from './cores.ts';
import { History, HISTORY_DETAILS } from './history/history.ts';
import { findProblems } from './http/api.ts';
import type { Snapshot } from './http/api.ts';
import { ALERTS_MAX, Live } from './live/live.ts';
import { createLiveSources } from './live/sources.ts';
import type { Logger } from './logger.ts';
import { createChannels } from './outputs/channels.ts';
import { createOutputs } from './outputs/open.ts';
import { Outbox } from './outputs/outbox.ts';
import type { Output } from './outputs/output.ts';
import type { Environment } from './outputs/secret.ts';
import { anonymiseLine } from './parse/anonymise.ts';
import { createLogParser } from './parse/log-parser.ts';
import { Pipeline } from './pipeline.ts';
import type { PipelineOptions } from './pipeline.ts';
import { readProcessUsage } from './process-usage.ts';
import { createReadingNotices } from './reading-notices.ts';
import { ReportSummary } from './reports/summary.ts';
import { openState, restoreState } from './resumption.ts';
import { createFollower } from './source/follow.ts';
import type { Source, SourcePositions, SourceState } from './source/source.ts';
import { Checkpoints } from './store/checkpoints.ts';
import type { Part } from './store/checkpoints.ts';
import { openStore } from './store/sqlite.ts';
import type { StoreOpening } from './store/store.ts';
import { VERSION } from './version.ts';

const POLL_MS = 250;
const GRACE_MS = 60_000;

export interface MonitorOptions {
  readonly clock: Clock;
  readonly stdout: Writable;
  readonly logger: Logger;
  /** Of the process, for the secrets that are there. */
  readonly environment: Environment;
}

export interface Monitor {
  readonly outbox: Outbox;
  readonly checkpoints: Checkpoints;
  readonly source: Source;
  readonly pipeline: Pipeline;
  readonly alerting: Alerting;
  readonly summary: ReportSummary;
  readonly live: Live;
  /** What Seconds must tell, for all who are told. */
  readonly details: () => SecondDetails;
  readonly snapshot: () => Snapshot;
}

/** Opens the database too, from which the parts go on if there is anything in it. */
export async function createMonitor(config: Config, options: MonitorOptions): Promise<Monitor> {
  const { clock, logger } = options;
  const startedMs = clock.now();
  const channels = await createChannels(config.channels, {
    clock,
    environment: options.environment,
    firing: () => alerting.firing(),
  });
  const outbox: Outbox = createOutbox(config, options, {
    channels,
    added: () => checkpoints.commitSoon(),
  });
  const totals = new Totals();
  const history = createHistory(config, clock, {
    commitSoon: () => checkpoints.commitSoon(),
    isFull: () => checkpoints.isFull,
  });
  const details = (): SecondDetails => unite(alerting.details, history);
  const alerting = new Alerting({
    ...createAlertingRules(config),
    anonymiseLine: config.anonymiseIp ? anonymiseLine : null,
    tell: (alert) => outbox.add({ type: 'alert', alert }),
    changed: (alert) => {
      history?.addAlert(alert);
      logger.debug({ alert }, 'alert changed');
      live.addAlert(alert);
    },
    sourceProblem: (isAbout) => problemOf(source.states(), isAbout),
  });
  const summary = new ReportSummary({
    top: config.reportTop,
    pathsMax: AGGREGATOR_DEFAULTS.pathsMax,
    emit: (report) => outbox.add({ type: 'report', report }),
  });
  const live = createLive(alerting, clock, () => snapshot());
  const pipeline = createPipeline(config, options, {
    details: details(),
    consumers: [totals, alerting, summary, live, ...(history === null ? [] : [history])],
    look: () => source.states(),
  });
  // In the order in which they are restored; the pipeline comes after its consumers, as it tells them how far time has come.
  const parts = {
    totals,
    ...alerting.parts,
    report: summary,
    'dead-letters': outbox.deadLetters,
    pipeline,
  };
  const checkpoints = createCheckpoints(config.statePath, options, {
    parts: [
      { name: 'positions', snapshot: () => source.positions() },
      ...Object.entries(parts).map(([name, part]) => ({ name, snapshot: () => part.snapshot() })),
    ],
    outbox,
    history,
  });
  const resumeFrom = restoreState(openState(checkpoints, logger), { logger, outbox, parts });
  const source: Source = createSource(config, options, { resumeFrom, sink: pipeline });
  // What fired when the state was saved fires still, with reasons from the requests that were saved.
  live.restoreAlerts(history === null ? [] : checkpoints.newestAlerts(ALERTS_MAX), alerting.firing());
  const monitor = { outbox, checkpoints, source, pipeline, alerting, summary, details };
  const rest = { totals, startedMs, history, clock };
  const snapshot = (): Snapshot => createSnapshot(monitor, rest);
  return { ...monitor, live, snapshot };
}

function createSource(
  config: Config,
  { clock, logger }: MonitorOptions,
  { resumeFrom, sink }: { readonly resumeFrom: SourcePositions | null; readonly sink: Pipeline },
): Source {
  return createFollower({
    filename: config.filename,
    startFrom: config.startFrom,
    resumeFrom,
    isResumable: config.statePath !== null,
    ...(config.statePath === null ? {} : { unpackFolder: `${config.statePath}-unpacked` }),
    pollIntervalMs: POLL_MS,
    graceMs: GRACE_MS,
    clock,
    logger: logger.child({ part: 'source' }),
    sink,
  });
}

function createPipeline(
  config: Config,
  { clock, logger }: MonitorOptions,
  rest: Pick<PipelineOptions, 'details' | 'consumers' | 'look'>,
): Pipeline {
  return new Pipeline({
    ...rest,
    createParser: (saved) => createLogParser(config, saved),
    lineBytesMax: config.lineBytesMax,
    latenessSeconds: config.latenessSeconds,
    isReplay: false,
    paths: { templatesIds: config.templatePaths, patterns: config.pathPatterns },
    now: () => clock.now(),
    ...createReadingNotices(config.timezone, logger),
  });
}

function createLive(alerting: Alerting, clock: Clock, snapshot: () => Snapshot): Live {
  return new Live({
    now: () => clock.now(),
    look: () => {
      const { version, nowMs, startedMs, rules, silences, ...now } = snapshot();
      const problems = findProblems({ ...now, sources: [] });
      const sources = createLiveSources(now.sources, now.logs, nowMs);
      return {
        version,
        nowMs,
        startedMs,
        rules,
        silences,
        sources,
        sourceCount: now.sources.length,
        problems,
      };
    },
    standings: () => alerting.standings(),
    recent: () => alerting.recent,
  });
}

interface SnapshotContext {
  readonly totals: Totals;
  readonly startedMs: number;
  readonly history: History | null;
  readonly clock: Clock;
}

function createSnapshot(
  { outbox, checkpoints, source, pipeline, alerting }: Omit<Monitor, 'snapshot' | 'details' | 'live'>,
  { totals, startedMs, history, clock }: SnapshotContext,
): Snapshot {
  return {
    totals,
    startedMs,
    nowMs: clock.now(),
    historyDropped: history?.droppedRequests ?? 0,
    version: VERSION,
    logs: pipeline.logs(),
    sources: source.states(),
    rules: alerting.standings(),
    silences: alerting.silences,
    outputs: outbox.states(),
    store: checkpoints.state(),
    limits: pipeline.limits(),
    usage: readProcessUsage(),
  };
}

/** What is wrong with the first of those logs that can't be read. */
function problemOf(sources: readonly SourceState[], isAbout: (path: string) => boolean): string | null {
  return sources.find(({ path, problem }) => problem !== null && isAbout(path))?.problem?.message ?? null;
}

interface OutboxContext {
  readonly channels: readonly Output[];
  readonly added: () => void;
}

function createOutbox(
  config: Config,
  { clock, stdout, logger }: MonitorOptions,
  { channels, added }: OutboxContext,
): Outbox {
  return new Outbox({
    outputs: [...createOutputs({ ...config, stdout }), ...channels],
    clock,
    added,
    problemChanged: (output, problem) => {
      if (problem === null) logger.info({ output }, 'output can be written again');
      else logger.error({ output, problem }, 'output cannot be written; what it is owed is kept');
    },
  });
}

function createHistory(
  config: Config,
  clock: Clock,
  commits: { readonly commitSoon: () => void; readonly isFull: () => boolean },
): History | null {
  if (!config.hasHistory) return null;
  const { historySeconds: keepSeconds, historyBytesMax: bytesMax } = config;
  return new History({ keepSeconds, bytesMax, now: () => clock.now(), ...commits });
}

function unite(details: SecondDetails, history: History | null): SecondDetails {
  if (history === null) return details;
  return {
    ...details,
    hasSamples: details.hasSamples || HISTORY_DETAILS.hasSamples,
    hasClients: details.hasClients || HISTORY_DETAILS.hasClients,
    hasSources: details.hasSources || HISTORY_DETAILS.hasSources,
  };
}

/** With what can be done about a folder that can't be written into. */
function explain(opening: StoreOpening, path: string): StoreOpening {
  if (opening.ok || opening.reason !== 'unavailable') return opening;
  const reason = explainFolder(path);
  return reason === null ? opening : { ...opening, message: `${opening.message}: ${reason}` };
}

interface Saved {
  readonly history: History | null;
  readonly parts: readonly Part[];
  readonly outbox: Outbox;
}

function createCheckpoints(
  path: string | null,
  { clock, logger }: MonitorOptions,
  { parts, outbox, history }: Saved,
): Checkpoints {
  return new Checkpoints({
    path,
    open: (file) => explain(openStore(file, clock.now()), file),
    parts,
    events: outbox,
    ...(history === null ? {} : { history }),
    hasBackground: countCores() > 1,
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
