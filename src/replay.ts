// `fluffy replay`: what would have happened? Finished logs through the live data path, in event time. Composes history,
// pipeline, alerts and reports, as app.ts does for the monitor; nothing is written but to standard output and error.
import type { Readable, Writable } from 'node:stream';
import { AGGREGATOR_DEFAULTS } from './aggregate/aggregator-options.ts';
import type { SecondDetails } from './aggregate/aggregator-options.ts';
import type { SecondConsumer } from './aggregate/second.ts';
import { createAlertingRules } from './alerting-rules.ts';
import { Alerting } from './alerts/alerting.ts';
import { renderAlertJson, renderAlertText } from './alerts/render.ts';
import type { Clock } from './clock.ts';
import { EXIT } from './commands/exit-code.ts';
import type { ExitCode } from './commands/exit-code.ts';
import { printable } from './commands/printable.ts';
import { Printed } from './commands/printed.ts';
import { ProgressBar } from './commands/progress-bar.ts';
import { describeReading, renderWholeJson } from './commands/replay-summary.ts';
import type { ReplayResult } from './commands/replay-summary.ts';
import { readMoment } from './config/moment.ts';
import type { Config } from './config/schema.ts';
import type { ImportTarget } from './import-target.ts';
import { ALL_TIME } from './log.ts';
import type { Span } from './log.ts';
import type { OutputEvent } from './outputs/output.ts';
import { createLogParser } from './parse/log-parser.ts';
import { createZone } from './parse/zone.ts';
import { Pipeline } from './pipeline.ts';
import { BoundaryTeller, createBoundaries } from './reports/boundaries.ts';
import { createReportRenderer, renderReportJson } from './reports/render.ts';
import { ReportSummary } from './reports/summary.ts';
import { WholeSpan } from './reports/whole-span.ts';
import { findHistory, STANDARD_INPUT } from './source/history.ts';
import type { HistoryFile } from './source/history.ts';
import { readInOrder } from './source/history-order.ts';

export interface ReplayOptions {
  /** Left out: nothing is stored. */
  readonly store?: ImportTarget | null;
  readonly config: Config;
  /** Paths, globs, `-`; none means standard input. */
  readonly names: readonly string[];
  /** As `readMoment` takes them. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** Reports at every `report-time` too, but for periods without requests. */
  readonly hasReports: boolean;
  readonly isJson: boolean;
  /** `--top` was given; without it, JSON of the whole span names every path that was kept apart. */
  readonly isTopGiven: boolean;
  readonly clock: Clock;
  readonly stdin: Readable;
  readonly stdout: Writable;
  /** `columns` when it is a terminal. */
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  /** True: the user wants no more; what was read so far is told. */
  readonly isInterrupted: () => boolean;
}

const NONE = { notes: [], problems: [] };

/** Never rejects for a file that can't be read, which is told. */
export async function replayLogs(options: ReplayOptions): Promise<ExitCode> {
  const { clock, stdout, stderr } = options;
  const say = (line: string): unknown => stderr.write(`${printable(line)}\n`);
  const span = readSpan(options);
  if (!span.ok) {
    say(`error: ${span.message}`);
    return EXIT.usage;
  }
  const names = options.names.length > 0 ? options.names : [STANDARD_INPUT];
  const found = findHistory(names);
  for (const problem of found.problems) say(problem);
  if (found.problems.length > 0) return EXIT.failed;
  for (const path of found.doubles) say(`${path}: is named more than once, and read once`);
  const { files, notes, problems } = await (options.store?.choose(found.files) ?? { ...NONE, ...found });
  for (const line of [...notes, ...problems]) say(line);
  if (problems.length > 0) return EXIT.failed;
  if (files.length === 0) return EXIT.ok;

  const startedMs = clock.now();
  const output = new Printed(stdout);
  const result = await replay({ ...options, output }, files, span.value);
  if (options.isJson || result.report.requests > 0) output.print(renderWhole(options, result));
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
  return result.problems.length === 0 && hasRecords ? EXIT.ok : EXIT.failed;
}

type SpanReading =
  { readonly ok: true; readonly value: Span } | { readonly ok: false; readonly message: string };

function readSpan({ from, to, config, clock }: ReplayOptions): SpanReading {
  const zone = createZone(config.timezone);
  const nowSeconds = Math.floor(clock.now() / 1000);
  const span = { ...ALL_TIME };
  for (const [option, text, key] of [
    ['--from', from, 'fromSeconds'],
    ['--to', to, 'toSeconds'],
  ] as const) {
    if (text === undefined) continue;
    const reading = readMoment(text, zone, nowSeconds);
    if (!reading.ok) return { ok: false, message: `${option} ${reading.message}, got "${text}"` };
    span[key] = reading.value;
  }
  if (span.fromSeconds < span.toSeconds) return { ok: true, value: span };
  return { ok: false, message: '--to must be after --from' };
}

interface RunOptions extends ReplayOptions {
  readonly output: Printed;
}

async function replay(options: RunOptions, files: readonly HistoryFile[], span: Span): Promise<ReplayResult> {
  const { config, clock, stdin, stderr, output } = options;
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
  const pipeline = createPipeline(config, span, consumers);
  const isStopped = (): boolean => options.isInterrupted() || output.failure !== null;
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
  const toSeconds = pipeline.finish(isToTheEnd ? span.toSeconds : undefined);
  if (Number.isFinite(toSeconds)) consumers.finish(toSeconds);
  return {
    report: whole.report(Number.isFinite(toSeconds) ? toSeconds : Math.floor(clock.now() / 1000), {
      top: options.isJson && !options.isTopGiven ? Number.POSITIVE_INFINITY : config.reportTop,
      isPartial: isStopped() || problems.length > 0,
    }),
    ...told,
    isInterrupted: options.isInterrupted(),
    logs: pipeline.logs(),
    limits: pipeline.limits(),
    outsideRecords: pipeline.outsideRecords,
    problems,
  };
}

function createPipeline(config: Config, span: Span, { all, details }: Consumers): Pipeline {
  return new Pipeline({
    createParser: (saved) => createLogParser(config, saved),
    lineBytesMax: config.lineBytesMax,
    latenessSeconds: config.latenessSeconds,
    isReplay: true,
    span,
    paths: { templatesIds: config.templatePaths, patterns: config.pathPatterns },
    details,
    consumers: all,
    now: () => 0,
    look: () => [],
    formatFound: () => {},
  });
}

interface Consumers {
  readonly all: readonly SecondConsumer[];
  readonly details: SecondDetails;
  /** Tells of the period that is not over at `toSeconds`, where everything ends. */
  readonly finish: (toSeconds: number) => void;
}

function createConsumers(
  { config, hasReports, store = null }: ReplayOptions,
  whole: WholeSpan,
  tell: (event: OutputEvent) => void,
): Consumers {
  const alerting = new Alerting({
    ...createAlertingRules(config),
    tell: (alert) => tell({ type: 'alert', alert }),
  });
  const { details } = alerting;
  if (!hasReports) return withStore({ all: [alerting, whole], details, finish: () => {} }, store);
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
  const all = [teller, alerting, whole, summary];
  return withStore({ all, details, finish: (toSeconds) => summary.finish(toSeconds) }, store);
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
