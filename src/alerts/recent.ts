// A memory of the requests of late, bounded: the youngest one by one, older ones every second, fourth, eighth … So that a
// short window is known as well as a long one. Fed by the samples of Seconds, and asked when an alert wants its reasons.
import * as v from 'valibot';
import { NO_LINE } from '../aggregate/sampled-lines.ts';
import type { Second, SecondConsumer, SeriesNames } from '../aggregate/second.ts';
import { AmountSchema, CountSchema, WholeSchema } from '../saved.ts';
import { LEVEL_LENGTH, RecentLevel } from './recent-level.ts';
import type { RecentRequest } from './recent-level.ts';

/** Each is twice as coarse as the one before; together they reach back some hours at any rate of requests. */
const LEVELS = 10;
/** Of each level, when the state is saved, and how often that is: it is for reasons, not for counts. */
const SAVED_MAX = 50;
const SAVED_SECONDS = 30;

const SavedSchema = v.array(
  v.tuple([
    WholeSchema,
    v.string(),
    CountSchema,
    v.string(),
    v.string(),
    v.string(),
    v.nullable(AmountSchema),
    AmountSchema,
  ]),
);
const RecentSnapshotSchema = v.strictObject({ version: v.literal(1), levels: v.array(SavedSchema) });
export type RecentSnapshot = v.InferOutput<typeof RecentSnapshotSchema>;

export class Recent implements SecondConsumer {
  /** Made when there is something for them. */
  readonly #levels: RecentLevel[] = [new RecentLevel()];
  #names: SeriesNames | null = null;
  #snapshot: RecentSnapshot | null = null;
  #newestSeconds = Number.NEGATIVE_INFINITY;
  #savedSeconds = Number.NEGATIVE_INFINITY;

  add({ timeSeconds, samples, names }: Second): void {
    if (names !== this.#names) this.#follow(names);
    const [level] = this.#levels;
    for (let s = 0; s < samples.length; s++) {
      const sample = samples[s];
      if (sample === undefined || level === undefined) return;
      for (let i = 0; i < sample.count; i++) {
        if (level.isFull) this.#makeRoom(0);
        level.pushSampled(timeSeconds, sample, i);
      }
      if (sample.count > 0 && timeSeconds > this.#newestSeconds) this.#newestSeconds = timeSeconds;
    }
  }

  advanceTo(): void {}

  /** All that is known of the seconds from `fromSeconds` to `toSeconds`, the last not included. */
  *between(fromSeconds: number, toSeconds: number): Generator<RecentRequest> {
    this.#name();
    for (const level of this.#levels)
      for (let i = 0; i < level.count; i++) if (level.isBetween(i, fromSeconds, toSeconds)) yield level.at(i);
  }

  /** A coarser copy, the same object for half a minute of event time. */
  snapshot(): RecentSnapshot {
    const isFresh = this.#newestSeconds - this.#savedSeconds < SAVED_SECONDS;
    if (this.#snapshot !== null && isFresh) return this.#snapshot;
    this.#savedSeconds = this.#newestSeconds;
    this.#name();
    this.#snapshot = { version: 1, levels: this.#levels.map(saveLevel) };
    return this.#snapshot;
  }

  restore(saved: unknown): boolean {
    if (!v.is(RecentSnapshotSchema, saved)) return false;
    this.#levels.splice(0, Infinity, ...saved.levels.slice(0, LEVELS).map(restoreLevel));
    if (this.#levels.length === 0) this.#levels.push(new RecentLevel());
    return true;
  }

  #follow(names: SeriesNames): void {
    this.#name();
    this.#names = names;
    names.beforeForgetting(() => {
      if (names === this.#names) this.#name();
    });
  }

  #name(): void {
    if (this.#names === null) return;
    for (const level of this.#levels) level.name(this.#names);
  }

  /** Every second of the older half goes to the next level, and stands for twice as many there. */
  #makeRoom(index: number): void {
    const level = this.#levels[index];
    if (level === undefined) return;
    // Older than the oldest level: forgotten.
    if (index + 1 < LEVELS) {
      const next = (this.#levels[index + 1] ??= new RecentLevel());
      for (let i = 0; i < LEVEL_LENGTH / 2; i += 2) {
        if (next.isFull) this.#makeRoom(index + 1);
        next.pushCopy(level, i);
      }
    }
    level.drop(LEVEL_LENGTH / 2);
  }
}

function restoreLevel(rows: v.InferOutput<typeof SavedSchema>): RecentLevel {
  const level = new RecentLevel();
  for (const [timeSeconds, path, code, source, client, agent, latencyMs, weight] of rows.slice(
    0,
    LEVEL_LENGTH,
  ))
    level.push({
      timeSeconds,
      path,
      code,
      source,
      client,
      agent,
      latencyMs: latencyMs ?? Number.NaN,
      weight,
      // Lines are not saved: what an alert shows is saved with the alert.
      line: NO_LINE,
    });
  return level;
}

function saveLevel(level: RecentLevel): v.InferOutput<typeof SavedSchema> {
  const stride = Math.max(1, Math.ceil(level.count / SAVED_MAX));
  return Array.from({ length: Math.floor(level.count / stride) }, (_, i) => {
    const { timeSeconds, path, code, source, client, agent, latencyMs, weight } = level.at(i * stride);
    const latency = Number.isNaN(latencyMs) ? null : latencyMs;
    return [timeSeconds, path, code, source, client, agent, latency, weight * stride];
  });
}
