// `fluffy replay`: what would have happened? Finished logs through the live data path, in event time. Composes history,
// pipeline, alerts and reports, as app.ts does for the monitor; nothing is written but to standard output and error.
import { AGGREGATOR_DEFAULTS } from './aggregate/aggregator.ts';
import type { SecondDetails } from './aggregate/aggregator.ts';
import type { SecondConsumer } from './aggregate/second.ts';
import { createAlertingRules } from './alerting-rules.ts';
import { Alerting } from './alerts/alerting.ts';
import { renderAlertJson, renderAlertText } from './alerts/render.ts';
import { EXIT } from './commands/exit-code.ts';
import type { ExitCode } from './commands/exit-code.ts';
import { printable } from './commands/printable.ts';
import { Printed } from './commands/printed.ts';
import { ProgressBar } from './commands/progress-bar.ts';
import { describeReading, renderWholeJson } from './commands/replay-summary.ts';
import type { ReplayResult } from './commands/replay-summary.ts';
import { findNamedHistory, runHistory } from './history-run.ts';
import type { History, HistoryOptions } from './history-run.ts';
import type { OutputEvent } from './outputs/output.ts';
import { BoundaryTeller, createBoundaries } from './reports/boundaries.ts';
import { createReportRenderer, renderReportJson } from './reports/render.ts';
import { ReportSummary } from './reports/summary.ts';
import { WholeSpan } from './reports/whole-span.ts';

export interface ReplayOptions extends HistoryOptions {
  /** Reports at every `report-time` too, but for periods without requests. */
  readonly hasReports: boolean;
  readonly isJson: boolean;
  /** `--top` was given; without it, JSON of the whole span names every path that was kept apart. */
  readonly isTopGiven: boolean;
}

/** Never rejects for a file that can't be read, which is told. */
export async function replayLogs(options: ReplayOptions): Promise<ExitCode> {
  const { clock, stdout, stderr } = options;
  const say = (line: string): unknown => stderr.write(`${printable(line)}\n`);
  const history = findNamedHistory(options);
  if (!history.ok) {
    for (const problem of history.problems) say(problem);
    return history.isUsage ? EXIT.usage : EXIT.failed;
  }
  for (const path of history.doubles) say(`${path}: is named more than once, and read once`);

  const startedMs = clock.now();
  const output = new Printed(stdout);
  const result = await replay({ ...options, output }, history);
  if (options.isJson || result.report.requests > 0) output.print(renderWhole(options, result));
  await output.flush();
  if (output.isReaderGone) return EXIT.ok;
  if (output.failure !== null) {
    say(`cannot write to standard output: ${output.failure.message}`);
    return EXIT.failed;
  }
  for (const line of describeReading(result, (clock.now() - startedMs) / 1000)) say(line);
  const hasRecords = result.report.requests + result.outsideRecords > 0;
  return result.problems.length === 0 && hasRecords ? EXIT.ok : EXIT.failed;
}

interface RunOptions extends ReplayOptions {
  readonly output: Printed;
}

async function replay(options: RunOptions, history: History): Promise<ReplayResult> {
  const { config, clock, stderr, output } = options;
  const bar = new ProgressBar(stderr, clock);
  const whole = new WholeSpan(AGGREGATOR_DEFAULTS.pathsMax);
  const told = { alertsFired: 0, firingSinceSeconds: null as number | null };
  const print = createPrinter(options, bar);
  const consumers = createConsumers(options, whole, (event) => {
    if (event.type === 'alert') {
      const isFiring = event.alert.state === 'firing';
      told.alertsFired += isFiring ? 1 : 0;
      told.firingSinceSeconds = isFiring ? event.alert.timeSeconds : null;
    }
    print(event);
  });
  const isStopped = (): boolean => options.isInterrupted() || output.failure !== null;
  const { toSeconds, ...read } = await runHistory(options, history, {
    consumers: consumers.all,
    details: consumers.details,
    bar,
    isStopped,
  });
  if (Number.isFinite(toSeconds)) consumers.finish(toSeconds);
  return {
    report: whole.report(Number.isFinite(toSeconds) ? toSeconds : Math.floor(clock.now() / 1000), {
      top: options.isJson && !options.isTopGiven ? Number.POSITIVE_INFINITY : config.reportTop,
      isPartial: isStopped() || read.problems.length > 0,
    }),
    ...told,
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

function createConsumers(
  { config, hasReports }: ReplayOptions,
  whole: WholeSpan,
  tell: (event: OutputEvent) => void,
): Consumers {
  const alerting = new Alerting({
    ...createAlertingRules(config),
    tell: (alert) => tell({ type: 'alert', alert }),
  });
  const { details } = alerting;
  if (!hasReports) return { all: [alerting, whole], details, finish: () => {} };
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
      alerting.advanceTo(seconds);
      summary.advanceTo(seconds);
      summary.cutAt(seconds);
    },
  });
  return {
    all: [teller, alerting, whole, summary],
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

function renderWhole({ isJson, config }: ReplayOptions, result: ReplayResult): string {
  return isJson ? renderWholeJson(result) : createReportRenderer(config.timezone)(result.report);
}
