// A memory of the requests of late, bounded: the youngest one by one, older ones every second, fourth, eighth … So that a
// short window is known as well as a long one. Fed by the samples of Seconds, and asked when an alert wants its reasons.
import * as v from 'valibot';
import type { SampledRequests } from '../aggregate/sample.ts';
import type { Second, SecondConsumer, SeriesNames } from '../aggregate/second.ts';
import { AmountSchema, CountSchema, WholeSchema } from '../saved.ts';

const LEVEL_LENGTH = 4096;
/** Each is twice as coarse as the one before; together they reach back some hours at any rate of requests. */
const LEVELS = 10;
/** Of each level, when the state is saved. */
const SAVED_MAX = 200;

/** A request that stands for `weight` ones. */
export interface RecentRequest {
  readonly timeSeconds: number;
  readonly path: string;
  /** Of method, status and log. */
  readonly code: number;
  readonly source: string;
  readonly client: string;
  readonly agent: string;
  /** NaN when it is not known. */
  readonly latencyMs: number;
  readonly weight: number;
}

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
  readonly #levels: RecentRequest[][] = Array.from({ length: LEVELS }, () => []);
  #snapshot: RecentSnapshot | null = null;
  #changes = 0;

  add(second: Second): void {
    for (const sample of second.samples)
      if (sample.count > 0) this.#addSample(second.timeSeconds, sample, second.names);
  }

  advanceTo(): void {}

  /** All that is known of the seconds from `fromSeconds` to `toSeconds`, the last not included. */
  *between(fromSeconds: number, toSeconds: number): Generator<RecentRequest> {
    for (const level of this.#levels)
      for (const request of level)
        if (request.timeSeconds >= fromSeconds && request.timeSeconds < toSeconds) yield request;
  }

  /** A coarser copy, made anew only when much has changed: it is for reasons, not for counts. */
  snapshot(): RecentSnapshot {
    if (this.#snapshot !== null && this.#changes < SAVED_MAX) return this.#snapshot;
    this.#changes = 0;
    this.#snapshot = { version: 1, levels: this.#levels.map(saveLevel) };
    return this.#snapshot;
  }

  restore(saved: unknown): boolean {
    if (!v.is(RecentSnapshotSchema, saved)) return false;
    for (const [i, rows] of saved.levels.slice(0, LEVELS).entries()) {
      this.#levels[i] = rows
        .slice(0, LEVEL_LENGTH)
        .map(([timeSeconds, path, code, source, client, agent, latencyMs, weight]) => ({
          timeSeconds,
          path,
          code,
          source,
          client,
          agent,
          latencyMs: latencyMs ?? Number.NaN,
          weight,
        }));
    }
    return true;
  }

  #addSample(timeSeconds: number, sample: SampledRequests, names: SeriesNames): void {
    const { count, weight, seriesIds, clients, agents, latenciesMs } = sample;
    this.#changes += count;
    for (let i = 0; i < count; i++) {
      const seriesId = seriesIds[i] ?? 0;
      const code = names.codeOf(seriesId);
      this.#push(0, {
        timeSeconds,
        path: names.pathOf(seriesId),
        code,
        source: names.sourceOf(code),
        client: clients[i] ?? '',
        agent: agents[i] ?? '',
        latencyMs: latenciesMs[i] ?? Number.NaN,
        weight,
      });
    }
  }

  #push(index: number, request: RecentRequest): void {
    const level = this.#levels[index];
    // Older than the oldest level: forgotten.
    if (level === undefined) return;
    level.push(request);
    if (level.length <= LEVEL_LENGTH) return;
    const oldest = level.splice(0, LEVEL_LENGTH / 2);
    for (let i = 0; i < oldest.length; i += 2) {
      const kept = oldest[i];
      if (kept !== undefined) this.#push(index + 1, { ...kept, weight: 2 * kept.weight });
    }
  }
}

function saveLevel(level: readonly RecentRequest[]): v.InferOutput<typeof SavedSchema> {
  const stride = Math.ceil(level.length / SAVED_MAX);
  return level
    .filter((_, i) => i % stride === 0)
    .map(({ timeSeconds, path, code, source, client, agent, latencyMs, weight }) => [
      timeSeconds,
      path,
      code,
      source,
      client,
      agent,
      Number.isNaN(latencyMs) ? null : latencyMs,
      weight * stride,
    ]);
}
