// Decides when the log is rotated and how, in time of the plan, so that a seed rotates at the same lines again. Pure.
import type { Random } from './random.ts';

export const ROTATION_MODES = ['rename', 'copytruncate', 'delete'] as const;
type RotationMode = (typeof ROTATION_MODES)[number];

export interface RotationSpec {
  /** At least one; of several, one is chosen anew every time. */
  readonly modes: readonly RotationMode[];
  readonly every:
    | { readonly unit: 'time'; readonly intervalMs: number }
    | { readonly unit: 'lines'; readonly lines: number };
}

export interface RotationOptions {
  /** Null never rotates. */
  readonly spec: RotationSpec | null;
  /** How long the server goes on writing into the file that was renamed or deleted. */
  readonly reopenDelayMs: number;
  readonly random: Random;
}

export type RotationStep = RotationMode | 'reopen';

const NEVER = Number.POSITIVE_INFINITY;

export class Rotation {
  readonly #options: RotationOptions;
  #rotateAtMs = NEVER;
  #linesLeft = NEVER;
  #reopenAtMs = NEVER;

  constructor(options: RotationOptions) {
    this.#options = options;
    const every = options.spec?.every;
    if (every?.unit === 'time') this.#rotateAtMs = every.intervalMs;
    if (every?.unit === 'lines') this.#linesLeft = every.lines;
  }

  /** Offset into the plan before which nothing has to be done, unless the lines run out first. */
  get nextMs(): number {
    return Math.min(this.#rotateAtMs, this.#reopenAtMs);
  }

  /** How many lines may be written before the next rotation. */
  get linesLeft(): number {
    return this.#linesLeft;
  }

  get isReopenPending(): boolean {
    return this.#reopenAtMs !== NEVER;
  }

  countLines(lineCount: number): void {
    this.#linesLeft -= lineCount;
  }

  /** The step due when all lines before `offsetMs` have been written; ask again until it is null. */
  take(offsetMs: number): RotationStep | null {
    const isRotationDue = offsetMs >= this.#rotateAtMs || this.#linesLeft <= 0;
    // A file that is still written under its old name must be let go before the name is moved once more.
    if (this.isReopenPending && (isRotationDue || offsetMs >= this.#reopenAtMs)) {
      this.#reopenAtMs = NEVER;
      return 'reopen';
    }
    return isRotationDue ? this.#rotate(offsetMs) : null;
  }

  #rotate(offsetMs: number): RotationStep | null {
    const { spec, random, reopenDelayMs } = this.#options;
    if (spec === null) return null;
    if (spec.every.unit === 'time') this.#rotateAtMs += spec.every.intervalMs;
    else this.#linesLeft = spec.every.lines;
    const mode = random.pick(spec.modes);
    if (mode !== 'copytruncate') this.#reopenAtMs = offsetMs + reopenDelayMs;
    return mode;
  }
}
