// A set of rules over finished logs: the alerting as it is in the monitor, and beside it the tally of what each rule finds.
import { NO_DETAILS } from '../aggregate/aggregator-options.ts';
import type { SecondDetails } from '../aggregate/aggregator-options.ts';
import type { Second, SecondConsumer } from '../aggregate/second.ts';
import { Alerting } from '../alerts/alerting.ts';
import type { AlertingRules } from '../alerts/alerting.ts';
import type { AlertEvent } from '../alerts/rule.ts';
import { RuleTally } from './rule-tally.ts';
import type { RuleOutcome } from './rule-tally.ts';

export class Backtest implements SecondConsumer {
  readonly #alerting: Alerting;
  readonly #tally: RuleTally;

  /** `tell`: an alert, its end, or a reminder that somebody would have been told of. */
  constructor(rules: AlertingRules, tell: (event: AlertEvent) => void) {
    this.#tally = new RuleTally(rules.rules);
    this.#alerting = new Alerting({
      ...rules,
      // They would cost a log with few lines a second more than all the rest of an alert.
      hasLines: false,
      changed: (event) => this.#tally.changed(event),
      tell: (event) => {
        this.#tally.told(event);
        tell(event);
      },
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

  /** To be asked once, when the logs have ended, at `toSeconds`. In the order of the rules. */
  outcomes(toSeconds: number): RuleOutcome[] {
    return this.#tally.outcomes(toSeconds, this.#alerting.open());
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
