// How the logs are read, for the page: where each is, how far behind, and what of it could not be read.
import type { LogState } from '../pipeline.ts';
import type { SourceState } from '../source/source.ts';
import type { LiveSource } from './event.ts';

/** A glob may match a thousand logs, and every page gets them every second. */
const SOURCES_MAX = 50;

/** The first 50, those that need a look first. `nowMs`: wall time, milliseconds since the epoch. */
export function createLiveSources(
  sources: readonly SourceState[],
  logs: readonly LogState[],
  nowMs: number,
): LiveSource[] {
  const logsByPath = new Map(logs.map((log) => [log.path, log]));
  const told = sources.map(({ path, lagBytes, problem, warning, possibleLoss }): LiveSource => {
    const log = logsByPath.get(path);
    const lastReadMs = log?.lastReadMs ?? null;
    const failures = log?.failures ?? [];
    const [most] = failures.toSorted((a, b) => b.lines - a.lines);
    return {
      path,
      format: log?.format ?? 'auto',
      lines: log?.lines ?? 0,
      lagBytes,
      lastLineAgeSeconds: lastReadMs === null ? null : Math.max(0, Math.round((nowMs - lastReadMs) / 1000)),
      unparsed: failures.reduce((sum, { lines }) => sum + lines, 0),
      sample: most === undefined ? null : { reason: most.reason, text: most.sample },
      problem: problem?.message ?? null,
      warning: warning?.message ?? null,
      possibleLoss,
    };
  });
  if (told.length <= SOURCES_MAX) return told;
  return told.toSorted(compareByNeed).slice(0, SOURCES_MAX);
}

function compareByNeed(a: LiveSource, b: LiveSource): number {
  const ageOf = ({ lastLineAgeSeconds }: LiveSource): number => lastLineAgeSeconds ?? Number.MAX_SAFE_INTEGER;
  const needOf = ({ problem, warning }: LiveSource): number =>
    problem === null ? Number(warning !== null) : 2;
  return needOf(b) - needOf(a) || b.lagBytes - a.lagBytes || ageOf(a) - ageOf(b);
}
