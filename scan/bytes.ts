// What both ways through a line share, in AssemblyScript: parts of scan.ts.

export const CARRIAGE_RETURN: u8 = 0x0d;
export const BRACKET: u8 = 0x5b;
export const SPACE: u8 = 0x20;
export const QUOTE: u8 = 0x22;
export const COMMA: u8 = 0x2c;
export const COLON: u8 = 0x3a;
export const DASH: u8 = 0x2d;
export const DOT: u8 = 0x2e;
export const SLASH: u8 = 0x2f;
export const ZERO: u8 = 0x30;
export const QUESTION_MARK: u8 = 0x3f;
export const BACKSLASH: u8 = 0x5c;
export const E: u8 = 0x65;
export const OBJECT: u8 = 0x7b;

/** So many digits make an exact number. */
export const EXACT_DIGITS_MAX: usize = 15;

/** Longer ones are cut by whoever counts paths, and hashed there. */
const HASHED_BYTES_MAX: usize = 1024;

/** The same as `hashWords` of src/aggregate/path-keys.ts; 0 for a long path. */
export function hashOf(start: usize, end: usize): u32 {
  const length = end - start;
  if (length > HASHED_BYTES_MAX) return 0;
  let hash = <u32>length;
  let i = start;
  for (; i + 4 <= end; i += 4) hash = mixIn(hash, load<u32>(i));
  // Of the last word, the bytes that belong to the path, the first of them the highest.
  const last = <u64>bswap(load<u32>(i));
  hash = mixIn(hash, <u32>(last >> (32 - 8 * <u64>(end - i))));
  hash = (hash ^ (hash >>> 16)) * 0x85ebca6b;
  hash = (hash ^ (hash >>> 13)) * 0xc2b2ae35;
  return hash ^ (hash >>> 16);
}

function mixIn(hash: u32, word: u32): u32 {
  return rotl<u32>(hash ^ (rotl<u32>(word * 0xcc9e2d51, 15) * 0x1b873593), 13) * 5 + 0xe6546b64;
}

/** Above 9 for what is no digit. */
export function digitAt(place: usize): u32 {
  return <u32>load<u8>(place) - 0x30;
}

/** How many digits stand from `start` on; 16 for more. */
export function countDigits(start: usize): usize {
  const digits = i8x16.sub(v128.load(start), i8x16.splat(0x30));
  const others = i8x16.bitmask(i8x16.gt_u(digits, i8x16.splat(9)));
  return <usize>ctz(others | 0x10000);
}

/** `count` digits as a number, 16 at most. */
export function digitsOf(start: usize, count: usize): u64 {
  const digits = i8x16.sub(v128.load(start), i8x16.splat(0x30));
  // To the end of the register, behind zeros; then two, four and eight of them become one number.
  const places = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const all = i8x16.swizzle(digits, i8x16.add(places, i8x16.splat(<i8>count - 16)));
  const twos = i16x8.add(i16x8.mul(v128.and(all, i16x8.splat(0xff)), i16x8.splat(10)), i16x8.shr_u(all, 8));
  const fours = i32x4.dot_i16x8_s(twos, i16x8(100, 1, 100, 1, 100, 1, 100, 1));
  const packed = i16x8.narrow_i32x4_s(fours, fours);
  const eights = i32x4.dot_i16x8_s(packed, i16x8(10000, 1, 10000, 1, 10000, 1, 10000, 1));
  return <u64>i32x4.extract_lane(eights, 0) * 100_000_000 + <u64>i32x4.extract_lane(eights, 1);
}
