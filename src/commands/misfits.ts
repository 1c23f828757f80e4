// The lines of a sample that fit no format, by kind: what is wrong with a log is told by the kind that most of them are
// of, and not by the banner or the stray line that comes first.
import type { Misfit } from '../parse/record.ts';
import { recogniseUnread } from '../parse/unread-formats.ts';

export interface FrequentMisfit {
  readonly misfit: Misfit;
  /** The first line of its kind; a copy. */
  readonly line: Buffer;
  /** Of the sample, counted from 1. */
  readonly lineNumber: number;
  /** Lines of its kind. */
  readonly lines: number;
  /** What log it is of, where that is known although it can't be read. */
  readonly meaning: string | null;
}

const TAB = 0x09;
const SPACE = 0x20;

export class MisfitKinds {
  readonly #kinds = new Map<string, FrequentMisfit>();

  /** `copy` gives what may be shown of the line. */
  add(misfit: Misfit, line: Buffer, lineNumber: number, copy: (line: Buffer) => Buffer): void {
    const meaning = recogniseUnread(line.toString('latin1'));
    const kind = meaning ?? kindOf(misfit, line);
    const known = this.#kinds.get(kind);
    if (known !== undefined) this.#kinds.set(kind, { ...known, lines: known.lines + 1 });
    else
      this.#kinds.set(kind, {
        misfit,
        line: copy(line),
        lineNumber,
        lines: 1,
        meaning,
      });
  }

  /** At most so many; of two kinds with as many lines the one that was there first comes first. */
  mostFrequent(count: number): FrequentMisfit[] {
    return [...this.#kinds.values()].toSorted((a, b) => b.lines - a.lines).slice(0, count);
  }
}

/** The reason and the word of the line where it fails: columns differ with the lengths of addresses and paths. */
function kindOf({ reason, field = '', column }: Misfit, line: Buffer): string {
  let words = 0;
  for (let i = 1; i < column && i < line.length; i++) if (isBlank(line[i]) && !isBlank(line[i - 1])) words++;
  return `${reason} ${field} ${words}`;
}

function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
}
