// Several consumers as one, each told in turn.
import type { RequestColumns, Second, SecondConsumer } from './second.ts';

export class AllConsumers implements SecondConsumer {
  readonly #consumers: readonly SecondConsumer[];

  constructor(consumers: readonly SecondConsumer[]) {
    this.#consumers = consumers;
  }

  add(second: Second): void {
    for (let i = 0; i < this.#consumers.length; i++) this.#consumers[i]?.add(second);
  }

  advanceTo(timeSeconds: number): void {
    for (let i = 0; i < this.#consumers.length; i++) this.#consumers[i]?.advanceTo(timeSeconds);
  }

  addRun(requests: RequestColumns, count: number): void {
    for (const consumer of this.#consumers) consumer.addRun?.(requests, count);
  }

  get isFull(): boolean {
    for (let i = 0; i < this.#consumers.length; i++) if (this.#consumers[i]?.isFull === true) return true;
    return false;
  }

  /** If one of them tells others at times of its own, all go by seconds: none may be ahead of what it tells. */
  get takesRuns(): boolean {
    return this.#consumers.every(({ takesRuns }) => takesRuns === true);
  }
}
