// The running report: every Second that closed since the last report, cut at the boundaries that the schedule sets.
import * as v from 'valibot';
import { RollUp, RollUpSnapshotSchema } from '../aggregate/roll-up.ts';
import type { PathCount } from '../aggregate/roll-up.ts';
import type { RequestColumns, Second, SecondConsumer } from '../aggregate/second.ts';
import { WholeSchema } from '../saved.ts';

export interface Report {
  /** The same again when the same report is told twice. */
  readonly id: string;
  /** The report tells of the event seconds from here (unless late records came on top) … */
  readonly fromSeconds: number;
  /** … to here, not included; this is the date in its head. Seconds since the epoch. */
  readonly toSeconds: number;
  /** The monitor stopped before the period was over. */
  readonly isPartial: boolean;
  readonly requests: number;
  /** Requests with a status of 400 or above. */
  readonly errors: number;
  readonly bytesSent: number;
  /** Requests by status code; 0 for those of which the log does not say. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Most requested first, ties by path. */
  readonly paths: readonly PathCount[];
  readonly furtherPaths: number;
  readonly furtherRequests: number;
}

export interface SummaryOptions {
  /** Paths named in a report. */
  readonly top: number;
  /** Distinct paths kept apart in the running report. */
  readonly pathsMax: number;
  readonly emit: (report: Report) => void;
}

const SummarySnapshotSchema = v.strictObject({
  version: v.literal(1),
  fromSeconds: v.nullable(WholeSchema),
  /** Still to come, in the order in which they fell due. */
  boundaries: v.array(WholeSchema),
  lastBoundarySeconds: v.nullable(WholeSchema),
  running: RollUpSnapshotSchema,
});
export type SummarySnapshot = v.InferOutput<typeof SummarySnapshotSchema>;

/** Boundaries that wait for their seconds to close; while a long backlog is read, later ones fall away. */
const BOUNDARIES_MAX = 1000;

export class ReportSummary implements SecondConsumer {
  readonly #options: SummaryOptions;
  readonly #boundaries: number[] = [];
  readonly #running: RollUp;
  #fromSeconds: number | null = null;
  #closedBeforeSeconds = Number.NEGATIVE_INFINITY;
  #lastBoundarySeconds: number | null = null;
  #snapshot: SummarySnapshot | null = null;

  constructor(options: SummaryOptions) {
    this.#options = options;
    this.#running = new RollUp(options.pathsMax);
  }

  /** The latest boundary that was due, in this process or in the one that it goes on from; null before the first. */
  get lastBoundarySeconds(): number | null {
    return this.#lastBoundarySeconds;
  }

  add(second: Second): void {
    this.#snapshot = null;
    this.#running.merge(second);
  }

  addRun(requests: RequestColumns, count: number): void {
    this.advanceTo(requests.timesSeconds[0] ?? 0);
    this.#snapshot = null;
    this.#running.mergeRun(requests, count);
    this.advanceTo(requests.timesSeconds[count - 1] ?? 0);
  }

  /** No report is due. */
  get takesRuns(): boolean {
    return this.#boundaries.length === 0;
  }

  advanceTo(timeSeconds: number): void {
    if (this.#fromSeconds === null) {
      this.#fromSeconds = timeSeconds;
      this.#snapshot = null;
    }
    this.#closedBeforeSeconds = timeSeconds;
    this.#emitDue();
  }

  /** A report is due at `boundarySeconds`; it is made as soon as every second before has closed. */
  cutAt(boundarySeconds: number): void {
    this.#snapshot = null;
    this.#lastBoundarySeconds = Math.max(this.#lastBoundarySeconds ?? boundarySeconds, boundarySeconds);
    if (this.#boundaries.length >= BOUNDARIES_MAX) return;
    this.#boundaries.push(boundarySeconds);
    this.#emitDue();
  }

  /** All is told: makes the reports that were due, and the one of the period that is not over yet. */
  finish(nowSeconds: number): void {
    this.advanceTo(Math.max(nowSeconds, this.#closedBeforeSeconds));
    this.#boundaries.length = 0;
    this.#emit(nowSeconds, true);
  }

  /** For the state database; the same object as long as nothing has changed: it may be large. */
  snapshot(): SummarySnapshot {
    this.#snapshot ??= {
      version: 1,
      fromSeconds: this.#fromSeconds,
      boundaries: [...this.#boundaries],
      lastBoundarySeconds: this.#lastBoundarySeconds,
      running: this.#running.snapshot(),
    };
    return this.#snapshot;
  }

  /**
   * Goes on from a snapshot. How many paths a report names is decided when it is made, so it may have changed. False,
   * and nothing changes, when `saved` is no snapshot.
   */
  restore(saved: unknown): boolean {
    if (!v.is(SummarySnapshotSchema, saved)) return false;
    this.#fromSeconds = saved.fromSeconds;
    this.#lastBoundarySeconds = saved.lastBoundarySeconds;
    this.#boundaries.splice(0, Infinity, ...saved.boundaries.slice(0, BOUNDARIES_MAX));
    this.#running.clear();
    this.#running.mergeSaved(saved.running);
    this.#snapshot = null;
    return true;
  }

  #emitDue(): void {
    for (;;) {
      const boundary = this.#boundaries[0];
      if (boundary === undefined || boundary > this.#closedBeforeSeconds) return;
      this.#boundaries.shift();
      this.#emit(boundary, false);
    }
  }

  #emit(toSeconds: number, isPartial: boolean): void {
    const fromSeconds = Math.min(this.#fromSeconds ?? toSeconds, toSeconds);
    const id = `report-${fromSeconds}-${toSeconds}${isPartial ? '-partial' : ''}`;
    const { top } = this.#options;
    const report = createReport(this.#running, { id, fromSeconds, toSeconds, isPartial }, top);
    this.#running.clear();
    this.#fromSeconds = toSeconds;
    this.#snapshot = null;
    this.#options.emit(report);
  }
}

/** The report of what `rollUp` holds; `top`: paths that it names. */
export function createReport(
  rollUp: RollUp,
  head: Pick<Report, 'id' | 'fromSeconds' | 'toSeconds' | 'isPartial'>,
  top: number,
): Report {
  const { requests, errors, bytesSent } = rollUp;
  const paths = rollUp.topPaths(top);
  return {
    ...head,
    requests,
    errors,
    bytesSent,
    statuses: Object.fromEntries(rollUp.statuses()),
    paths,
    furtherPaths: rollUp.pathsCount - paths.length,
    furtherRequests: paths.reduce((rest, path) => rest - path.requests, requests),
  };
}
