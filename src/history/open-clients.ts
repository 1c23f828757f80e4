// Requests of clients by minute that are not committed yet, estimated from samples. Bounded.
import type { Second } from '../aggregate/second.ts';
import type { ClientRow } from '../store/store.ts';

const CLIENTS_MAX = 50_000;

interface ClientCount {
  requests: number;
  errors: number;
}

export class OpenClients {
  readonly #minutes = new Map<number, Map<string, ClientCount>>();
  #count = 0;

  add({ samples: [others, failed], texts }: Second, minuteSeconds: number): void {
    for (const sample of [others, failed]) {
      if (sample === undefined) continue;
      const { count, weight, clients } = sample;
      for (let i = 0; i < count; i++)
        this.#add(minuteSeconds, texts.clientOf(clients[i] ?? 0), weight, sample === failed ? weight : 0);
    }
  }

  /** Adds what `take` gave, and was not committed. */
  putBack(rows: readonly ClientRow[]): void {
    for (const { timeSeconds, client, requests, errors } of rows)
      this.#add(timeSeconds, client, requests, errors);
  }

  /** Gives all there are, and begins anew. */
  take(): ClientRow[] {
    const rows = Array.from(this.#minutes, ([timeSeconds, clients]) =>
      Array.from(clients, ([client, { requests, errors }]) => ({ timeSeconds, client, requests, errors })),
    ).flat();
    this.#minutes.clear();
    this.#count = 0;
    return rows;
  }

  #add(minuteSeconds: number, client: string, requests: number, errors: number): void {
    const counted = this.#countOf(minuteSeconds, client);
    if (counted === null) return;
    counted.requests += requests;
    counted.errors += errors;
  }

  /** Null when the log does not say who it was, or when there are too many. */
  #countOf(minuteSeconds: number, client: string): ClientCount | null {
    if (client === '') return null;
    let minute = this.#minutes.get(minuteSeconds);
    const known = minute?.get(client);
    if (known !== undefined) return known;
    if (this.#count >= CLIENTS_MAX) return null;
    this.#count++;
    if (minute === undefined) this.#minutes.set(minuteSeconds, (minute = new Map<string, ClientCount>()));
    const counted = { requests: 0, errors: 0 };
    minute.set(client, counted);
    return counted;
  }
}
