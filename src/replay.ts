// `fluffy replay`: what would have happened? Finished logs through the live data path, in event time. Composes history,
// pipeline, alerts and reports, as app.ts does for the monitor; nothing is written but to standard output and error.
import { AGGREGATOR_DEFAULTS } from './aggregate/aggregator-options.ts';
import type { SecondDetails } from './aggregate/aggregator-options.ts';
import { renderAlertJson, renderAlertText } from './alerts/render.ts';
import type { Rule, Severity } from './alerts/rule.ts';
import { reachOf } from './alerts/seam.ts';
import { detailsOf } from './backtest/backtest.ts';
import type { Backtest } from './backtest/backtest.ts';
import { compareOutcomes } from './backtest/comparison.ts';
import { hasAlertOf, RuleTally } from './backtest/rule-tally.ts';
import type { RuleOutcome } from './backtest/rule-tally.ts';
import { renderOutcomeJson, renderOutcomesText } from './backtest/render.ts';
import { renderComparisonJson, renderComparisonText } from './backtest/render-comparison.ts';
import { EXIT } from './commands/exit-code.ts';
import type { ExitCode } from './commands/exit-code.ts';
import { printable } from './commands/printable.ts';
import { Printed } from './commands/printed.ts';
import { ProgressBar } from './commands/progress-bar.ts';
import { describeReading, renderWholeJson } from './commands/replay-summary.ts';
import type { ReplayResult } from './commands/replay-summary.ts';
import type { RuleSets } from './commands/rule-sets.ts';
import { findUnreadLogs } from './commands/unread-logs.ts';
import { findNamedHistory, orderFiles } from './history-run.ts';
import type { History, HistoryOptions } from './history-run.ts';
import type { ImportTarget } from './import-target.ts';
import type { OutputEvent } from './outputs/output.ts';
import { createLogParser } from './parse/log-parser.ts';
import { readHere } from './replay/piece-here.ts';
import { rulesOf } from './replay/piece.ts';
import type { OtherConsumers } from './replay/piece.ts';
import { readInThread } from './replay/piece-worker.ts';
import { readReplay } from './replay/read.ts';
import type { Readers } from './replay/reader.ts';
import { BoundaryTeller, createBoundaries } from './reports/boundaries.ts';
import { createReportRenderer, createSpanReportRenderer, renderReportJson } from './reports/render.ts';
import { ReportSummary } from './reports/summary.ts';
import { WholeSpan } from './reports/whole-span.ts';
import { planCuts } from './source/cuts.ts';
import type { Cut } from './source/cuts.ts';
import type { DatedFile } from './source/history-order.ts';

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
  /** Of what each rule has found alone: neither the alerts one by one, nor the report. */
  readonly isSummary: boolean;
  /** So many threads read at once, where the logs can be taken apart; 1: one after the other. */
  readonly threads: number;
  /** How large the pieces are at least, and who reads those that are not read here; left out: threads, as large as is worth it. */
  readonly pieces?: { readonly bytesMin: number; readonly readInThread: Readers['inThread'] };
  /** `--top` was given; without it, JSON of the whole span names every path that was kept apart. */
  readonly isTopGiven: boolean;
}

/** A thread is not worth its start for less. */
const PIECE_BYTES_MIN = 300 * 1024 * 1024;
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
    if (!options.isSummary) output.print(renderWhole(options, result));
  }
  await output.flush();
  const isRead = result.problems.length === 0 && findUnreadLogs(result.logs).length === 0;
  const isWhole = isRead && !result.isInterrupted && output.failure === null;
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
  const hasRecords = result.report.requests + result.outside.count > 0;
  if (!isRead || !hasRecords) return EXIT.failed;
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
  const { config, ruleSets, clock, stdin, stderr, output } = options;
  const bar = new ProgressBar(stderr, clock);
  const whole = new WholeSpan(AGGREGATOR_DEFAULTS.pathsMax);
  const print = createPrinter(options, bar);
  const files = await orderFiles(options, history.files);
  const task = { config, ruleSets, files, span: history.span, beginning: null };
  const rules = rulesOf(task).map((each) => each.rules);
  const tallies = rules.map((each) => new RuleTally(each));
  const isStopped = (): boolean => options.isInterrupted() || output.failure !== null;
  const { toSeconds, open, seen, ...read } = await readReplay(task, plan(options, { files, rules }), {
    clock,
    stdin,
    whole,
    isStopped,
    rules,
    readers: { here: readHere, inThread: options.pieces?.readInThread ?? readInThread },
    others: (backtests) => createOthers(options, backtests, print),
    progress: (progress) => bar.show(progress),
    found: (set, finding) => {
      tallies[set]?.add(finding);
      // When two sets of rules are compared, the alerts of both in one row would tell nothing.
      const areAlertsTold = rules.length === 1 && !options.isSummary;
      if (finding.isTold && areAlertsTold) print({ type: 'alert', alert: finding.event });
    },
  });
  bar.clear();
  const endSeconds = Number.isFinite(toSeconds) ? toSeconds : Math.floor(clock.now() / 1000);
  const [outcomes = [], comparedOutcomes = null] = tallies
    .map((tally, set) => tally.outcomes(endSeconds, open[set] ?? [], seen[set] ?? []))
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

interface PlannedReplay {
  readonly files: readonly DatedFile[];
  readonly rules: readonly (readonly Rule[])[];
}

/** Reports of every period, and a store, are filled in the order of time. */
function plan(options: ReplayOptions, { files, rules }: PlannedReplay): Cut[] {
  const { config, store = null, hasReports, threads, pieces } = options;
  if (store !== null || hasReports) return [];
  return planCuts(files, {
    createParser: () => createLogParser(config),
    latenessSeconds: config.latenessSeconds,
    reachSeconds: reachOf(rules.flat()),
    piecesMax: threads,
    pieceBytesMin: pieces?.bytesMin ?? PIECE_BYTES_MIN,
  });
}

/** Who else is told of Seconds: the reports of every period, and what is stored. */
function createOthers(
  { config, hasReports, store = null }: ReplayOptions,
  backtests: readonly Backtest[],
  tell: (event: OutputEvent) => void,
): OtherConsumers {
  const details = detailsOf(backtests);
  const stored = store === null ? [] : [store.consumer];
  const all = store === null ? details : unite(details, store.details);
  if (!hasReports) return { before: [], after: stored, details: all, finish: () => {} };
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
    before: [teller],
    after: [summary, ...stored],
    details: all,
    finish: (toSeconds) => summary.finish(toSeconds),
  };
}

function unite(a: SecondDetails, b: SecondDetails): SecondDetails {
  return {
    hasSamples: a.hasSamples || b.hasSamples,
    hasClients: a.hasClients || b.hasClients,
    hasSources: a.hasSources || b.hasSources,
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

/** Of the rules of the configuration only when there are more than the one of threshold and window, or when it is all that is told. */
function renderRules({ isJson, isSummary, ruleSets }: ReplayOptions, result: RunResult): string[] {
  const { outcomes, comparedOutcomes } = result;
  const { toSeconds } = result.report;
  const [before, after] = ruleSets;
  if (before !== undefined && after !== undefined) {
    const comparisons = compareOutcomes(comparedOutcomes ?? [], outcomes);
    if (isJson) return comparisons.map((each) => renderComparisonJson(each, toSeconds));
    return [renderComparisonText(comparisons, { before: before.name, after: after.name }, toSeconds)];
  }
  if (ruleSets.length === 0 && outcomes.length < 2 && !isSummary) return [];
  if (isJson) return outcomes.map((each) => renderOutcomeJson(each, toSeconds));
  return [renderOutcomesText(outcomes, { toSeconds, areAlertsTold: !isSummary })];
}

function renderWhole({ isJson, config }: ReplayOptions, result: ReplayResult): string {
  return isJson ? renderWholeJson(result) : createSpanReportRenderer(config.timezone)(result.report);
}
