// Contract between what fluffy has to say and the places it says it.
import type { AlertEvent } from '../alerts/rule.ts';
import type { Report } from '../reports/summary.ts';

/** Something to be told. */
export type OutputEvent =
  | { readonly type: 'alert'; readonly alert: AlertEvent }
  | { readonly type: 'report'; readonly report: Report };

/** A place that alerts or reports are told to. It keeps no queue and tries nothing twice: the outbox does. */
export interface Output {
  /** Name shown to people: `stdout`, or the path of the file. Unique. */
  readonly name: string;
  /** What it wants to be told. */
  readonly takes: readonly OutputEvent['type'][];
  /** Checks that it can be written to. Rejects with a sentence for a person when it can't. */
  open(): Promise<void>;
  /** Resolves once the place has these events. Rejects likewise, and then has nothing of them. One call at a time. */
  deliver(events: readonly OutputEvent[]): Promise<void>;
  close(): Promise<void>;
}

export interface OutputState {
  readonly name: string;
  /** The last failure, until an attempt succeeds again; null when all is well. */
  readonly problem: string | null;
  /** Events that were not delivered yet. */
  readonly waiting: number;
  /** Events that were given up because too many were waiting. */
  readonly dropped: number;
}
