// Evaluates a rule at every event second, from the Seconds that have closed. Quiet seconds count: an alert recovers
// although no line arrives.
import * as v from 'valibot';
import type { Second, SecondConsumer } from '../aggregate/second.ts';
import { CountSchema, WholeSchema } from '../saved.ts';
import type { AlertEvent, AlertState, Rule, RuleState } from './rule.ts';

const AlertSnapshotSchema = v.strictObject({
  version: v.literal(1),
  rule: v.string(),
  nowSeconds: v.nullable(WholeSchema),
  /** Second by second up to `nowSeconds`, which is the last; from the first that had any. */
  requests: v.array(CountSchema),
  firingId: v.nullable(v.string()),
  sinceSeconds: v.nullable(WholeSchema),
});
export type AlertSnapshot = v.InferOutput<typeof AlertSnapshotSchema>;

export class AlertEngine implements SecondConsumer {
  readonly #rule: Rule;
  readonly #emit: (event: AlertEvent) => void;
  /** Requests of the seconds from `now - window` to `now`, at `second % length`. */
  readonly #ring: Float64Array;
  /** The place of `now` in the ring. Kept, as a division for each second is slow. */
  #nowSlot = 0;
  #requestsInWindow = 0;
  #nowSeconds: number | null = null;
  #firingId: string | null = null;
  #sinceSeconds: number | null = null;

  constructor(rule: Rule, emit: (event: AlertEvent) => void) {
    this.#rule = rule;
    this.#emit = emit;
    this.#ring = new Float64Array(rule.windowSeconds + 1);
  }

  /** A second that the window does not reach, or that is yet to come, has no say in the alert. */
  add(second: Second): void {
    const now = this.#nowSeconds;
    if (now === null || second.timeSeconds < now - this.#rule.windowSeconds || second.timeSeconds > now)
      return;
    const behind = this.#nowSlot - (now - second.timeSeconds);
    const slot = behind < 0 ? behind + this.#ring.length : behind;
    this.#ring[slot] = (this.#ring[slot] ?? 0) + second.requests;
    this.#requestsInWindow += second.requests;
  }

  advanceTo(timeSeconds: number): void {
    let now = this.#nowSeconds;
    if (now === null) return this.#jumpTo(timeSeconds);
    while (now < timeSeconds) {
      if (this.#requestsInWindow === 0 && this.#firingId === null) return this.#jumpTo(timeSeconds);
      now++;
      this.#nowSeconds = now;
      this.#nowSlot = this.#nowSlot + 1 === this.#ring.length ? 0 : this.#nowSlot + 1;
      this.#requestsInWindow -= this.#ring[this.#nowSlot] ?? 0;
      this.#ring[this.#nowSlot] = 0;
      this.#evaluate(now);
    }
  }

  /** There is nothing in the window, and nothing to recover from. */
  #jumpTo(timeSeconds: number): void {
    this.#nowSeconds = timeSeconds;
    this.#nowSlot = timeSeconds % this.#ring.length;
  }

  state(): RuleState {
    return {
      rule: this.#rule,
      isFiring: this.#firingId !== null,
      value: this.#rate(),
      sinceSeconds: this.#sinceSeconds,
    };
  }

  snapshot(): AlertSnapshot {
    const now = this.#nowSeconds;
    return {
      version: 1,
      rule: this.#rule.name,
      nowSeconds: now,
      requests: now === null || this.#requestsInWindow === 0 ? [] : this.#requestsUpTo(now),
      firingId: this.#firingId,
      sinceSeconds: this.#sinceSeconds,
    };
  }

  /**
   * Goes on from a snapshot: an open alert keeps its id and is not announced again. The rule may have another window or
   * threshold than before: the requests that are known are judged anew at the next tick; those that only a longer
   * window reaches are not known, as at a first start. False, and nothing changes, when `saved` is no snapshot of this
   * rule.
   */
  restore(saved: unknown): boolean {
    if (!v.is(AlertSnapshotSchema, saved) || saved.rule !== this.#rule.name) return false;
    const { nowSeconds, requests } = saved;
    const firstSeconds = (nowSeconds ?? 0) - requests.length + 1;
    if (requests.length > 0 && firstSeconds < 0) return false;
    this.#jumpTo(nowSeconds ?? 0);
    this.#nowSeconds = nowSeconds;
    this.#firingId = saved.firingId;
    this.#sinceSeconds = saved.sinceSeconds;
    this.#ring.fill(0);
    const known = requests.slice(-this.#ring.length);
    const beginSeconds = firstSeconds + requests.length - known.length;
    for (const [i, count] of known.entries()) this.#ring[(beginSeconds + i) % this.#ring.length] = count;
    this.#requestsInWindow = known.reduce((sum, count) => sum + count, 0);
    return true;
  }

  #requestsUpTo(nowSeconds: number): number[] {
    const oldest = (nowSeconds + 1) % this.#ring.length;
    const requests = [...this.#ring.subarray(oldest), ...this.#ring.subarray(0, oldest)];
    return requests.slice(requests.findIndex((count) => count > 0));
  }

  #rate(): number {
    return this.#requestsInWindow / this.#rule.windowSeconds;
  }

  #evaluate(nowSeconds: number): void {
    const rate = this.#rate();
    if (this.#firingId === null && rate > this.#rule.threshold) {
      this.#firingId = `${this.#rule.name}-${nowSeconds}`;
      this.#change('firing', this.#firingId, nowSeconds);
    } else if (this.#firingId !== null && rate < this.#rule.threshold) {
      const id = this.#firingId;
      this.#firingId = null;
      this.#change('resolved', id, nowSeconds);
    }
  }

  #change(state: AlertState, id: string, nowSeconds: number): void {
    const { name, threshold, windowSeconds } = this.#rule;
    this.#sinceSeconds = nowSeconds;
    const value = this.#rate();
    const reason = `${this.#requestsInWindow} requests in the ${windowSeconds} s before, threshold ${threshold}/s`;
    this.#emit({ id, rule: name, state, value, threshold, windowSeconds, timeSeconds: nowSeconds, reason });
  }
}
