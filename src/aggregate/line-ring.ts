// The youngest of many log lines, as their bytes, in a buffer that never grows: what comes overwrites what is oldest.

/** Of each line: its length, and whether it was cut. */
const HEAD_BYTES = 2;
const CUT = 0x8000;

export interface KeptLine {
  /** Valid until the next line is kept. */
  readonly bytes: Buffer;
  readonly isCut: boolean;
}

export class LineRing {
  readonly #size: number;
  readonly #lineBytesMax: number;
  /** Made for the first line: who keeps none pays nothing. */
  #buffer: Buffer | null = null;
  /** Bytes written so far, and so where the next line goes; no line is at 0. */
  #written = HEAD_BYTES;

  /** `lineBytesMax`: of each line, below 32,768; `size`, in bytes, is many times as much. */
  constructor(size: number, lineBytesMax: number) {
    this.#size = size;
    this.#lineBytesMax = lineBytesMax;
  }

  /** Copies the line `bytes[start, end)`, cut between two characters when it is too long. Returns where it is, above 0. */
  keep(bytes: Buffer, start: number, end: number): number {
    const buffer = (this.#buffer ??= Buffer.alloc(this.#size));
    const isCut = end - start > this.#lineBytesMax;
    const length = isCut ? characterEnd(bytes, start, start + this.#lineBytesMax) - start : end - start;
    let place = this.#written % this.#size;
    if (place + HEAD_BYTES + length > this.#size) {
      this.#written += this.#size - place;
      place = 0;
    }
    buffer.writeUInt16LE(isCut ? length | CUT : length, place);
    bytes.copy(buffer, place + HEAD_BYTES, start, start + length);
    const position = this.#written;
    this.#written += HEAD_BYTES + length;
    return position;
  }

  /** Whether the line at a position that `keep` gave is still there. */
  has(position: number): boolean {
    return position > 0 && position >= this.#written - this.#size;
  }

  /** Null when it was overwritten. */
  at(position: number): KeptLine | null {
    if (this.#buffer === null || !this.has(position)) return null;
    const place = position % this.#size;
    const head = this.#buffer.readUInt16LE(place);
    const start = place + HEAD_BYTES;
    return { bytes: this.#buffer.subarray(start, start + (head & ~CUT)), isCut: (head & CUT) !== 0 };
  }
}

/** The last place up to `end` at which no character of UTF-8 is cut; bytes that are none are cut anywhere. */
export function characterEnd(bytes: Buffer, start: number, end: number): number {
  for (let place = end; place > end - 4 && place > start; place--)
    if (((bytes[place] ?? 0) & 0xc0) !== 0x80) return place;
  return end;
}
