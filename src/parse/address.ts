// IP addresses in the bytes of a line, and networks of them. Part of the hot path where clients are looked for.

const COLON = 0x3a;
const DOT = 0x2e;
const PERCENT = 0x25;
const ZERO = 0x30;

/** An IPv4 address is kept as the IPv6 address that maps it, `::ffff:192.0.2.1`. */
const ADDRESS_BYTES = 16;
const V4_BITS = 96;

export interface Network {
  readonly address: Uint8Array;
  /** Leading bits that count, of 128. */
  readonly prefixBits: number;
}

export function createAddress(): Uint8Array {
  return new Uint8Array(ADDRESS_BYTES);
}

/** Reads `10.0.0.0/8`, `2001:db8::/32` or a single address; null for anything else. */
export function readNetwork(text: string): Network | null {
  const [, host = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const bytes = Buffer.from(host, 'latin1');
  const address = createAddress();
  if (host.includes('%') || !readAddress(bytes, 0, bytes.length, address)) return null;
  const bits = host.includes(':') ? 128 : 32;
  const length = prefix === undefined ? bits : Number(prefix);
  return length > bits ? null : { address, prefixBits: length + 128 - bits };
}

export function isInside(address: Uint8Array, network: Network): boolean {
  const { prefixBits } = network;
  const whole = prefixBits >> 3;
  for (let i = 0; i < whole; i++) if (address[i] !== network.address[i]) return false;
  const rest = prefixBits & 7;
  const mask = (0xff << (8 - rest)) & 0xff;
  return rest === 0 || ((address[whole] ?? 0) & mask) === ((network.address[whole] ?? 0) & mask);
}

/** Whether `address` is one of IPv4. */
export function isV4(address: Uint8Array): boolean {
  for (let i = 0; i < 10; i++) if (address[i] !== 0) return false;
  return address[10] === 0xff && address[11] === 0xff;
}

/** Reads the address that `bytes[start, end)` is into `address`; false, and `address` is of no use, when it is none. */
export function readAddress(bytes: Buffer, start: number, end: number, address: Uint8Array): boolean {
  const colon = bytes.indexOf(COLON, start);
  if (colon < 0 || colon >= end) {
    address.fill(0, 0, 10);
    address.fill(0xff, 10, V4_BITS / 8);
    return readV4(bytes, start, end, address);
  }
  return readV6(bytes, start, cutZone(bytes, start, end), address);
}

/** `fe80::1%eth0` without the name of the interface. */
function cutZone(bytes: Buffer, start: number, end: number): number {
  for (let i = start; i < end; i++) if (bytes[i] === PERCENT) return i;
  return end;
}

/** Four numbers into the last four bytes. */
function readV4(bytes: Buffer, start: number, end: number, address: Uint8Array): boolean {
  let part = V4_BITS / 8;
  let value = -1;
  for (let i = start; i < end; i++) {
    const digit = (bytes[i] ?? 0) - ZERO;
    if (digit >= 0 && digit <= 9) {
      // A zero in front means octal to some: it is no address.
      if (value === 0) return false;
      value = value < 0 ? digit : value * 10 + digit;
      if (value > 255) return false;
    } else {
      if (bytes[i] !== DOT || value < 0 || part >= ADDRESS_BYTES - 1) return false;
      address[part++] = value;
      value = -1;
    }
  }
  if (value < 0 || part !== ADDRESS_BYTES - 1) return false;
  address[part] = value;
  return true;
}

function readV6(bytes: Buffer, start: number, end: number, address: Uint8Array): boolean {
  address.fill(0);
  let position = 0;
  /** Where the `::` stands, in bytes of the address. */
  let gap = -1;
  let i = start;
  if (bytes[i] === COLON) {
    if (i + 1 >= end || bytes[i + 1] !== COLON) return false;
    gap = 0;
    i += 2;
  }
  while (i < end) {
    const groupEnd = findGroupEnd(bytes, i, end);
    if (groupEnd < end && bytes[groupEnd] === DOT) {
      if (position > 12 || (gap < 0 && position !== 12)) return false;
      if (!readV4(bytes, i, end, address)) return false;
      return closeGap(address, position, gap, 4);
    }
    const group = readGroup(bytes, i, groupEnd);
    if (group < 0 || position >= ADDRESS_BYTES) return false;
    address[position++] = group >> 8;
    address[position++] = group & 0xff;
    i = groupEnd;
    if (i === end) break;
    if (bytes[i] !== COLON || ++i === end) return false;
    if (bytes[i] === COLON) {
      if (gap >= 0) return false;
      gap = position;
      i++;
    }
  }
  return closeGap(address, position, gap, 0);
}

/** Moves what stands behind `::` to the end; `tail` bytes stand there already. */
function closeGap(address: Uint8Array, position: number, gap: number, tail: number): boolean {
  if (gap < 0) return position + tail === ADDRESS_BYTES;
  if (position + tail > ADDRESS_BYTES - 2) return false;
  const length = position - gap;
  const to = ADDRESS_BYTES - tail - length;
  address.copyWithin(to, gap, position);
  address.fill(0, gap, Math.max(gap, to));
  return true;
}

function findGroupEnd(bytes: Buffer, start: number, end: number): number {
  let i = start;
  while (i < end && bytes[i] !== COLON && bytes[i] !== DOT) i++;
  return i;
}

/** One to four hexadecimal digits; -1 for anything else. */
function readGroup(bytes: Buffer, start: number, end: number): number {
  if (end === start || end - start > 4) return -1;
  let value = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i] ?? 0;
    const letter = (byte | 0x20) - 0x61;
    const digit =
      byte >= ZERO && byte <= ZERO + 9 ? byte - ZERO : letter >= 0 && letter <= 5 ? letter + 10 : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}
