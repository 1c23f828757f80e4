// What was given up of what the outputs were owed: how much, and the last of it, kept over restarts. Part of the status.
import * as v from 'valibot';
import { CountSchema, WholeSchema } from '../saved.ts';
import type { DeadLetter, DeadLetters } from './output.ts';

const LAST_MAX = 20;
const NONE: DeadLetters = { count: 0, last: [] };

const DeadLettersSnapshotSchema = v.object({
  version: v.literal(1),
  outputs: v.array(
    v.object({
      name: v.string(),
      count: CountSchema,
      last: v.pipe(
        v.array(
          v.object({
            id: v.string(),
            rule: v.nullable(v.string()),
            reason: v.string(),
            timeMs: WholeSchema,
          }),
        ),
        v.maxLength(LAST_MAX),
      ),
    }),
  ),
});

export type DeadLettersSnapshot = v.InferOutput<typeof DeadLettersSnapshotSchema>;

export class DeadLetterBox {
  readonly #names: readonly string[];
  readonly #letters = new Map<string, DeadLetters>();
  #snapshot: DeadLettersSnapshot | null = null;

  /** `names`: of the outputs there are. */
  constructor(names: readonly string[]) {
    this.#names = names;
  }

  add(output: string, letter: DeadLetter): void {
    const { count, last } = this.of(output);
    this.#letters.set(output, { count: count + 1, last: [...last, letter].slice(-LAST_MAX) });
    this.#snapshot = null;
  }

  of(output: string): DeadLetters {
    return this.#letters.get(output) ?? NONE;
  }

  /** For the state database; the same object as long as nothing has changed. */
  snapshot(): DeadLettersSnapshot {
    this.#snapshot ??= {
      version: 1,
      outputs: [...this.#letters].map(([name, { count, last }]) => ({ name, count, last: [...last] })),
    };
    return this.#snapshot;
  }

  /**
   * Goes on from a snapshot, or from a state without one, as older versions leave it. Outputs that are gone are left
   * out. False, and nothing changes, when `saved` is something else.
   */
  restore(saved: unknown): boolean {
    if (saved === undefined) return true;
    if (!v.is(DeadLettersSnapshotSchema, saved)) return false;
    for (const { name, count, last } of saved.outputs)
      if (this.#names.includes(name)) this.#letters.set(name, { count, last });
    this.#snapshot = null;
    return true;
  }
}
