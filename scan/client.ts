// What a client looks like, in AssemblyScript, a part of scan.ts.
import { BRACKET, COLON, COMMA, DASH, QUOTE, digitAt } from './bytes';

const BRACKET_END: u8 = 0x5d;
const HASH: u8 = 0x23;

/** The same as `cutPort` of src/parse/client-port.ts: where the colon before a port stands, or `end`. */
export function findPort(start: usize, end: usize): usize {
  let colon = end - 1;
  while (colon > start && digitAt(colon) <= 9) colon--;
  if (colon <= start || colon == end - 1 || load<u8>(colon) != COLON) return end;
  if (isInBrackets(start, colon)) return colon;
  for (let i = start; i < colon; i++) if (load<u8>(i) == COLON) return end;
  return colon;
}

export function isInBrackets(start: usize, end: usize): bool {
  return load<u8>(start) == BRACKET && load<u8>(end - 1) == BRACKET_END;
}

/** Of a word: neither absent, nor in quotes, nor the first of a list, nor what a directive begins with. */
export function isClient(start: usize, end: usize): bool {
  if (end <= start) return false;
  const first = load<u8>(start);
  return (
    first != QUOTE && first != HASH && load<u8>(end - 1) != COMMA && !(first == DASH && end == start + 1)
  );
}
