// The log lines of the alerts that fire: taken when each began, told with it as long as it is open, and saved, as after a
// restart the requests of that time are gone.
import * as v from 'valibot';
import { chooseLines } from './choose-lines.ts';
import type { LineSources } from './choose-lines.ts';
import type { Rule } from './rule.ts';

const SnapshotSchema = v.strictObject({
  version: v.literal(1),
  alerts: v.array(v.strictTuple([v.string(), v.array(v.string())])),
});
type Snapshot = v.InferOutput<typeof SnapshotSchema>;

export class AlertLines {
  readonly #sources: LineSources;
  /** By the id of the alert. */
  readonly #lines = new Map<string, readonly string[]>();
  #snapshot: Snapshot | null = null;

  constructor(sources: LineSources) {
    this.#sources = sources;
  }

  /** The alert `id` of `rule` begins at `nowSeconds`. */
  take(id: string, rule: Rule, nowSeconds: number): void {
    const lines = chooseLines(rule, this.#sources, nowSeconds);
    if (lines.length === 0) return;
    this.#lines.set(id, lines);
    this.#snapshot = null;
  }

  /** None when it has begun while lines were not kept. */
  of(id: string): readonly string[] {
    return this.#lines.get(id) ?? [];
  }

  /** All other alerts are over. */
  keepOnly(ids: ReadonlySet<string>): void {
    for (const id of this.#lines.keys()) {
      if (ids.has(id)) continue;
      this.#lines.delete(id);
      this.#snapshot = null;
    }
  }

  /** The same object while nothing has changed. */
  snapshot(): Snapshot {
    this.#snapshot ??= { version: 1, alerts: Array.from(this.#lines, ([id, lines]) => [id, [...lines]]) };
    return this.#snapshot;
  }

  /** False, and nothing changes, when `saved` is no snapshot. */
  restore(saved: unknown): boolean {
    if (!v.is(SnapshotSchema, saved)) return false;
    for (const [id, lines] of saved.alerts) this.#lines.set(id, lines);
    this.#snapshot = null;
    return true;
  }
}
