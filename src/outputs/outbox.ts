// Between what has to be told and the outputs that tell it: one lane for each output, so that none delays another,
// and one entry for each event until every output has taken it. An event is not given to the outputs before
// `release`, so that it can be committed to the state database first.
import type { Clock } from '../clock.ts';
import type { SavedEvent } from '../store/store.ts';
import { Lane } from './lane.ts';
import type { Output, OutputEvent, OutputState } from './output.ts';

/** An event and the names of the outputs that still have to take it. */
export interface OwedEvent {
  /** Grows with every event; no two that wait have the same. */
  readonly id: number;
  readonly event: OutputEvent;
  readonly pending: readonly string[];
}

/** What is to be committed: it differs from what was committed last. */
export interface OutboxChanges {
  readonly owed: readonly OwedEvent[];
  /** Ids of events that were owed and are not any more. */
  readonly settled: readonly number[];
}

export interface OutboxOptions {
  readonly outputs: readonly Output[];
  readonly clock: Clock;
  /** Something was added: commit, then release. Called during the work that led to the event. */
  readonly added: () => void;
  readonly problemChanged: (output: string, problem: string | null) => void;
}

/** Events that may wait for one output. */
const WAITING_MAX = 10_000;

interface Entry {
  readonly id: number;
  readonly event: OutputEvent;
  readonly pending: Set<string>;
  /** It is in the database, as far as is known. */
  isCommitted: boolean;
}

export class Outbox {
  readonly #options: OutboxOptions;
  readonly #lanes: ReadonlyMap<Output, Lane<Entry>>;
  readonly #changed = new Set<Entry>();
  #unreleased: Entry[] = [];
  /** Of what an earlier process has saved and this one can't read. */
  readonly #refusedIds: number[] = [];
  #nextId = 1;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#lanes = new Map(options.outputs.map((output) => [output, this.#createLane(output)]));
  }

  /** Opens the outputs. */
  open(): void {
    for (const lane of this.#lanes.values()) lane.open();
  }

  /**
   * Takes up what an earlier process owed. Outputs that are gone by now are owed nothing. False when something was no
   * event: it is left out.
   */
  restore(saved: readonly SavedEvent[]): boolean {
    for (const { id, event, pending } of saved) {
      this.#nextId = Math.max(this.#nextId, id + 1);
      if (isOutputEvent(event))
        this.#enter({ id, event, pending: new Set(this.#takers(event, pending)), isCommitted: true });
      else this.#refusedIds.push(id);
    }
    return this.#refusedIds.length === 0;
  }

  add(event: OutputEvent): void {
    const pending = new Set(this.#takers(event, null));
    if (pending.size === 0) return;
    this.#enter({ id: this.#nextId++, event, pending, isCommitted: false });
    this.#options.added();
  }

  changes(): OutboxChanges {
    const changed = [...this.#changed];
    return {
      owed: changed
        .filter(({ pending }) => pending.size > 0)
        .map(({ id, event, pending }) => ({ id, event, pending: [...pending] })),
      settled: [
        ...this.#refusedIds,
        ...changed
          .filter(({ pending, isCommitted }) => pending.size === 0 && isCommitted)
          .map(({ id }) => id),
      ],
    };
  }

  /** What `changes` gave is in the database. */
  committed(): void {
    for (const entry of this.#changed) entry.isCommitted = true;
    this.#changed.clear();
    this.#refusedIds.length = 0;
  }

  /** Gives the outputs what was added since the last call. */
  release(): void {
    for (const entry of this.#unreleased.splice(0)) {
      for (const [output, lane] of this.#lanes) if (entry.pending.has(output.name)) lane.push(entry);
    }
  }

  states(): OutputState[] {
    return [...this.#lanes].map(([{ name }, lane]) => ({ name, ...lane.state() }));
  }

  /** Delivers what can be delivered now, and closes the outputs. */
  async close(): Promise<void> {
    this.release();
    await Promise.all(
      [...this.#lanes].map(async ([output, lane]) => {
        await lane.close();
        await output.close();
      }),
    );
  }

  #createLane(output: Output): Lane<Entry> {
    return new Lane({
      open: () => output.open(),
      deliver: (entries) => output.deliver(entries.map(({ event }) => event)),
      settled: (entry) => this.#settle(entry, output.name),
      problemChanged: (problem) => this.#options.problemChanged(output.name, problem),
      waitingMax: WAITING_MAX,
      clock: this.#options.clock,
    });
  }

  /** Names of the outputs that take `event`, of those in `among`. */
  #takers(event: OutputEvent, among: readonly string[] | null): string[] {
    return this.#options.outputs
      .filter(({ name, takes }) => takes.includes(event.type) && (among === null || among.includes(name)))
      .map(({ name }) => name);
  }

  #enter(entry: Entry): void {
    this.#changed.add(entry);
    if (entry.pending.size === 0) return;
    this.#unreleased.push(entry);
  }

  #settle(entry: Entry, name: string): void {
    entry.pending.delete(name);
    // What was delivered before it was ever committed need not be.
    if (entry.pending.size === 0 && !entry.isCommitted) this.#changed.delete(entry);
    else this.#changed.add(entry);
  }
}

/** As far as telling it needs. */
function isOutputEvent(value: unknown): value is OutputEvent {
  if (!isRecord(value)) return false;
  const { type, alert, report } = value;
  if (type === 'alert')
    return isRecord(alert) && typeof alert['timeSeconds'] === 'number' && typeof alert['value'] === 'number';
  return (
    type === 'report' &&
    isRecord(report) &&
    typeof report['toSeconds'] === 'number' &&
    Array.isArray(report['paths'])
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
