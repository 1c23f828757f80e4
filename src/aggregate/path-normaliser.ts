// What makes two request paths one: how their percent-encoding is written, and which identifiers they hold. The bytes
// that come out are the key that requests are grouped by; on the hot path only for paths that need it.

const SPACE = 0x20;
const QUOTE = 0x22;
const SLASH = 0x2f;
const PERCENT = 0x25;
const BACKSLASH = 0x5c;

/** What a byte may be; the classes of a segment's bytes together tell what the segment is. */
const DIGIT = 1;
const LOWER = 2;
const UPPER = 4;
const DASH = 8;
const OTHER = 16;
/** Begins `%41` or, as nginx writes bytes that it does not want to print, `\x41`; and `\"`, as it does for JSON and Apache does always. */
const ESCAPE = 32;

const BYTE_CLASSES = createClasses();

/** What stands behind a backslash, and the byte it is: Apache and lighttpd write control characters as C does. */
const C_ESCAPES: ReadonlyMap<number, number> = new Map([
  [BACKSLASH, BACKSLASH],
  [QUOTE, QUOTE],
  // t, n, v and r
  [0x74, 0x09],
  [0x6e, 0x0a],
  [0x76, 0x0b],
  [0x72, 0x0d],
]);

/** Stands for an identifier. */
const PLACEHOLDER = Buffer.from(':id');

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const UUID_DASHES = 4;
const HASH_LENGTH_MIN = 16;
const TOKEN_LENGTH_MIN = 20;
/** A token of one case has so many digits at least: `internationalization2` is a word. */
const TOKEN_DIGITS_MIN = 4;
/** More of them make words: `Annual-Report-Of-Our-Club-2026`. */
const TOKEN_DASHES_MAX = 2;

export interface NormaliserOptions {
  /** Numbers, UUIDs, hashes and long tokens in a path become `:id`. */
  readonly templatesIds: boolean;
}

/** Holds the bytes of one path at a time. */
export class PathNormaliser {
  /** The path that was normalised last is `bytes[0, length)`. */
  readonly bytes: Buffer;
  length = 0;
  /** Nothing of it had to be written otherwise. */
  isAsItWas = true;
  readonly #templatesIds: boolean;

  /** `pathBytesMax`: no longer path will come. */
  constructor(pathBytesMax: number, { templatesIds }: NormaliserOptions) {
    // `/1/1` becomes `/:id/:id`, and `%%` becomes `%25%25`.
    this.bytes = Buffer.alloc(3 * pathBytesMax);
    this.#templatesIds = templatesIds;
  }

  normalise(bytes: Buffer, start: number, end: number): void {
    this.length = 0;
    this.isAsItWas = true;
    let segmentStart = 0;
    for (let i = start; i < end;) {
      const byte = bytes[i] ?? 0;
      if (byte === SLASH) {
        this.#endSegment(segmentStart);
        this.#put(SLASH);
        segmentStart = this.length;
        i++;
      } else {
        i += this.#take(bytes, i, end, byte);
      }
    }
    this.#endSegment(segmentStart);
  }

  #take(bytes: Buffer, i: number, end: number, byte: number): number {
    if (byte === PERCENT || byte === BACKSLASH) return this.#takeEscape(bytes, i, end);
    // Where a server has decoded the path, or escapes nothing.
    return byte === SPACE || byte === QUOTE ? this.#putEscaped(byte) : this.#put(byte);
  }

  /** Writes one byte; returns 1, as many as it took. */
  #put(byte: number): number {
    this.bytes[this.length++] = byte;
    return 1;
  }

  /**
   * Writes what the escape at `i` stands for when that is a letter, digit or mark that needs none, or part of a
   * character beyond ASCII; otherwise an escape with capital digits, also of a `%` or backslash that escapes nothing: so the
   * same path comes out when it is normalised again. Returns how many bytes it took.
   */
  #takeEscape(bytes: Buffer, i: number, end: number): number {
    const next = i + 1 < end ? bytes[i + 1] : undefined;
    const escaped = bytes[i] === BACKSLASH && next !== undefined ? C_ESCAPES.get(next) : undefined;
    if (escaped !== undefined) return 1 + this.#putEscaped(escaped);
    this.isAsItWas = false;
    const isPercent = bytes[i] === PERCENT;
    const digits = isPercent ? i + 1 : i + 2;
    const value = digits + 2 <= end && (isPercent || bytes[i + 1] === 0x78) ? readHex(bytes, digits) : -1;
    if (value >= 0x80 || isUnreserved(value)) this.#put(value);
    else this.#putEscaped(value < 0 ? (bytes[i] ?? 0) : value);
    return value < 0 ? 1 : digits + 2 - i;
  }

  /** Writes a byte as an escape; returns 1, as many as it took. */
  #putEscaped(byte: number): number {
    this.isAsItWas = false;
    this.#put(PERCENT);
    this.#put(HEX_DIGITS.charCodeAt(byte >> 4));
    return this.#put(HEX_DIGITS.charCodeAt(byte & 15));
  }

  #endSegment(start: number): void {
    if (!this.#templatesIds || !isIdentifier(this.bytes, start, this.length)) return;
    this.isAsItWas = false;
    this.length = start + PLACEHOLDER.copy(this.bytes, start);
  }
}

const HEX_DIGITS = '0123456789ABCDEF';

/** A number, a UUID, a hash, or a token too long and too mixed to be a word. */
function isIdentifier(bytes: Buffer, start: number, end: number): boolean {
  let classes = 0;
  let digits = 0;
  let dashes = 0;
  for (let i = start; i < end; i++) {
    const byteClass = BYTE_CLASSES[bytes[i] ?? 0] ?? OTHER;
    classes |= byteClass;
    if (byteClass === DIGIT) digits++;
    else if (byteClass === DASH) dashes++;
  }
  const length = end - start;
  if (digits === length || digits === 0) return length > 0 && digits === length;
  if (length < HASH_LENGTH_MIN || (classes & (OTHER | ESCAPE)) !== 0) return false;
  if (dashes === UUID_DASHES && UUID.test(bytes.toString('latin1', start, end))) return true;
  if (dashes === 0 && isHex(bytes, start, end)) return true;
  if (length < TOKEN_LENGTH_MIN) return false;
  const isMixed = (classes & LOWER) !== 0 && (classes & UPPER) !== 0;
  return isMixed ? dashes <= TOKEN_DASHES_MAX && digits > 1 : dashes === 0 && digits >= TOKEN_DIGITS_MIN;
}

function isHex(bytes: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (hexValue(bytes[i]) < 0) return false;
  return true;
}

function readHex(bytes: Buffer, start: number): number {
  const high = hexValue(bytes[start]);
  const low = hexValue(bytes[start + 1]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

function hexValue(byte = 0): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function isUnreserved(byte: number): boolean {
  return (BYTE_CLASSES[byte] ?? OTHER) < OTHER || byte === 0x2e || byte === 0x7e;
}

function createClasses(): Uint8Array {
  const classes = new Uint8Array(256).fill(OTHER);
  classes.fill(DIGIT, 0x30, 0x3a);
  classes.fill(UPPER, 0x41, 0x5b);
  classes.fill(LOWER, 0x61, 0x7b);
  classes[0x2d] = classes[0x5f] = DASH;
  classes[PERCENT] = classes[BACKSLASH] = ESCAPE;
  return classes;
}
