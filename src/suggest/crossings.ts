// How often a rule would have fired, and for how long, with each of many thresholds, all judged at once: the thresholds
// below a value fire together, so that those that fire are always the lowest ones, and one number says which.

/** A threshold with the one that ends its alert; the latter is not above the former. */
export interface Level {
  readonly threshold: number;
  readonly recoverThreshold: number;
}

/** What a rule with this level would have done. */
export interface LevelCount extends Level {
  readonly alerts: number;
  /** From firing to recovery, or to the end. */
  readonly secondsInAlert: number;
}

/** For rules that fire above their threshold, at once, and recover at once, as `RuleRun` does without `for`. */
export class Crossings {
  readonly #levels: readonly Level[];
  /** So many of the levels, from the lowest, fire. */
  #firing = 0;
  #value: number | null = null;
  /** At each place: how many more alerts this level has had than the one before. */
  readonly #alertSteps: Float64Array;
  /** Seconds in which so many levels fired. */
  readonly #secondsAt: Float64Array;

  /** `levels` ascend in both of their numbers. */
  constructor(levels: readonly Level[]) {
    this.#levels = levels;
    this.#alertSteps = new Float64Array(levels.length + 1);
    this.#secondsAt = new Float64Array(levels.length + 1);
  }

  /** The value of so many seconds in a row; null: there is no verdict, which ends every alert. */
  observe(value: number | null, seconds = 1): void {
    if (value !== this.#value) this.#judge(value);
    this.#secondsAt[this.#firing] = (this.#secondsAt[this.#firing] ?? 0) + seconds;
  }

  /** In the order of the levels. */
  counts(): LevelCount[] {
    let alerts = 0;
    let secondsInAlert = this.#secondsAt.reduce((sum, seconds) => sum + seconds, 0);
    return this.#levels.map((level, i) => {
      alerts += this.#alertSteps[i] ?? 0;
      // This level fires whenever more than those below it do.
      secondsInAlert -= this.#secondsAt[i] ?? 0;
      return { ...level, alerts, secondsInAlert };
    });
  }

  #judge(value: number | null): void {
    this.#value = value;
    if (value === null) {
      this.#firing = 0;
      return;
    }
    const below = this.#countBelow(value);
    if (below > this.#firing) {
      this.#alertSteps[this.#firing] = (this.#alertSteps[this.#firing] ?? 0) + 1;
      this.#alertSteps[below] = (this.#alertSteps[below] ?? 0) - 1;
      this.#firing = below;
      return;
    }
    while (this.#firing > 0 && value < (this.#levels[this.#firing - 1]?.recoverThreshold ?? 0))
      this.#firing--;
  }

  /** How many thresholds are below `value`. */
  #countBelow(value: number): number {
    let low = 0;
    let high = this.#levels.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#levels[middle]?.threshold ?? Number.POSITIVE_INFINITY) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
