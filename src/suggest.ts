// `fluffy suggest`: which thresholds fit? Finished logs through the live data path, in event time, to a learner; nothing
// is written but to standard output and error.
import { EXIT } from './commands/exit-code.ts';
import type { ExitCode } from './commands/exit-code.ts';
import { printable } from './commands/printable.ts';
import { Printed } from './commands/printed.ts';
import { ProgressBar } from './commands/progress-bar.ts';
import { renderSuggestJson } from './commands/suggest-json.ts';
import { describeHistory, readingOf } from './commands/suggest-reading.ts';
import { renderSuggestReport } from './commands/suggest-report.ts';
import type { SuggestReport } from './commands/suggest-report.ts';
import { findUnreadLogs } from './commands/unread-logs.ts';
import { findNamedHistory, orderFiles, runHistory } from './history-run.ts';
import type { HistoryOptions } from './history-run.ts';
import { renderConfigBlock } from './suggest/config-block.ts';
import { Learner } from './suggest/learner.ts';
import { createStandardRules } from './suggest/standard-rules.ts';
import { describeShortness, suggest } from './suggest/suggestion.ts';

export interface SuggestOptions extends HistoryOptions {
  /** About so many alerts of each rule at most, 0 or above. */
  readonly alertsPerWeek: number;
  readonly isJson: boolean;
  /** Of standard output, when it is a terminal: how many columns it has. */
  readonly columns: number | null;
}

/** Without a terminal. */
const COLUMNS = 80;

/** Never rejects for a file that can't be read, which is told. */
export async function suggestRules(options: SuggestOptions): Promise<ExitCode> {
  const { config, clock, stdout, stderr, columns } = options;
  const say = (line: string): unknown => stderr.write(`${printable(line)}\n`);
  const history = findNamedHistory(options);
  if (!history.ok) {
    for (const problem of history.problems) say(problem);
    return history.isUsage ? EXIT.usage : EXIT.failed;
  }
  for (const path of history.doubles) say(`${path}: is named more than once, and read once`);

  const startedMs = clock.now();
  const learner = new Learner(createStandardRules(config.alertWindowSeconds), config.timezone);
  const bar = new ProgressBar(stderr, clock);
  const files = await orderFiles(options, history.files);
  const read = await runHistory(
    options,
    { ...history, files },
    {
      consumers: [learner],
      details: learner.details,
      progress: (progress) => bar.show(progress),
      isStopped: options.isInterrupted,
    },
  );
  bar.clear();
  const output = new Printed(stdout);
  const report = createReport(learner, read.toSeconds, options);
  if (report !== null) {
    const look = { isUnicode: columns !== null, columns: columns ?? COLUMNS };
    output.print(
      options.isJson ? renderSuggestJson(report, readingOf(read)) : renderSuggestReport(report, look),
    );
  }
  await output.flush();
  if (output.isReaderGone) return EXIT.ok;
  if (output.failure !== null) {
    say(`cannot write to standard output: ${output.failure.message}`);
    return EXIT.failed;
  }
  const isInterrupted = options.isInterrupted();
  const seconds = (clock.now() - startedMs) / 1000;
  for (const line of describeHistory(read, { seconds, isInterrupted, requests: learner.records })) say(line);
  const shortness = report === null ? null : describeShortness(report.span);
  if (shortness !== null) say(`this is ${shortness}`);
  const isRead = read.problems.length === 0 && findUnreadLogs(read.logs).length === 0;
  return isRead && report !== null ? EXIT.ok : EXIT.failed;
}

/** Null when there was no request. */
function createReport(
  learner: Learner,
  toSeconds: number,
  { config, alertsPerWeek }: SuggestOptions,
): SuggestReport | null {
  const { fromSeconds } = learner;
  if (fromSeconds === null || learner.records === 0) return null;
  const span = { fromSeconds, toSeconds };
  const suggestions = learner.learnt().map((learnt) => suggest(learnt, span, alertsPerWeek));
  const configBlock = renderConfigBlock(suggestions, span, alertsPerWeek);
  const incidents = learner.incidents();
  return { span, timezone: config.timezone, alertsPerWeek, incidents, suggestions, configBlock };
}
