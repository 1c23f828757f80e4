// One piece of a replay: finished logs through the data path, from one place to another, and how everything stands there. A
// replay in one piece is one of these as well.
import type { SecondDetails } from '../aggregate/aggregator-options.ts';
import { AGGREGATOR_DEFAULTS } from '../aggregate/aggregator-options.ts';
import type { PathUse } from '../aggregate/paths.ts';
import type { SecondConsumer } from '../aggregate/second.ts';
import { createAlertingRules, withRules } from '../alerting-rules.ts';
import type { AlertingRules } from '../alerts/alerting.ts';
import type { AlertEvent } from '../alerts/rule.ts';
import type { OpenAlert } from '../alerts/seam.ts';
import { Backtest, detailsOf } from '../backtest/backtest.ts';
import type { Finding } from '../backtest/backtest.ts';
import type { Progress } from '../commands/progress-bar.ts';
import type { RuleSets } from '../commands/rule-sets.ts';
import type { Config } from '../config/schema.ts';
import { runHistory } from '../history-run.ts';
import type { HistoryOptions } from '../history-run.ts';
import type { Span } from '../log.ts';
import { withoutFit } from '../parse/detect.ts';
import type { Pipeline, PipelineCounts } from '../pipeline.ts';
import { WholeSpan } from '../reports/whole-span.ts';
import type { PackedSpan } from '../reports/whole-span.ts';
import type { DatedFile, Halt, Halts } from '../source/history-order.ts';

/** What is read, and by which rules; plain data, as it may be read by another thread. */
export interface PieceTask {
  readonly config: Config;
  /** None: the rules of `config` apply. */
  readonly ruleSets: RuleSets;
  readonly files: readonly DatedFile[];
  readonly span: Span;
  /** Null: the piece begins with the files. */
  readonly beginning: Beginning | null;
}

/** What comes before a piece is read as a warm-up, for what it leaves behind, and told of by the piece before. */
interface Beginning {
  readonly at: Halt;
  /** What the log there is parsed by, as its parser saves it; null: that is to be found out. */
  readonly parser: string | null;
}

/** What a piece has counted so far, without its warm-up. */
export interface PieceCounts extends PipelineCounts {
  readonly whole: PackedSpan;
  readonly paths: PathUse;
  /** What there was of what each rule needs, by set of rules; of its warm-up, too. */
  readonly seen: readonly (readonly number[])[];
  /** Of files that could not be read to their end. */
  readonly problems: readonly string[];
}

/** How everything stands at a place. */
export interface Seam {
  /** The same for two pieces that go on alike from here, but for what is in `open`. */
  readonly standing: string;
  /** The alerts that fire, by set of rules. */
  readonly open: readonly (readonly OpenAlert[])[];
}

export interface Reached {
  readonly kind: 'reached';
  /** How it stood where its warm-up was over; null: it had none. */
  readonly begun: Seam | null;
  readonly here: Seam;
  readonly counts: PieceCounts;
}

/** The files have ended, or somebody has stopped it. */
export interface Ended {
  readonly kind: 'ended';
  readonly begun: Seam | null;
  /** Event time up to which everything is told; not finite when there was no record. */
  readonly toSeconds: number;
  /** The alerts that fire then, by set of rules. */
  readonly open: readonly (readonly AlertEvent[])[];
  readonly counts: PieceCounts;
}

export interface PieceProgress extends Progress {
  /** Too many paths: what is counted depends on all that was before. */
  readonly wasFull: boolean;
}

/** Reads on up to a place, to the end of the files (null), or no further. */
export type Next = { readonly to: Halt | null } | 'no further';

export interface PieceContext extends Pick<HistoryOptions, 'clock' | 'stdin'> {
  /** Null: the end of the files. */
  readonly to: Halt | null;
  /** Whoever else is to be told of Seconds; only of a replay in one piece. `finish` tells of what is not over at the end. */
  readonly others?: (backtests: readonly Backtest[]) => OtherConsumers;
  readonly found: (set: number, finding: Finding) => void;
  readonly progress: (progress: PieceProgress) => void;
  readonly isStopped: () => boolean;
  readonly reached: (reached: Reached) => Promise<Next>;
}

export interface OtherConsumers {
  readonly before: readonly SecondConsumer[];
  readonly after: readonly SecondConsumer[];
  readonly details: SecondDetails;
  readonly finish: (toSeconds: number) => void;
}

/** Null when it was to read no further. */
export async function readPiece(task: PieceTask, context: PieceContext): Promise<Ended | null> {
  const { config, files, span, beginning } = task;
  const whole = new WholeSpan(AGGREGATOR_DEFAULTS.pathsMax);
  let [isWarmUp, isOver] = [beginning !== null, false];
  const backtests = rulesOf(task).map(
    (rules, set) =>
      new Backtest(rules, (finding) => {
        if (!isWarmUp && !isOver) context.found(set, finding);
      }),
  );
  const others = context.others?.(backtests) ?? null;
  let begun: Seam | null = null;
  /** Those that the piece before tells of. */
  let problemsBefore = 0;
  let pipeline: Pipeline | null = null;
  let next = beginning?.at ?? context.to;
  const halts = (reading: Pipeline): Halts => {
    pipeline = reading;
    return {
      get next() {
        return next;
      },
      reached: async (problems) => {
        const here = seamOf(reading, backtests);
        if (isWarmUp) {
          isWarmUp = false;
          begun = here;
          next = context.to;
          problemsBefore = problems.length;
          reading.forgetCounts();
          whole.clear();
          for (const backtest of backtests) backtest.forgetPeaks();
          return true;
        }
        const order = await context.reached({
          kind: 'reached',
          begun,
          here,
          counts: countPiece(reading, { backtests, whole, problems: problems.slice(problemsBefore) }),
        });
        isOver = order === 'no further';
        if (order !== 'no further') next = order.to;
        return !isOver;
      },
    };
  };
  const { toSeconds, problems } = await runHistory(
    { ...context, config },
    { files, span },
    {
      consumers: [...(others?.before ?? []), ...backtests, whole, ...(others?.after ?? [])],
      details: others?.details ?? detailsOf(backtests),
      progress: (progress) => context.progress({ ...progress, wasFull: pipeline?.paths.wasFull === true }),
      isStopped: context.isStopped,
      piece: { halts, parser: beginning?.parser ?? null },
    },
  );
  if (isOver || pipeline === null) return null;
  if (Number.isFinite(toSeconds)) others?.finish(toSeconds);
  return {
    kind: 'ended',
    begun,
    toSeconds,
    open: backtests.map((backtest) => backtest.open()),
    counts: countPiece(pipeline, { backtests, whole, problems: problems.slice(problemsBefore) }),
  };
}

/** What the alerting goes by, for each set of rules. */
export function rulesOf({ config, ruleSets }: Pick<PieceTask, 'config' | 'ruleSets'>): AlertingRules[] {
  const configs = ruleSets.length === 0 ? [config] : ruleSets.map(({ rules }) => withRules(config, rules));
  return configs.map(createAlertingRules);
}

interface Counting {
  readonly backtests: readonly Backtest[];
  readonly whole: WholeSpan;
  readonly problems: readonly string[];
}

function countPiece(pipeline: Pipeline, { backtests, whole, problems }: Counting): PieceCounts {
  const seen = backtests.map((backtest) => backtest.seen());
  return { ...pipeline.counts(), whole: whole.pack(), paths: pipeline.paths.use(), problems, seen };
}

function seamOf(pipeline: Pipeline, backtests: readonly Backtest[]): Seam {
  const { aggregator, logs } = pipeline.snapshot();
  const { newestSeconds, closedBeforeSeconds, open, stray, failing } = aggregator;
  const seams = backtests.map((backtest) => backtest.seam());
  const standing = {
    aggregator: { newestSeconds, closedBeforeSeconds, open, stray, failing },
    logs: logs.map(({ path, log }) => [path, withoutFit(log.format), log.newestSeconds, log.timelessLines]),
    rules: seams.map((seam) => seam.standing),
  };
  return { standing: JSON.stringify(standing), open: seams.map((seam) => seam.open) };
}
