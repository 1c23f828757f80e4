// Walks the bytes of a JSON object once and notes where the values of known keys stand. Part of the hot path: what is
// unusual is left to JSON.parse, which decides as well what is no JSON.
import {
  byteAt,
  findClose,
  isNumberStart,
  readNumberInto,
  skipNumber,
  skipSpace,
  skipWord,
} from './json-bytes.ts';
import type { JsonPath } from './json-keys.ts';
import { confirm, createMember, fillAsKept, hasName, hasValue, keep, MemberMemory } from './json-members.ts';
import type { Member } from './json-members.ts';
import { fill, KeyTree } from './json-nodes.ts';
import type { JsonSlot, KeyNode } from './json-nodes.ts';
import { isOrdered, ShapeSearch } from './json-shape-search.ts';
import { countSame, ShapeRecorder } from './json-shape.ts';
import type { Shape } from './json-shape.ts';
import { findSpecial, findSpecialInAscii, WordView } from './words.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OBJECT = 0x7b;
const OBJECT_END = 0x7d;
const ARRAY = 0x5b;
const ARRAY_END = 0x5d;
const SPACE = 0x20;

/** Deeper objects are left to JSON.parse, and so this recursion has an end. */
const DEPTH_MAX = 32;

/** Members that are tried before the one at hand is searched by its name. */
const NEAR_MAX = 8;

export class JsonScanner {
  /** The number of the last scan: the slots that it filled have it. */
  scans = 0;
  readonly #keys = new KeyTree();
  readonly #memory = new MemberMemory();
  readonly #search = new ShapeSearch(this.#keys);
  /** The whole line, as if it were the value of a member. */
  readonly #line: Member = createMember(null, this.#keys.root);
  /** An object in a list. */
  readonly #item: Member = createMember(null, null);
  readonly #words = new WordView();
  #view: DataView = new DataView(new ArrayBuffer(0));
  #end = 0;
  #shape: Shape | null = null;
  /** Null while no shape is taken, and within a hole. */
  #recorder: ShapeRecorder | null = null;

  /** The slot of the key at `path`; each scan fills it again. Add all keys before the first scan. */
  add(path: JsonPath): JsonSlot {
    return this.#keys.add(path);
  }

  /**
   * Fills the slots from the line `bytes[start, end)`. False for what is no JSON object, and for objects that are
   * unusual: a known key twice, an escape in a key, very deep nesting. Slots then hold anything.
   */
  scan(bytes: Buffer, start: number, end: number): boolean {
    if (bytes[start] !== OBJECT) return false;
    this.#view = this.#words.of(bytes);
    this.#end = end;
    if (this.#shape !== null) {
      if (this.#scanByShape(this.#shape, start)) return true;
      if (!this.#shape.isWorthwhile) {
        this.#shape = null;
        this.#search.postpone();
      }
    }
    const isTaken = this.#shape === null && this.#search.isTime();
    return this.#scanByMembers(start, isTaken ? new ShapeRecorder(bytes, start) : null);
  }

  #scanByMembers(start: number, recorder: ShapeRecorder | null): boolean {
    this.scans = (this.scans + 1) | 0;
    this.#recorder = recorder;
    const after = this.#readObject(start + 1, this.#line, 0);
    this.#recorder = null;
    if (after < 0 || skipSpace(this.#view, after, this.#end) !== this.#end) return false;
    if (recorder !== null) this.#shape = recorder.finish(this.#end);
    return true;
  }

  /** False for a line of another shape, and for values that are not to be read here. */
  #scanByShape(shape: Shape, start: number): boolean {
    const view = this.#view;
    const end = this.#end;
    const { steps, tail, objects } = shape;
    this.scans = (this.scans + 1) | 0;
    let i = start;
    for (let index = 0; index < steps.length; index++) {
      const step = steps[index];
      if (step === undefined) return false;
      const { literal, hole } = step;
      const { length } = literal;
      const same = i + length > end ? -1 : countSame(literal, view, i);
      if (same !== length) {
        shape.misfits(index, same);
        return false;
      }
      const { child } = hole;
      if (child !== null) child.seen = this.scans;
      i = this.#readValue(i + length, hole, child, 1);
      if (i < 0) return false;
    }
    for (const object of objects) {
      object.seen = this.scans;
      object.kind = 'other';
    }
    const isEnd = i + tail.bytes.length === end && countSame(tail, view, i) === tail.bytes.length;
    if (isEnd) shape.fits();
    else shape.misfits(-1, -1);
    return isEnd;
  }

  /** From behind the opening brace to behind the closing one; -1 when it is not to be read here, as below. */
  #readObject(from: number, of: Member, depth: number): number {
    const view = this.#view;
    const end = this.#end;
    // Not asked for again: a member within may take the place of `of` in the memory.
    const parent = of.child;
    let i = skipSpace(view, from, end);
    if (depth > DEPTH_MAX) return -1;
    if (byteAt(view, i, end) === OBJECT_END) return i + 1;
    let before: Member | null = null;
    let expected = of.first;
    for (;;) {
      let member = expected;
      if (
        member === null ||
        member.parent !== parent ||
        i + member.nameBytes > end ||
        !hasName(member, view, i)
      ) {
        member = this.#findNear(i, parent, expected) ?? this.#findMember(i, parent);
        if (member === null) return -1;
        if (before === null) of.first = member;
        else before.next = member;
        if (parent !== null) parent.disorder++;
      }
      i = this.#readMember(i, member, depth);
      if (i < 0) return -1;
      let byte = byteAt(view, i, end);
      if (byte <= SPACE) byte = byteAt(view, (i = skipSpace(view, i, end)), end);
      if (byte === OBJECT_END) return i + 1;
      if (byte !== COMMA) return -1;
      i++;
      if (byteAt(view, i, end) !== QUOTE) i = skipSpace(view, i, end);
      before = member;
      expected = member.next;
    }
  }

  /** Among the members behind `expected`: Go begins with any of a map's, and goes on in one order. */
  #findNear(at: number, parent: KeyNode | null, expected: Member | null): Member | null {
    let member = expected;
    for (let tries = 0; tries < NEAR_MAX && member !== null; tries++) {
      member = member.next;
      if (member === null || member.parent !== parent || at + member.nameBytes > this.#end) return null;
      if (hasName(member, this.#view, at)) return member;
    }
    return null;
  }

  #findMember(at: number, parent: KeyNode | null): Member | null {
    const view = this.#view;
    const end = this.#end;
    if (byteAt(view, at, end) !== QUOTE) return null;
    const nameEnd = findSpecial(view, at + 1, end);
    if (byteAt(view, nameEnd, end) !== QUOTE) return null;
    const colon = skipSpace(view, nameEnd + 1, end);
    if (byteAt(view, colon, end) !== COLON) return null;
    return this.#memory.find(view, at, nameEnd, colon + 1, parent);
  }

  #readMember(at: number, member: Member, depth: number): number {
    const { child } = member;
    if (child !== null) {
      if (child.seen === this.scans) return -1;
      child.seen = this.scans;
    }
    const after = at + member.memberBytes;
    if (member.memberBytes > 0 && after < this.#end && hasValue(member, this.#view, at)) {
      const byte = this.#view.getUint8(after);
      // Behind anything else the value may go on, as 1 does in 10.
      if (byte === COMMA || byte === OBJECT_END) {
        confirm(member);
        if (child !== null) fillAsKept(child, member, at);
        if (this.#recorder !== null) recordKept(this.#recorder, member, at);
        return after;
      }
    }
    const { names } = member;
    const start = at + member.nameBytes;
    const end =
      this.#recorder === null
        ? this.#readValue(start, member, child, depth)
        : this.#recordValue(this.#recorder, start, member, depth);
    if (end > 0 && member.names === names) keep(member, this.#view, at, end);
    return end;
  }

  /** The members of an object with keys to look for are part of the shape, unless they are in no order. */
  #recordValue(recorder: ShapeRecorder, start: number, member: Member, depth: number): number {
    const { child } = member;
    const isOpen =
      child !== null &&
      child.children.length > 0 &&
      isOrdered(child) &&
      byteAt(this.#view, start, this.#end) === OBJECT;
    if (!isOpen) this.#recorder = null;
    const end = this.#readValue(start, member, child, depth);
    this.#recorder = recorder;
    if (isOpen) recorder.addObject(child);
    else if (end > 0) recorder.addHole(start, end, child);
    return end;
  }

  #readValue(from: number, member: Member, slot: JsonSlot | null, depth: number): number {
    const view = this.#view;
    const end = this.#end;
    let start = from;
    let byte = byteAt(view, start, end);
    if (byte <= SPACE) byte = byteAt(view, (start = skipSpace(view, start, end)), end);
    if (byte === QUOTE) return slot === null ? this.#skipString(start) : this.#readString(start, slot);
    if (isNumberStart(byte))
      return slot === null ? skipNumber(view, start, end) : readNumberInto(slot, view, start, end);
    if (byte === OBJECT) {
      if (slot !== null) slot.kind = 'other';
      return this.#readObject(start + 1, member, depth + 1);
    }
    if (byte === ARRAY) return this.#readArray(start + 1, slot, depth + 1);
    if (slot !== null) slot.kind = byte === 0x6e ? 'absent' : 'other';
    return skipWord(view, start, end);
  }

  #skipString(quote: number): number {
    return findClose(this.#view, quote + 1, this.#end) + 1 || -1;
  }

  #readString(quote: number, slot: JsonSlot): number {
    const start = quote + 1;
    const special = findSpecialInAscii(this.#view, start, this.#end);
    const isPlain = special >= 0 && byteAt(this.#view, special, this.#end) === QUOTE;
    const close = isPlain ? special : findClose(this.#view, start, this.#end);
    fill(slot, 'string', start, close);
    slot.isPlain = isPlain;
    return close < 0 ? -1 : close + 1;
  }

  #readArray(from: number, slot: JsonSlot | null, depth: number): number {
    const view = this.#view;
    const end = this.#end;
    let i = skipSpace(view, from, end);
    if (depth > DEPTH_MAX) return -1;
    if (slot !== null) fill(slot, 'list', i, i);
    if (byteAt(view, i, end) === ARRAY_END) return i + 1;
    for (let isFirst = true; ; isFirst = false) {
      const start = skipSpace(view, i, end);
      const isText = isFirst && slot !== null && byteAt(view, start, end) === QUOTE;
      i = this.#readValue(start, this.#item, isText ? slot : null, depth);
      if (i < 0) return -1;
      if (isText) slot.kind = 'list';
      i = skipSpace(view, i, end);
      const byte = byteAt(view, i, end);
      if (byte === ARRAY_END) return i + 1;
      if (byte !== COMMA) return -1;
      i++;
    }
  }
}

function recordKept(recorder: ShapeRecorder, member: Member, at: number): void {
  const start = at + member.nameBytes;
  const end = at + member.memberBytes;
  if (member.child === null) recorder.addConstant(start, end);
  else recorder.addHole(start, end, member.child);
}
