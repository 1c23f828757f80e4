// Pairs of numbers, one behind the other, that cost no object each.

const LENGTH_AT_FIRST = 16;
/** What was once larger gives its memory back. */
const LENGTH_KEPT_MAX = 4096;

export class Columns {
  count = 0;
  ids = new Int32Array(LENGTH_AT_FIRST);
  values = new Int32Array(LENGTH_AT_FIRST);

  push(id: number, value: number): void {
    if (this.count === this.ids.length) this.#resize(2 * this.count);
    this.ids[this.count] = id;
    this.values[this.count] = value;
    this.count++;
  }

  clear(): void {
    this.count = 0;
    if (this.ids.length > LENGTH_KEPT_MAX) this.#resize(LENGTH_AT_FIRST);
  }

  #resize(length: number): void {
    const ids = new Int32Array(length);
    const values = new Int32Array(length);
    ids.set(this.ids.subarray(0, this.count));
    values.set(this.values.subarray(0, this.count));
    this.ids = ids;
    this.values = values;
  }
}
