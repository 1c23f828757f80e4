// What a JSON log says again and again: the names of members, which of them follows which, and values that do not
// change. Comparing such bytes with those of an earlier line is several times quicker than reading them. Hot path.
import { findChild } from './json-nodes.ts';
import type { JsonKind, JsonSlot, KeyNode } from './json-nodes.ts';

/** A power of two. Of more names than this the later ones take the places of earlier ones. */
const MEMBERS_MAX = 128;
/** Places where a name may be, from the one that it hashes to on. */
const PROBES_MAX = 4;
/** A name that is longer is not kept, and neither is a longer member. */
const MEMBER_BYTES_MAX = 192;
const WORD_BYTES = 4;
const DOUBLE_BYTES = 8;

/** A value that was another one so much more often than the same is not kept … */
const PATIENCE_MAX = 8;
/** … until it was read so many times more. */
const VISITS_BEFORE_RETRY = 500;

/** A member of an object as it stood in an earlier line. */
export interface Member {
  /** The key whose object it stands in; null for objects with nothing to look for. */
  parent: KeyNode | null;
  /** Null when it is no key to look for. */
  child: KeyNode | null;
  /** The member from its first quote on, four bytes each; the bytes that fill no word are in the tails only. */
  readonly words: Int32Array;
  /** The same, eight bytes each; see json-shape.ts for why these may be compared as numbers. */
  readonly doubles: Float64Array;
  /** Bytes of `"name":`. */
  nameBytes: number;
  nameTail: number;
  /** Bytes of `"name":value`; 0 when its value is not kept. */
  memberBytes: number;
  memberTail: number;
  /** What the slot of `child` was filled with, its range from the first quote on. */
  kind: JsonKind;
  start: number;
  end: number;
  isPlain: boolean;
  whole: number;
  point: number;
  fraction: number;
  /** Above 0 the value is kept; below, it counts the visits. */
  patience: number;
  /** How often its place was taken by a member with another name, perhaps while its value was being read. */
  names: number;
  /** The member that came behind this one. */
  next: Member | null;
  /** The first member of the object that is its value. */
  first: Member | null;
}

export function createMember(parent: KeyNode | null, child: KeyNode | null, bytes = 0): Member {
  const words = new Int32Array(bytes / WORD_BYTES);
  return {
    parent,
    child,
    words,
    doubles: new Float64Array(words.buffer),
    nameBytes: 0,
    nameTail: 0,
    memberBytes: 0,
    memberTail: 0,
    kind: 'absent',
    start: 0,
    end: 0,
    isPlain: false,
    whole: 0,
    point: 0,
    fraction: 0,
    patience: PATIENCE_MAX,
    names: 0,
    next: null,
    first: null,
  };
}

export class MemberMemory {
  readonly #members: (Member | null)[] = Array.from({ length: MEMBERS_MAX }, () => null);

  /**
   * The member of `parent` that begins at the quote `at`; its name ends before the quote `nameEnd`, its value begins at
   * `valueStart`. Null for an empty name and for one that is too long.
   */
  find(
    view: DataView,
    at: number,
    nameEnd: number,
    valueStart: number,
    parent: KeyNode | null,
  ): Member | null {
    const nameBytes = valueStart - at;
    if (nameBytes < WORD_BYTES || nameBytes > MEMBER_BYTES_MAX) return null;
    const home = hash(view, at, nameBytes, parent);
    let index = home;
    for (let probe = 0; probe < PROBES_MAX; probe++) {
      index = (home + probe) & (MEMBERS_MAX - 1);
      const known = this.#members[index] ?? null;
      if (known === null) break;
      if (known.parent === parent && known.nameBytes === nameBytes && hasName(known, view, at)) return known;
    }
    const member = this.#members[index] ?? createMember(parent, null, MEMBER_BYTES_MAX);
    this.#members[index] = member;
    member.parent = parent;
    member.child = parent === null ? null : findChild(parent, view, at + 1, nameEnd);
    member.nameBytes = nameBytes;
    member.nameTail = copyWords(member.words, view, at, nameBytes);
    member.memberBytes = 0;
    member.patience = PATIENCE_MAX;
    member.next = member.first = null;
    member.names++;
    return member;
  }
}

function hash(view: DataView, at: number, bytes: number, parent: KeyNode | null): number {
  const first = view.getInt32(at, true);
  const middle = view.getInt32(at + (bytes >> 1) - 2, true);
  const last = view.getInt32(at + bytes - WORD_BYTES, true);
  const mixed = Math.imul(first ^ Math.imul(last, 0x2c1b3c6d) ^ Math.imul(middle, 0x297a2d39), 0x21f0aaad);
  return (
    ((mixed >>> 15) ^ mixed ^ bytes ^ Math.imul(parent === null ? 0 : parent.id, 37)) & (MEMBERS_MAX - 1)
  );
}

/** Whether `view` has the name of `member` at `at`; so many bytes must be there. */
export function hasName({ words, nameBytes, nameTail }: Member, view: DataView, at: number): boolean {
  const last = nameBytes - WORD_BYTES;
  for (let i = 0; i < last; i += WORD_BYTES) if (view.getInt32(at + i, true) !== words[i >> 2]) return false;
  return view.getInt32(at + last, true) === nameTail;
}

/** Whether `view`, which has its name at `at`, has its kept value as well; so many bytes must be there. */
export function hasValue(
  { doubles, nameBytes, memberBytes, memberTail }: Member,
  view: DataView,
  at: number,
): boolean {
  const last = memberBytes - DOUBLE_BYTES;
  for (let i = nameBytes & ~7; i < last; i += DOUBLE_BYTES)
    if (view.getFloat64(at + i, true) !== doubles[i >> 3]) return false;
  return view.getFloat64(at + last, true) === memberTail;
}

/** The kept value has come again. */
export function confirm(member: Member): void {
  if (member.patience < PATIENCE_MAX) member.patience++;
}

/** `view` has `member` at `[at, end)` with another value than the kept one: keeps it, unless it changes too often. */
export function keep(member: Member, view: DataView, at: number, end: number): void {
  if (--member.patience <= 0) {
    member.memberBytes = 0;
    if (member.patience < -VISITS_BEFORE_RETRY) member.patience = PATIENCE_MAX;
    return;
  }
  const { child } = member;
  member.memberBytes = 0;
  // Within an object that holds keys to look for, each of them is found by itself.
  if (end - at < DOUBLE_BYTES || end - at > MEMBER_BYTES_MAX || (child !== null && child.children.length > 0))
    return;
  member.memberBytes = end - at;
  copyWords(member.words, view, at, end - at);
  member.memberTail = view.getFloat64(end - DOUBLE_BYTES, true);
  if (child === null) return;
  member.kind = child.kind;
  member.start = child.start - at;
  member.end = child.end - at;
  member.isPlain = child.isPlain;
  member.whole = child.whole;
  member.point = child.point - at;
  member.fraction = child.fraction;
}

/** Copies all whole words of `[at, at + bytes)`; returns its last four bytes. */
function copyWords(words: Int32Array, view: DataView, at: number, bytes: number): number {
  for (let i = 0; i + WORD_BYTES <= bytes; i += WORD_BYTES) words[i >> 2] = view.getInt32(at + i, true);
  return view.getInt32(at + bytes - WORD_BYTES, true);
}

/** Fills `slot` from the value that `member`, which is at `at` again, was kept with. */
export function fillAsKept(slot: JsonSlot, member: Member, at: number): void {
  slot.kind = member.kind;
  slot.start = at + member.start;
  slot.end = at + member.end;
  slot.isPlain = member.isPlain;
  slot.whole = member.whole;
  slot.point = at + member.point;
  slot.fraction = member.fraction;
}
