// The texts that came last, each at the one place that a few of its bytes choose, in AssemblyScript, a part of scan.ts: clients and
// user agents that come again and again are found by comparing their bytes, 16 at a time, without a hash over all of them.
// In front of the tables of src/aggregate/text-table.ts, as a text may push another one out.

/** Behind all else, on a page of its own. */
const SHORT_SLOTS: usize = 262_144;
const SHORT_BITS: u32 = 12;
/** Addresses of either kind. */
const SHORT_BYTES_MAX: usize = 40;
/** A slot has a mark of whose text it holds and how long it is, its id, and its bytes. */
const HEADER_BYTES: usize = 8;
const ID: usize = 4;
const SHORT_SLOT_BYTES: usize = HEADER_BYTES + SHORT_BYTES_MAX;

const LONG_SLOTS: usize = SHORT_SLOTS + SHORT_SLOT_BYTES * (1 << SHORT_BITS);
const LONG_BITS: u32 = 9;
const LONG_BYTES_MAX: usize = 160;
const LONG_SLOT_BYTES: usize = HEADER_BYTES + LONG_BYTES_MAX;

/** Fewer bytes are no word. */
const WORD_BYTES: usize = 4;
/** Of a mark, for the length. */
const LENGTH_BITS: u32 = 8;

/** The id above 0 that `owner`, a number above 0 of 24 bits, has kept for the text `[start, end)`; 0: none, or no longer. */
export function findText(start: usize, end: usize, owner: u32): u32 {
  const length = end - start;
  if (length < WORD_BYTES || length > LONG_BYTES_MAX) return 0;
  const slot = slotOf(start, end);
  if (load<u32>(slot) != markOf(owner, length)) return 0;
  return isSame(start, slot + HEADER_BYTES, length) ? load<u32>(slot, ID) : 0;
}

/** Keeps an id above 0 for a text, in place of another one. */
export function keepText(start: usize, end: usize, owner: u32, id: u32): void {
  const length = end - start;
  if (length < WORD_BYTES || length > LONG_BYTES_MAX) return;
  const slot = slotOf(start, end);
  store<u32>(slot, markOf(owner, length));
  store<u32>(slot, id, ID);
  memory.copy(slot + HEADER_BYTES, start, length);
}

function markOf(owner: u32, length: usize): u32 {
  return (owner << LENGTH_BITS) | (<u32>length);
}

function slotOf(start: usize, end: usize): usize {
  const hash = hashOfSome(start, end);
  return end - start <= SHORT_BYTES_MAX
    ? SHORT_SLOTS + SHORT_SLOT_BYTES * (hash >>> (32 - SHORT_BITS))
    : LONG_SLOTS + LONG_SLOT_BYTES * (hash >>> (32 - LONG_BITS));
}

/** From the first, the middle and the last word: where addresses and user agents differ. */
function hashOfSome(start: usize, end: usize): u32 {
  const length = end - start;
  const first = load<u32>(start);
  const middle = load<u32>(start + ((length - WORD_BYTES) >> 1));
  const last = load<u32>(end - WORD_BYTES);
  const mixed = (last * 0xcc9e2d51) ^ (middle * 0x1b873593) ^ first ^ (<u32>length);
  return (mixed ^ (mixed >>> 15)) * 0x85ebca6b;
}

/** Whether `length` bytes, 4 at least, are the same at both places. */
function isSame(a: usize, b: usize, length: usize): bool {
  if (length >= 16) {
    const last = length - 16;
    let others = v128.xor(v128.load(a + last), v128.load(b + last));
    for (let i: usize = 0; i < last; i += 16)
      others = v128.or(others, v128.xor(v128.load(a + i), v128.load(b + i)));
    return !v128.any_true(others);
  }
  if (length >= 8) {
    const last = length - 8;
    return load<u64>(a) == load<u64>(b) && load<u64>(a + last) == load<u64>(b + last);
  }
  const last = length - 4;
  return load<u32>(a) == load<u32>(b) && load<u32>(a + last) == load<u32>(b + last);
}
