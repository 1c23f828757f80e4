// What an alert rule asks for, and the event that tells of it. Text, JSON and metrics are renderings of this event.

/** Fires while more requests a second than `threshold` arrive, on average over the window. */
export interface Rule {
  readonly name: string;
  readonly windowSeconds: number;
  /** Requests a second. */
  readonly threshold: number;
}

export type AlertState = 'firing' | 'resolved';

export interface AlertEvent {
  /** The same for the firing and the resolving of one alert, and the same again when the log is replayed. */
  readonly id: string;
  readonly rule: string;
  readonly state: AlertState;
  /** Requests a second over the window at `timeSeconds`. */
  readonly value: number;
  readonly threshold: number;
  readonly windowSeconds: number;
  /** Event time, whole seconds since the epoch. */
  readonly timeSeconds: number;
  /** What the value was computed from, for a person. */
  readonly reason: string;
}

/** How a rule stands now. */
export interface RuleState {
  readonly rule: Rule;
  readonly isFiring: boolean;
  /** Requests a second over the window at the last evaluation. */
  readonly value: number;
  /** Event time of the last change between firing and not; null when there was none. */
  readonly sinceSeconds: number | null;
}
