// What is to be said of the logs that suggestions were learnt from.
import type { OutsideRecords } from '../log.ts';
import type { LogState, PipelineLimits } from '../pipeline.ts';
import { sumFailures } from '../telemetry.ts';
import { describeOutside } from './outside-span.ts';
import { describeUnreadLogs, findUnreadLogs } from './unread-logs.ts';

interface ReadLogs {
  readonly logs: readonly LogState[];
  readonly limits: PipelineLimits;
  readonly outside: OutsideRecords;
  /** Of files that could not be read to their end. */
  readonly problems: readonly string[];
}

interface Run {
  /** How long it took. */
  readonly seconds: number;
  readonly isInterrupted: boolean;
  /** Those that were learnt from. */
  readonly requests: number;
}

/** For JSON. */
export function readingOf({ logs, limits, outside, problems }: ReadLogs): Record<string, unknown> {
  const failures = Object.fromEntries([...sumFailures(logs)].filter(([, lines]) => lines > 0));
  const { lateRecords } = limits;
  const unreadLogs = findUnreadLogs(logs).map(({ path }) => path);
  return {
    lines: countLines(logs),
    failures,
    lateRecords,
    outsideRecords: outside.count,
    unreadLogs,
    problems,
  };
}

/** One sentence a line. */
export function describeHistory(
  { logs, limits, outside, problems }: ReadLogs,
  { seconds, isInterrupted, requests }: Run,
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
    ...describeOutside(outside, requests),
    ...(limits.lateRecords > 0
      ? [`${count(limits.lateRecords)} requests came after their second had closed`]
      : []),
    ...describeUnreadLogs(logs),
    ...problems,
  ];
}

function countLines(logs: readonly LogState[]): number {
  return logs.reduce((sum, log) => sum + log.lines, 0);
}
