// Eight bytes of a chunk at a time: on the hot path a word costs little more than a byte.

const LOW_BITS = 0x01010101;
const HIGH_BITS = 0x80808080 | 0;
const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACES = repeat(SPACE);
const QUOTES = repeat(QUOTE);
const BACKSLASHES = repeat(BACKSLASH);

/** A view over the chunk that was asked for last: lines come chunk by chunk. */
export class WordView {
  #chunk: Buffer | null = null;
  #view: DataView = new DataView(new ArrayBuffer(0));

  of(bytes: Buffer): DataView {
    if (bytes !== this.#chunk) {
      this.#chunk = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    return this.#view;
  }
}

/** A byte, four times. */
function repeat(byte: number): number {
  return Math.imul(byte, LOW_BITS);
}

/** Where the first quote, backslash or control character of `[start, end)` stands; `end` when there is none. */
export function findSpecial(view: DataView, start: number, end: number): number {
  let i = start;
  for (; i + 4 <= end; i += 4) {
    const hits = findSpecials(view.getInt32(i, true));
    if (hits !== 0) return i + firstByte(hits);
  }
  for (; i < end; i++) {
    const byte = view.getUint8(i);
    if (byte === QUOTE || byte === BACKSLASH || byte < SPACE) return i;
  }
  return end;
}

/** The same for what is ASCII up to there; else -1, perhaps also for what is ASCII. */
export function findSpecialInAscii(view: DataView, start: number, end: number): number {
  let all = 0;
  for (let i = start; i + 4 <= end; i += 4) {
    const word = view.getInt32(i, true);
    all |= word;
    const hits = findSpecials(word);
    if (hits !== 0) return (all & HIGH_BITS) === 0 ? i + firstByte(hits) : -1;
  }
  return -1;
}

/** The high bit of each special byte of `word`; above the lowest such byte, others may have it as well. */
function findSpecials(word: number): number {
  // Taking a space from a byte below one turns on its high bit as well.
  const controls = (word - SPACES) & ~word & HIGH_BITS;
  return findZeros(word ^ QUOTES) | findZeros(word ^ BACKSLASHES) | controls;
}

/** The high bit of each byte of `word` that is 0; above the lowest such byte, others may have it as well. */
function findZeros(word: number): number {
  // Taking 1 from a byte that is 0 turns on its high bit.
  return (word - LOW_BITS) & ~word & HIGH_BITS;
}

/** Place of the lowest byte whose high bit is on. */
function firstByte(hits: number): number {
  return (31 - Math.clz32(hits & -hits)) >> 3;
}
