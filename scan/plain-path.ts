// Which paths can be counted as they are, in AssemblyScript, a part of scan.ts: a quick look that most new paths pass, so that
// only the others are written anew byte by byte.
import { BACKSLASH, QUOTE, SLASH, SPACE, digitAt } from './bytes';

const PERCENT: u8 = 0x25;
/** The shortest segment that may be an identifier without being a number: HASH_LENGTH_MIN of src/aggregate/path-normaliser.ts. */
const SEGMENT_LENGTH_MAX: usize = 15;

/** Whether the path `[start, end)` has no escape and nothing that is to be one, and no segment that is long or begins with a digit. */
export function isPlainPath(start: usize, end: usize): bool {
  let segment = start;
  if (digitAt(segment) <= 9) return false;
  for (let block = start; block < end; block += 16) {
    const bytes = v128.load(block);
    const inside: i32 = end - block < 16 ? (1 << i32(end - block)) - 1 : 0xffff;
    const escapes = v128.or(i8x16.eq(bytes, i8x16.splat(PERCENT)), i8x16.eq(bytes, i8x16.splat(BACKSLASH)));
    const others = v128.or(i8x16.eq(bytes, i8x16.splat(SPACE)), i8x16.eq(bytes, i8x16.splat(QUOTE)));
    if ((i8x16.bitmask(v128.or(escapes, others)) & inside) != 0) return false;
    for (
      let left = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(SLASH))) & inside;
      left != 0;
      left &= left - 1
    ) {
      const slash = block + ctz(left);
      if (slash - segment > SEGMENT_LENGTH_MAX) return false;
      segment = slash + 1;
      if (segment < end && digitAt(segment) <= 9) return false;
    }
  }
  return end - segment <= SEGMENT_LENGTH_MAX;
}
