// Commits the state of every part together, about once a second and whenever there is something to tell, so that a
// crash at any moment costs nothing. A disk that refuses stops neither the monitoring nor the telling.
import type { Cancel, Clock } from '../clock.ts';
import { messageOf } from '../message-of.ts';
import type { AlertRow, Commit, HistoryChanges, SavedState, Store, StoreOpening } from './store.ts';

/** A part whose state is kept. */
export interface Part {
  readonly name: string;
  /** JSON, all of one moment. */
  snapshot(): unknown;
}

/** What is still to be told. */
interface OwedEvents {
  readonly newestId: number;
  /** There is something to tell that may not be told yet. */
  readonly isWaiting: boolean;
  /** What changes after it is of the next commit; until `committed`, it is given again. */
  changes(): Pick<Commit, 'owed' | 'settled'>;
  /** What `changes` gave is committed. */
  committed(): void;
  /** It may be told now, up to the event `newestId`; left out: all of it. */
  release(newestId?: number): void;
}

/** What came since the last commit and is to be added to the history. */
interface GrowingHistory {
  /** Rows that `changes` has not given yet. */
  readonly waitingRows: number;
  /** What has come since is of the next one; until `committed`, it is given again. */
  changes(): HistoryChanges;
  /** What `changes` gave is committed. */
  committed(): void;
}

export interface CheckpointsOptions {
  /** Of the database; null to do without, and only tell what is to be told. */
  readonly path: string | null;
  readonly open: (path: string) => StoreOpening;
  readonly parts: readonly Part[];
  readonly events: OwedEvents;
  /** Left out: none is kept. */
  readonly history?: GrowingHistory;
  /** Large commits go on beside what else is done: there is a core for it. */
  readonly hasBackground: boolean;
  readonly clock: Clock;
  /** Called when commits begin to fail (a sentence) and when they work again (null). */
  readonly problemChanged: (problem: string | null) => void;
}

export interface CheckpointsState {
  readonly path: string | null;
  readonly problem: string | null;
  /** Commits since the start that succeeded, and those that did not. */
  readonly commits: number;
  readonly failures: number;
  /** That those which succeeded took together. */
  readonly commitMs: number;
}

const INTERVAL_MS = 1000;
/** Events that follow one another are committed together: a backlog can bring one with every block that is read. */
const SOON_MS = 50;
const INTERVAL_MS_MAX = 10_000;
const REOPEN_MS = 5000;
/** A large state is committed less often: nothing is lost by it, only more is read again after a crash. */
const BYTES_PER_SECOND_MAX = 131_072;
/** The share of time that commits may take. */
const TIME_SHARE_MAX = 1 / 20;
/** With so many rows of history a commit is large. */
const LARGE_ROWS = 8192;
/** So many may wait for the end of the one before. The more there are, the less often those of minutes and hours are added to. */
const WAITING_ROWS_MAX = 131_072;

export class Checkpoints {
  readonly #options: CheckpointsOptions;
  #store: Store | null = null;
  #problem: string | null = null;
  #commits = 0;
  #failures = 0;
  #commitMs = 0;
  #dueMs = 0;
  #reopenDueMs = 0;
  #cancel: Cancel | null = null;
  /** A commit was begun, and has not ended yet. */
  #isUnderWay = false;
  #waitingRowsMax = WAITING_ROWS_MAX;
  #isCommitSoon = false;
  #cancelSoon: Cancel | null = null;
  #committedMs = Number.NEGATIVE_INFINITY;
  /** Before, the parts have nothing but what was restored, and the source not even that. */
  #hasStarted = false;
  #isClosed = false;

  constructor(options: CheckpointsOptions) {
    this.#options = options;
  }

  /**
   * Opens the database. Gives what was saved, if there is anything, and a notice for a person if the database was
   * damaged and is new therefore. Throws when another fluffy has the database, or a newer one wrote it.
   */
  open(): { readonly saved: SavedState | null; readonly notice: string | null } {
    if (this.#options.path === null) return { saved: null, notice: null };
    const opening = this.#options.open(this.#options.path);
    if (opening.ok) {
      this.#store = opening.store;
      return { saved: opening.saved, notice: opening.notice };
    }
    if (opening.reason !== 'unavailable') throw new Error(opening.message);
    this.#reopenDueMs = this.#options.clock.now() + REOPEN_MS;
    this.#setProblem(opening.message);
    return { saved: opening.saved, notice: null };
  }

  /**
   * What the history knows of alerts, the newest `count`, oldest first. None when the database is not open; when it can't
   * be read that is told, as a monitor is worth more than what it can say of the past.
   */
  newestAlerts(count: number): AlertRow[] {
    try {
      return this.#store?.newestAlerts(count) ?? [];
    } catch (error) {
      this.#setProblem(`cannot read ${this.#options.path}: ${messageOf(error)}`);
      return [];
    }
  }

  /** Commits at once, so that a crash soon after the first start begins at the same place again; then by the clock. */
  start(): void {
    this.#hasStarted = true;
    this.commit();
    this.#cancel = this.#options.clock.every(INTERVAL_MS, () => {
      if (this.#options.clock.now() >= this.#dueMs) this.#commitOrBegin();
    });
  }

  /**
   * Commits when the work under way is done, as the parts are not of one moment before; at once, unless the last
   * commit was a moment ago. Before `start`, which commits, it does nothing.
   */
  commitSoon(): void {
    if (this.#isCommitSoon || !this.#hasStarted) return;
    this.#isCommitSoon = true;
    const waitMs = this.#committedMs + SOON_MS - this.#options.clock.now();
    if (waitMs > 0) this.#cancelSoon = this.#options.clock.after(waitMs, () => this.#commitNow());
    else queueMicrotask(() => this.#commitNow());
  }

  /**
   * Commits at once; what was begun before has ended then, unless it takes too long. What is to be told is told also when
   * the commit fails: twice is better than never.
   */
  commit(): void {
    const { events, history } = this.#options;
    this.#reopen();
    if (this.#store !== null && this.#hasEnded(this.#store)) {
      if (this.#store.background === 'running') {
        this.#begin(this.#store);
        this.#hasEnded(this.#store);
      } else if (this.#tryCommit(this.#store, this.#snapshot())) {
        events.committed();
        history?.committed();
      }
    }
    this.#committedMs = this.#options.clock.now();
    events.release();
  }

  /** So much waits for a commit that no more should come before that; false while commits fail. */
  get isFull(): boolean {
    const waitingRows = this.#options.history?.waitingRows ?? 0;
    return waitingRows >= this.#waitingRowsMax && this.#problem === null;
  }

  /** The end is near, and will have to wait for all that waits: from now on that is no more than one large commit. */
  endSoon(): void {
    this.#waitingRowsMax = LARGE_ROWS;
  }

  state(): CheckpointsState {
    return {
      path: this.#options.path,
      problem: this.#problem,
      commits: this.#commits,
      failures: this.#failures,
      commitMs: this.#commitMs,
    };
  }

  /** Commits once more, if it has started, and closes the database: a start that failed leaves everything as it was. */
  close(): void {
    this.#cancel?.();
    this.#cancelSoon?.();
    if (this.#hasStarted) this.commit();
    this.#isClosed = true;
    this.#store?.close();
    this.#store = null;
  }

  #commitNow(): void {
    this.#isCommitSoon = false;
    if (!this.#isClosed) this.#commitOrBegin();
  }

  /** Commits; or begins to, when that is much. While that is under way, the next one waits until it is done, or until too much waits. */
  #commitOrBegin(): void {
    const waitingRows = this.#options.history?.waitingRows ?? 0;
    if (this.#isUnderWay && waitingRows < this.#waitingRowsMax) return;
    const store = this.#options.hasBackground && waitingRows >= LARGE_ROWS ? this.#store : null;
    if (store !== null && store.background !== 'lost' && this.#hasEnded(store)) this.#begin(store);
    else this.commit();
  }

  #begin(store: Store): void {
    const { clock, events, history } = this.#options;
    const { newestId } = events;
    const beginMs = (this.#committedMs = clock.now());
    let bytes = 0;
    const done = (problem: Error | null): void => {
      this.#isUnderWay = false;
      if (problem === null) {
        events.committed();
        history?.committed();
        this.#succeeded(beginMs, bytes, 0);
      } else this.#failed(problem);
      events.release(newestId);
      if (events.isWaiting) this.commitSoon();
    };
    this.#isUnderWay = true;
    try {
      bytes = store.beginCommit(this.#snapshot(), done);
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** What was begun; false: it takes too long. */
  #hasEnded(store: Store): boolean {
    try {
      if (this.#isUnderWay) store.settle();
      return true;
    } catch (error) {
      this.#failed(error);
      return false;
    }
  }

  #snapshot(): Commit {
    const { parts, events, history } = this.#options;
    return {
      parts: new Map(parts.map((part) => [part.name, part.snapshot()])),
      ...events.changes(),
      ...(history === undefined ? {} : { history: history.changes() }),
    };
  }

  #reopen(): void {
    const { path, clock } = this.#options;
    const nowMs = clock.now();
    if (path === null || this.#store !== null || this.#isClosed || nowMs < this.#reopenDueMs) return;
    this.#reopenDueMs = nowMs + REOPEN_MS;
    const opening = this.#options.open(path);
    if (opening.ok) this.#store = opening.store;
    else this.#setProblem(opening.message);
  }

  #tryCommit(store: Store, commit: Commit): boolean {
    const beginMs = this.#options.clock.now();
    try {
      const bytes = store.commit(commit);
      this.#succeeded(beginMs, bytes, this.#options.clock.now() - beginMs);
      return true;
    } catch (error) {
      this.#failed(error);
      return false;
    }
  }

  /** `heldMs`: nothing else could be done for so long. */
  #succeeded(beginMs: number, bytes: number, heldMs: number): void {
    const endMs = this.#options.clock.now();
    const pauseMs = Math.max((bytes / BYTES_PER_SECOND_MAX) * 1000, heldMs / TIME_SHARE_MAX);
    this.#dueMs = endMs + Math.min(pauseMs, INTERVAL_MS_MAX);
    this.#commits++;
    this.#commitMs += Math.max(0, endMs - beginMs);
    this.#setProblem(null);
  }

  #failed(error: unknown): void {
    this.#failures++;
    this.#setProblem(`cannot write ${this.#options.path}: ${messageOf(error)}`);
  }

  #setProblem(problem: string | null): void {
    if (problem !== this.#problem) this.#options.problemChanged((this.#problem = problem));
  }
}
