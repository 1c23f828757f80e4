// Between what has to be told and the outputs that tell it: one lane for each output, so that none delays another,
// and one entry for each event until every output has taken it. An event is not given to the outputs before
// `release`, so that it can be committed to the state database first.
import type { Cancel, Clock } from '../clock.ts';
import type { SavedEvent } from '../store/store.ts';
import { DeadLetterBox } from './dead-letters.ts';
import { Lane } from './lane.ts';
import type { Output, OutputEvent, OutputState } from './output.ts';
import { LOCAL, NETWORK } from './pace.ts';
import type { Pace } from './pace.ts';
import { restoreEvent, saveEvent } from './saved-event.ts';
import type { SavedOutputEvent } from './saved-event.ts';

/** An event and the names of the outputs that still have to take it. */
export interface OwedEvent {
  /** Grows with every event; no two that wait have the same. */
  readonly id: number;
  readonly event: SavedOutputEvent;
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
  /** From 0 to below 1, for the pauses before a place in the network is tried again; Math.random if not given. */
  readonly random?: () => number;
}

/** How an output of each reach is treated, and how many events may wait for it. */
const TREATMENTS = {
  local: { pace: LOCAL, waitingMax: 10_000 },
  network: { pace: NETWORK, waitingMax: 1000 },
} as const;

interface Entry {
  readonly id: number;
  readonly event: OutputEvent;
  readonly pending: Set<string>;
  /** Milliseconds since the epoch. */
  readonly addedMs: number;
  /** It is in the database, as far as is known. */
  isCommitted: boolean;
}

export class Outbox {
  /** A part whose state is to be kept: what was given up. */
  readonly deadLetters: DeadLetterBox;
  readonly #options: OutboxOptions;
  readonly #lanes: ReadonlyMap<Output, Lane<Entry>>;
  /** Since `changes` was asked last. */
  #changed = new Set<Entry>();
  /** What `changes` gave, and is not committed as far as is known. */
  #given: ReadonlySet<Entry> = new Set();
  #unreleased: Entry[] = [];
  /** Of what an earlier process has saved and this one can't read. */
  readonly #refusedIds: number[] = [];
  readonly #cancels: Cancel[] = [];
  #nextId = 1;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.deadLetters = new DeadLetterBox(options.outputs.map(({ name }) => name));
    this.#lanes = new Map(options.outputs.map((output) => [output, this.#createLane(output)]));
  }

  /** Opens the outputs, and again and again those that ask for it. */
  open(): void {
    for (const [{ keepAliveMs }, lane] of this.#lanes) {
      lane.open();
      if (keepAliveMs === undefined) continue;
      this.#cancels.push(this.#options.clock.every(keepAliveMs, () => lane.open()));
    }
  }

  /**
   * Takes up what an earlier process owed. Outputs that are gone by now are owed nothing. False when something was no
   * event: it is left out.
   */
  restore(saved: readonly SavedEvent[]): boolean {
    for (const { id, event, pending } of saved) {
      this.#nextId = Math.max(this.#nextId, id + 1);
      const restored = restoreEvent(event, this.#options.clock.now());
      if (restored === null) this.#refusedIds.push(id);
      else
        this.#enter({
          ...restored,
          id,
          pending: new Set(this.#takers(restored.event, pending)),
          isCommitted: true,
        });
    }
    return this.#refusedIds.length === 0;
  }

  add(event: OutputEvent): void {
    const pending = new Set(this.#takers(event, null));
    if (pending.size === 0) return;
    this.#enter({
      id: this.#nextId++,
      event,
      pending,
      addedMs: this.#options.clock.now(),
      isCommitted: false,
    });
    this.#options.added();
  }

  /** Of the newest event; 0 while there was none. */
  get newestId(): number {
    return this.#nextId - 1;
  }

  /** Something was added that was not released. */
  get isWaiting(): boolean {
    return this.#unreleased.length > 0;
  }

  /** What has changed since the last commit. What changes meanwhile is of the next one; until `committed`, this is given again. */
  changes(): OutboxChanges {
    this.#given = new Set([...this.#given, ...this.#changed]);
    this.#changed = new Set();
    const changed = [...this.#given];
    return {
      owed: changed
        .filter(({ pending }) => pending.size > 0)
        .map(({ id, event, addedMs, pending }) => ({
          id,
          event: saveEvent(event, addedMs),
          pending: [...pending],
        })),
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
    for (const entry of this.#given) entry.isCommitted = true;
    this.#given = new Set();
    this.#refusedIds.length = 0;
  }

  /** Gives the outputs what was added since the last call, up to the event `newestId`. */
  release(newestId = Number.POSITIVE_INFINITY): void {
    const due = this.#unreleased.filter(({ id }) => id <= newestId);
    this.#unreleased = this.#unreleased.filter(({ id }) => id > newestId);
    for (const entry of due) {
      for (const [output, lane] of this.#lanes) if (entry.pending.has(output.name)) lane.push(entry);
    }
  }

  states(): OutputState[] {
    return [...this.#lanes].map(([{ name }, lane]) => ({
      name,
      ...lane.state(),
      deadLetters: this.deadLetters.of(name),
    }));
  }

  /** Delivers what can be delivered soon, and closes the outputs; the rest stays owed. */
  async close(): Promise<void> {
    for (const cancel of this.#cancels.splice(0)) cancel();
    this.release();
    await Promise.all(
      [...this.#lanes].map(async ([output, lane]) => {
        await lane.close();
        await output.close();
      }),
    );
  }

  #createLane(output: Output): Lane<Entry> {
    const { clock, random, problemChanged } = this.#options;
    return new Lane({
      open: () => output.open(),
      deliver: (entries, signal) =>
        output.deliver(
          entries.map(({ event }) => event),
          signal,
        ),
      settled: (entry) => this.#settle(entry, output.name),
      died: (entry, reason) =>
        this.deadLetters.add(output.name, { ...labelOf(entry.event), reason, timeMs: clock.now() }),
      problemChanged: (problem) => problemChanged(output.name, problem),
      ...treatmentOf(output),
      batchMax: output.batchMax,
      addedMs: ({ addedMs }) => addedMs,
      clock,
      random: random ?? Math.random,
    });
  }

  /** Names of the outputs that take `event`, of those in `among`. */
  #takers(event: OutputEvent, among: readonly string[] | null): string[] {
    return this.#options.outputs
      .filter((output) => output.takes(event) && (among === null || among.includes(output.name)))
      .map(({ name }) => name);
  }

  #enter(entry: Entry): void {
    this.#changed.add(entry);
    if (entry.pending.size === 0) return;
    this.#unreleased.push(entry);
  }

  #settle(entry: Entry, name: string): void {
    entry.pending.delete(name);
    // What was delivered before it was ever to be committed need not be.
    const isKnown = entry.isCommitted || this.#given.has(entry);
    if (entry.pending.size === 0 && !isKnown) this.#changed.delete(entry);
    else this.#changed.add(entry);
  }
}

/** What is to be kept alive is tried at least as often, or it would be forgotten while nobody is asked. */
function treatmentOf({ reach, keepAliveMs }: Output): { readonly pace: Pace; readonly waitingMax: number } {
  const { pace, waitingMax } = TREATMENTS[reach];
  if (keepAliveMs === undefined) return { pace, waitingMax };
  return { pace: { ...pace, retryMsMax: Math.min(pace.retryMsMax, keepAliveMs) }, waitingMax };
}

function labelOf(event: OutputEvent): { readonly id: string; readonly rule: string | null } {
  return event.type === 'alert'
    ? { id: event.alert.id, rule: event.alert.rule }
    : { id: event.report.id, rule: null };
}
