// Contract between the monitor and the database that lets it go on after a crash as if there had been none.
import type { Explanation } from '../alerts/rule.ts';

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

/** What requests are counted by. */
export interface HistorySeries {
  /** The path of the log. */
  readonly source: string;
  readonly path: string;
  readonly method: string;
  /** 0 when the log does not say. */
  readonly status: number;
}

/** Rows, at the places before `length`: requests of ten seconds that have a series in common. */
export interface HistoryRows {
  readonly length: number;
  /**
   * Where the ten seconds begin, since the epoch. Of what is too old for rows of ten seconds, where the minute or the hour
   * begins.
   */
  readonly times: ArrayLike<number>;
  /** Places in `named`. */
  readonly series: ArrayLike<number>;
  /** Best the same list each time, which only grows. */
  readonly named: readonly HistorySeries[];
  readonly requests: ArrayLike<number>;
  readonly bytesSent: ArrayLike<number>;
  /** Packed as by `packBins`; null, or nothing, when no latency is known. */
  readonly latencies: ArrayLike<Uint8Array | null>;
}

/** What is estimated of a client, from samples. */
export interface ClientRow {
  /** Where the minute begins. */
  readonly timeSeconds: number;
  readonly client: string;
  readonly requests: number;
  /** Of these, with a status of 400 or above. */
  readonly errors: number;
}

/** Something that happened to an alert. */
export interface AlertRow {
  readonly timeSeconds: number;
  /** The same for all that happens to one alert. */
  readonly id: string;
  readonly rule: string;
  readonly metric: string;
  readonly severity: string;
  /** `firing` or `resolved`. */
  readonly state: string;
  readonly value: number | null;
  readonly unit: string;
  readonly threshold: number;
  readonly sinceSeconds: number;
  readonly peak: number | null;
  readonly summary: string;
  /** Of the log, from when it fired; left out when there are none. They are kept as long as counts of a minute. */
  readonly lines?: readonly string[];
  /** Why it fires, likewise; null too when there is none. */
  readonly explanation?: AlertReasons | null;
}

/** Why an alert fires, without its lines. */
type AlertReasons = Omit<Explanation, 'lines'>;

/** What is to be added to the history, and what may go from it. */
export interface HistoryChanges {
  /** Added to what is there. */
  readonly rows: HistoryRows;
  /** Added to what is there. */
  readonly clients: readonly ClientRow[];
  readonly alerts: readonly AlertRow[];
  /** Every second before is closed: what was is summed up in coarser rows. Null when that is not known yet. */
  readonly closedBeforeSeconds: number | null;
  /** From here on seconds were counted as they happened, so that no log may be imported; null: from nowhere. */
  readonly liveFromSeconds: number | null;
  /** What is older is removed, a bit at a time; in the order of the levels, from the finest. */
  readonly keepFromSeconds: readonly number[];
  /** When the database holds more bytes than this, the oldest is removed too. */
  readonly bytesMax: number;
}

/** What has to be remembered together: positions, windows and what is owed must never be of different moments. */
export interface Commit {
  readonly parts: ReadonlyMap<string, unknown>;
  /** Events that are new, or whose pending outputs have changed. */
  readonly owed: readonly SavedEvent[];
  /** Ids of events that every output has taken. */
  readonly settled: readonly number[];
  readonly history?: HistoryChanges;
}

/** A finished log that is in the history. */
export interface ImportedLog {
  /** Of its unpacked content, as is `bytes`. */
  readonly hash: string;
  readonly bytes: number;
  /** As it was called. */
  readonly name: string;
  /** When, since the epoch. */
  readonly importedSeconds: number;
}

/** A transaction that fills history. */
export interface Importer {
  /** Those of before. */
  logs(): ImportedLog[];
  /** From here on a monitor has counted; null: none has. */
  liveFromSeconds(): number | null;
  write(changes: HistoryChanges): void;
  /** Writes the last changes, and commits. */
  finish(changes: HistoryChanges, logs: readonly ImportedLog[]): void;
  /** Unless it is finished, nothing has happened. */
  abandon(): void;
}

export interface Store {
  /**
   * All or nothing; gives the bytes that had changed. Throws when the disk refuses; what was committed before stays.
   */
  commit(commit: Commit): number;
  /**
   * The same, while the caller goes on: `done` is told when it is committed (null), or why it is not. Until then nothing else may be
   * committed or begun; `settle` waits for it.
   */
  beginCommit(commit: Commit, done: (problem: Error | null) => void): number;
  /** What could commit while the caller goes on. While it is `running`, everything is to be begun. */
  readonly background: 'idle' | 'running' | 'lost';
  /** Waits for what was begun. Throws when that takes too long: then it may still be done later. */
  settle(): void;
  /** What happened last to alerts, at most `count` times, oldest first; without the log lines. */
  newestAlerts(count: number): AlertRow[];
  /** Nothing can be committed until it is over. */
  beginImport(): Importer;
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
