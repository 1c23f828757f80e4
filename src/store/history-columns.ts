// Rows of history in columns: what is read in a backlog is some ten thousand rows in one commit, and as many objects would be
// copied about by the garbage collector.

const ROOM_MIN = 64;

export interface StoredRow {
  readonly time: number;
  readonly series: number;
  readonly requests: number;
  readonly bytes: number;
  readonly latencies: Uint8Array | null;
}

export class RowColumns {
  length = 0;
  times: Float64Array<ArrayBuffer>;
  series: Float64Array<ArrayBuffer>;
  requests: Float64Array<ArrayBuffer>;
  bytes: Float64Array<ArrayBuffer>;
  /** Shorter where the last ones have none. */
  readonly latencies: (Uint8Array | null)[] = [];

  /** `rows`: that there is room for at first. */
  constructor(rows: number) {
    const room = Math.max(rows, ROOM_MIN);
    this.times = new Float64Array(room);
    this.series = new Float64Array(room);
    this.requests = new Float64Array(room);
    this.bytes = new Float64Array(room);
  }

  push({ time, series, requests, bytes, latencies }: StoredRow): void {
    const place = this.length++;
    if (place === this.times.length) this.#grow();
    this.times[place] = time;
    this.series[place] = series;
    this.requests[place] = requests;
    this.bytes[place] = bytes;
    if (latencies !== null) this.setLatencies(place, latencies);
  }

  setLatencies(place: number, latencies: Uint8Array): void {
    while (this.latencies.length < place) this.latencies.push(null);
    this.latencies[place] = latencies;
  }

  at(place: number): StoredRow {
    return {
      time: this.times[place] ?? 0,
      series: this.series[place] ?? 0,
      requests: this.requests[place] ?? 0,
      bytes: this.bytes[place] ?? 0,
      latencies: this.latencies[place] ?? null,
    };
  }

  hasBefore(timeSeconds: number): boolean {
    for (let place = 0; place < this.length; place++)
      if ((this.times[place] ?? timeSeconds) < timeSeconds) return true;
    return false;
  }

  /** Those at `timeSeconds` and later. */
  from(timeSeconds: number): RowColumns {
    const rows = new RowColumns(this.length);
    for (let place = 0; place < this.length; place++)
      if ((this.times[place] ?? timeSeconds) >= timeSeconds) rows.push(this.at(place));
    return rows;
  }

  #grow(): void {
    this.times = enlarge(this.times);
    this.series = enlarge(this.series);
    this.requests = enlarge(this.requests);
    this.bytes = enlarge(this.bytes);
  }
}

/** Twice as long. */
function enlarge(old: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * old.length);
  larger.set(old);
  return larger;
}
