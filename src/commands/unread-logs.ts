// Finished logs that were read in vain: they are of another format, or no access logs.
import { formatNumber } from '../number-text.ts';
import type { LogState } from '../pipeline.ts';

/** Those that have lines of which not one could be read. */
export function findUnreadLogs(logs: readonly LogState[]): LogState[] {
  return logs.filter(({ hasRecords, failures }) => !hasRecords && failures.length > 0);
}

/** One sentence for each; none if there is no other log, of which that is said as a whole. */
export function describeUnreadLogs(logs: readonly LogState[]): string[] {
  if (!logs.some(({ hasRecords }) => hasRecords)) return [];
  return findUnreadLogs(logs).map(({ path, lines }) => {
    const which =
      lines === 1 ? 'its only line is no record' : `none of its ${formatNumber(lines)} lines is a record`;
    return `${path}: ${which} of an access log; fluffy check FILE tells more`;
  });
}
