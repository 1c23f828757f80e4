// A set of rules over finished logs: the alerting as it is in the monitor, and what it finds, told to whoever keeps the tally.
import { NO_DETAILS } from '../aggregate/aggregator-options.ts';
import type { SecondDetails } from '../aggregate/aggregator-options.ts';
import type { RequestColumns, Second, SecondConsumer } from '../aggregate/second.ts';
import { Alerting } from '../alerts/alerting.ts';
import type { AlertingRules } from '../alerts/alerting.ts';
import type { AlertEvent } from '../alerts/rule.ts';
import { reachOf } from '../alerts/seam.ts';
import type { AlertingSeam } from '../alerts/seam.ts';

export interface Finding {
  readonly event: AlertEvent;
  /** False: the alert began or ended; true: somebody would have been told of that, or reminded. */
  readonly isTold: boolean;
}

export class Backtest implements SecondConsumer {
  readonly takesRuns = true;
  readonly #alerting: Alerting;
  readonly #reachSeconds: number;

  constructor(rules: AlertingRules, found: (finding: Finding) => void) {
    this.#reachSeconds = reachOf(rules.rules);
    this.#alerting = new Alerting({
      ...rules,
      // They would cost a log with few lines a second more than all the rest of an alert.
      hasLines: false,
      changed: (event) => found({ event, isTold: false }),
      tell: (event) => found({ event, isTold: true }),
    });
  }

  /** What Seconds must tell. */
  get details(): SecondDetails {
    return this.#alerting.details;
  }

  add(second: Second): void {
    this.#alerting.add(second);
  }

  advanceTo(timeSeconds: number): void {
    this.#alerting.advanceTo(timeSeconds);
  }

  addRun(requests: RequestColumns, count: number): void {
    this.#alerting.addRun(requests, count);
  }

  /** The alerts that fire, as they stand now. */
  open(): AlertEvent[] {
    return this.#alerting.open();
  }

  /** What there was of what each rule needs, as `RuleTally` takes it. */
  seen(): number[] {
    return this.#alerting.seen();
  }

  /** How it stands, for one that has begun to read elsewhere. */
  seam(): AlertingSeam {
    return this.#alerting.seam(this.#reachSeconds);
  }

  /** How far values were beyond their thresholds so far is told elsewhere. */
  forgetPeaks(): void {
    this.#alerting.forgetPeaks();
  }
}

/** What Seconds must tell for all of `backtests`. */
export function detailsOf(backtests: readonly Backtest[]): SecondDetails {
  return backtests.reduce(
    (all, { details }) => ({
      hasSamples: all.hasSamples || details.hasSamples,
      hasClients: all.hasClients || details.hasClients,
      hasSources: all.hasSources || details.hasSources,
    }),
    NO_DETAILS,
  );
}
