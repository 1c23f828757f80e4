// Values on their way from whoever has them to one who waits for them, in their order.

export class Mailbox<T extends object | string> {
  readonly #values: T[] = [];
  readonly #takers: ((value: T) => void)[] = [];

  put(value: T): void {
    const taker = this.#takers.shift();
    if (taker === undefined) this.#values.push(value);
    else taker(value);
  }

  async take(): Promise<T> {
    const value = this.#values.shift();
    if (value !== undefined) return value;
    return new Promise((resolve) => {
      this.#takers.push(resolve);
    });
  }
}
