// What the ids of series stand for at present, for whoever keeps some of them from one Second to the next.
import type { SeriesNames } from './second.ts';

export class CurrentNames {
  readonly #look: (names: SeriesNames) => void;
  #names: SeriesNames | null = null;

  /** `look` is called each time before ids that were kept come to mean something else, with what they still mean. */
  constructor(look: (names: SeriesNames) => void) {
    this.#look = look;
  }

  /** Goes before anything of a Second with these names is kept. */
  follow(names: SeriesNames): void {
    if (names === this.#names) return;
    this.look();
    this.#names = names;
    names.beforeForgetting(() => {
      if (names === this.#names) this.look();
    });
  }

  /** Has it look now, or `look` in its place; before the first Second there is nothing to look at. */
  look(look = this.#look): void {
    if (this.#names !== null) look(this.#names);
  }
}
