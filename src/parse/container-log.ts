// Logs of containers as their runtime keeps them: Docker's json-file, one object a line with the line of the log in it, and
// Kubernetes' files, with a prefix before each. Takes the lines out, before they are framed, and puts together what the
// runtime has cut into pieces, of each stream by itself. A container has one log for all that it says: what is of an error
// log is passed over. What is no such line stays as it is.
import { startsWith } from './field-end.ts';
import { findStreamTag, PIECE_TAG } from './prefix.ts';
import { isOfErrorLog } from './unread-formats.ts';

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const SLASH = 0x2f;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;

/** How an object of Docker begins; its keys always come in the same order. */
const LOG = Buffer.from('{"log":"');
const BEHIND_LOG = ['stdout', 'stderr'].map((stream) => Buffer.from(`,"stream":"${stream}"`));
/** Docker's pieces are as long as its buffer; of a shorter line the line end was left out. */
const DOCKER_PIECE_BYTES = 16_384;
const STDERR = Buffer.from('stderr');
/** F or P, and a space. */
const TAG_BYTES = 2;
const LINE_HEAD_BYTES = 64;
/** Behind it nginx has a slash. */
const YEAR_LENGTH = 4;
/** By the byte behind a backslash: what both stand for; 0: something else. */
const ESCAPED = escaped({ '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' });
const UNICODE_ESCAPE_BYTES = 6;
/** Half a pair by itself is one character, and whatever follows another one. */
const UNICODE_ESCAPES = /^\\u([\da-f]{4})(?:(?<=\\ud[89ab][\da-f]{2})\\u(d[c-f][\da-f]{2}))?/i;
/** A line of the runtime that is longer goes on as it comes; of pieces that are longer together, the beginning does. */
const LINE_BYTES_MAX = 2 * 1024 * 1024;
/** Lines of a chunk, and bytes of a line, by which a log is known. */
const LINES_LOOKED_AT = 16;
const BEGINNING_BYTES = 64;
const DATE_BEGINNING = /^(?:\d{1,4}|\d{4}-\d{0,2}|\d{4}-\d\d-\d{0,2}|\d{4}-\d\d-\d\dT.*)$/;

/** Stands, as a line, for one of the runtime that gives none: so lines have the numbers that they have in the file. */
export const NO_LINE = Buffer.from([0xff, 0x00]);
const NO_LINE_ENDED = Buffer.concat([NO_LINE, Buffer.from([NEWLINE])]);

/** Where the first line of a runtime begins, among the first ones from `start` on, which is where a line begins; -1 when there is none. */
export function findContainerLine(bytes: Buffer, start: number): number {
  let lineStart = start;
  for (let lines = 0; lines < LINES_LOOKED_AT && lineStart < bytes.length; lines++) {
    if (startsWith(bytes, lineStart, bytes.length, LOG)) return lineStart;
    if (findStreamTag(bytes, lineStart, bytes.length) >= 0) return lineStart;
    lineStart = bytes.indexOf(NEWLINE, lineStart) + 1;
    if (lineStart === 0) break;
  }
  return -1;
}

/** Whether what there is of a line, which begins at `start`, may be the beginning of one of a runtime. */
export function mayBeginContainerLine(bytes: Buffer, start: number): boolean {
  const length = bytes.length - start;
  if (length === 0 || length >= BEGINNING_BYTES) return false;
  return (
    startsWith(bytes, start, bytes.length, LOG.subarray(0, length)) ||
    DATE_BEGINNING.test(bytes.toString('latin1', start))
  );
}

export class ContainerLog {
  readonly #unfinished = new Bytes();
  readonly #out = new Bytes();
  /** Of lines that are still to come, by stream. */
  readonly #pieces = [new Bytes(), new Bytes()] as const;
  /** Lines of the runtime that have given none so far. */
  #untold = 0;
  /** Bytes since a place from which one can go on. */
  #pendingBytes = 0;

  /** Bytes taken of a line that is not over. */
  get pendingBytes(): number {
    return this.#pendingBytes + this.#unfinished.length;
  }

  /** The bytes of the log itself; valid until the next call. */
  decode(bytes: Buffer): Buffer {
    this.#out.length = 0;
    let start = 0;
    for (;;) {
      const newline = bytes.indexOf(NEWLINE, start);
      if (newline < 0) break;
      if (this.#unfinished.length > 0) {
        this.#unfinished.add(bytes, start, newline + 1);
        this.#takeUnfinished();
      } else this.#take(bytes, start, newline + 1);
      start = newline + 1;
    }
    if (start < bytes.length) this.#unfinished.add(bytes, start, bytes.length);
    if (this.#unfinished.length > LINE_BYTES_MAX) {
      this.#pendingBytes += this.#unfinished.length;
      this.#out.move(this.#unfinished);
    }
    return this.#out.taken();
  }

  /** What is there of lines that nobody has ended. */
  end(): Buffer {
    this.#out.length = 0;
    if (this.#unfinished.length > 0) this.#takeUnfinished();
    for (const pieces of this.#pieces) {
      if (pieces.length === 0) continue;
      this.#out.endLine();
      this.#out.move(pieces);
    }
    return this.#out.taken();
  }

  #takeUnfinished(): void {
    const { bytes, length } = this.#unfinished;
    this.#unfinished.length = 0;
    this.#take(bytes, 0, length);
  }

  /** One line, with its line end if it has one. */
  #take(bytes: Buffer, start: number, end: number): void {
    const out = this.#out;
    const before = out.length;
    // It never gets longer.
    out.makeRoom(end - start + 1);
    const stream = this.#unpackObject(bytes, start, end) ?? this.#cutPrefix(bytes, start, end);
    if (stream === null) {
      out.length = before;
      out.add(bytes, start, end);
    }
    const pieces = stream === null ? null : this.#pieces[stream];
    const isOver = out.length > before && out.bytes[out.length - 1] === NEWLINE;
    const isPiece = pieces !== null && !isOver && bytes[end - 1] === NEWLINE;
    if (pieces !== null && (isPiece || pieces.length > 0)) {
      // Of a line that is too long, its beginning is all that anyone wants.
      const length = Math.min(out.length - before, Math.max(0, LINE_BYTES_MAX - pieces.length));
      pieces.add(out.bytes, before, before + length);
      if (isOver) pieces.endLine();
      out.length = before;
    }
    this.#untold++;
    if (isPiece) this.#pendingBytes += end - start;
    else this.#tell(before, pieces, end - start);
  }

  /** A line is over, which stands behind `before` or in `pieces`. */
  #tell(before: number, pieces: Bytes | null, rawLength: number): void {
    const out = this.#out;
    const line = pieces !== null && pieces.length > 0 ? pieces : null;
    const isPassedOver = pieces !== null && (line === null ? isOfErrors(out, before) : isOfErrors(line, 0));
    if (isPassedOver) {
      out.length = before;
      if (line !== null) line.length = 0;
      const [stdout, stderr] = this.#pieces;
      if (stdout.length + stderr.length > 0) {
        this.#pendingBytes += rawLength;
        return;
      }
    }
    this.#pendingBytes = 0;
    const own = isPassedOver ? 0 : 1;
    this.#tellNone(before, this.#untold - own);
    this.#untold = 0;
    if (line !== null) out.move(line);
  }

  /** `count` lines at `at`, before what stands there. */
  #tellNone(at: number, count: number): void {
    const out = this.#out;
    if (count === 0) return;
    const length = count * NO_LINE_ENDED.length;
    out.makeRoom(length);
    out.bytes.copyWithin(at + length, at, out.length);
    for (let i = 0; i < count; i++) NO_LINE_ENDED.copy(out.bytes, at + i * NO_LINE_ENDED.length);
    out.length += length;
  }

  /** The stream that the line of an object is of; null, with anything behind what was there before, when it is none of Docker's. */
  #unpackObject(bytes: Buffer, start: number, end: number): 0 | 1 | null {
    if (!startsWith(bytes, start, end, LOG)) return null;
    const out = this.#out.bytes;
    const before = this.#out.length;
    let to = before;
    let i = start + LOG.length;
    for (let byte = bytes[i]; byte !== QUOTE; byte = bytes[i]) {
      if (i >= end || byte === undefined) return null;
      if (byte !== BACKSLASH) {
        out[to++] = byte;
        i++;
        continue;
      }
      const character = ESCAPED[bytes[i + 1] ?? 0] ?? 0;
      if (character !== 0) {
        out[to++] = character;
        i += 2;
        continue;
      }
      const text = readUnicodeEscape(bytes, i);
      if (text === null) return null;
      to += out.write(text, to);
      i += UNICODE_ESCAPE_BYTES * text.length;
    }
    const isEnded = to > before && out[to - 1] === NEWLINE;
    if (!isEnded && to - before < DOCKER_PIECE_BYTES) out[to++] = NEWLINE;
    this.#out.length = to;
    const stream = BEHIND_LOG.findIndex((behind) => startsWith(bytes, i + 1, end, behind));
    return stream === 0 || stream === 1 ? stream : null;
  }

  #cutPrefix(bytes: Buffer, start: number, end: number): 0 | 1 | null {
    const tag = findStreamTag(bytes, start, end);
    if (tag < 0) return null;
    const isCut = bytes[tag] === PIECE_TAG && bytes[end - 1] === NEWLINE;
    this.#out.add(bytes, tag + TAG_BYTES, isCut ? end - 1 : end);
    return startsWith(bytes, tag - STDERR.length - 1, end, STDERR) ? 1 : 0;
  }
}

/** Bytes that grow. */
class Bytes {
  bytes = Buffer.alloc(0);
  length = 0;

  taken(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  add(bytes: Buffer, start: number, end: number): void {
    this.makeRoom(end - start);
    this.length += bytes.copy(this.bytes, this.length, start, end);
  }

  /** If there is something that has no line end. */
  endLine(): void {
    if (this.length === 0 || this.bytes[this.length - 1] === NEWLINE) return;
    this.makeRoom(1);
    this.bytes[this.length++] = NEWLINE;
  }

  /** Of `other`, which is empty then. */
  move(other: Bytes): void {
    this.add(other.bytes, 0, other.length);
    other.length = 0;
  }

  /** For so many more. */
  makeRoom(more: number): void {
    const needed = this.length + more;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.alloc(2 * needed);
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}

/** Whether what begins at `start` is one line, of an error log: a forwarder may have put several into one object. */
function isOfErrors({ bytes, length }: Bytes, start: number): boolean {
  if (bytes[start] !== OPEN_BRACKET && bytes[start + YEAR_LENGTH] !== SLASH) return false;
  const head = bytes.toString('latin1', start, Math.min(length, start + LINE_HEAD_BYTES));
  return isOfErrorLog(head) && bytes.subarray(start, length - 1).indexOf(NEWLINE) < 0;
}

/** What the escapes of one character at `at` stand for, such as `\\u003c` or a pair of them; null when there are none. */
function readUnicodeEscape(bytes: Buffer, at: number): string | null {
  const [, high, low = ''] =
    UNICODE_ESCAPES.exec(bytes.toString('latin1', at, at + 2 * UNICODE_ESCAPE_BYTES)) ?? [];
  if (high === undefined) return null;
  const units = [high, low].filter((digits) => digits !== '').map((digits) => Number.parseInt(digits, 16));
  return String.fromCharCode(...units);
}

function escaped(characters: Readonly<Record<string, string>>): Uint8Array {
  const table = new Uint8Array(256);
  for (const [name, character] of Object.entries(characters))
    table[name.charCodeAt(0)] = character.charCodeAt(0);
  return table;
}
