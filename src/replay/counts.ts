// What the pieces of a replay have counted, added up in the order of the pieces.
import { addOutside, NONE_OUTSIDE } from '../log.ts';
import type { LogState, PipelineCounts, PipelineLimits } from '../pipeline.ts';
import { LogTelemetry } from '../telemetry.ts';

export const NO_COUNTS: PipelineCounts = {
  logs: [],
  limits: { lateRecords: 0, futureRecords: 0, otherPathRecords: 0, forcedSeconds: 0 },
  outside: NONE_OUTSIDE,
  finishedLogs: 0,
};

/** A log that was open at the end of the one piece is read on by the next. */
export function addCounts(before: PipelineCounts, next: PipelineCounts): PipelineCounts {
  const finished = before.logs.slice(0, before.finishedLogs);
  const open = new Map(before.logs.slice(before.finishedLogs).map((log) => [log.path, log]));
  const logs = next.logs.map((log) => addLogs(open.get(log.path), log));
  return {
    logs: [...finished, ...logs],
    limits: addLimits(before.limits, next.limits),
    outside: addOutside(before.outside, next.outside),
    finishedLogs: finished.length + next.finishedLogs,
  };
}

function addLogs(before: LogState | undefined, next: LogState): LogState {
  if (before === undefined) return next;
  const sum = new LogTelemetry();
  for (const each of [before, next]) sum.merge(each);
  return { ...next, hasRecords: before.hasRecords || next.hasRecords, ...sum.snapshot() };
}

function addLimits(a: PipelineLimits, b: PipelineLimits): PipelineLimits {
  return {
    lateRecords: a.lateRecords + b.lateRecords,
    futureRecords: a.futureRecords + b.futureRecords,
    otherPathRecords: a.otherPathRecords + b.otherPathRecords,
    forcedSeconds: a.forcedSeconds + b.forcedSeconds,
  };
}
