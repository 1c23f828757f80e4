// Runs one test of rules: its traffic as log lines through the parser, the pipeline and the alerting that a monitor has.
import { Alerting } from '../alerts/alerting.ts';
import type { AlertEvent, Rule } from '../alerts/rule.ts';
import { createLogParser } from '../parse/log-parser.ts';
import { Pipeline } from '../pipeline.ts';
import type { LogState } from '../pipeline.ts';
import type { SecondConsumer } from '../aggregate/second.ts';
import { TEST_GROUPING } from './rule-test.ts';
import type { RuleTest } from './rule-test.ts';
import { renderTraffic, SERIES_FORMAT } from './traffic.ts';

const LINE_BYTES_MAX = 64 * 1024;
/** A rule that flaps in every second can't fill the memory: what comes after says nothing new. */
const EVENTS_MAX = 1000;

export interface RunResult {
  /** Since the epoch; 0 when there was no line to take it from. */
  readonly startSeconds: number;
  /** Alerts and their ends, in order of time. */
  readonly events: readonly AlertEvent[];
  /** More events than are kept. */
  readonly isCut: boolean;
  readonly log: LogState | null;
}

export interface RulesUnderTest {
  readonly rules: readonly Rule[];
  readonly isExplained: boolean;
}

export function runTest(test: RuleTest, { rules, isExplained }: RulesUnderTest): RunResult {
  const events: AlertEvent[] = [];
  let isCut = false;
  const alerting = new Alerting({
    rules,
    isExplained,
    isInMaintenance: () => false,
    tell: (event) => {
      if (event.isReminder) return;
      if (events.length < EVENTS_MAX) events.push(event);
      else isCut = true;
    },
  });
  const start = new Start(test.startSeconds);
  // It watches from the start on, as a monitor does, although no line has come yet.
  if (test.startSeconds !== null) alerting.advanceTo(test.startSeconds);
  const pipeline = createPipeline(test, alerting, [start, alerting]);
  const log = pipeline.open(test.source);
  for (const lines of linesOf(test, start.seconds)) log.write(Buffer.from(lines));
  log.end();
  const end = test.untilSeconds === null ? undefined : start.seconds + test.untilSeconds;
  pipeline.finish(end);
  return { startSeconds: start.seconds, events, isCut, log: pipeline.logs()[0] ?? null };
}

function* linesOf({ traffic }: RuleTest, startSeconds: number): Generator<string> {
  if (traffic.kind === 'series') yield* renderTraffic(traffic.series, startSeconds);
  else yield traffic.text;
}

function createPipeline(
  { traffic, latenessSeconds, startSeconds, untilSeconds }: RuleTest,
  { details }: Alerting,
  consumers: readonly SecondConsumer[],
): Pipeline {
  const [logFormat, timezone] =
    traffic.kind === 'series' ? [SERIES_FORMAT, 'UTC'] : [traffic.logFormat, traffic.timezone];
  const parserOptions = {
    logFormat,
    timezone,
    jsonFields: {},
    realClientFrom: 'off',
    trustedProxies: [],
    anonymiseIp: false,
  } as const;
  return new Pipeline({
    createParser: (saved) => createLogParser(parserOptions, saved),
    lineBytesMax: LINE_BYTES_MAX,
    latenessSeconds,
    isReplay: true,
    span: {
      fromSeconds: startSeconds ?? Number.NEGATIVE_INFINITY,
      toSeconds: (startSeconds ?? 0) + (startSeconds === null ? Infinity : (untilSeconds ?? Infinity)),
    },
    paths: TEST_GROUPING,
    details,
    consumers,
    now: () => 0,
    look: () => [],
    formatFound: () => {},
  });
}

/** The time that offsets count from: the given one, or that of the first line. */
class Start implements SecondConsumer {
  #seconds: number | null;

  constructor(seconds: number | null) {
    this.#seconds = seconds;
  }

  get seconds(): number {
    return this.#seconds ?? 0;
  }

  add(): void {}

  advanceTo(timeSeconds: number): void {
    this.#seconds ??= timeSeconds;
  }
}
