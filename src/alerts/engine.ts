// Evaluates a rule at every event second, from the Seconds that have closed. Quiet seconds count: an alert recovers
// although no line arrives.
import type { Second, SecondConsumer } from '../aggregate/second.ts';
import type { AlertEvent, AlertState, Rule, RuleState } from './rule.ts';

export class AlertEngine implements SecondConsumer {
  readonly #rule: Rule;
  readonly #emit: (event: AlertEvent) => void;
  /** Requests of the seconds from `now - window` to `now`, at `second % length`. */
  readonly #ring: Float64Array;
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
    const slot = second.timeSeconds % this.#ring.length;
    this.#ring[slot] = (this.#ring[slot] ?? 0) + second.requests;
    this.#requestsInWindow += second.requests;
  }

  advanceTo(timeSeconds: number): void {
    this.#nowSeconds ??= timeSeconds;
    while (this.#nowSeconds < timeSeconds) {
      const hasNothingToDo = this.#requestsInWindow === 0 && this.#firingId === null;
      this.#nowSeconds = hasNothingToDo ? timeSeconds : this.#nowSeconds + 1;
      const slot = this.#nowSeconds % this.#ring.length;
      this.#requestsInWindow -= this.#ring[slot] ?? 0;
      this.#ring[slot] = 0;
      this.#evaluate(this.#nowSeconds);
    }
  }

  state(): RuleState {
    return {
      rule: this.#rule,
      isFiring: this.#firingId !== null,
      value: this.#rate(),
      sinceSeconds: this.#sinceSeconds,
    };
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
