// What an ordinary client looks like, in AssemblyScript, a part of scan.ts.
import { COMMA, DASH, QUOTE } from './bytes';

/** Of a word: neither absent, nor in quotes, nor the first of a list. */
export function isClient(start: usize, end: usize): bool {
  if (end <= start) return false;
  const first = load<u8>(start);
  return first != QUOTE && load<u8>(end - 1) != COMMA && !(first == DASH && end == start + 1);
}
