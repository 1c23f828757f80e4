// Learns from history: the value of each rule at every event second, as the alert engine would see it, by hour of the
// day and against every threshold that is tried. Seconds in; nothing is told before it is asked for.
import { NO_DETAILS } from '../aggregate/aggregator-options.ts';
import type { SecondDetails } from '../aggregate/aggregator-options.ts';
import type { Second, SecondConsumer } from '../aggregate/second.ts';
import { Evidence, findUntold } from '../alerts/evidence.ts';
import { Measure } from '../alerts/measure.ts';
import { Meters } from '../alerts/meters.ts';
import type { Rule } from '../alerts/rule.ts';
import { TRAFFIC_RULE_NAME } from '../alerts/traffic-rule.ts';
import { ByHour } from './by-hour.ts';
import type { Distribution } from './by-hour.ts';
import { Crossings } from './crossings.ts';
import type { LevelCount } from './crossings.ts';
import { createHourOfDay } from './hour-of-day.ts';
import { HourlyFailures } from './incidents.ts';
import type { Incidents } from './incidents.ts';
import { levelsOf } from './levels.ts';

/** What was learnt of one rule, whose own threshold plays no part. */
export interface Learnt {
  readonly rule: Rule;
  /** Of windows that were full. Null when there never was a verdict: nothing else is known then. */
  readonly whole: Distribution | null;
  /** By hour of the day, 0 to 23; null where there was no verdict. */
  readonly hours: readonly (Distribution | null)[];
  readonly maxAtSeconds: number | null;
  /** Ascending. */
  readonly levels: readonly LevelCount[];
  /** What it needs and no request tells: a sentence; null: nothing. */
  readonly untold: string | null;
}

interface Watch {
  readonly rule: Rule;
  readonly measure: Measure;
  readonly byHour: ByHour;
  readonly crossings: Crossings;
  readonly evidence: Evidence;
}

export class Learner implements SecondConsumer {
  readonly #meters = new Meters();
  readonly #failures = new HourlyFailures();
  readonly #watches: readonly Watch[];
  readonly #hourOf: (seconds: number) => number;
  #fromSeconds: number | null = null;
  #nowSeconds: number | null = null;
  #records = 0;

  /** `rules` fire above, at once, and over one window. `timezone`: that of the hours of the day, an IANA name. */
  constructor(rules: readonly Rule[], timezone: string) {
    this.#hourOf = createHourOfDay(timezone);
    this.#watches = rules.map((rule) => ({
      rule,
      measure: new Measure(rule, this.#meters),
      byHour: new ByHour(),
      // The rule of `threshold` has no second one to recover at.
      crossings: new Crossings(levelsOf(rule.metric, rule.name !== TRAFFIC_RULE_NAME)),
      evidence: new Evidence(rule),
    }));
  }

  /** What Seconds must tell. */
  get details(): SecondDetails {
    return { ...NO_DETAILS, hasClients: this.#meters.hasClients };
  }

  /** Event time of the first second that there is; null before there was any. */
  get fromSeconds(): number | null {
    return this.#fromSeconds;
  }

  get records(): number {
    return this.#records;
  }

  add(second: Second): void {
    if (this.#nowSeconds === null || second.timeSeconds > this.#nowSeconds) return;
    this.#fromSeconds ??= second.timeSeconds;
    this.#records += second.requests;
    this.#meters.add(second);
    for (const { evidence } of this.#watches) evidence.add(second);
    this.#failures.add(second);
  }

  advanceTo(timeSeconds: number): void {
    if (this.#nowSeconds === null) {
      this.#nowSeconds = timeSeconds;
      this.#meters.start(timeSeconds);
      return;
    }
    while (this.#nowSeconds < timeSeconds) {
      if (this.#meters.isEmpty()) return this.#passQuietTime(this.#nowSeconds, timeSeconds);
      this.#nowSeconds++;
      this.#meters.tick();
      this.#observe(this.#nowSeconds);
    }
  }

  /** What was learnt from although it is hardly usual. */
  incidents(): Incidents {
    return this.#failures.find();
  }

  learnt(): Learnt[] {
    return this.#watches.map(({ rule, byHour, crossings, evidence }) => ({
      rule,
      whole: byHour.whole(),
      hours: byHour.hours(),
      maxAtSeconds: byHour.maxAtSeconds,
      levels: crossings.counts(),
      untold: findUntold(rule, evidence.seen, 'in these logs'),
    }));
  }

  /**
   * Whether the log has told of a whole window. Thresholds are counted before as well, as the engine's are, but what is in half a
   * window is not typical, and the lateness before the first second no silence.
   */
  #isFull(rule: Rule, nowSeconds: number): boolean {
    return this.#fromSeconds !== null && nowSeconds - this.#fromSeconds >= windowOf(rule);
  }

  #observe(nowSeconds: number): void {
    const hour = this.#hourOf(nowSeconds - 1);
    for (const { rule, measure, byHour, crossings } of this.#watches) {
      const { value, requests } = measure.read();
      const verdict = requests < rule.requestsMin ? null : value;
      crossings.observe(verdict);
      if (verdict !== null && this.#isFull(rule, nowSeconds)) byHour.observe(verdict, nowSeconds, hour);
    }
  }

  /** Nothing is in any window until `endSeconds`: nothing but the silence changes. */
  #passQuietTime(nowSeconds: number, endSeconds: number): void {
    for (const { rule, measure, byHour, crossings } of this.#watches) {
      const { value, requests } = measure.read();
      const verdict = requests < rule.requestsMin ? null : value;
      const growth = rule.metric === 'silence' ? 1 : 0;
      if (verdict === null) crossings.observe(null, endSeconds - nowSeconds);
      else
        for (let seconds = 1; seconds <= endSeconds - nowSeconds; seconds++) {
          const grown = verdict + growth * seconds;
          const timeSeconds = nowSeconds + seconds;
          crossings.observe(grown);
          if (this.#isFull(rule, timeSeconds))
            byHour.observe(grown, timeSeconds, this.#hourOf(timeSeconds - 1));
        }
    }
    this.#nowSeconds = endSeconds;
    this.#meters.jumpTo(endSeconds);
  }
}

/** Seconds that a value is of; 0 of a silence, which has no window. */
export function windowOf({ metric, windowsSeconds }: Rule): number {
  return metric === 'silence' ? 0 : windowsSeconds[0];
}
