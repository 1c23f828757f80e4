// Finished logs through the data path, for whoever wants to know what was in them: the span and the files that the user
// named, the order of time, the pipeline. The consumers are given. A part of replay.ts and suggest.ts.
import type { Readable, Writable } from 'node:stream';
import type { SecondDetails } from './aggregate/aggregator-options.ts';
import type { SecondConsumer } from './aggregate/second.ts';
import type { Clock } from './clock.ts';
import { printable } from './commands/printable.ts';
import type { Progress } from './commands/progress-bar.ts';
import { readTimeSpan } from './config/moment.ts';
import type { Config } from './config/schema.ts';
import type { Span } from './log.ts';
import { createLogParser } from './parse/log-parser.ts';
import { createZone } from './parse/zone.ts';
import { Pipeline } from './pipeline.ts';
import type { PipelineCounts } from './pipeline.ts';
import { findHistory, STANDARD_INPUT } from './source/history.ts';
import type { HistoryFile } from './source/history.ts';
import { dateFiles, readInOrder } from './source/history-order.ts';
import type { DatedFile, Halts } from './source/history-order.ts';

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
  /** How far it has come. */
  readonly progress: (progress: Progress) => void;
  /** True: what was read so far is all. */
  readonly isStopped: () => boolean;
  /** Where the reading of the pipeline halts, and what its first log is parsed by; left out: it is read in one piece. */
  readonly piece?: {
    readonly halts: (pipeline: Pipeline) => Halts;
    /** As the parser of a log saves it. */
    readonly parser: string | null;
  };
}

/** What is known when all is read. */
export interface ReadHistory extends PipelineCounts {
  /** Event time up to which everything is told; not finite when there was no record. */
  readonly toSeconds: number;
  /** Of files that could not be read to their end. */
  readonly problems: readonly string[];
}

/** The files in the order in which they begin. */
export async function orderFiles(
  { config, stdin, stderr }: Pick<HistoryOptions, 'config' | 'stdin' | 'stderr'>,
  files: readonly HistoryFile[],
): Promise<readonly DatedFile[]> {
  const dated = await dateFiles(files, stdin, () => createLogParser(config));
  for (const { file, twin } of dated) {
    if (twin === null) continue;
    const told = `${file.path}: begins as ${twin} does: if one is a copy of the other, its requests are counted twice`;
    stderr.write(`${printable(told)}\n`);
  }
  return dated;
}

/** Never rejects for a file that can't be read, which is among the problems. */
export async function runHistory(
  options: Pick<HistoryOptions, 'config' | 'clock' | 'stdin'>,
  { files, span }: { readonly files: readonly DatedFile[]; readonly span: Span },
  audience: Audience,
): Promise<ReadHistory> {
  const { clock, stdin } = options;
  const { progress, isStopped, piece } = audience;
  const pipeline = createPipeline(options.config, span, audience);
  const problems = await readInOrder({
    files,
    stdin,
    sink: pipeline,
    beginsAt: (path, seconds) => pipeline.beginsAt(path, seconds),
    secondsOf: (path) => pipeline.newestSecondsOf(path),
    progress: (bytes) => progress({ ...bytes, lines: pipeline.lineCount }),
    isStopped,
    pause: () => new Promise((resolve) => void clock.after(0, () => resolve())),
    ...(piece === undefined ? {} : { halts: piece.halts(pipeline) }),
  });
  // Quiet time to the end of the span: an alert may recover in it.
  const isToTheEnd = !isStopped() && Number.isFinite(span.toSeconds);
  const toSeconds = pipeline.finish(isToTheEnd ? span.toSeconds : undefined);
  return { toSeconds, ...pipeline.counts(), problems };
}

function createPipeline(
  config: Config,
  span: Span,
  { consumers, details, piece }: Pick<Audience, 'consumers' | 'details' | 'piece'>,
): Pipeline {
  let first = piece?.parser ?? null;
  return new Pipeline({
    createParser: () => {
      const parser = createLogParser(config, first);
      first = null;
      return parser;
    },
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
