// Contract between the monitor and the database that lets it go on after a crash as if there had been none.

/** Something to be told that some outputs have not taken yet. */
export interface SavedEvent {
  /** Grows with every event; no two that wait have the same. */
  readonly id: number;
  /** JSON. */
  readonly event: unknown;
  /** Names of the outputs that still have to take it. */
  readonly pending: readonly string[];
}

export interface SavedState {
  /** State of each part by its name, as JSON; empty on the first start. */
  readonly parts: ReadonlyMap<string, unknown>;
  /** By id, ascending. */
  readonly outbox: readonly SavedEvent[];
}

/** What has to be remembered together: positions, windows and what is owed must never be of different moments. */
export interface Commit {
  readonly parts: ReadonlyMap<string, unknown>;
  /** Events that are new, or whose pending outputs have changed. */
  readonly owed: readonly SavedEvent[];
  /** Ids of events that every output has taken. */
  readonly settled: readonly number[];
}

export interface Store {
  /**
   * All or nothing; gives the bytes that had changed. Throws when the disk refuses; what was committed before stays.
   */
  commit(commit: Commit): number;
  close(): void;
}

export type StoreOpening =
  | {
      readonly ok: true;
      readonly store: Store;
      readonly saved: SavedState;
      /** For a person: the database was damaged and a new one is begun. */
      readonly notice: string | null;
    }
  | {
      readonly ok: false;
      /** `in-use`: another fluffy has it; `newer`: a newer fluffy wrote it. Both forbid to start. */
      readonly reason: 'in-use' | 'newer';
      /** One sentence for a person, with the remedy. */
      readonly message: string;
    }
  | {
      readonly ok: false;
      /** The disk refuses to be written, for now. */
      readonly reason: 'unavailable';
      readonly message: string;
      /** What could be read all the same. */
      readonly saved: SavedState | null;
    };
