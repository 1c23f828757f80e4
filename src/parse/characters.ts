// Places in lines as people count them: a parser counts bytes, of which a character may have four.

/** How many characters stand before a byte of `line`. */
export function charactersBefore(line: Buffer, byte: number): number {
  return Array.from(line.toString('utf8', 0, byte)).length;
}
