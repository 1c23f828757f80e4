// What can't be unpacked here, known by its first bytes: read as a log it would be lines of which none fits.

interface ForeignPacking {
  readonly name: string;
  /** Where `magic` stands. */
  readonly at: number;
  readonly magic: Buffer;
  readonly unpack: string;
}

const FOREIGN_PACKINGS: readonly ForeignPacking[] = [
  { name: 'bzip2', at: 0, magic: Buffer.from('BZh'), unpack: 'bzip2 -dc FILE' },
  { name: 'xz', at: 0, magic: Buffer.from([0xfd, 0x37, 0x7a, 0x58]), unpack: 'xz -dc FILE' },
  { name: 'zip', at: 0, magic: Buffer.from([0x50, 0x4b, 0x03, 0x04]), unpack: 'unzip -p FILE' },
  { name: 'tar', at: 257, magic: Buffer.from('ustar'), unpack: 'tar -xOf FILE' },
];

/** Bytes that `foreignPackingOf` wants to see. */
export const HEAD_BYTES = Math.max(...FOREIGN_PACKINGS.map(({ at, magic }) => at + magic.length));

/** What a file that begins so is packed by, and how to unpack it; null when nothing is known of that. */
export function foreignPackingOf(head: Buffer): string | null {
  const foreign = FOREIGN_PACKINGS.find(({ at, magic }) =>
    head.subarray(at, at + magic.length).equals(magic),
  );
  if (foreign === undefined) return null;
  return `is packed by ${foreign.name}, which fluffy does not unpack: pipe it in by ${foreign.unpack}`;
}
