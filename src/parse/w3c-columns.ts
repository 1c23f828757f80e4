// The columns of W3C extended logs: which of them say what, and where a value in quotes ends.
const SPACE = 0x20;
const QUOTE = 0x22;
const DOT = 0x2e;
/** `null` */
const NULL = 0x6e756c6c;

export type Column =
  | 'ignored'
  | 'date'
  | 'time'
  | 'client'
  | 'method'
  | 'path'
  | 'target'
  | 'status'
  | 'bytes'
  | 'latency'
  | 'forwarded'
  | 'agent';

/** Names of columns in small letters; what is not listed is passed over. */
const COLUMNS: ReadonlyMap<string, Column> = new Map<string, Column>([
  ['date', 'date'],
  ['time', 'time'],
  ['c-ip', 'client'],
  ['cs-method', 'method'],
  ['cs-uri-stem', 'path'],
  ['cs-uri', 'target'],
  ['sc-status', 'status'],
  ['sc-bytes', 'bytes'],
  // Of the draft: what was transferred.
  ['bytes', 'bytes'],
  ['time-taken', 'latency'],
  ['x-forwarded-for', 'forwarded'],
  ['cs(x-forwarded-for)', 'forwarded'],
  ['cs(user-agent)', 'agent'],
]);

/** `fields`: names with a space between. */
export function readColumns(fields: string): readonly Column[] {
  const names = fields.toLowerCase().split(' ');
  const hasSize = names.includes('sc-bytes');
  const columns = names.map((name) =>
    name === 'bytes' && hasSize ? 'ignored' : (COLUMNS.get(name) ?? 'ignored'),
  );
  // Of two columns that say the same, the first counts.
  return columns.map((column, index) => (columns.indexOf(column) === index ? column : 'ignored'));
}

export function findEnd(bytes: Buffer, start: number, end: number, separator: number): number {
  let i = start;
  while (i < end && bytes[i] !== separator) i++;
  return i;
}

/** Where the quote stands that closes the value whose opening quote is at `start`, or -1. Two of them stand for one. */
export function findClosingQuote(bytes: Buffer, start: number, end: number): number {
  for (let i = start + 1; i < end; i++) {
    if (bytes[i] !== QUOTE) continue;
    if (i + 1 === end || bytes[i + 1] === SPACE) return i;
    if (bytes[i + 1] === QUOTE) i++;
  }
  return -1;
}

/** Writes one quote for two, in place; returns where the value ends then. */
export function joinQuotes(bytes: Buffer, start: number, end: number): number {
  let to = start;
  for (let from = start; from < end; from++) {
    const byte = bytes[from] ?? 0;
    bytes[to++] = byte;
    if (byte === QUOTE && from + 1 < end && bytes[from + 1] === QUOTE) from++;
  }
  return to;
}

export function hasPoint(bytes: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] === DOT) return true;
  return false;
}

/** Tomcat's method of what was no request. */
export function isNull(bytes: Buffer, start: number, end: number): boolean {
  return end - start === 4 && bytes.readUInt32BE(start) === NULL;
}
