// The texts that came last, each at the one place that a few of its bytes choose: what comes again and again is found by
// comparing its bytes, without a hash over all of them. In front of a table, as a text may push another one out.

/** Fewer bytes are no word. */
const WORD_BYTES = 4;

export class TextSlots {
  readonly #slotBytes: number;
  readonly #shift: number;
  readonly #keys: DataView;
  readonly #lengths: Int32Array;
  readonly #ids: Int32Array;

  /** `slotsMax`: at most so many are kept, at least half as many places there are; `slotBytes`: longer texts are not kept. */
  constructor(slotsMax: number, slotBytes: number) {
    const bits = Math.max(1, Math.floor(Math.log2(slotsMax)));
    const slots = 2 ** bits;
    this.#shift = 32 - bits;
    this.#slotBytes = slotBytes;
    this.#keys = new DataView(new ArrayBuffer(slots * slotBytes));
    this.#lengths = new Int32Array(slots);
    this.#ids = new Int32Array(slots);
  }

  /** The id that was kept for the bytes `[start, end)`; 0 when it is not there. */
  find(view: DataView, start: number, end: number): number {
    const length = end - start;
    if (length < WORD_BYTES) return 0;
    const slot = hashOf(view, start, end) >>> this.#shift;
    if (this.#lengths[slot] !== length) return 0;
    const keys = this.#keys;
    const last = end - WORD_BYTES;
    const at = slot * this.#slotBytes - start;
    if (view.getInt32(last) !== keys.getInt32(at + last)) return 0;
    for (let i = start; i < last; i += WORD_BYTES) if (view.getInt32(i) !== keys.getInt32(at + i)) return 0;
    return this.#ids[slot] ?? 0;
  }

  clear(): void {
    this.#lengths.fill(0);
  }

  /** Keeps what was not found, in place of another one; its id is above 0. */
  keep(view: DataView, start: number, end: number, id: number): void {
    const length = end - start;
    if (length < WORD_BYTES || length > this.#slotBytes) return;
    const slot = hashOf(view, start, end) >>> this.#shift;
    this.#lengths[slot] = length;
    this.#ids[slot] = id;
    const at = slot * this.#slotBytes - start;
    const last = end - WORD_BYTES;
    for (let i = start; i < last; i += WORD_BYTES) this.#keys.setInt32(at + i, view.getInt32(i));
    this.#keys.setInt32(at + last, view.getInt32(last));
  }
}

/** From the first, the middle and the last word: where addresses and user agents differ. */
function hashOf(view: DataView, start: number, end: number): number {
  const first = view.getInt32(start);
  const middle = view.getInt32(start + ((end - start - WORD_BYTES) >> 1));
  const last = view.getInt32(end - WORD_BYTES);
  const mixed = Math.imul(last, 0xcc9e2d51) ^ Math.imul(middle, 0x1b873593) ^ first ^ (end - start);
  return Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b);
}
