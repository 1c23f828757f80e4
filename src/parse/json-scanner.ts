// Walks the bytes of a JSON object once and notes where the values of known keys stand. Part of the hot path: what is
// unusual is left to JSON.parse, which decides as well what is no JSON.
import type { JsonPath } from './json-keys.ts';
import { isDigit } from './number.ts';
import { findSpecial, WordView } from './words.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OBJECT = 0x7b;
const OBJECT_END = 0x7d;
const ARRAY = 0x5b;
const ARRAY_END = 0x5d;
const SPACE = 0x20;
const DASH = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;

/** Deeper objects are left to JSON.parse, and so this recursion has an end. */
const DEPTH_MAX = 32;

/** `null` is as good as absent. */
type JsonKind = 'absent' | 'string' | 'number' | 'list' | 'other';

/** The value of one key in the line that was scanned last. */
export interface JsonSlot {
  kind: JsonKind;
  /** Of a string what stands between its quotes; of a list its first value, if that is a string, else an empty range. */
  start: number;
  end: number;
}

/** A key, at its place in the objects. */
interface KeyNode {
  readonly name: Buffer;
  readonly children: KeyNode[][];
  slot: JsonSlot | null;
  /** The scan that saw it last. */
  seen: number;
}

export class JsonScanner {
  readonly #root: KeyNode = createNode('');
  readonly #slots: JsonSlot[] = [];
  readonly #words = new WordView();
  #view: DataView = new DataView(new ArrayBuffer(0));
  #end = 0;
  #scans = 0;

  /** The slot of the key at `path`; each scan fills it again. */
  add(path: JsonPath): JsonSlot {
    let node = this.#root;
    for (const name of path) node = addChild(node, name);
    if (node.slot === null) {
      node.slot = { kind: 'absent', start: 0, end: 0 };
      this.#slots.push(node.slot);
    }
    return node.slot;
  }

  /**
   * Fills the slots from the line `bytes[start, end)`. False for what is no JSON object, and for objects that are
   * unusual: a known key twice, an escape in a key, very deep nesting. Slots then hold anything.
   */
  scan(bytes: Buffer, start: number, end: number): boolean {
    if (bytes[start] !== OBJECT) return false;
    this.#view = this.#words.of(bytes);
    this.#end = end;
    this.#scans = (this.#scans + 1) | 0;
    for (const slot of this.#slots) slot.kind = 'absent';
    const after = this.#readObject(start + 1, this.#root, 0);
    return after > 0 && this.#skipSpace(after) === end;
  }

  /** From behind the opening brace to behind the closing one; -1 when it is not to be read here, as below. */
  #readObject(from: number, node: KeyNode | null, depth: number): number {
    let i = this.#skipSpace(from);
    if (depth > DEPTH_MAX) return -1;
    if (this.#byte(i) === OBJECT_END) return i + 1;
    for (;;) {
      if (this.#byte(i) !== QUOTE) return -1;
      const nameStart = i + 1;
      const nameEnd = findSpecial(this.#view, nameStart, this.#end);
      if (this.#byte(nameEnd) !== QUOTE) return -1;
      const child = node === null ? null : this.#findChild(node, nameStart, nameEnd);
      if (child !== null) {
        if (child.seen === this.#scans) return -1;
        child.seen = this.#scans;
      }
      i = nameEnd + 1;
      if (this.#byte(i) !== COLON) i = this.#skipSpace(i);
      if (this.#byte(i) !== COLON) return -1;
      i = this.#readValue(i + 1, child, depth);
      if (i < 0) return -1;
      let byte = this.#byte(i);
      if (byte <= SPACE) byte = this.#byte((i = this.#skipSpace(i)));
      if (byte === OBJECT_END) return i + 1;
      if (byte !== COMMA) return -1;
      i = this.#skipSpace(i + 1);
    }
  }

  #readValue(from: number, node: KeyNode | null, depth: number): number {
    const start = this.#skipSpace(from);
    const byte = this.#byte(start);
    const slot = node === null ? null : node.slot;
    if (byte === QUOTE) {
      const close = this.#findClose(start + 1);
      if (slot !== null) fill(slot, 'string', start + 1, close);
      return close < 0 ? -1 : close + 1;
    }
    if (byte === OBJECT) {
      if (slot !== null) slot.kind = 'other';
      return this.#readObject(start + 1, node, depth + 1);
    }
    if (byte === ARRAY) return this.#readArray(start + 1, slot, depth + 1);
    if (byte === DASH || isDigit(byte)) {
      const end = this.#skipNumber(start);
      if (slot !== null) fill(slot, 'number', start, end);
      return end;
    }
    if (slot !== null) slot.kind = byte === 0x6e ? 'absent' : 'other';
    return this.#skipWord(start, byte);
  }

  #readArray(from: number, slot: JsonSlot | null, depth: number): number {
    let i = this.#skipSpace(from);
    if (depth > DEPTH_MAX) return -1;
    if (slot !== null) fill(slot, 'list', i, i);
    if (this.#byte(i) === ARRAY_END) return i + 1;
    for (let isFirst = true; ; isFirst = false) {
      const start = this.#skipSpace(i);
      i = this.#readValue(start, null, depth);
      if (i < 0) return -1;
      if (isFirst && slot !== null && this.#byte(start) === QUOTE) fill(slot, 'list', start + 1, i - 1);
      i = this.#skipSpace(i);
      const byte = this.#byte(i);
      if (byte === ARRAY_END) return i + 1;
      if (byte !== COMMA) return -1;
      i++;
    }
  }

  /** Where the quote stands that closes a string. */
  #findClose(start: number): number {
    let i = findSpecial(this.#view, start, this.#end);
    let byte = this.#byte(i);
    while (byte === BACKSLASH) {
      const next = this.#byte(i + 1);
      if (next === 0x75) {
        for (let digit = i + 2; digit < i + 6; digit++) if (!isHexDigit(this.#byte(digit))) return -1;
        i += 6;
      } else if (isEscape(next)) i += 2;
      else return -1;
      i = findSpecial(this.#view, i, this.#end);
      byte = this.#byte(i);
    }
    return byte === QUOTE ? i : -1;
  }

  #skipNumber(start: number): number {
    let i = this.#byte(start) === DASH ? start + 1 : start;
    const first = i;
    i = this.#skipDigits(i);
    if (i === first || (this.#byte(first) === ZERO && i > first + 1)) return -1;
    if (this.#byte(i) === DOT) {
      const fraction = i + 1;
      i = this.#skipDigits(fraction);
      if (i === fraction) return -1;
    }
    if ((this.#byte(i) | 0x20) !== 0x65) return i;
    const sign = this.#byte(i + 1);
    const exponent = sign === DASH || sign === 0x2b ? i + 2 : i + 1;
    i = this.#skipDigits(exponent);
    return i === exponent ? -1 : i;
  }

  #skipDigits(start: number): number {
    let i = start;
    while (isDigit(this.#byte(i))) i++;
    return i;
  }

  /** `true`, `false` or `null` */
  #skipWord(start: number, first: number): number {
    const length = first === 0x66 ? 5 : 4;
    if (start + length > this.#end) return -1;
    const word = this.#view.getUint32(start, false);
    if (word === 0x74727565 || word === 0x6e756c6c) return start + 4;
    return word === 0x66616c73 && this.#byte(start + 4) === 0x65 ? start + 5 : -1;
  }

  #skipSpace(start: number): number {
    let i = start;
    for (;;) {
      const byte = this.#byte(i);
      if (byte > SPACE || byte < 0) return i;
      if (byte !== SPACE && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return i;
      i++;
    }
  }

  #findChild(node: KeyNode, start: number, end: number): KeyNode | null {
    const candidates = node.children[end - start];
    if (candidates === undefined) return null;
    for (const candidate of candidates) {
      let i = start;
      while (i < end && this.#view.getUint8(i) === candidate.name[i - start]) i++;
      if (i === end) return candidate;
    }
    return null;
  }

  /** -1 behind the end of the line. */
  #byte(i: number): number {
    return i < this.#end ? this.#view.getUint8(i) : -1;
  }
}

function createNode(name: string): KeyNode {
  return { name: Buffer.from(name), children: [], slot: null, seen: 0 };
}

function addChild(node: KeyNode, name: string): KeyNode {
  const child = createNode(name);
  const { length } = child.name;
  // No holes: an array with holes is slow to look into.
  while (node.children.length <= length) node.children.push([]);
  const known = node.children[length]?.find((other) => other.name.equals(child.name));
  if (known !== undefined) return known;
  node.children[length]?.push(child);
  return child;
}

function fill(slot: JsonSlot, kind: JsonKind, start: number, end: number): void {
  slot.kind = kind;
  slot.start = start;
  slot.end = end;
}

function isHexDigit(byte: number): boolean {
  const lower = byte | 0x20;
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66);
}

/** What may stand behind a backslash besides `u`. */
function isEscape(byte: number): boolean {
  return (
    byte === QUOTE ||
    byte === BACKSLASH ||
    byte === 0x2f ||
    byte === 0x62 ||
    byte === 0x66 ||
    byte === 0x6e ||
    byte === 0x72 ||
    byte === 0x74
  );
}
