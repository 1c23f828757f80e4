// A column of numbers of which nearly all are the same one in most logs: no memory is touched before another one comes.

export class UsualColumn {
  readonly #length: number;
  readonly #usual: number;
  /** Null while all are the usual one. */
  #values: Float64Array | null = null;

  constructor(length: number, usual: number) {
    this.#length = length;
    this.#usual = usual;
  }

  at(place: number): number {
    return this.#values === null ? this.#usual : (this.#values[place] ?? this.#usual);
  }

  set(place: number, value: number): void {
    if (this.#values === null) {
      if (value === this.#usual || (Number.isNaN(value) && Number.isNaN(this.#usual))) return;
      this.#values = new Float64Array(this.#length).fill(this.#usual);
    }
    this.#values[place] = value;
  }

  /** From `place` on, the values of `column` from `from` on, `count` of them. */
  setAll(place: number, column: ArrayLike<number>, from: number, count: number): void {
    for (let i = 0; i < count; i++) this.set(place + i, column[from + i] ?? this.#usual);
  }

  setSame(place: number, value: number, count: number): void {
    if (this.#values === null && value === this.#usual) return;
    for (let i = 0; i < count; i++) this.set(place + i, value);
  }
}
