// Contract between what fluffy has to say and the places it says it.
import type { AlertEvent } from '../alerts/rule.ts';
import type { Report } from '../reports/summary.ts';

export interface OutputState {
  /** Name shown to people: `stdout`, or the path of the file. */
  readonly name: string;
  /** The last failure to write, until a write succeeds again; null when all is well. */
  readonly problem: string | null;
  /** Texts that could not be written and were given up. */
  readonly dropped: number;
}

/** A place that alerts or reports are written to. Writing never throws: a failure is a state. */
export interface Output {
  alert?(event: AlertEvent): void;
  report?(report: Report): void;
  state(): OutputState;
  /** Writes out what is waiting and closes. */
  close(): Promise<void>;
}
