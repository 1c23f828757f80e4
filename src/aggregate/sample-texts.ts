// The clients and user agents of the requests that samples keep, by number: a text is made for what is told only. When a
// table is full it begins anew, and the samples that are not told yet get new numbers.
import type { AccessRecord } from '../parse/record.ts';
import type { Sample } from './sample.ts';
import type { KeptTextNames, TextNames } from './second.ts';
import { NO_TEXT, TABLE_FULL, TextTable } from './text-table.ts';

const CLIENTS_MAX = 4096;
const AGENTS_MAX = 1024;

export class SampleTexts implements TextNames {
  readonly #clients = new TextTable(CLIENTS_MAX);
  readonly #agents = new TextTable(AGENTS_MAX);
  readonly #samplesInUse: () => Iterable<Sample>;
  readonly #looks: (() => void)[] = [];

  /** `samplesInUse`: those that are not told yet, the newest first. */
  constructor(samplesInUse: () => Iterable<Sample>) {
    this.#samplesInUse = samplesInUse;
  }

  clientIdOf({ bytes, clientStart, clientEnd }: AccessRecord): number {
    const id = this.#clients.idOf(bytes, clientStart, clientEnd);
    if (id !== TABLE_FULL) return id;
    this.#begin(this.#clients, CLIENTS_MAX, ({ clients }) => clients);
    return this.#clients.idOf(bytes, clientStart, clientEnd);
  }

  agentIdOf({ bytes, agentStart, agentEnd }: AccessRecord): number {
    const id = this.#agents.idOf(bytes, agentStart, agentEnd);
    if (id !== TABLE_FULL) return id;
    this.#begin(this.#agents, AGENTS_MAX, ({ agents }) => agents);
    return this.#agents.idOf(bytes, agentStart, agentEnd);
  }

  clientOf(id: number): string {
    return this.#clients.textOf(id);
  }

  agentOf(id: number): string {
    return this.#agents.textOf(id);
  }

  beforeForgetting(look: () => void): void {
    this.#looks.push(look);
  }

  kept(): KeptTextNames {
    const [clientOf, agentOf] = [this.#clients.kept(), this.#agents.kept()];
    return { clientOf, agentOf };
  }

  /** Keeps of a full table what samples in use need, as long as they leave room for others. */
  #begin(table: TextTable, textsMax: number, idsOf: (sample: Sample) => Int32Array): void {
    for (const look of this.#looks) look();
    const kept = Array.from(this.#samplesInUse(), (sample) => {
      const ids = idsOf(sample).subarray(0, sample.count);
      return { ids, texts: Array.from(ids, (id) => Buffer.from(table.bytesOf(id))) };
    });
    table.clear();
    for (const { ids, texts } of kept) {
      for (const [i, text] of texts.entries())
        ids[i] = table.count < textsMax / 2 ? table.idOf(text, 0, text.length) : NO_TEXT;
    }
  }
}
