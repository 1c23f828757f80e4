// The alerting as one part of the data path: Seconds in, alerts to tell out. Holds the engine, what it takes its reasons
// from, and who holds alerts back; its rules can be changed while it runs.
import type { SecondDetails } from '../aggregate/aggregator-options.ts';
import { SampledLines } from '../aggregate/sampled-lines.ts';
import type { SampledLinesOptions } from '../aggregate/sampled-lines.ts';
import type { RequestColumns, Second, SecondConsumer } from '../aggregate/second.ts';
import { AlertCounts } from './alert-counts.ts';
import type { AlertCount } from './alert-counts.ts';
import { AlertLines } from './alert-lines.ts';
import { AlertEngine } from './engine.ts';
import { findUntold } from './evidence.ts';
import { Notifier } from './notifier.ts';
import type { Silence } from './notifier.ts';
import { Recent } from './recent.ts';
import type { AlertEvent, Rule, RuleState } from './rule.ts';
import { createSeam } from './seam.ts';
import type { AlertingSeam } from './seam.ts';

export interface AlertingRules {
  readonly rules: readonly Rule[];
  /** Alerts carry their reasons. */
  readonly isExplained: boolean;
  /** … and a few lines of the log; left out: they don't. */
  readonly hasLines?: boolean;
  readonly isInMaintenance: (rule: string, seconds: number) => boolean;
}

export interface AlertingOptions extends AlertingRules {
  /** What of a line may be shown, as `SampledLines` has it; left out: all. */
  readonly anonymiseLine?: SampledLinesOptions['anonymise'];
  /** An alert, its end, or a reminder that somebody is to be told of. */
  readonly tell: (event: AlertEvent) => void;
  /** What has happened, told or held back. */
  readonly changed?: (event: AlertEvent) => void;
  /** What is wrong with a log that a silence is about, a sentence; null: nothing. */
  readonly sourceProblem?: (isAbout: (path: string) => boolean) => string | null;
}

/** A rule as it stands, whether nobody is told, how often it began and ended, and whether it can be judged. */
export interface AlertStanding extends RuleState {
  readonly isMuted: boolean;
  readonly counts: AlertCount;
  /** What it needs and no request has told: a sentence; null: nothing. */
  readonly neverKnown: string | null;
}

export class Alerting implements SecondConsumer {
  readonly takesRuns = true;
  readonly #options: AlertingOptions;
  readonly #recent = new Recent();
  readonly #sampledLines: SampledLines;
  readonly #alertLines: AlertLines;
  readonly #counts: AlertCounts;
  #engine: AlertEngine;
  #notifier: Notifier;
  #isExplained: boolean;
  #hasLines: boolean;
  #nowSeconds = Number.NEGATIVE_INFINITY;

  constructor(options: AlertingOptions) {
    this.#options = options;
    this.#sampledLines = new SampledLines({ anonymise: options.anonymiseLine ?? null });
    this.#alertLines = new AlertLines({ recent: this.#recent, lines: this.#sampledLines });
    this.#isExplained = options.isExplained;
    this.#hasLines = areLinesTold(options);
    this.#counts = new AlertCounts(options.rules.map(({ name }) => name));
    this.#engine = this.#createEngine(options);
    this.#notifier = this.#createNotifier(options);
  }

  /** What Seconds must tell. */
  get details(): SecondDetails {
    return {
      hasSamples: this.#isExplained,
      hasClients: this.#engine.hasClients,
      hasSources: this.#engine.rules.some(({ where }) => where.sources.length > 0),
      ...(this.#hasLines ? { lines: this.#sampledLines } : {}),
    };
  }

  get rules(): readonly Rule[] {
    return this.#engine.rules;
  }

  /** The requests of late; null while they are not kept for reasons. */
  get recent(): Recent | null {
    return this.#isExplained ? this.#recent : null;
  }

  get silences(): readonly Silence[] {
    return this.#notifier.silences;
  }

  /** What is saved of it, by the names under which it is. */
  get parts(): Readonly<Record<string, { snapshot(): unknown; restore(saved: unknown): boolean }>> {
    return {
      alerts: { snapshot: () => this.#engine.snapshot(), restore: (saved) => this.#engine.restore(saved) },
      notifier: {
        snapshot: () => this.#notifier.snapshot(),
        restore: (saved) => this.#notifier.restore(saved),
      },
      'alert-counts': {
        snapshot: () => this.#counts.snapshot(),
        restore: (saved) => this.#counts.restore(saved),
      },
      // After the alerts whose lines they are.
      'alert-lines': {
        snapshot: () => this.#alertLines.snapshot(),
        restore: (saved) => {
          const isRestored = this.#alertLines.restore(saved);
          this.#forgetLines();
          return isRestored;
        },
      },
      recent: { snapshot: () => this.#recent.snapshot(), restore: (saved) => this.#recent.restore(saved) },
    };
  }

  /** How it stands where a replay is taken apart; `reachSeconds`: as `reachOf` gives it for the rules. */
  seam(reachSeconds: number): AlertingSeam {
    const fromSeconds = this.#nowSeconds - reachSeconds;
    return createSeam(
      { engine: this.#engine.snapshot(), notifier: this.#notifier.snapshot() },
      { rules: this.rules, recent: this.#recent.between(fromSeconds, Number.POSITIVE_INFINITY) },
    );
  }

  forgetPeaks(): void {
    this.#engine.forgetPeaks();
  }

  add(second: Second): void {
    if (this.#isExplained) this.#recent.add(second);
    this.#engine.add(second);
  }

  addRun(requests: RequestColumns, count: number): void {
    if (this.#isExplained) this.#recent.follow(requests);
    for (let from = 0; from < count;) {
      const end = requests.secondEnd(from);
      this.advanceTo(requests.timesSeconds[from] ?? 0);
      this.#engine.add(requests.second(from, end));
      this.#recent.reach(end);
      from = end;
    }
    this.#recent.unfollow();
  }

  advanceTo(timeSeconds: number): void {
    this.#nowSeconds = timeSeconds;
    this.#engine.advanceTo(timeSeconds);
    this.#notifier.advanceTo(timeSeconds);
  }

  standings(): AlertStanding[] {
    const seen = this.#engine.seen();
    return this.#engine.states().map((state, place) => ({
      ...state,
      isMuted: this.#notifier.isMuted(state.rule.name, this.#nowSeconds),
      counts: this.#counts.of(state.rule.name),
      neverKnown: state.standing === 'firing' ? null : findUntold(state.rule, seen[place] ?? 0, 'so far'),
    }));
  }

  /** What there was of what each rule needs, as `findNeverKnown` takes it. */
  seen(): number[] {
    return this.#engine.seen();
  }

  /** Alerts that fire and were told, as they stand now. */
  firing(): AlertEvent[] {
    return this.#notifier.firing();
  }

  /** All alerts that fire, told or held back, as they stand now. */
  open(): AlertEvent[] {
    return this.#engine.rules.flatMap(({ name }) => this.#engine.reminderOf(name) ?? []);
  }

  silence(silence: Silence): void {
    this.#notifier.silence(silence);
  }

  /** False when the rule is not silenced. */
  unsilence(rule: string): boolean {
    return this.#notifier.unsilence(rule);
  }

  /** Other rules from now on: windows and open alerts of those that stay go on; alerts of those that go are over. */
  change(rules: AlertingRules): void {
    const [engine, notifier] = [this.#engine.snapshot(), this.#notifier.snapshot()];
    this.#isExplained = rules.isExplained;
    this.#hasLines = areLinesTold(rules);
    this.#counts.change(rules.rules.map(({ name }) => name));
    this.#engine = this.#createEngine(rules);
    this.#notifier = this.#createNotifier(rules);
    this.#engine.restore(engine);
    this.#notifier.restore(notifier);
    this.#forgetLines();
  }

  /** Those of alerts that are over; all when they are no longer to be told. */
  #forgetLines(): void {
    this.#alertLines.keepOnly(this.#hasLines ? this.#engine.firingIds : new Set());
  }

  #createEngine({ rules, isExplained, ...rest }: AlertingRules): AlertEngine {
    const { changed, sourceProblem } = this.#options;
    return new AlertEngine(rules, {
      recent: isExplained ? this.#recent : null,
      lines: areLinesTold({ isExplained, ...rest }) ? this.#alertLines : null,
      ...(sourceProblem === undefined ? {} : { sourceProblem }),
      emit: (event) => {
        changed?.(event);
        this.#counts.add(event.rule, event.state);
        this.#notifier.take(event);
      },
    });
  }

  #createNotifier({ rules, isInMaintenance }: AlertingRules): Notifier {
    return new Notifier({
      rules,
      isInMaintenance,
      tell: this.#options.tell,
      reminderOf: (rule) => this.#engine.reminderOf(rule),
    });
  }
}

function areLinesTold({
  isExplained,
  hasLines = false,
}: Pick<AlertingRules, 'isExplained' | 'hasLines'>): boolean {
  return isExplained && hasLines;
}
