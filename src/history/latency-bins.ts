// Latency sketches as they stand in the database: the bins that are not empty, ascending, each as its distance from the
// one before and its count, in variable-length numbers of seven bits a byte. Two or three bytes a bin.
import { LATENCY_BINS } from '../aggregate/latency.ts';

/** `bins`: one for each request, in any order, each 0 to `LATENCY_BINS` - 1; they are sorted. */
export function packBins(bins: number[]): Uint8Array {
  bins.sort((a, b) => a - b);
  const bytes: number[] = [];
  let last = 0;
  for (let i = 0; i < bins.length;) {
    const bin = bins[i] ?? 0;
    let end = i + 1;
    while (end < bins.length && bins[end] === bin) end++;
    pushNumber(bytes, bin - last);
    pushNumber(bytes, end - i);
    last = bin;
    i = end;
  }
  return Uint8Array.from(bytes);
}

/** Both together. */
export function mergeBins(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes: number[] = [];
  const [left, right] = [new BinReader(a), new BinReader(b)];
  let last = 0;
  while (left.count > 0 || right.count > 0) {
    const bin = Math.min(left.bin, right.bin);
    let count = 0;
    for (const side of [left, right]) {
      if (side.bin !== bin) continue;
      count += side.count;
      side.next();
    }
    pushNumber(bytes, bin - last);
    pushNumber(bytes, count);
    last = bin;
  }
  return Uint8Array.from(bytes);
}

/**
 * Adds what is packed to `counts`, by bin; returns how many latencies that are. What is damaged counts as far as it can be
 * read. A query calls it for every row: nothing is allocated.
 */
export function addBins(counts: Float64Array, packed: Uint8Array): number {
  let [bin, total, place] = [0, 0, 0];
  while (place < packed.length) {
    let byte = packed[place++] ?? 0;
    let value = byte & 0x7f;
    for (let factor = 0x80; byte >= 0x80; factor *= 0x80) {
      byte = packed[place++] ?? 0;
      value += (byte & 0x7f) * factor;
    }
    bin += value;
    byte = packed[place++] ?? 0;
    value = byte & 0x7f;
    for (let factor = 0x80; byte >= 0x80; factor *= 0x80) {
      byte = packed[place++] ?? 0;
      value += (byte & 0x7f) * factor;
    }
    if (value === 0 || bin >= LATENCY_BINS) return total;
    counts[bin] = (counts[bin] ?? 0) + value;
    total += value;
  }
  return total;
}

/** Stands at a bin; at the end, or where the bytes make no sense, `count` is 0 and `bin` beyond all. */
class BinReader {
  bin = 0;
  count = 0;
  readonly #bytes: Uint8Array;
  #place = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.next();
  }

  next(): void {
    const hasMore = this.#place < this.#bytes.length;
    this.bin += this.#take();
    this.count = this.#take();
    if (hasMore && this.count > 0 && this.bin < LATENCY_BINS) return;
    this.count = 0;
    this.bin = Number.POSITIVE_INFINITY;
    this.#place = this.#bytes.length;
  }

  #take(): number {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = this.#bytes[this.#place++] ?? 0;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 0x80;
    }
  }
}

function pushNumber(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
}
