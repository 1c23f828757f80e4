// Rows of history in columns: what is read in a backlog is some ten thousand rows in one commit, and as many objects would be
// copied about by the garbage collector.

export interface StoredRow {
  readonly time: number;
  readonly series: number;
  readonly requests: number;
  readonly bytes: number;
  readonly latencies: Uint8Array | null;
}

export class RowColumns {
  length = 0;
  readonly times: Float64Array;
  readonly series: Float64Array;
  readonly requests: Float64Array;
  readonly bytes: Float64Array;
  /** Shorter where the last ones have none. */
  readonly latencies: (Uint8Array | null)[] = [];

  /** `room`: for so many rows. */
  constructor(room: number) {
    this.times = new Float64Array(room);
    this.series = new Float64Array(room);
    this.requests = new Float64Array(room);
    this.bytes = new Float64Array(room);
  }

  push({ time, series, requests, bytes, latencies }: StoredRow): void {
    const place = this.length++;
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
}
