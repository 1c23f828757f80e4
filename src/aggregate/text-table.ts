// Texts that many lines have in common, by the id of their bytes: clients and user agents. A text is made when somebody
// asks for it. Bounded: when it is full, it says so, and is emptied by whoever holds ids.
import { WordView } from '../parse/words.ts';
import { TextSlots } from '../scan/text-slots.ts';
import { CROWDED, hashWords, PathKeys } from './path-keys.ts';
import type { KeyBytes } from './path-keys.ts';

const TEXT_BYTES_MAX = 160;
/** The id of no bytes at all, and of those that are kept nowhere. */
export const NO_TEXT = 0;
/** There is no room for one more text. */
export const TABLE_FULL = -1;

export class TextTable {
  readonly #textsMax: number;
  #keys: PathKeys;
  /** By id; null: it is still to be made. */
  #texts: (string | null)[] = [''];
  readonly #slots = new TextSlots();
  readonly #words = new WordView();

  constructor(textsMax: number) {
    this.#textsMax = textsMax;
    this.#keys = new PathKeys(textsMax);
  }

  /** The id of the first 160 of the bytes `[start, end)`; `TABLE_FULL` when it has none and there is no room. */
  idOf(bytes: Buffer, start: number, wantedEnd: number): number {
    const end = Math.min(wantedEnd, start + TEXT_BYTES_MAX);
    if (start === end) return NO_TEXT;
    const recent = this.#slots.find(bytes, start, end);
    if (recent !== NO_TEXT) return recent;
    const id = this.#lookUp(bytes, start, end);
    if (id > NO_TEXT) this.#slots.keep(bytes, start, end, id);
    return id;
  }

  /** What an id stands for, as text that is safe to print. */
  textOf(id: number): string {
    return textOf(this.#texts, this.#keys, id);
  }

  /** The same for what the ids given so far stand for now, also when the table has been cleared. */
  kept(): (id: number) => string {
    const [texts, keys] = [this.#texts, this.#keys];
    return (id) => textOf(texts, keys, id);
  }

  /** The bytes that an id stands for, valid until the next text is added. */
  bytesOf(id: number): Buffer {
    return id === NO_TEXT ? Buffer.alloc(0) : this.#keys.bytesOf(id - 1);
  }

  get count(): number {
    return this.#keys.count;
  }

  /** No id stands for anything any more. */
  clear(): void {
    this.#keys = new PathKeys(this.#textsMax);
    this.#texts = [''];
    this.#slots.clear();
  }

  #lookUp(bytes: Buffer, start: number, end: number): number {
    const view = this.#words.of(bytes);
    const hash = hashWords(view, start, end);
    const known = this.#keys.find(view, start, end, hash, 0);
    if (known >= 0) return known + 1;
    // Only keys made to collide lie so close.
    if (known === CROWDED) return NO_TEXT;
    if (this.#keys.isFull) return TABLE_FULL;
    const id = this.#keys.add(bytes, start, end, hash, 0) + 1;
    this.#texts[id] = null;
    return id;
  }
}

function textOf(texts: (string | null)[], keys: KeyBytes, id: number): string {
  return texts[id] ?? (texts[id] = printText(keys.bytesOf(id - 1)));
}

/** True for ASCII that is printable as it stands. */
export function isPrintable(bytes: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const byte = bytes[i] ?? 0;
    if (byte < 0x20 || byte > 0x7e) return false;
  }
  return true;
}

/** Text that is safe to print on a terminal: a client chooses these bytes. */
export function printText(bytes: Buffer): string {
  return bytes
    .toString('utf8')
    .replaceAll(
      /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}
