// How a rule stands, from tick to tick: ok, pending while its condition has not held for long enough, firing, and ok again
// once it has recovered for long enough.
import * as v from 'valibot';
import { WholeSchema } from '../saved.ts';
import { Evidence } from './evidence.ts';
import type { Measure, Reading } from './measure.ts';
import { ENDINGS } from './rule.ts';
import type { AlertState, Ending, Rule, RuleStanding, RuleState } from './rule.ts';

/** A change to tell of. */
export interface Change {
  readonly id: string;
  readonly state: AlertState;
  /** Null while it fires. */
  readonly ending: Ending | null;
  readonly reading: Reading;
  readonly sinceSeconds: number;
  readonly peak: number | null;
}

export const RuleRunSnapshotSchema = v.strictObject({
  name: v.string(),
  /** What the rule is about: with another metric or other requests it is another rule. */
  subject: v.string(),
  firingId: v.nullable(v.string()),
  /** Of the last change between firing and not. */
  changedSeconds: v.nullable(WholeSchema),
  pendingSeconds: v.nullable(WholeSchema),
  recoveringSeconds: v.nullable(WholeSchema),
  peak: v.nullable(v.number()),
  /** Of the last alert, where it is over; left out by earlier versions. */
  ending: v.exactOptional(v.picklist(ENDINGS)),
  /** Of a rule whose verdict must wait: for how long the requests that it looks at have been watched, if that may matter. */
  watchedSeconds: v.exactOptional(v.pipe(WholeSchema, v.minValue(0))),
});
export type RuleRunSnapshot = v.InferOutput<typeof RuleRunSnapshotSchema>;

export class RuleRun {
  readonly rule: Rule;
  readonly measure: Measure;
  readonly evidence: Evidence;
  firingId: string | null = null;
  changedSeconds: number | null = null;
  peak: number | null = null;
  /** Of the last alert. */
  #ending: Ending | null = null;
  /** Since when the condition holds without firing yet, or the recovery lasts without being over yet. */
  #pendingSeconds: number | null = null;
  #recoveringSeconds: number | null = null;
  /** How long the log had been watched already when the requests that it looks at began to be. */
  #unwatchedSeconds = 0;

  constructor(measure: Measure) {
    this.rule = measure.rule;
    this.measure = measure;
    this.evidence = new Evidence(measure.rule);
  }

  get subject(): string {
    return `${this.rule.metric} ${this.measure.selector.key}`;
  }

  get standing(): RuleStanding {
    if (this.firingId !== null) return 'firing';
    return this.#pendingSeconds === null ? 'ok' : 'pending';
  }

  /**
   * For so many seconds from now, while there are no requests in any window, every tick will be as this one; 0 when the
   * next one may differ.
   */
  quietSeconds(watchedSeconds: number): number {
    if (this.#pendingSeconds !== null || this.#recoveringSeconds !== null) return 0;
    const { metric, comparison } = this.rule;
    const isFiring = this.firingId !== null;
    if (metric === 'silence') return this.#quietSecondsOfSilence();
    if (comparison === 'above') return isFiring ? 0 : Number.POSITIVE_INFINITY;
    const needed = this.measure.secondsNeeded - this.#watched(watchedSeconds);
    // What is below is below from the first tick on that has a verdict.
    return isFiring || needed <= 0 ? Number.POSITIVE_INFINITY : needed - 1;
  }

  /** It goes on growing: it comes to the threshold at a known time, and is over when a request has come since the last tick. */
  #quietSecondsOfSilence(): number {
    const { threshold, recoverThreshold } = this.rule;
    const silence = this.measure.read().value ?? 0;
    if (this.firingId === null) return Math.floor(threshold - silence);
    return silence + 1 < recoverThreshold ? 0 : Number.POSITIVE_INFINITY;
  }

  /** Judges at `nowSeconds`; the change if there is one. */
  tick(nowSeconds: number, watchedSeconds: number): Change | null {
    const isKnown = this.#watched(watchedSeconds) >= this.measure.secondsNeeded;
    this.evidence.judge(this.measure, isKnown);
    return this.firingId === null ? this.#lookForFire(nowSeconds, isKnown) : this.#lookForEnd(nowSeconds);
  }

  /** The rule is no more: its alert is over. */
  end(nowSeconds: number): Change | null {
    return this.firingId === null ? null : this.#change('rule-removed', this.firingId, nowSeconds);
  }

  state(): RuleState {
    const { rule, standing } = this;
    const { value, requests } = this.measure.read();
    const hasVerdict = requests >= rule.requestsMin;
    const { changedSeconds: sinceSeconds } = this;
    return { rule, standing, value: hasVerdict ? value : null, sinceSeconds, ending: this.#ending };
  }

  /** `watchedSeconds`: for how long the log has been watched, here and elsewhere. */
  snapshot(watchedSeconds: number): RuleRunSnapshot {
    const { secondsNeeded } = this.measure;
    const watched = Math.min(secondsNeeded, this.#watched(watchedSeconds));
    return {
      name: this.rule.name,
      subject: this.subject,
      firingId: this.firingId,
      changedSeconds: this.changedSeconds,
      pendingSeconds: this.#pendingSeconds,
      recoveringSeconds: this.#recoveringSeconds,
      peak: this.peak,
      ...(this.#ending === null ? {} : { ending: this.#ending }),
      ...(secondsNeeded === 0 ? {} : { watchedSeconds: watched }),
    };
  }

  /** The log has been watched, but not for this rule: what it has not seen is not 0. */
  beginLate(watchedSeconds: number): void {
    this.#unwatchedSeconds = watchedSeconds;
  }

  restore(saved: RuleRunSnapshot, watchedSeconds: number): void {
    this.#unwatchedSeconds = watchedSeconds - (saved.watchedSeconds ?? 0);
    this.firingId = saved.firingId;
    this.changedSeconds = saved.changedSeconds;
    this.peak = saved.peak;
    this.#ending = saved.ending ?? null;
    this.#pendingSeconds = saved.pendingSeconds;
    this.#recoveringSeconds = saved.recoveringSeconds;
  }

  #lookForFire(nowSeconds: number, isKnown: boolean): Change | null {
    if (!isKnown || !this.measure.isMet()) {
      this.#pendingSeconds = null;
      return null;
    }
    this.#pendingSeconds ??= nowSeconds;
    if (nowSeconds - this.#pendingSeconds < this.rule.forSeconds) return null;
    this.peak = null;
    this.notePeak();
    return this.#change(null, `${this.rule.name}-${nowSeconds}`, nowSeconds);
  }

  #lookForEnd(nowSeconds: number): Change | null {
    this.notePeak();
    if (!this.measure.isRecovered()) {
      this.#recoveringSeconds = null;
      return null;
    }
    this.#recoveringSeconds ??= nowSeconds;
    if (nowSeconds - this.#recoveringSeconds < this.rule.recoverForSeconds) return null;
    const ending = this.measure.findUnjudged()?.ending ?? 'recovered';
    return this.#change(ending, this.firingId ?? '', nowSeconds);
  }

  notePeak(): void {
    const { value } = this.measure.read();
    if (value === null) return;
    const further = this.rule.comparison === 'above' ? Math.max : Math.min;
    this.peak = this.peak === null ? value : further(this.peak, value);
  }

  #watched(watchedSeconds: number): number {
    return watchedSeconds - this.#unwatchedSeconds;
  }

  /** `ending`: null when it fires. */
  #change(ending: Ending | null, id: string, nowSeconds: number): Change {
    const state = ending === null ? 'firing' : 'resolved';
    const sinceSeconds = state === 'firing' ? nowSeconds : (this.changedSeconds ?? nowSeconds);
    this.firingId = state === 'firing' ? id : null;
    this.changedSeconds = nowSeconds;
    this.#ending = ending;
    this.#pendingSeconds = this.#recoveringSeconds = null;
    return { id, state, ending, reading: this.measure.read(), sinceSeconds, peak: this.peak };
  }
}
