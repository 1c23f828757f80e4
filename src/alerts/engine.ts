// Evaluates every rule at every event second, from the Seconds that have closed. Quiet seconds count: an alert recovers
// although no line arrives.
import * as v from 'valibot';
import type { Second, SecondConsumer } from '../aggregate/second.ts';
import { WholeSchema } from '../saved.ts';
import type { AlertLines } from './alert-lines.ts';
import { explain } from './explain.ts';
import { fillMessage } from './message-values.ts';
import { Measure } from './measure.ts';
import { Meters, MetersSnapshotSchema } from './meters.ts';
import { createOrphan } from './orphan.ts';
import type { Recent } from './recent.ts';
import type { AlertEvent, Explanation, Rule, RuleState } from './rule.ts';
import { RuleRun, RuleRunSnapshotSchema } from './rule-run.ts';
import type { Change } from './rule-run.ts';
import { upgradeSnapshot } from './saved-by-version-1.ts';
import { formatEnding, summarise, unitOf } from './summary.ts';

const EngineSnapshotSchema = v.strictObject({
  version: v.literal(2),
  /** Null before the first tick. */
  nowSeconds: v.nullable(WholeSchema),
  watchedSeconds: v.pipe(WholeSchema, v.minValue(0)),
  meters: MetersSnapshotSchema,
  rules: v.array(RuleRunSnapshotSchema),
});
export type EngineSnapshot = v.InferOutput<typeof EngineSnapshotSchema>;

export interface EngineOptions {
  readonly emit: (event: AlertEvent) => void;
  /** Where the reasons of an alert are found; left out: none are told. */
  readonly recent?: Recent | null;
  /** With `recent`: where the log lines of alerts are kept; left out: none are told. */
  readonly lines?: AlertLines | null;
  /** What is wrong with a log that a silence is about, a sentence; null: nothing. */
  readonly sourceProblem?: (isAbout: (path: string) => boolean) => string | null;
}

export class AlertEngine implements SecondConsumer {
  readonly #options: EngineOptions;
  readonly #meters = new Meters();
  readonly #runs: readonly RuleRun[];
  /** Open alerts of rules that are no more: their end is told at the next tick. */
  #orphans: RuleRun[] = [];
  #nowSeconds: number | null = null;
  /** How long the log has been watched, in event time. */
  #watchedSeconds = 0;
  /** Every rule has been judged since it is what it is: only then a quiet second is like the one before. */
  #isJudged = false;

  constructor(rules: readonly Rule[], options: EngineOptions) {
    this.#options = options;
    this.#runs = rules.map((rule) => new RuleRun(new Measure(rule, this.#meters)));
  }

  get rules(): readonly Rule[] {
    return this.#runs.map(({ rule }) => rule);
  }

  /** Seconds must tell of clients. */
  get hasClients(): boolean {
    return this.#meters.hasClients;
  }

  /** A second that no window reaches, or that is yet to come, has no say. */
  add(second: Second): void {
    if (this.#nowSeconds === null || second.timeSeconds > this.#nowSeconds) return;
    this.#meters.add(second);
    for (let i = 0; i < this.#runs.length; i++) this.#runs[i]?.evidence.add(second);
  }

  advanceTo(timeSeconds: number): void {
    if (this.#nowSeconds === null) return this.#begin(timeSeconds);
    if (this.#orphans.length > 0) this.#endOrphans(this.#nowSeconds);
    let now = this.#nowSeconds;
    while (now < timeSeconds) {
      if (this.#isJudged && this.#meters.isEmpty()) {
        now = this.#passQuietTime(now, timeSeconds);
        if (now === timeSeconds) return;
      }
      now++;
      this.#nowSeconds = now;
      this.#watchedSeconds++;
      this.#meters.tick();
      this.#evaluate(now);
    }
  }

  /** Of the alerts that are open. */
  get firingIds(): ReadonlySet<string> {
    return new Set(this.#runs.flatMap(({ firingId }) => firingId ?? []));
  }

  states(): RuleState[] {
    return this.#runs.map((run) => run.state());
  }

  /** What there was of what each rule needs, as `findNeverKnown` takes it. */
  seen(): number[] {
    return this.#runs.map(({ evidence }) => evidence.seen);
  }

  /** The event that tells how a firing rule stands now; null when it does not fire. */
  reminderOf(ruleName: string): AlertEvent | null {
    const run = this.#runs.find(({ rule }) => rule.name === ruleName);
    if (run === undefined || this.#nowSeconds === null) return null;
    const { firingId: id, changedSeconds, peak, measure } = run;
    if (id === null) return null;
    const change = { id, reading: measure.read(), sinceSeconds: changedSeconds ?? this.#nowSeconds, peak };
    return this.#createEvent(run, { ...change, state: 'firing', ending: null }, this.#nowSeconds, true);
  }

  /** How far values were beyond their thresholds so far is told elsewhere. */
  forgetPeaks(): void {
    for (const run of this.#runs) run.peak = null;
  }

  snapshot(): EngineSnapshot {
    return {
      version: 2,
      nowSeconds: this.#nowSeconds,
      watchedSeconds: this.#watchedSeconds,
      meters: this.#meters.snapshot(),
      rules: [...this.#runs, ...this.#orphans].map((run) => run.snapshot(this.#watchedSeconds)),
    };
  }

  /**
   * Goes on from a snapshot, for an engine that has seen nothing yet: an open alert keeps its id and is not announced
   * again. A rule may have other windows and thresholds than before: what is known is judged anew at the next tick. The
   * alert of a rule that is no more is over at the next tick. False when `saved` is no snapshot, and nothing changes; or when
   * what was saved of a window does not fit it: that window begins afresh, the rest goes on.
   */
  restore(saved: unknown): boolean {
    const snapshot = upgradeSnapshot(saved);
    if (!v.is(EngineSnapshotSchema, snapshot)) return false;
    const { nowSeconds, rules } = snapshot;
    if (nowSeconds === null) return true;
    this.#begin(nowSeconds);
    const { watchedSeconds } = snapshot;
    this.#watchedSeconds = watchedSeconds;
    for (const run of this.#runs) run.beginLate(watchedSeconds);
    for (const savedRun of rules) {
      const run = this.#runs.find(
        ({ rule, subject }) => rule.name === savedRun.name && subject === savedRun.subject,
      );
      if (run !== undefined) run.restore(savedRun, watchedSeconds);
      else if (savedRun.firingId !== null) this.#orphans.push(createOrphan(savedRun));
    }
    return this.#meters.restore(snapshot.meters);
  }

  #begin(timeSeconds: number): void {
    this.#nowSeconds = timeSeconds;
    this.#isJudged = false;
    this.#meters.start(timeSeconds);
  }

  /** Nothing is in any window: skips the ticks that would change nothing. Returns the time it is then. */
  #passQuietTime(nowSeconds: number, endSeconds: number): number {
    let seconds = endSeconds - nowSeconds;
    for (let i = 0; i < this.#runs.length && seconds > 0; i++)
      seconds = Math.min(seconds, this.#runs[i]?.quietSeconds(this.#watchedSeconds) ?? 0);
    if (seconds <= 0) return nowSeconds;
    this.#nowSeconds = nowSeconds + seconds;
    this.#watchedSeconds += seconds;
    this.#meters.jumpTo(this.#nowSeconds);
    for (const run of this.#runs) if (run.firingId !== null) run.notePeak();
    return this.#nowSeconds;
  }

  #evaluate(nowSeconds: number): void {
    this.#isJudged = true;
    for (let i = 0; i < this.#runs.length; i++) {
      const run = this.#runs[i];
      const change = run?.tick(nowSeconds, this.#watchedSeconds) ?? null;
      if (run !== undefined && change !== null) this.#tell(run, change, nowSeconds);
    }
  }

  #endOrphans(nowSeconds: number): void {
    for (const run of this.#orphans.splice(0)) {
      const change = run.end(nowSeconds);
      if (change === null) continue;
      const event = this.#createEvent(run, change, nowSeconds, false);
      // Nobody measures it any more.
      const summary = formatEnding('rule-removed', event.metric);
      this.#options.emit({ ...event, value: null, summary });
    }
  }

  #tell(run: RuleRun, change: Change, nowSeconds: number): void {
    if (change.state === 'firing') this.#options.lines?.take(change.id, run.rule, nowSeconds);
    this.#options.emit(this.#createEvent(run, change, nowSeconds, false));
    if (change.state === 'resolved') this.#options.lines?.keepOnly(this.firingIds);
  }

  #createEvent(
    { rule, measure }: RuleRun,
    { id, state, ending, reading, sinceSeconds, peak }: Change,
    timeSeconds: number,
    isReminder: boolean,
  ): AlertEvent {
    const { sourceProblem } = this.#options;
    const problem =
      rule.metric === 'silence' && state === 'firing'
        ? (sourceProblem?.((path) => measure.selector.matchesSource(path)) ?? null)
        : null;
    const event: AlertEvent = {
      id,
      rule: rule.name,
      metric: rule.metric,
      unit: unitOf(rule),
      severity: rule.severity,
      state,
      ...(ending === null ? {} : { ending }),
      isReminder,
      value: reading.value,
      comparison: rule.comparison,
      threshold: rule.threshold,
      windowSeconds: rule.windowsSeconds[0],
      timeSeconds,
      sinceSeconds,
      peak,
      summary: summarise(measure, state, reading, problem),
      explanation: state === 'resolved' ? null : this.#explain(rule, id, timeSeconds),
      message: null,
      notify: rule.notify,
    };
    return rule.message === null ? event : { ...event, message: fillMessage(rule.message, event) };
  }

  /** Reasons are those of now; lines, those of when it began. */
  #explain(rule: Rule, id: string, timeSeconds: number): Explanation | null {
    const { recent = null, lines = null } = this.#options;
    if (recent === null) return null;
    const explanation = explain(rule, recent, timeSeconds);
    const shown = lines?.of(id) ?? [];
    return shown.length === 0 ? explanation : { ...explanation, lines: shown };
  }
}
