// Texts that many lines have in common, made once from their bytes: clients and user agents. Bounded: when it is full, it
// is emptied and begins anew, as nothing but time is lost.
import { WordView } from '../parse/words.ts';
import { hashWords, NOT_FOUND, PathKeys } from './path-keys.ts';
import { TextSlots } from './text-slots.ts';

const TEXT_BYTES_MAX = 160;

export class TextTable {
  readonly #textsMax: number;
  #keys: PathKeys;
  #texts: string[] = [];
  readonly #slots: TextSlots;
  readonly #words = new WordView();

  /** `usualBytes`: a text that is no longer is found sooner when it comes again. */
  constructor(textsMax: number, usualBytes = TEXT_BYTES_MAX) {
    this.#textsMax = textsMax;
    this.#slots = new TextSlots(textsMax, usualBytes);
    this.#keys = new PathKeys(textsMax);
  }

  /** The bytes `[start, end)` as text that is safe to print; the first 160 of them. */
  textOf(bytes: Buffer, start: number, wantedEnd: number): string {
    const end = Math.min(wantedEnd, start + TEXT_BYTES_MAX);
    if (start === end) return '';
    const view = this.#words.of(bytes);
    const recent = this.#slots.find(view, start, end);
    if (recent !== null) return recent;
    const text = this.#lookUp(view, bytes, start, end);
    this.#slots.keep(view, start, end, text);
    return text;
  }

  #lookUp(view: DataView, bytes: Buffer, start: number, end: number): string {
    const hash = hashWords(view, start, end);
    const known = this.#keys.find(view, start, end, hash, 0);
    if (known >= 0) return this.#texts[known] ?? '';
    const text = printText(bytes, start, end);
    if (this.#keys.isFull) {
      this.#keys = new PathKeys(this.#textsMax);
      this.#texts = [];
    }
    // Crowded: only keys made to collide lie so close.
    if (known === NOT_FOUND) this.#texts[this.#keys.add(bytes, start, end, hash, 0)] = text;
    return text;
  }
}

/** Text that is safe to print on a terminal: a client chooses these bytes. */
export function printText(bytes: Buffer, start: number, end: number): string {
  return bytes
    .toString('utf8', start, end)
    .replaceAll(
      /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}
