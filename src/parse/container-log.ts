// Logs of containers as their runtime keeps them: Docker's json-file, one object a line with the line of the log in it, and
// Kubernetes' files, with a prefix before each. Takes the lines out, before they are framed, and puts together what the
// runtime has cut into pieces. A container has one log for both of its streams: what is of an error log is left out. What is
// no such line stays as it is.
import { startsWith } from './field-end.ts';
import { findStreamTag, PIECE_TAG } from './prefix.ts';
import { isOfErrorLog } from './unread-formats.ts';

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** How an object of Docker begins; its keys always come in the same order. */
const LOG = Buffer.from('{"log":"');
/** What stands behind its line, and behind that which stream it is of. */
const STREAM = Buffer.from(',"stream":"');
const STDERR = Buffer.from('stderr');
const LINE_HEAD_BYTES = 64;
/** By the byte behind a backslash: what both stand for; 0: something else. */
const ESCAPED = escaped({ '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' });
const UNICODE_ESCAPE_BYTES = 6;
/** Half a pair by itself is one character, and whatever follows another one. */
const UNICODE_ESCAPES = /^\\u([\da-f]{4})(?:(?<=\\ud[89ab][\da-f]{2})\\u(d[c-f][\da-f]{2}))?/i;
/** A runtime cuts lines into pieces far below. A longer one is of another kind, and goes on as it comes. */
const LINE_BYTES_MAX = 512 * 1024;
/** With so many bytes a prefix is whole. */
const BEGINNING_BYTES = 64;

/** Whether a log that begins with `bytes`, at the beginning of a line, is one; null when more of it has to be seen. */
export function looksLikeContainerLog(bytes: Buffer): boolean | null {
  if (bytes.length < BEGINNING_BYTES && !bytes.includes(NEWLINE)) return null;
  return startsWith(bytes, 0, bytes.length, LOG) || findStreamTag(bytes, 0, bytes.length) > 0;
}

/** F or P, and a space. */
const TAG_BYTES = 2;

type Stream = 'stdout' | 'stderr';

export class ContainerLog {
  #unfinished = Buffer.alloc(0);
  #unfinishedLength = 0;
  #out = Buffer.alloc(0);
  #outLength = 0;
  /** Bytes since a line end that was one in the log, and not between two of its pieces. */
  #pendingBytes = 0;

  /** Bytes taken of a line that is not over. */
  get pendingBytes(): number {
    return this.#pendingBytes + this.#unfinishedLength;
  }

  /** The bytes of the log itself; valid until the next call. */
  decode(bytes: Buffer): Buffer {
    this.#makeRoom(bytes.length);
    let start = 0;
    for (;;) {
      const newline = bytes.indexOf(NEWLINE, start);
      if (newline < 0) break;
      if (this.#unfinishedLength > 0) {
        this.#keep(bytes, start, newline + 1);
        this.#takeUnfinished();
      } else this.#take(bytes, start, newline + 1);
      start = newline + 1;
    }
    if (start < bytes.length) this.#keep(bytes, start, bytes.length);
    if (this.#unfinishedLength > LINE_BYTES_MAX) this.#passUnfinished();
    return this.#out.subarray(0, this.#outLength);
  }

  /** What is there of a line that nobody has ended. */
  end(): Buffer {
    this.#makeRoom(0);
    this.#passUnfinished();
    return this.#out.subarray(0, this.#outLength);
  }

  #takeUnfinished(): void {
    const length = this.#unfinishedLength;
    this.#unfinishedLength = 0;
    this.#take(this.#unfinished, 0, length);
  }

  #passUnfinished(): void {
    this.#copy(this.#unfinished, 0, this.#unfinishedLength);
    this.#pendingBytes += this.#unfinishedLength;
    this.#unfinishedLength = 0;
  }

  /** One line with its line end. */
  #take(bytes: Buffer, start: number, end: number): void {
    const before = this.#outLength;
    const stream = this.#takeDocker(bytes, start, end) ?? this.#takePrefixed(bytes, start, end);
    if (stream === null) {
      this.#outLength = before;
      this.#copy(bytes, start, end);
    }
    const isOver = this.#outLength > before && this.#out[this.#outLength - 1] === NEWLINE;
    if (isOver && this.#pendingBytes === 0 && stream === 'stderr' && this.#isOfErrorLog(before))
      this.#outLength = before;
    this.#pendingBytes = isOver ? 0 : this.#pendingBytes + end - start;
  }

  #isOfErrorLog(start: number): boolean {
    return isOfErrorLog(
      this.#out.toString('latin1', start, Math.min(this.#outLength, start + LINE_HEAD_BYTES)),
    );
  }

  /** The stream that a line of Docker's is of; null, with anything behind what was there before, for any other line. */
  #takeDocker(bytes: Buffer, start: number, end: number): Stream | null {
    if (!startsWith(bytes, start, end, LOG)) return null;
    const out = this.#out;
    let to = this.#outLength;
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
    this.#outLength = to;
    const stream = i + 1 + STREAM.length;
    if (!startsWith(bytes, i + 1, end, STREAM)) return null;
    return startsWith(bytes, stream, end, STDERR) ? 'stderr' : 'stdout';
  }

  #takePrefixed(bytes: Buffer, start: number, end: number): Stream | null {
    const tag = findStreamTag(bytes, start, end);
    if (tag < 0) return null;
    const isPiece = bytes[tag] === PIECE_TAG;
    this.#copy(bytes, tag + TAG_BYTES, isPiece ? end - 1 : end);
    return startsWith(bytes, tag - STDERR.length - 1, end, STDERR) ? 'stderr' : 'stdout';
  }

  #copy(bytes: Buffer, start: number, end: number): void {
    this.#outLength += bytes.copy(this.#out, this.#outLength, start, end);
  }

  /** What comes out is never longer than what has come in. */
  #makeRoom(more: number): void {
    this.#outLength = 0;
    const needed = this.#unfinishedLength + more;
    if (this.#out.length < needed) this.#out = Buffer.alloc(needed);
  }

  #keep(bytes: Buffer, start: number, end: number): void {
    const needed = this.#unfinishedLength + end - start;
    if (this.#unfinished.length < needed) {
      const larger = Buffer.alloc(2 * needed);
      this.#unfinished.copy(larger, 0, 0, this.#unfinishedLength);
      this.#unfinished = larger;
    }
    this.#unfinishedLength += bytes.copy(this.#unfinished, this.#unfinishedLength, start, end);
  }
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
