// What the page shows, gathered beside the other consumers of Seconds: the last quarter of an hour, and the alerts of late.
// Gives the events of `/api/live`; while nobody watches it only keeps its window.
import type { AlertStanding } from '../alerts/alerting.ts';
import type { Recent } from '../alerts/recent.ts';
import type { AlertEvent } from '../alerts/rule.ts';
import { unitOf } from '../alerts/summary.ts';
import type { Second, SecondConsumer } from '../aggregate/second.ts';
import { findTopClients } from './clients.ts';
import { STEP_SECONDS, WINDOW_SECONDS } from './event.ts';
import type { LiveAlert, LiveEvent, LiveRule, LiveSilence, LiveSource } from './event.ts';
import { shortenReasons } from './name.ts';
import { joinAlerts } from './past-alerts.ts';
import type { AlertRow } from '../store/store.ts';
import { SecondRing } from './second-ring.ts';
import { Steps } from './steps.ts';

/** That are told. */
export const ALERTS_MAX = 50;
/** With 8 kB each, or the whole window would be too large for a viewer who comes. */
const ALERTS_WITH_LINES_MAX = 10;
/** The requests that clients are found from are some ten thousand: not every second. */
const CLIENTS_EVERY = 5;

/** How the other parts stand at the moment. */
export interface LiveSurroundings {
  readonly version: string;
  readonly nowMs: number;
  readonly startedMs: number;
  readonly rules: readonly AlertStanding[];
  readonly silences: readonly LiveSilence[];
  readonly sources: readonly LiveSource[];
  readonly sourceCount: number;
  readonly problems: readonly string[];
}

export interface LiveOptions {
  readonly look: () => LiveSurroundings;
  /** Of the rules, at the second that was told last. */
  readonly standings: () => readonly AlertStanding[];
  /** Wall time, milliseconds since the epoch. */
  readonly now: () => number;
  /** Null while requests are not kept for reasons. */
  readonly recent: () => Pick<Recent, 'between'> | null;
}

export class Live implements SecondConsumer {
  readonly #options: LiveOptions;
  readonly #ring = new SecondRing();
  readonly #steps = new Steps();
  /** Oldest first. */
  #alerts: LiveAlert[] = [];
  #newAlerts: LiveAlert[] = [];
  #updates = 0;

  constructor(options: LiveOptions) {
    this.#options = options;
  }

  add(second: Second): void {
    if (this.#isOutdated(second.timeSeconds)) return;
    this.#ring.add(second);
    this.#steps.add(second);
  }

  /** Goes after the alerts, whose values it notes; in a backlog not every second, of which there may be very many. */
  advanceTo(timeSeconds: number): void {
    if (this.#isOutdated(timeSeconds)) return;
    const before = this.#ring.toldSeconds ?? timeSeconds;
    this.#ring.advanceTo(timeSeconds);
    this.#steps.advanceTo(timeSeconds);
    if (Math.floor(before / STEP_SECONDS) !== Math.floor(timeSeconds / STEP_SECONDS)) this.noteValues();
  }

  /**
   * At the start, before any alert is added: what an earlier process knew. `past`: oldest first; `firing`: what fires
   * still. It is no news.
   */
  restoreAlerts(past: readonly AlertRow[], firing: readonly AlertEvent[]): void {
    this.#alerts = joinAlerts(past, firing.map(toLiveAlert), ALERTS_MAX);
  }

  /** In place of the same one, which there is when a log is read again after a restart. */
  addAlert(alert: AlertEvent): void {
    const told = toLiveAlert(alert);
    this.#alerts = this.#alerts.filter((known) => !isSame(known, told));
    this.#alerts.push(told);
    this.#newAlerts.push(told);
    if (this.#alerts.length > ALERTS_MAX) this.#alerts.shift();
    if (this.#newAlerts.length > ALERTS_MAX) this.#newAlerts.shift();
  }

  /** Notes the values of the rules; once a second, whether anybody watches or not. */
  noteValues(): void {
    if (this.#ring.toldSeconds === null) return;
    const rules = this.#options.standings();
    this.#ring.keepRules(new Set(rules.map(({ rule }) => rule.name)));
    for (const { rule, value } of rules) this.#ring.noteValue(rule.name, value);
  }

  /** The whole window. */
  whole(): LiveEvent {
    const around = this.#options.look();
    const names = namesOf(around);
    return {
      ...this.#frame(around),
      isWhole: true,
      seconds: this.#ring.whole(names),
      steps: this.#steps.whole(),
      alerts: withFewLines(this.#alerts),
      clients: this.#clients(),
    };
  }

  /** What is new since the last update. */
  update(): LiveEvent {
    const around = this.#options.look();
    const alerts = withFewLines(this.#newAlerts);
    this.#newAlerts = [];
    return {
      ...this.#frame(around),
      isWhole: false,
      seconds: this.#ring.takeChanged(namesOf(around)),
      steps: this.#steps.takeChanged(),
      alerts,
      clients: this.#updates++ % CLIENTS_EVERY === 0 ? this.#clients() : null,
    };
  }

  /** Nobody watches: whoever comes gets the whole window. */
  dropChanges(): void {
    this.#ring.dropChanges();
    this.#steps.dropChanges();
    this.#newAlerts = [];
  }

  /** A backlog that will have left the window by the time it is read is not worth gathering. */
  #isOutdated(timeSeconds: number): boolean {
    return timeSeconds < this.#options.now() / 1000 - WINDOW_SECONDS;
  }

  #frame({ rules, ...rest }: LiveSurroundings): LiveSurroundingsTold {
    return { ...rest, rules: rules.map(createLiveRule), toldSeconds: this.#ring.toldSeconds };
  }

  #clients(): LiveEvent['clients'] {
    const { toldSeconds } = this.#ring;
    const recent = this.#options.recent();
    return recent === null || toldSeconds === null ? null : findTopClients(recent, toldSeconds);
  }
}

/** With short names. */
function toLiveAlert(alert: AlertEvent): LiveAlert {
  const { id, rule, state, isReminder, timeSeconds, sinceSeconds, summary, message, explanation } = alert;
  const told = { id, rule, state, isReminder, timeSeconds, sinceSeconds, summary, message };
  return { ...told, explanation: explanation === null ? null : shortenReasons(explanation) };
}

function isSame(a: LiveAlert, b: LiveAlert): boolean {
  return a.id === b.id && a.state === b.state && a.timeSeconds === b.timeSeconds;
}

/** Lines stay with the newest. */
function withFewLines(alerts: readonly LiveAlert[]): LiveAlert[] {
  let left = ALERTS_WITH_LINES_MAX;
  return alerts
    .toReversed()
    .map((alert) => {
      if (alert.explanation?.lines === undefined || left-- > 0) return alert;
      const { lines: _, ...explanation } = alert.explanation;
      return { ...alert, explanation };
    })
    .toReversed();
}

type LiveSurroundingsTold = Omit<LiveSurroundings, 'rules'> & Pick<LiveEvent, 'rules' | 'toldSeconds'>;

function namesOf({ rules }: LiveSurroundings): string[] {
  return rules.map(({ rule }) => rule.name);
}

function createLiveRule(alert: AlertStanding): LiveRule {
  const { rule, standing, isMuted, value, sinceSeconds, ending, neverKnown } = alert;
  const { name, metric, where, severity, comparison, threshold, windowsSeconds } = rule;
  const { recoverThreshold, recoverForSeconds } = rule;
  return {
    name,
    metric,
    where,
    severity,
    standing,
    isMuted,
    value,
    unit: unitOf(rule),
    comparison,
    threshold,
    recoverThreshold,
    recoverForSeconds,
    windowSeconds: windowsSeconds[0],
    sinceSeconds,
    ending,
    neverKnown,
  };
}
