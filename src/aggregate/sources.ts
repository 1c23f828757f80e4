// Which log a request is from, as a small number. Only few are told apart: a glob may match a new log every day.

const SOURCES_MAX = 64;
const FURTHER_SOURCES = '(further logs)';

export class Sources {
  readonly #ids = new Map<string, number>([['', 0]]);
  readonly #names: string[] = [''];

  /** Some log found no number of its own: which ones do depends on the order in which they came. */
  get wasFull(): boolean {
    return this.#ids.has(FURTHER_SOURCES);
  }

  /** By id. */
  names(): readonly string[] {
    return [...this.#names];
  }

  /** Of a name that is empty: 0. */
  idOf(name: string): number {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    if (this.#names.length >= SOURCES_MAX && name !== FURTHER_SOURCES) return this.idOf(FURTHER_SOURCES);
    this.#ids.set(name, this.#names.push(name) - 1);
    return this.#names.length - 1;
  }

  nameOf(id: number): string {
    return this.#names[id] ?? '';
  }
}
