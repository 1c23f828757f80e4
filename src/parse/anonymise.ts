// Addresses without their last part: IPv4 with a last octet of 0, IPv6 its first 48 bits. One address where it stands, or all
// that a line has.
import { createAddress, isV4, readAddress } from './address.ts';

const DOT = 0x2e;
const ZERO = 0x30;

/** Shortens the address `bytes[start, end)` in place; returns where it ends now: at `start` when it was none. */
export function shortenAddress(bytes: Buffer, start: number, end: number, address: Uint8Array): number {
  if (!readAddress(bytes, start, end, address)) return start;
  const dot = bytes.lastIndexOf(DOT, end - 1);
  if (dot >= start && isV4(address)) {
    bytes[dot + 1] = ZERO;
    return dot + 2;
  }
  // Never longer than what stood there: whatever its first three groups are, they were written out before.
  return start + bytes.write(firstGroups(address), start, 'latin1');
}

/** The first 48 bits of an IPv6 address, such as `2001:db8:85a3::`. */
function firstGroups(address: Uint8Array): string {
  const groups = [0, 2, 4].map((i) => ((address[i] ?? 0) << 8) | (address[i + 1] ?? 0));
  while (groups.at(-1) === 0) groups.pop();
  return `${groups.map((group) => group.toString(16)).join(':')}::`;
}

const ADDRESSES = /(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f:]*:[\da-f:]*:[\da-f:.]*)(?![\w])/gi;

/** A copy of `line` in which every IP address is shortened, wherever it stands; host names stay. */
export function maskAddresses(line: Buffer): Buffer {
  const address = createAddress();
  const text = line.toString('latin1').replaceAll(ADDRESSES, (found) => {
    const bytes = Buffer.from(found, 'latin1');
    const { length } = withoutStop(found);
    if (!readAddress(bytes, 0, length, address)) return found;
    return bytes.toString('latin1', 0, shortenAddress(bytes, 0, length, address)) + found.slice(length);
  });
  return Buffer.from(text, 'latin1');
}

/** A digit, a point or a colon in a URL or in an escape of a log; JSON may write any character so. */
const ESCAPES = /(?:%|\\x|\\u00)(2e|3[0-9a])/gi;
/** Also where letters or digits touch it, unlike `ADDRESSES`. Groups are bounded: a client may send any number of digits. */
const LIKELY = /\d{1,3}(?:[.-]\d{1,3}){3}|(?:[\da-f]{0,4}:){2}[\da-f:.]*/gi;

/**
 * A copy of a line in which every IP address is shortened; null when something in it may be a whole address all the same:
 * one within a word, such as `ec2-203-0-113-77`, one with zeros in front, or one that is written with escapes.
 */
export function anonymiseLine(line: Buffer): Buffer | null {
  const masked = maskAddresses(line);
  const text = masked
    .toString('latin1')
    .replaceAll(ESCAPES, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
  return (text.match(LIKELY) ?? []).some(isWhole) ? null : masked;
}

function isWhole(found: string): boolean {
  if (!found.includes(':')) return !/[.-]0$/.test(found);
  const text = withoutStop(found);
  const bytes = Buffer.from(text, 'latin1');
  const end = shortenAddress(bytes, 0, bytes.length, createAddress());
  return end > 0 && bytes.toString('latin1', 0, end) !== text;
}

/** What follows an address in a sentence, a point or a colon, is not of it. */
function withoutStop(found: string): string {
  return found.replace(/(?<!:)[.:]$/, '');
}
