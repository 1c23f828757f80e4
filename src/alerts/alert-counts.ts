// How often each rule began to fire and ended, told or held back: what metrics give of alerts that are over. A part whose
// state is kept, bounded by the rules there are.
import * as v from 'valibot';
import { CountSchema } from '../saved.ts';
import type { AlertState } from './rule.ts';

export type AlertCount = Readonly<Record<AlertState, number>>;

const NONE: AlertCount = { firing: 0, resolved: 0 };

const AlertCountsSnapshotSchema = v.strictObject({
  version: v.literal(1),
  rules: v.array(v.strictObject({ name: v.string(), firing: CountSchema, resolved: CountSchema })),
});
export type AlertCountsSnapshot = v.InferOutput<typeof AlertCountsSnapshotSchema>;

export class AlertCounts {
  #names: ReadonlySet<string>;
  readonly #counts = new Map<string, AlertCount>();

  /** `names`: of the rules there are. */
  constructor(names: readonly string[]) {
    this.#names = new Set(names);
  }

  add(rule: string, state: AlertState): void {
    if (!this.#names.has(rule)) return;
    const counts = this.of(rule);
    this.#counts.set(rule, { ...counts, [state]: counts[state] + 1 });
  }

  of(rule: string): AlertCount {
    return this.#counts.get(rule) ?? NONE;
  }

  /** Other rules from now on: what is known of those that go is forgotten. */
  change(names: readonly string[]): void {
    this.#names = new Set(names);
    for (const name of this.#counts.keys()) if (!this.#names.has(name)) this.#counts.delete(name);
  }

  snapshot(): AlertCountsSnapshot {
    return { version: 1, rules: Array.from(this.#counts, ([name, counts]) => ({ name, ...counts })) };
  }

  /** Goes on from a snapshot; rules that are gone are left out. False, and nothing changes, when `saved` is none. */
  restore(saved: unknown): boolean {
    if (!v.is(AlertCountsSnapshotSchema, saved)) return false;
    for (const { name, ...counts } of saved.rules) if (this.#names.has(name)) this.#counts.set(name, counts);
    return true;
  }
}
