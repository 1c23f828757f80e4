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
  /** One behind the other; `latencyBytes`, by row: how much of it, 0 when it has none; nothing for the last rows without. */
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
    const numbers = new Float64Array(length);
    for (let row = 0; row < length; row++) numbers[row] = this.#numberOf(series[row], times[row] ?? 0, named);
    const columns = {
      times: copy(times, length),
      requests: copy(requests, length),
      bytesSent: copy(bytesSent, length),
    };
    return { ...columns, series: numbers, named, namedFrom, ...packLatencies(latencies, length) };
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
    const { length } = times;
    const unpacked: { series: HistorySeries[]; latencies: (Uint8Array | null)[] } = {
      series: [],
      latencies: [],
    };
    for (let row = 0; row < length; row++) unpacked.series.push(this.#seriesAt(series[row] ?? 0));
    for (let row = 0, at = 0; row < latencyBytes.length; row++) {
      const bytes = latencyBytes[row] ?? 0;
      unpacked.latencies.push(bytes === 0 ? null : latencies.subarray(at, (at += bytes)));
    }
    return { length, times, requests, bytesSent, ...unpacked };
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

function packLatencies(
  latencies: HistoryRows['latencies'],
  length: number,
): Pick<RowsMessage, 'latencies' | 'latencyBytes'> {
  // Shorter than the rows where the last ones have none.
  const latencyBytes = new Float64Array(Math.min(latencies.length, length));
  let bytes = 0;
  for (let row = 0; row < latencyBytes.length; row++) {
    const ofRow = latencies[row]?.length ?? 0;
    latencyBytes[row] = ofRow;
    bytes += ofRow;
  }
  const all = new Uint8Array(bytes);
  for (let row = 0, at = 0; row < latencyBytes.length; at += latencyBytes[row++] ?? 0) {
    const one = latencies[row] ?? null;
    if (one !== null) all.set(one, at);
  }
  return { latencies: all, latencyBytes };
}

/** Of columns in one piece of memory as quick as that can be copied. */
function copy(column: ArrayLike<number>, length: number): Float64Array<ArrayBuffer> {
  return (column instanceof Float64Array ? column : Float64Array.from(column)).slice(0, length);
}
