// Which paths have nothing that would have to be written otherwise (scan/plain-path.ts).
import { lineScan } from './line-scan.ts';

/** False when it may, or when no scan has read the line that `bytes[start, end)`, a path, stands in. */
export function isPlainPath(bytes: Buffer, start: number, end: number): boolean {
  const scan = lineScan();
  return scan !== null && bytes === scan.input && scan.exports.isPlainPath(start, end) !== 0;
}
