// Lines on their way to one write: their text, what each of them is, and where a write is to be cut in two. Pure.
import type { BrokenKind } from './broken.ts';
import type { Truth } from './truth.ts';

/** What one line is: a request, or the way in which it is broken. */
export type LineFact =
  | {
      readonly kind: 'request';
      readonly second: number;
      readonly pathIndex: number;
      readonly status: number;
      readonly sizeBytes: number;
      readonly isLate: boolean;
    }
  | { readonly kind: 'broken'; readonly brokenKind: BrokenKind };

interface Entry {
  readonly fact: LineFact;
  readonly endBytes: number;
  readonly isPartial: boolean;
}

const BATCH_BYTES_MAX = 64 * 1024;

export class Batch {
  /** Latin-1: a character is a byte. */
  text = '';
  /** Offsets in bytes at which a write ends inside of a line. */
  cuts: number[] = [];
  #entries: Entry[] = [];

  get lineCount(): number {
    return this.#entries.length;
  }

  get isFull(): boolean {
    return this.text.length >= BATCH_BYTES_MAX;
  }

  /** `cutAt`: bytes of the line that go into the write before it is cut; 0 leaves it whole. */
  add(line: string, fact: LineFact, cutAt: number): void {
    if (cutAt > 0) this.cuts.push(this.text.length + cutAt);
    this.text += line;
    this.text += '\n';
    this.#entries.push({ fact, endBytes: this.text.length, isPartial: cutAt > 0 });
  }

  /** Counts the lines that lie wholly within the first `writtenBytes`, and empties the batch. */
  commit(truth: Truth, writtenBytes: number): void {
    truth.fileBytes += writtenBytes;
    for (const { fact, endBytes, isPartial } of this.#entries) {
      if (endBytes > writtenBytes) break;
      if (isPartial) truth.partialLines++;
      if (fact.kind === 'broken') {
        truth.addBroken(fact.brokenKind);
      } else {
        truth.addRequest(fact);
        if (fact.isLate) truth.lateLines++;
      }
    }
    this.text = '';
    this.cuts = [];
    this.#entries = [];
  }
}
