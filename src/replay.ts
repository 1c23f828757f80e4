// `fluffy replay`: what would have happened? Finished logs through the live data path, in event time. Composes history,
// pipeline, alerts and reports, as app.ts does for the monitor; nothing is written but to standard output and error.
import { AGGREGATOR_DEFAULTS } from './aggregate/aggregator-options.ts';
import type { SecondDetails } from './aggregate/aggregator-options.ts';
import type { SecondConsumer } from './aggregate/second.ts';
import { createAlertingRules, withRules } from './alerting-rules.ts';
import { renderAlertJson, renderAlertText } from './alerts/render.ts';
import type { Severity } from './alerts/rule.ts';
import { Backtest, detailsOf } from './backtest/backtest.ts';
import { compareOutcomes } from './backtest/comparison.ts';
import { hasAlertOf } from './backtest/rule-tally.ts';
import type { RuleOutcome } from './backtest/rule-tally.ts';
import { renderOutcomeJson, renderOutcomesText } from './backtest/render.ts';
import { renderComparisonJson, renderComparisonText } from './backtest/render-comparison.ts';
import { EXIT } from './commands/exit-code.ts';
import type { ExitCode } from './commands/exit-code.ts';
import type { RuleSets } from './commands/rule-sets.ts';
import { printable } from './commands/printable.ts';
import { Printed } from './commands/printed.ts';
import { ProgressBar } from './commands/progress-bar.ts';
import { describeReading, renderWholeJson } from './commands/replay-summary.ts';
import type { ReplayResult } from './commands/replay-summary.ts';
import { findNamedHistory, runHistory } from './history-run.ts';
import type { History, HistoryOptions } from './history-run.ts';
import type { ImportTarget } from './import-target.ts';
import type { OutputEvent } from './outputs/output.ts';
import { BoundaryTeller, createBoundaries } from './reports/boundaries.ts';
import { createReportRenderer, renderReportJson } from './reports/render.ts';
import { ReportSummary } from './reports/summary.ts';
import { WholeSpan } from './reports/whole-span.ts';

export interface ReplayOptions extends HistoryOptions {
  /** Left out: nothing is stored. */
  readonly store?: ImportTarget | null;
  /** None: the rules of `config` apply. */
  readonly ruleSets: RuleSets;
  /** An alert of at least this severity, of the last of the sets of rules, gives an exit code of its own; null: none does. */
  readonly failSeverity: Severity | null;
  /** Reports at every `report-time` too, but for periods without requests. */
  readonly hasReports: boolean;
  readonly isJson: boolean;
  /** `--top` was given; without it, JSON of the whole span names every path that was kept apart. */
  readonly isTopGiven: boolean;
}

const NONE = { notes: [], problems: [] };

/** Never rejects for a file that can't be read, which is told. */
export async function replayLogs(options: ReplayOptions): Promise<ExitCode> {
  const { clock, stdout, stderr } = options;
  const say = (line: string): unknown => stderr.write(`${printable(line)}\n`);
  const found = findNamedHistory(options);
  if (!found.ok) {
    for (const problem of found.problems) say(problem);
    return found.isUsage ? EXIT.usage : EXIT.failed;
  }
  for (const path of found.doubles) say(`${path}: is named more than once, and read once`);
  const chosen = await (options.store?.choose(found.files) ?? { ...NONE, files: found.files });
  for (const line of [...chosen.notes, ...chosen.problems]) say(line);
  if (chosen.problems.length > 0) return EXIT.failed;
  if (chosen.files.length === 0) return EXIT.ok;

  const startedMs = clock.now();
  const output = new Printed(stdout);
  const result = await replay({ ...options, output }, { ...found, files: chosen.files });
  if (options.isJson || result.report.requests > 0) {
    for (const text of renderRules(options, result)) output.print(text);
    output.print(renderWhole(options, result));
  }
  await output.flush();
  const isWhole = result.problems.length === 0 && !result.isInterrupted && output.failure === null;
  const stored = options.store?.finish(isWhole) ?? [];
  if (output.isReaderGone) {
    for (const line of stored) say(line);
    return EXIT.ok;
  }
  if (output.failure !== null) {
    say(`cannot write to standard output: ${output.failure.message}`);
    return EXIT.failed;
  }
  for (const line of describeReading(result, (clock.now() - startedMs) / 1000)) say(line);
  for (const line of stored) say(line);
  const hasRecords = result.report.requests + result.outsideRecords > 0;
  if (result.problems.length > 0 || !hasRecords) return EXIT.failed;
  const isAlerted = options.failSeverity !== null && hasAlertOf(result.outcomes, options.failSeverity);
  return isAlerted ? EXIT.alerted : EXIT.ok;
}

interface RunOptions extends ReplayOptions {
  readonly output: Printed;
}

interface RunResult extends ReplayResult {
  /** Of the rules that the last ones are compared with; null when they are not. */
  readonly comparedOutcomes: readonly RuleOutcome[] | null;
}

async function replay(options: RunOptions, history: History): Promise<RunResult> {
  const { config, clock, stderr, output } = options;
  const bar = new ProgressBar(stderr, clock);
  const whole = new WholeSpan(AGGREGATOR_DEFAULTS.pathsMax);
  const print = createPrinter(options, bar);
  const backtests = createBacktests(options, print);
  const consumers = withStore(
    createConsumers(options, { whole, backtests, tell: print }),
    options.store ?? null,
  );
  const isStopped = (): boolean => options.isInterrupted() || output.failure !== null;
  const { toSeconds, ...read } = await runHistory(options, history, {
    consumers: consumers.all,
    details: consumers.details,
    bar,
    isStopped,
  });
  if (Number.isFinite(toSeconds)) consumers.finish(toSeconds);
  const endSeconds = Number.isFinite(toSeconds) ? toSeconds : Math.floor(clock.now() / 1000);
  const [outcomes = [], comparedOutcomes = null] = backtests
    .map((each) => each.outcomes(endSeconds))
    .toReversed();
  return {
    report: whole.report(endSeconds, {
      top: options.isJson && !options.isTopGiven ? Number.POSITIVE_INFINITY : config.reportTop,
      isPartial: isStopped() || read.problems.length > 0,
    }),
    outcomes,
    comparedOutcomes,
    isInterrupted: options.isInterrupted(),
    ...read,
  };
}

interface Consumers {
  readonly all: readonly SecondConsumer[];
  readonly details: SecondDetails;
  /** Tells of the period that is not over at `toSeconds`, where everything ends. */
  readonly finish: (toSeconds: number) => void;
}

function withStore(consumers: Consumers, store: ImportTarget | null): Consumers {
  if (store === null) return consumers;
  const { hasSamples, hasClients, hasSources } = consumers.details;
  const details = {
    hasSamples: hasSamples || store.details.hasSamples,
    hasClients: hasClients || store.details.hasClients,
    hasSources: hasSources || store.details.hasSources,
  };
  return { ...consumers, all: [...consumers.all, store.consumer], details };
}

/** One for each set of rules. When two are compared, the alerts of both in one row would tell nothing. */
function createBacktests(
  { config, ruleSets }: ReplayOptions,
  tell: (event: OutputEvent) => void,
): Backtest[] {
  const configs = ruleSets.length === 0 ? [config] : ruleSets.map(({ rules }) => withRules(config, rules));
  const isTold = configs.length === 1;
  return configs.map(
    (each) =>
      new Backtest(createAlertingRules(each), (alert) => {
        if (isTold) tell({ type: 'alert', alert });
      }),
  );
}

interface Parts {
  readonly whole: WholeSpan;
  readonly backtests: readonly Backtest[];
  readonly tell: (event: OutputEvent) => void;
}

function createConsumers(
  { config, hasReports }: ReplayOptions,
  { whole, backtests, tell }: Parts,
): Consumers {
  const details = detailsOf(backtests);
  if (!hasReports) return { all: [...backtests, whole], details, finish: () => {} };
  const summary = new ReportSummary({
    top: config.reportTop,
    pathsMax: AGGREGATOR_DEFAULTS.pathsMax,
    emit: (report) => {
      if (report.requests > 0) tell({ type: 'report', report });
    },
  });
  const teller = new BoundaryTeller(createBoundaries(config.reportTime, config.timezone), {
    begin: (seconds) => summary.advanceTo(seconds),
    cutAt: (seconds) => {
      // Alerts up to the boundary are told before its report.
      for (const backtest of backtests) backtest.advanceTo(seconds);
      summary.advanceTo(seconds);
      summary.cutAt(seconds);
    },
  });
  return {
    all: [teller, ...backtests, whole, summary],
    details,
    finish: (toSeconds) => summary.finish(toSeconds),
  };
}

function createPrinter(
  { output, isJson, config }: RunOptions,
  bar: ProgressBar,
): (event: OutputEvent) => void {
  const renderReport = isJson ? renderReportJson : createReportRenderer(config.timezone);
  const renderAlert = isJson ? renderAlertJson : renderAlertText;
  return (event) => {
    bar.clear();
    output.print(event.type === 'alert' ? renderAlert(event.alert) : renderReport(event.report));
  };
}

/** Of the rules of the configuration only when there are more than the one of threshold and window. */
function renderRules({ isJson, ruleSets }: ReplayOptions, result: RunResult): string[] {
  const { outcomes, comparedOutcomes } = result;
  const { toSeconds } = result.report;
  const [before, after] = ruleSets;
  if (before !== undefined && after !== undefined) {
    const comparisons = compareOutcomes(comparedOutcomes ?? [], outcomes);
    if (isJson) return comparisons.map((each) => renderComparisonJson(each, toSeconds));
    return [renderComparisonText(comparisons, { before: before.name, after: after.name }, toSeconds)];
  }
  if (ruleSets.length === 0 && outcomes.length < 2) return [];
  if (isJson) return outcomes.map((each) => renderOutcomeJson(each, toSeconds));
  return [renderOutcomesText(outcomes, toSeconds)];
}

function renderWhole({ isJson, config }: ReplayOptions, result: ReplayResult): string {
  return isJson ? renderWholeJson(result) : createReportRenderer(config.timezone)(result.report);
}
