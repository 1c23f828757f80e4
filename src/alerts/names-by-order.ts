// What ids stand for that come to stand for something else, for whoever keeps some of them for long: by when they came.
import { CurrentNames } from '../aggregate/current-names.ts';

interface Names<Kept> {
  beforeForgetting(look: () => void): void;
  kept(): Kept;
}

/** So often may ids have come to mean something else: each time, what they meant takes up to a megabyte. */
const KEPT_MAX = 4;

export interface OrderOptions {
  /** How many ids came so far. */
  readonly count: () => number;
  /** Nobody will ask for those that came before. */
  readonly oldest: () => number;
  /** Ids come to stand for something else now, which is kept … */
  readonly keeping: () => void;
  /** … or not, as that has been too often: from here on, nothing is known of those that came so far. */
  readonly forgetting: () => void;
}

export class NamesByOrder<Kept, Kind extends Names<Kept> & Kept> {
  readonly #options: OrderOptions;
  readonly #current = new CurrentNames<Kind>((names) => this.#look(names));
  /** Of those that came before so many had come; the oldest first. */
  readonly #kept: { readonly before: number; readonly names: Kept }[] = [];

  constructor(options: OrderOptions) {
    this.#options = options;
  }

  /** Goes before any id of a Second with these names is kept. */
  follow(names: Kind): void {
    this.#current.follow(names);
  }

  /** Those of the id that came after `order` others; null before the first Second. */
  at(order: number): Kept | null {
    for (const { before, names } of this.#kept) if (order < before) return names;
    return this.#current.current;
  }

  /** Nobody will ask for those that came so far. */
  clear(): void {
    this.#kept.length = 0;
  }

  #look(names: Kind): void {
    const oldest = this.#options.oldest();
    while ((this.#kept[0]?.before ?? Number.POSITIVE_INFINITY) <= oldest) this.#kept.shift();
    if (this.#kept.length === KEPT_MAX) {
      this.#options.forgetting();
      return;
    }
    this.#options.keeping();
    this.#kept.push({ before: this.#options.count(), names: names.kept() });
  }
}
