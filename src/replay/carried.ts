// Alerts that fired already where a piece of a replay begins: its warm-up has not seen how they began, and calls them by other
// names than the piece before.
import type { AlertEvent, Rule } from '../alerts/rule.ts';
import { goOn } from '../alerts/seam.ts';
import type { OpenAlert } from '../alerts/seam.ts';
import type { Finding } from '../backtest/backtest.ts';
import type { Seam } from './piece.ts';

interface CarriedAlert {
  /** As the first of the pieces knows it that it fired in, with its peak up to here. */
  readonly known: OpenAlert;
  readonly rule: Rule;
}

export class Carried {
  static readonly none = new Carried([]);
  /** By set of rules: by the id that the piece gives. */
  readonly #alerts: readonly ReadonlyMap<string, CarriedAlert>[];

  private constructor(alerts: readonly ReadonlyMap<string, CarriedAlert>[]) {
    this.#alerts = alerts;
  }

  /** `event` as whoever has read everything would tell it. */
  tell(set: number, event: AlertEvent): AlertEvent {
    const carried = this.#alerts[set]?.get(event.id);
    return carried === undefined ? event : goOn(event, carried.known, carried.rule);
  }

  tellFinding(set: number, finding: Finding): Finding {
    return { ...finding, event: this.tell(set, finding.event) };
  }

  /** For the next piece: `before` is how the one that these are of ends, `begun` how the next one has begun, in the same standing. */
  next(before: Seam, begun: Seam, rules: readonly (readonly Rule[])[]): Carried {
    return new Carried(
      begun.open.map(
        (alerts, set) =>
          new Map(
            alerts.flatMap(({ rule: name, id }) => {
              const known = before.open[set]?.find((alert) => alert.rule === name);
              const rule = rules[set]?.find((each) => each.name === name);
              if (known === undefined || rule === undefined) return [];
              return [[id, { known: this.#known(set, known, rule), rule }] as const];
            }),
          ),
      ),
    );
  }

  #known(set: number, alert: OpenAlert, rule: Rule): OpenAlert {
    const carried = this.#alerts[set]?.get(alert.id);
    return carried === undefined ? alert : goOn(alert, carried.known, rule);
  }
}
