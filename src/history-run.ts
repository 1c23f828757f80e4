// Finished logs through the data path, for whoever wants to know what was in them: the span and the files that the user
// named, the order of time, the pipeline. The consumers are given. A part of replay.ts and suggest.ts.
import type { Readable, Writable } from 'node:stream';
import type { SecondDetails } from './aggregate/aggregator-options.ts';
import type { SecondConsumer } from './aggregate/second.ts';
import type { Clock } from './clock.ts';
import type { ProgressBar } from './commands/progress-bar.ts';
import { readTimeSpan } from './config/moment.ts';
import type { Config } from './config/schema.ts';
import type { Span } from './log.ts';
import { createLogParser } from './parse/log-parser.ts';
import { createZone } from './parse/zone.ts';
import { Pipeline } from './pipeline.ts';
import type { LogState, PipelineLimits } from './pipeline.ts';
import { findHistory, STANDARD_INPUT } from './source/history.ts';
import type { HistoryFile } from './source/history.ts';
import { readInOrder } from './source/history-order.ts';

/** What the user asks to be read, and with what. */
export interface HistoryOptions {
  readonly config: Config;
  /** Paths, globs, `-`; none means standard input. */
  readonly names: readonly string[];
  /** As `readMoment` takes them. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly clock: Clock;
  readonly stdin: Readable;
  readonly stdout: Writable;
  /** `columns` when it is a terminal. */
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  /** True: the user wants no more; what was read so far is told. */
  readonly isInterrupted: () => boolean;
}

export interface History {
  readonly files: readonly HistoryFile[];
  readonly span: Span;
  /** Paths that were named more than once, and are read once. */
  readonly doubles: readonly string[];
}

/** What there is to read; or why nothing can be: the command line is wrong, or files are not there. */
export type FoundHistory =
  | ({ readonly ok: true } & History)
  | { readonly ok: false; readonly isUsage: boolean; readonly problems: readonly string[] };

export function findNamedHistory(options: HistoryOptions): FoundHistory {
  const { config, clock } = options;
  const nowSeconds = Math.floor(clock.now() / 1000);
  const span = readTimeSpan(options, { zone: createZone(config.timezone), nowSeconds });
  if (!span.ok) return { ok: false, isUsage: true, problems: [`error: ${span.message}`] };
  const names = options.names.length > 0 ? options.names : [STANDARD_INPUT];
  const { files, problems, doubles } = findHistory(names);
  if (problems.length > 0) return { ok: false, isUsage: false, problems };
  return { ok: true, files, span: span.value, doubles };
}

export interface Audience {
  readonly consumers: readonly SecondConsumer[];
  readonly details: SecondDetails;
  readonly bar: ProgressBar;
  /** True: what was read so far is all. */
  readonly isStopped: () => boolean;
}

/** What is known when all is read. */
export interface ReadHistory {
  /** Event time up to which everything is told; not finite when there was no record. */
  readonly toSeconds: number;
  readonly logs: readonly LogState[];
  readonly limits: PipelineLimits;
  /** Records outside the span. */
  readonly outsideRecords: number;
  /** Of files that could not be read to their end. */
  readonly problems: readonly string[];
}

/** Never rejects for a file that can't be read, which is among the problems. */
export async function runHistory(
  options: HistoryOptions,
  { files, span }: History,
  { consumers, details, bar, isStopped }: Audience,
): Promise<ReadHistory> {
  const { config, clock, stdin } = options;
  const pipeline = createPipeline(config, span, { consumers, details });
  const problems = await readInOrder({
    files,
    stdin,
    createParser: () => createLogParser(config),
    sink: pipeline,
    beginsAt: (path, seconds) => pipeline.beginsAt(path, seconds),
    secondsOf: (path) => pipeline.newestSecondsOf(path),
    progress: (bytes) => bar.show({ ...bytes, lines: pipeline.lineCount }),
    isStopped,
    pause: () => new Promise((resolve) => void clock.after(0, () => resolve())),
  });
  bar.clear();
  // Quiet time to the end of the span: an alert may recover in it.
  const isToTheEnd = !isStopped() && Number.isFinite(span.toSeconds);
  return {
    toSeconds: pipeline.finish(isToTheEnd ? span.toSeconds : undefined),
    logs: pipeline.logs(),
    limits: pipeline.limits(),
    outsideRecords: pipeline.outsideRecords,
    problems,
  };
}

function createPipeline(
  config: Config,
  span: Span,
  { consumers, details }: Pick<Audience, 'consumers' | 'details'>,
): Pipeline {
  return new Pipeline({
    createParser: (saved) => createLogParser(config, saved),
    lineBytesMax: config.lineBytesMax,
    latenessSeconds: config.latenessSeconds,
    isReplay: true,
    span,
    paths: { templatesIds: config.templatePaths, patterns: config.pathPatterns },
    details,
    consumers,
    now: () => 0,
    look: () => [],
    formatFound: () => {},
  });
}
