// What fluffy's own log says about how it reads the access logs: formats found, formats missing, clocks that differ.
import type { Logger } from './logger.ts';
import { recogniseUnread } from './parse/unread-formats.ts';
import type { PipelineOptions } from './pipeline.ts';
import { explainSkew } from './skew.ts';
import type { FailureCount } from './telemetry.ts';

/** Each of it is told once for a log. `timezone` is that of the configuration. */
export function createReadingNotices(
  timezone: string,
  logger: Pick<Logger, 'info' | 'warn'>,
): Pick<PipelineOptions, 'formatFound' | 'formatMissing' | 'skewFound'> {
  return {
    formatFound: (path, format, fit) => logger.info({ path, format, ...fit }, 'log format found'),
    formatMissing: (path, failures) =>
      logger.warn(
        { path, failures: failures.map(({ reason, lines, column }) => ({ reason, lines, column })) },
        `no line of this log could be read: ${explainMissing(failures)}`,
      ),
    skewFound: (path, skewSeconds) => logger.warn({ path, skewSeconds }, explainSkew(skewSeconds, timezone)),
  };
}

/** By the lines that failed for the most frequent reason that has a known one. */
function explainMissing(failures: readonly FailureCount[]): string {
  const [meaning] = failures
    .toSorted((a, b) => b.lines - a.lines)
    .flatMap(({ sample }) => recogniseUnread(sample) ?? []);
  return meaning === undefined
    ? 'see which format comes nearest with fluffy check, and set log-format'
    : `it is ${meaning}`;
}
