// The shape of the lines of a log: the bytes that all of them have, and the holes between, where they differ. Comparing
// with it is the quickest way through a JSON line. Part of the hot path; json-scanner.ts records and uses it.
import { createMember } from './json-members.ts';
import type { Member } from './json-members.ts';
import type { KeyNode } from './json-nodes.ts';

const WORD_BYTES = 8;
const SCORE_MAX = 32;
/** Less than two lines in three of this shape make it a waste. */
const MISFIT_COST = 2;

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Bytes that stand in each line; `constants` are the values among them, as offsets. */
interface Literal {
  readonly bytes: Uint8Array;
  /**
   * Eight bytes each. JSON has no bytes 0, without which a double is neither 0 nor -0: words that are equal have the same
   * bytes. Of those that are no number none is equal, so such a literal fits no line.
   */
  readonly words: Float64Array;
  readonly constants: readonly Span[];
  /** The last eight bytes, if there are as many. */
  readonly end: number;
  /** Of `bytes`. */
  readonly length: number;
}

/** A literal, and the value behind it; what the value is read into knows its key. */
export interface Step {
  readonly literal: Literal;
  readonly hole: Member;
}

export class Shape {
  readonly steps: Step[];
  readonly tail: Literal;
  /** Keys whose objects are part of the shape. */
  readonly objects: readonly KeyNode[];
  #score = SCORE_MAX;

  constructor(steps: Step[], tail: Literal, objects: readonly KeyNode[]) {
    this.steps = steps;
    this.tail = tail;
    this.objects = objects;
  }

  get isWorthwhile(): boolean {
    return this.#score > 0;
  }

  fits(): void {
    if (this.#score < SCORE_MAX) this.#score++;
  }

  /**
   * A line differs at `offset` within the literal of step `index`. When that is within a value, which is not constant
   * after all, the value becomes a hole.
   */
  misfits(index: number, offset: number): void {
    this.#score -= MISFIT_COST;
    const step = this.steps[index];
    if (step === undefined) return;
    const { bytes, constants } = step.literal;
    // A line may differ right behind a value as well: 10 begins like 1.
    const value = constants.find(({ start, end }) => start <= offset && offset <= end);
    if (value === undefined) return;
    const before = constants.filter(({ end }) => end <= value.start);
    const behind = constants.filter(({ start }) => start >= value.end);
    this.steps.splice(
      index,
      1,
      { literal: createLiteral(bytes.subarray(0, value.start), before), hole: createMember(null, null) },
      {
        literal: createLiteral(
          bytes.subarray(value.end),
          behind.map(({ start, end }) => ({ start: start - value.end, end: end - value.end })),
        ),
        hole: step.hole,
      },
    );
  }
}

/** Takes down the shape of one line while it is read. Places are offsets into the chunk of the line. */
export class ShapeRecorder {
  readonly #chunk: Buffer;
  readonly #steps: Step[] = [];
  readonly #objects: KeyNode[] = [];
  #literalStart: number;
  #constants: Span[] = [];

  /** `start`: where the line begins. */
  constructor(chunk: Buffer, start: number) {
    this.#chunk = chunk;
    this.#literalStart = start;
  }

  /** `[start, end)` is a value of no interest that earlier lines had as well. */
  addConstant(start: number, end: number): void {
    this.#constants.push({ start: start - this.#literalStart, end: end - this.#literalStart });
  }

  /** `[start, end)` is a value that differs from line to line; `child` is its key when it is one to look for. */
  addHole(start: number, end: number, child: KeyNode | null): void {
    this.#steps.push({ literal: this.#takeLiteral(start), hole: createMember(null, child) });
    this.#literalStart = end;
  }

  /** The value of `key` is an object whose members are told one by one. */
  addObject(key: KeyNode): void {
    this.#objects.push(key);
  }

  /** `end`: where the line ends. */
  finish(end: number): Shape {
    return new Shape(this.#steps, this.#takeLiteral(end), this.#objects);
  }

  #takeLiteral(end: number): Literal {
    const literal = createLiteral(this.#chunk.subarray(this.#literalStart, end), this.#constants);
    this.#constants = [];
    return literal;
  }
}

function createLiteral(bytes: Uint8Array, constants: readonly Span[]): Literal {
  const copy = Uint8Array.from(bytes);
  const view = new DataView(copy.buffer);
  const words = Float64Array.from({ length: copy.length >> 3 }, (_, index) =>
    view.getFloat64(index * WORD_BYTES, true),
  );
  const { length } = copy;
  const end = length < WORD_BYTES ? Number.NaN : view.getFloat64(length - WORD_BYTES, true);
  return { bytes: copy, words, constants, end, length };
}

/** How many bytes `view` has of `literal` at `at`, where as many bytes must be: all, or those before the first other one. */
export function countSame({ bytes, words, end, length }: Literal, view: DataView, at: number): number {
  const last = length - WORD_BYTES;
  let i = 0;
  while (i < last && view.getFloat64(at + i, true) === words[i >> 3]) i += WORD_BYTES;
  if (i >= last && last >= 0 && view.getFloat64(at + last, true) === end) return length;
  while (i < length && view.getUint8(at + i) === bytes[i]) i++;
  return i;
}
