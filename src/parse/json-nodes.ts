// The keys that a JSON parser looks for, as a tree like the objects they stand in; each has a slot for its value.
import type { JsonPath } from './json-keys.ts';

/** `null` is as good as absent. */
export type JsonKind = 'absent' | 'string' | 'number' | 'list' | 'other';

/** The value of one key in the line that was scanned last. */
export interface JsonSlot {
  /** The scan that found it last: nothing has to be cleared between lines. */
  seen: number;
  kind: JsonKind;
  /** Of a string what stands between its quotes; of a list its first value, if that is a string, else an empty range. */
  start: number;
  end: number;
  /** Of a string: ASCII without escapes for sure; false says nothing. */
  isPlain: boolean;
  /** Of a number: its whole part; NaN when it has a sign, an exponent, or a whole part of more than 15 digits. */
  whole: number;
  /** Of a number: where the point stands; `end` without one. */
  point: number;
  /** Of a number: the digits behind the point as a whole number, as far as they are at most 15. */
  fraction: number;
}

/** A key, at its place in the objects. */
export interface KeyNode extends JsonSlot {
  /** Differs from that of every other node of its tree; at least 1. */
  readonly id: number;
  readonly name: Buffer;
  readonly children: KeyNode[];
  /** How often the order of the members of its object was another than before. */
  disorder: number;
}

export class KeyTree {
  readonly nodes: KeyNode[] = [];
  readonly root: KeyNode = this.#create('');

  /** The slot of the key at `path`; the same path has the same slot. */
  add(path: JsonPath): JsonSlot {
    let node = this.root;
    for (const part of path) {
      const name = Buffer.from(part);
      const known = node.children.find((child) => child.name.equals(name));
      const child = known ?? this.#create(part);
      if (known === undefined) node.children.push(child);
      node = child;
    }
    return node;
  }

  #create(name: string): KeyNode {
    const node: KeyNode = {
      id: this.nodes.length + 1,
      name: Buffer.from(name),
      children: [],
      disorder: 0,
      seen: 0,
      kind: 'absent',
      start: 0,
      end: 0,
      isPlain: false,
      whole: 0,
      point: 0,
      fraction: 0,
    };
    this.nodes.push(node);
    return node;
  }
}

/** The child whose name is `[start, end)`, or null. */
export function findChild(node: KeyNode, view: DataView, start: number, end: number): KeyNode | null {
  for (const child of node.children) {
    if (child.name.length !== end - start) continue;
    let i = start;
    while (i < end && view.getUint8(i) === child.name[i - start]) i++;
    if (i === end) return child;
  }
  return null;
}

/** Fills `slot` with a value that is no number. */
export function fill(slot: JsonSlot, kind: JsonKind, start: number, end: number): void {
  slot.kind = kind;
  slot.start = start;
  slot.end = end;
  slot.isPlain = false;
}
