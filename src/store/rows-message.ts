// Rows of history on their way from one thread to another: numbers in arrays that are handed over, and each series told once.
import type { HistoryRows, HistorySeries } from './store.ts';

export interface RowsMessage {
  readonly times: Float64Array<ArrayBuffer>;
  readonly requests: Float64Array<ArrayBuffer>;
  readonly bytesSent: Float64Array<ArrayBuffer>;
  readonly series: Int32Array<ArrayBuffer>;
  /** What their numbers stand for from `namedFrom` on; with 0, all that were told before are forgotten. */
  readonly named: readonly HistorySeries[];
  readonly namedFrom: number;
  /** One behind the other; `latencyBytes`, by row: how much of it, 0 when it has none; nothing for the last rows without. */
  readonly latencies: Uint8Array<ArrayBuffer>;
  readonly latencyBytes: Float64Array<ArrayBuffer>;
}

export class RowsSender {
  #named: readonly HistorySeries[] | null = null;
  #toldCount = 0;

  pack({ length, times, requests, bytesSent, series, named, latencies }: HistoryRows): RowsMessage {
    const namedFrom = named === this.#named ? this.#toldCount : 0;
    this.#named = named;
    this.#toldCount = named.length;
    return {
      times: copy(times, length),
      requests: copy(requests, length),
      bytesSent: copy(bytesSent, length),
      series: (series instanceof Int32Array ? series : Int32Array.from(series)).slice(0, length),
      named: named
        .slice(namedFrom)
        .map(({ source, path, method, status }) => ({ source, path, method, status })),
      namedFrom,
      ...packLatencies(latencies, length),
    };
  }
}

export class RowsReceiver {
  #named: HistorySeries[] = [];

  /** Of messages in the order in which they were packed, each of them. */
  unpack(message: RowsMessage): HistoryRows {
    const { times, requests, bytesSent, series, named, namedFrom, latencies, latencyBytes } = message;
    if (namedFrom === 0) this.#named = [];
    for (const one of named) this.#named.push(one);
    const unpacked: (Uint8Array | null)[] = [];
    for (let row = 0, at = 0; row < latencyBytes.length; row++) {
      const bytes = latencyBytes[row] ?? 0;
      unpacked.push(bytes === 0 ? null : latencies.subarray(at, (at += bytes)));
    }
    const { length } = times;
    return { length, times, requests, bytesSent, series, named: this.#named, latencies: unpacked };
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
