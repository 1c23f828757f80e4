// The sessions of browsers that have logged in: random names that the server remembers until they end. Lost with the
// process.
import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';

export const SESSION_SECONDS = 7 * 86_400;
/** Above it the oldest ends. */
const SESSIONS_MAX = 1000;

export class Sessions {
  readonly #clock: Pick<Clock, 'now'>;
  /** When each ends, by the hash of its name: how long a look-up takes says nothing about the name. Oldest first. */
  readonly #ends = new Map<string, number>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  get count(): number {
    return this.#ends.size;
  }

  /** Begins one; its name has 43 letters, digits, `-` and `_`. */
  begin(): string {
    const nowMs = this.#clock.now();
    for (const [hash, endMs] of this.#ends) {
      if (endMs > nowMs && this.#ends.size < SESSIONS_MAX) break;
      this.#ends.delete(hash);
    }
    const name = randomBytes(32).toString('base64url');
    this.#ends.set(hashOf(name), nowMs + SESSION_SECONDS * 1000);
    return name;
  }

  has(name: string): boolean {
    return (this.#ends.get(hashOf(name)) ?? 0) > this.#clock.now();
  }

  end(name: string): void {
    this.#ends.delete(hashOf(name));
  }

  endAll(): void {
    this.#ends.clear();
  }
}

function hashOf(name: string): string {
  return createHash('sha256').update(name).digest('base64');
}
