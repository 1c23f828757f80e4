// How often somebody may try a wrong token: so often from one address, and fewer when too many try at once. Pure but for the
// clock that it is given.
import type { Clock } from '../clock.ts';
import { createAddress, isV4, readAddress } from '../parse/address.ts';

/** Wrong tries that an address has at once; it gets another one after each interval. */
const TRIES = 10;
const TRY_INTERVAL_MS = 6000;
/** The same, of all addresses together; above it an address has one at a time. */
const TRIES_IN_ALL = 100;
const TRY_INTERVAL_IN_ALL_MS = 600;
/** Those that tried last are remembered. */
const ADDRESSES_MAX = 10_000;

export class Attempts {
  readonly #clock: Pick<Clock, 'now'>;
  /** When an address will have all its tries again; the one that has not tried for longest comes first. */
  readonly #restored = new Map<string, number>();
  #restoredInAll = 0;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  get addressCount(): number {
    return this.#restored.size;
  }

  /** Milliseconds until `address` may try again; 0 when it may now. One that has not tried of late always may. */
  waitMs(address: string): number {
    const nowMs = this.#clock.now();
    const isBusy = this.#restoredInAll - nowMs > (TRIES_IN_ALL - 1) * TRY_INTERVAL_IN_ALL_MS;
    const tries = isBusy ? 1 : TRIES;
    const restoredMs = this.#restored.get(groupOf(address)) ?? 0;
    return Math.max(0, restoredMs - nowMs - (tries - 1) * TRY_INTERVAL_MS);
  }

  /** Takes one of the tries of `address`. */
  addWrong(address: string): void {
    const nowMs = this.#clock.now();
    const group = groupOf(address);
    const restoredMs = Math.max(nowMs, this.#restored.get(group) ?? 0) + TRY_INTERVAL_MS;
    this.#restored.delete(group);
    for (const oldest of this.#restored.keys()) {
      if (this.#restored.size < ADDRESSES_MAX) break;
      this.#restored.delete(oldest);
    }
    this.#restored.set(group, restoredMs);
    // As far as the bound: what is refused beyond it must not be paid for later.
    const mostMs = nowMs + TRIES_IN_ALL * TRY_INTERVAL_IN_ALL_MS;
    this.#restoredInAll = Math.min(mostMs, Math.max(nowMs, this.#restoredInAll) + TRY_INTERVAL_IN_ALL_MS);
  }
}

/** Whoever has one address of IPv6 has the 64 bits behind its network too. */
function groupOf(text: string): string {
  const [bytes, address] = [Buffer.from(text, 'latin1'), createAddress()];
  if (!readAddress(bytes, 0, bytes.length, address)) return 'unknown';
  return Buffer.from(isV4(address) ? address.subarray(12) : address.subarray(0, 8)).toString('hex');
}
