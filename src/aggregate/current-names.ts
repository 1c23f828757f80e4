// What ids of series or of texts stand for at present, for whoever keeps some of them from one Second to the next.

interface Names {
  beforeForgetting(look: () => void): void;
}

export class CurrentNames<Kind extends Names> {
  readonly #look: (names: Kind) => void;
  #names: Kind | null = null;

  /** `look` is called each time before ids that were kept come to mean something else, with what they still mean. */
  constructor(look: (names: Kind) => void) {
    this.#look = look;
  }

  /** Goes before anything of a Second with these names is kept. */
  follow(names: Kind): void {
    if (names === this.#names) return;
    this.look();
    this.#names = names;
    names.beforeForgetting(() => {
      if (names === this.#names) this.look();
    });
  }

  /** Null before the first Second. */
  get current(): Kind | null {
    return this.#names;
  }

  /** Has it look now, or `look` in its place; before the first Second there is nothing to look at. */
  look(look: (names: Kind) => void = this.#look): void {
    if (this.#names !== null) look(this.#names);
  }
}
