// What a test of rules says: the traffic, and the alerts that are expected of it. Read from a file by the configuration,
// rendered to log lines, run, and judged.
import type { PathGrouping } from '../aggregate/paths.ts';
import type { AlertState, Severity } from '../alerts/rule.ts';

/** How paths are counted in tests. */
export const TEST_GROUPING: PathGrouping = { templatesIds: true, patterns: [] };

/** Requests of one kind, spread evenly over a time. Seconds count from the start of the test. */
export interface Series {
  readonly fromSeconds: number;
  readonly forSeconds: number;
  /** Requests a second, above 0; the first one comes at `fromSeconds`. */
  readonly rate: number;
  readonly method: string;
  /** May have a query. */
  readonly path: string;
  readonly status: number;
  readonly bytes: number;
  /** Null: the log does not say. */
  readonly latencyMs: number | null;
  readonly client: string;
  /** More than 1: so many addresses in turn, in place of `client`. */
  readonly clients: number;
  readonly agent: string;
}

export interface Expectation {
  readonly rule: string;
  readonly state: AlertState;
  /** Seconds from the start of the test, both included. */
  readonly fromSeconds: number;
  readonly toSeconds: number;
  /** What is not given may be anything. */
  readonly value?: number;
  readonly above?: number;
  readonly below?: number;
  readonly severity?: Severity;
  /** Part of what the alert says: its summary, its reasons, its message. */
  readonly reason?: string;
}

export interface RuleTest {
  readonly name: string;
  readonly traffic:
    | { readonly kind: 'series'; readonly series: readonly Series[] }
    | {
        readonly kind: 'lines';
        readonly text: string;
        readonly logFormat: string;
        readonly timezone: string;
      };
  /** The path of the log, as `where: {source: …}` sees it. */
  readonly source: string;
  readonly latenessSeconds: number;
  /** Since the epoch; null: the time of the first line. */
  readonly startSeconds: number | null;
  /** Event time goes on to here, from the start; null: as far as the traffic goes. */
  readonly untilSeconds: number | null;
  /** All that is expected, in order of time. */
  readonly expect: readonly Expectation[];
}
