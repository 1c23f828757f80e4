// What is to be said of the logs that suggestions were learnt from.
import type { LogState, PipelineLimits } from '../pipeline.ts';
import { sumFailures } from '../telemetry.ts';

interface ReadLogs {
  readonly logs: readonly LogState[];
  readonly limits: PipelineLimits;
  /** Records outside the span. */
  readonly outsideRecords: number;
  /** Of files that could not be read to their end. */
  readonly problems: readonly string[];
}

interface Run {
  /** How long it took. */
  readonly seconds: number;
  readonly isInterrupted: boolean;
}

/** For JSON. */
export function readingOf({ logs, limits, outsideRecords, problems }: ReadLogs): Record<string, unknown> {
  const failures = Object.fromEntries([...sumFailures(logs)].filter(([, lines]) => lines > 0));
  return { lines: countLines(logs), failures, lateRecords: limits.lateRecords, outsideRecords, problems };
}

/** One sentence a line. */
export function describeHistory(
  { logs, limits, outsideRecords, problems }: ReadLogs,
  { seconds, isInterrupted }: Run,
): string[] {
  const lines = countLines(logs);
  const failures = [...sumFailures(logs).values()].reduce((sum, count) => sum + count, 0);
  const count = (amount: number): string => amount.toLocaleString('en');
  const files = logs.length === 1 ? '1 file' : `${count(logs.length)} files`;
  return [
    ...(isInterrupted ? ['interrupted: this is what was read so far'] : []),
    `read ${count(lines)} lines of ${files} in ${seconds.toFixed(1)} s`,
    ...(lines === failures ? ['none of it is a record of an access log; fluffy check FILE tells more'] : []),
    ...(failures > 0 && lines > failures ? [`${count(failures)} lines could not be read`] : []),
    ...(outsideRecords > 0 ? [`${count(outsideRecords)} requests were outside --from and --to`] : []),
    ...(limits.lateRecords > 0
      ? [`${count(limits.lateRecords)} requests came after their second had closed`]
      : []),
    ...problems,
  ];
}

function countLines(logs: readonly LogState[]): number {
  return logs.reduce((sum, log) => sum + log.lines, 0);
}
