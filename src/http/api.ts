// What the running monitor says of itself, as the JSON of `/status` and the reasons of `/health/ready`. Pure: made
// from the states of the parts at the moment of the question.
import type { AlertStanding } from '../alerts/alerting.ts';
import type { Silence } from '../alerts/notifier.ts';
import type { Ending, MetricName, RuleStanding, Severity } from '../alerts/rule.ts';
import { unitOf } from '../alerts/summary.ts';
import type { Totals } from '../aggregate/totals.ts';
import type { OutputState } from '../outputs/output.ts';
import type { ProcessUsage } from '../process-usage.ts';
import type { LogState, PipelineLimits } from '../pipeline.ts';
import { describeSkew } from '../skew.ts';
import type { CheckpointsState } from '../store/checkpoints.ts';
import type { SourceProblem, SourceState, SourceWarning } from '../source/source.ts';

/** The states of all parts at one moment. */
export interface Snapshot {
  readonly version: string;
  readonly startedMs: number;
  readonly nowMs: number;
  readonly totals: Totals;
  readonly logs: readonly LogState[];
  readonly sources: readonly SourceState[];
  readonly rules: readonly AlertStanding[];
  readonly silences: readonly Silence[];
  readonly outputs: readonly OutputState[];
  readonly store: CheckpointsState;
  readonly limits: PipelineLimits;
  readonly usage: ProcessUsage;
  /** Requests that are missing in the history. */
  readonly historyDropped: number;
}

export interface Status {
  readonly version: string;
  readonly uptimeSeconds: number;
  readonly healthy: boolean;
  /** One sentence for each reason why not. */
  readonly problems: readonly string[];
  readonly totals: {
    readonly lines: number;
    readonly requests: number;
    readonly errors: number;
    readonly bytes: number;
    readonly parseFailures: number;
    readonly lateRecords: number;
  };
  /** Requests by status code. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly sources: readonly SourceStatus[];
  readonly alerts: readonly AlertStatus[];
  /** Rules whose alerts nobody is told of for now. */
  readonly silences: readonly SilenceStatus[];
  readonly outputs: readonly OutputState[];
  /** The database that a restart goes on from; its path is null when there is none. */
  readonly store: Pick<CheckpointsState, 'path' | 'problem'>;
  /** Records or texts for which a bound was hit, by bound; 0 when it never was. */
  readonly limits: Readonly<Record<string, number>>;
}

export interface SourceStatus {
  readonly path: string;
  readonly inode: number | null;
  readonly offset: number;
  readonly lagBytes: number;
  /** Null when no line was read since the start. */
  readonly lastLineAgeSeconds: number | null;
  readonly lines: number;
  readonly parseFailures: Readonly<
    Record<string, { readonly lines: number; readonly sample: string; readonly column: number }>
  >;
  readonly format: string;
  readonly problem: SourceProblem | null;
  /** What will go wrong with it; it is healthy all the same. */
  readonly warning: SourceWarning | null;
  /** How often lines were, or may have been, removed before they could be read. */
  readonly possibleLoss: number;
}

export interface AlertStatus {
  readonly rule: string;
  readonly metric: MetricName;
  readonly severity: Severity;
  readonly state: RuleStanding;
  /** Silenced, or in maintenance: nobody is told. */
  readonly muted: boolean;
  /** Null when there is none, as a share of no requests. */
  readonly value: number | null;
  readonly unit: string;
  readonly comparison: 'above' | 'below';
  readonly threshold: number;
  /** What fires is over when the value has been on the other side of this … */
  readonly recoverThreshold: number;
  /** … for so long. */
  readonly recoverForSeconds: number;
  /** The first of the windows, if there are several. */
  readonly windowSeconds: number;
  /** Event time of the last change; null when there was none. */
  readonly sinceTime: string | null;
  /** Of its last alert; null when that fires still or there was none, and when it is not known. */
  readonly ending: Ending | null;
  /** What it needs and no request has told, a sentence: its value says nothing. Null: nothing. */
  readonly neverKnown: string | null;
}

export interface SilenceStatus {
  readonly rule: string;
  readonly untilTime: string;
  readonly reason: string;
}

export function createStatus(snapshot: Snapshot): Status {
  const { totals, limits, outputs } = snapshot;
  const problems = findProblems(snapshot);
  return {
    version: snapshot.version,
    uptimeSeconds: Math.floor((snapshot.nowMs - snapshot.startedMs) / 1000),
    healthy: problems.length === 0,
    problems,
    totals: {
      lines: sum(snapshot.logs, (log) => log.lines),
      requests: totals.requests,
      errors: totals.errors,
      bytes: totals.bytesSent,
      parseFailures: sum(snapshot.logs, (log) => sum(log.failures, ({ lines }) => lines)),
      lateRecords: limits.lateRecords,
    },
    statuses: Object.fromEntries(totals.statuses()),
    sources: snapshot.sources.map((source) => createSourceStatus(source, snapshot)),
    alerts: snapshot.rules.map(createAlertStatus),
    silences: snapshot.silences.map(({ rule, untilSeconds, reason }) => ({
      rule,
      untilTime: formatTime(untilSeconds),
      reason,
    })),
    outputs,
    store: { path: snapshot.store.path, problem: snapshot.store.problem },
    limits: {
      futureRecords: limits.futureRecords,
      otherPathRecords: limits.otherPathRecords,
      forcedSeconds: limits.forcedSeconds,
      linesTooLong: sum(
        snapshot.logs,
        (log) => log.failures.find(({ reason }) => reason === 'line-too-long')?.lines ?? 0,
      ),
      droppedOutputs: sum(outputs, ({ dropped }) => dropped),
      // Only said when it has happened: without history it has no meaning.
      ...(snapshot.historyDropped > 0 ? { historyDroppedRequests: snapshot.historyDropped } : {}),
    },
  };
}

/** Why the monitor is not ready: a log that can't be read or understood, an output or a state that can't be written. */
export function findProblems(
  snapshot: Pick<Snapshot, 'sources' | 'logs' | 'outputs'> & {
    readonly store: Pick<CheckpointsState, 'problem'>;
  },
): string[] {
  const { problem: storeProblem } = snapshot.store;
  return [
    ...(storeProblem === null ? [] : [storeProblem]),
    ...snapshot.sources.flatMap(({ problem }) => (problem === null ? [] : [problem.message])),
    ...snapshot.logs.filter(({ isUnread }) => isUnread).map(unreadOf),
    ...snapshot.logs.flatMap(skewOf),
    ...snapshot.outputs.flatMap(({ problem }) => (problem === null ? [] : [problem])),
  ];
}

function unreadOf({ path }: LogState): string {
  return `lines of ${path} are written but can't be read: fluffy check shows where they do not fit`;
}

function skewOf({ path, skewSeconds }: LogState): string[] {
  if (skewSeconds === null) return [];
  return [
    `the times in ${path} are ${describeSkew(skewSeconds)}: no alert sees its requests; set timezone, or correct the clock of the server`,
  ];
}

function createSourceStatus(source: SourceState, snapshot: Snapshot): SourceStatus {
  const log = snapshot.logs.find(({ path }) => path === source.path);
  const lastReadMs = log?.lastReadMs ?? null;
  return {
    path: source.path,
    inode: source.inode,
    offset: source.offset,
    lagBytes: source.lagBytes,
    lastLineAgeSeconds:
      lastReadMs === null ? null : Math.max(0, Math.round((snapshot.nowMs - lastReadMs) / 1000)),
    lines: log?.lines ?? 0,
    parseFailures: Object.fromEntries(
      (log?.failures ?? []).map(({ reason, ...failure }) => [reason, failure] as const),
    ),
    format: log?.format ?? 'auto',
    problem: source.problem,
    warning: source.warning,
    possibleLoss: source.possibleLoss,
  };
}

function createAlertStatus(alert: AlertStanding): AlertStatus {
  const { rule, standing, isMuted, value, sinceSeconds, ending, neverKnown } = alert;
  const { name, metric, severity, comparison, threshold, windowsSeconds } = rule;
  const { recoverThreshold, recoverForSeconds } = rule;
  return {
    rule: name,
    metric,
    severity,
    state: standing,
    muted: isMuted,
    value,
    unit: unitOf(rule),
    comparison,
    threshold,
    recoverThreshold,
    recoverForSeconds,
    windowSeconds: windowsSeconds[0],
    sinceTime: sinceSeconds === null ? null : formatTime(sinceSeconds),
    ending,
    neverKnown,
  };
}

function formatTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
