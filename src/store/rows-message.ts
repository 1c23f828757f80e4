// Rows of history on their way from one thread to another: numbers in arrays that are handed over, and each series told once.
import type { HistoryRows, HistorySeries } from './store.ts';

export interface RowsMessage {
  readonly times: Float64Array<ArrayBuffer>;
  readonly requests: Float64Array<ArrayBuffer>;
  readonly bytesSent: Float64Array<ArrayBuffer>;
  /** By row: the number of its series. */
  readonly series: Float64Array<ArrayBuffer>;
  /** The series with these numbers, from `namedFrom` on; with 0, all that were told before are forgotten. */
  readonly named: readonly HistorySeries[];
  readonly namedFrom: number;
  /** One behind the other; `latencyBytes`, by row: how much of it, 0 when it has none. */
  readonly latencies: Uint8Array<ArrayBuffer>;
  readonly latencyBytes: Float64Array<ArrayBuffer>;
}

/** About 20 MB where they are received. */
const NAMED_MAX = 100_000;

export class RowsSender {
  #era = {};
  #namedCount = 0;

  pack({ length, times, requests, bytesSent, series, latencies }: HistoryRows): RowsMessage {
    if (this.#namedCount >= NAMED_MAX) {
      this.#era = {};
      this.#namedCount = 0;
    }
    const namedFrom = this.#namedCount;
    const named: HistorySeries[] = [];
    const packed = {
      times: copy(length, (row) => times[row]),
      requests: copy(length, (row) => requests[row]),
      bytesSent: copy(length, (row) => bytesSent[row]),
      series: copy(length, (row) => this.#numberOf(series[row], times[row] ?? 0, named)),
      latencyBytes: copy(length, (row) => latencies[row]?.length),
    };
    const all = new Uint8Array(packed.latencyBytes.reduce((sum, bytes) => sum + bytes, 0));
    let at = 0;
    for (let row = 0; row < length; row++) {
      const one = latencies[row] ?? null;
      if (one === null) continue;
      all.set(one, at);
      at += one.length;
    }
    return { ...packed, named, namedFrom, latencies: all };
  }

  /** It is added to `named` when it was not told yet. */
  #numberOf(series: HistorySeries | undefined, lastSeconds: number, named: HistorySeries[]): number {
    if (series === undefined) return 0;
    if (series.stored?.era !== this.#era) {
      const { source, path, method, status } = series;
      named.push({ source, path, method, status });
      series.stored = { id: this.#namedCount++, lastSeconds, era: this.#era };
    }
    return series.stored.id;
  }
}

export class RowsReceiver {
  readonly #named: HistorySeries[] = [];

  /** Of messages in the order in which they were packed, each of them. */
  unpack(message: RowsMessage): HistoryRows {
    const { times, requests, bytesSent, series, named, namedFrom, latencies, latencyBytes } = message;
    this.#named.length = namedFrom;
    for (const one of named) this.#named.push(one);
    let at = 0;
    return {
      length: times.length,
      times,
      requests,
      bytesSent,
      series: Array.from(series, (number) => this.#seriesAt(number)),
      latencies:
        latencies.length === 0
          ? []
          : Array.from(latencyBytes, (bytes) => (bytes === 0 ? null : latencies.subarray(at, (at += bytes)))),
    };
  }

  #seriesAt(number: number): HistorySeries {
    const series = this.#named[number];
    if (series === undefined) throw new Error(`series ${number} was never told`);
    return series;
  }
}

/** What may be handed over with the message instead of being copied. */
export function buffersOf(message: RowsMessage): ArrayBuffer[] {
  const { times, requests, bytesSent, series, latencies, latencyBytes } = message;
  return [times, requests, bytesSent, series, latencies, latencyBytes].map(({ buffer }) => buffer);
}

function copy(length: number, numberOf: (row: number) => number | undefined): Float64Array<ArrayBuffer> {
  const numbers = new Float64Array(length);
  for (let row = 0; row < length; row++) numbers[row] = numberOf(row) ?? 0;
  return numbers;
}
