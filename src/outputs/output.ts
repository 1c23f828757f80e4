// Contract between what fluffy has to say and the places it says it.
import type { AlertEvent } from '../alerts/rule.ts';
import type { Report } from '../reports/summary.ts';

/** Something to be told. */
export type OutputEvent =
  | { readonly type: 'alert'; readonly alert: AlertEvent }
  | { readonly type: 'report'; readonly report: Report };

/** Events for one delivery, unless a place says otherwise: a backlog can bring them faster than one write for each. */
export const BATCH_MAX = 100;

/** A place that alerts or reports are told to. It keeps no queue and tries nothing twice: the outbox does. */
export interface Output {
  /** Name shown to people: `stdout`, the path of the file, or `channel` and its name. Unique. */
  readonly name: string;
  /** How patient one is with it: a place in the network may be away for hours, and many depend on it. */
  readonly reach: 'local' | 'network';
  /** Events for one delivery at most; 1 when a delivery of more could be taken in part. */
  readonly batchMax: number;
  /** It is opened again after each so many milliseconds, so that it does not forget; never if not given. */
  readonly keepAliveMs?: number;
  /** Whether it wants to be told this. */
  takes(event: OutputEvent): boolean;
  /** Checks that it can be written to. Rejects with a sentence for a person when it can't. */
  open(): Promise<void>;
  /**
   * Resolves once the place has these events. Rejects likewise, with a DeliveryError if there is more to say of it, and
   * then has nothing of them as far as is known. One call at a time. Ends soon once `signal` is aborted.
   */
  deliver(events: readonly OutputEvent[], signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** An event that was given up because its place refused it as such, or for too long. */
export interface DeadLetter {
  /** Id of the alert or the report. */
  readonly id: string;
  /** Of an alert; null of a report. */
  readonly rule: string | null;
  /** A sentence for a person. */
  readonly reason: string;
  /** When it was given up; milliseconds since the epoch. */
  readonly timeMs: number;
}

export interface DeadLetters {
  readonly count: number;
  /** The last of them, the newest last. */
  readonly last: readonly DeadLetter[];
}

export interface OutputState {
  readonly name: string;
  /** The last failure, until an attempt succeeds again; null when all is well. */
  readonly problem: string | null;
  /** Events that were not delivered yet. */
  readonly waiting: number;
  /** Events that were given up because too many were waiting. */
  readonly dropped: number;
  readonly deadLetters: DeadLetters;
}
