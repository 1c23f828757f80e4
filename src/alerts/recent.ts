// A memory of the requests of late, bounded: the youngest one by one, of older ones about every second, fourth, eighth …
// So that a short window is known as well as a long one. Fed by the samples of Seconds, and asked when an alert wants its
// reasons. Which request goes how far back depends on its second and its place in there alone: whoever has read a log for
// long enough remembers the same of it, wherever it began to read.
import * as v from 'valibot';
import { CurrentNames } from '../aggregate/current-names.ts';
import { NO_LINE } from '../aggregate/sampled-lines.ts';
import { statusIn } from '../aggregate/second.ts';
import { isError } from '../aggregate/status-counts.ts';
import type { RequestColumns, Second, SecondConsumer, SeriesNames, TextNames } from '../aggregate/second.ts';
import { AmountSchema, CountSchema, WholeSchema } from '../saved.ts';
import { LEVEL_LENGTH, RecentLevel } from './recent-level.ts';
import type { RecentRequest } from './recent-level.ts';

/** Each is twice as coarse as the one before; together they reach back some hours at any rate of requests. */
const LEVELS = 10;
/** What a full level gives up at once. */
const DROPPED = LEVEL_LENGTH / 4;
/** So many are always there, and no more are told of: what a level holds beyond depends on where it began to fill. */
const TOLD_MAX = LEVEL_LENGTH - DROPPED;
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
  #count = 0;
  /** By level, as it was when so many had come: where it begins to tell. */
  readonly #begins: number[] = [];
  #beginsCount = 0;
  /** So many, the oldest, have their names. */
  #namedCount = 0;
  /** By level, and by the last level that takes them: how many requests are there. */
  readonly #counts = new Int32Array(LEVELS * LEVELS);
  readonly #names = new CurrentNames<SeriesNames>(() => this.#name());
  readonly #texts = new CurrentNames<TextNames>(() => this.#name());
  /** Requests of which only those before `#taken` are here yet, although those before `#reached` could be. */
  #followed: RequestColumns | null = null;
  #taken = 0;
  #reached = 0;
  #snapshot: RecentSnapshot | null = null;
  #newestSeconds = Number.NEGATIVE_INFINITY;
  #savedSeconds = Number.NEGATIVE_INFINITY;

  add({ timeSeconds, samples, names, texts }: Second): void {
    this.#names.follow(names);
    this.#texts.follow(texts);
    const [level] = this.#levels;
    for (let s = 0; s < samples.length; s++) {
      const sample = samples[s];
      if (sample === undefined || level === undefined) return;
      const chance = chanceOf(timeSeconds, s);
      for (let i = 0; i < sample.count; i++) {
        if (level.isFull) this.#makeRoom(0);
        level.pushSampled(timeSeconds, sample, i, this.#count++, this.#takeLast(chance + i));
      }
      if (sample.count > 0 && timeSeconds > this.#newestSeconds) this.#newestSeconds = timeSeconds;
    }
  }

  advanceTo(): void {}

  /** Takes `requests` as far as `reach` says, at once when somebody asks what is known, else when `unfollow` comes. */
  follow(requests: RequestColumns): void {
    this.#names.follow(requests.names);
    this.#texts.follow(requests.texts);
    this.#followed = requests;
    this.#reached = this.#taken = 0;
  }

  reach(count: number): void {
    this.#reached = count;
  }

  unfollow(): void {
    this.#catchUp();
    this.#followed = null;
  }

  /** All that is known of the seconds from `fromSeconds` to `toSeconds`, the last not included; in the order in which they came. */
  *between(fromSeconds: number, toSeconds: number): Generator<RecentRequest> {
    this.#catchUp();
    this.#name();
    for (let at = this.#levels.length - 1; at >= 0; at--) {
      const level = this.#levels[at];
      if (level === undefined || level.newestSeconds < fromSeconds) continue;
      for (let i = 0; i < level.count; i++) {
        if (!level.isBetween(i, fromSeconds, toSeconds)) continue;
        const k = this.#toldAs(level, i, at);
        if (k !== null) yield weigh(level.at(i), k);
      }
    }
  }

  /** A coarser copy, the same object for half a minute of event time. */
  snapshot(): RecentSnapshot {
    const isFresh = this.#newestSeconds - this.#savedSeconds < SAVED_SECONDS;
    if (this.#snapshot !== null && isFresh) return this.#snapshot;
    this.#savedSeconds = this.#newestSeconds;
    this.#name();
    this.#snapshot = { version: 1, levels: this.#saved() };
    return this.#snapshot;
  }

  restore(saved: unknown): boolean {
    if (!v.is(RecentSnapshotSchema, saved)) return false;
    const level = new RecentLevel();
    this.#levels.splice(0, Infinity, level);
    this.#counts.fill(0);
    // The coarsest, which are the oldest, first.
    for (const rows of saved.levels.slice(0, LEVELS).toReversed())
      for (const [i, row] of rows.slice(0, SAVED_MAX * 2).entries())
        level.push(requestOf(row), this.#count++, this.#takeLast(chanceOf(row[0], i)));
    return true;
  }

  #catchUp(): void {
    const requests = this.#followed;
    if (requests === null) return;
    for (let from = this.#taken; from < this.#reached; from = this.#taken) {
      this.#taken = requests.secondEnd(from);
      this.#takeSome(requests, from, false);
      this.#takeSome(requests, from, true);
    }
    this.#newestSeconds = Math.max(this.#newestSeconds, requests.timesSeconds[this.#taken - 1] ?? 0);
  }

  /** Of the second that begins at `from`, the requests that failed or the others, as `add` does with their sample. */
  #takeSome(requests: RequestColumns, from: number, areFailed: boolean): void {
    const [level] = this.#levels;
    const timeSeconds = requests.timesSeconds[from] ?? 0;
    let chance: number | null = null;
    for (let i = from; i < this.#taken; i++) {
      if (level === undefined || isError(statusIn(requests.codes[i] ?? 0)) !== areFailed) continue;
      chance ??= chanceOf(timeSeconds, areFailed ? 1 : 0);
      if (level.isFull) this.#makeRoom(0);
      level.pushSampled(timeSeconds, requests, i, this.#count++, this.#takeLast(chance++));
    }
  }

  /** The last level that takes one more. `chance`: of its bits, as many of the lowest are 0 as further levels take it. */
  #takeLast(chance: number): number {
    const bits = chance | (1 << (LEVELS - 1));
    const last = 31 - Math.clz32(bits & -bits);
    this.#note(0, last, 1);
    return last;
  }

  /** `change` requests in the level `at`, of which `last` is the last one that takes them. */
  #note(at: number, last: number, change: 1 | -1): void {
    const place = at * LEVELS + last;
    this.#counts[place] = (this.#counts[place] ?? 0) + change;
  }

  /** The finest of the levels that tell of the request at `index` of the level `at`; null when it takes part in none of them. */
  #toldAs(level: RecentLevel, index: number, at: number): number | null {
    const order = level.orderAt(index);
    const last = level.lastAt(index);
    for (let k = at; k <= last; k++) if (order >= this.#beginOf(k)) return k;
    return null;
  }

  /** The order of the first request that the level `k` tells of: the `TOLD_MAX`th from the end of those that it takes. */
  #beginOf(k: number): number {
    if (this.#beginsCount !== this.#count) {
      this.#begins.length = 0;
      this.#beginsCount = this.#count;
    }
    return (this.#begins[k] ??= this.#findBegin(k));
  }

  #findBegin(k: number): number {
    let wanted = TOLD_MAX;
    for (let finer = 0; finer < k; finer++) wanted -= this.#countTaken(finer, k);
    const level = this.#levels[k];
    // All that are there are taken.
    if (wanted > 0)
      return level !== undefined && level.count >= wanted
        ? level.orderAt(level.count - wanted)
        : Number.NEGATIVE_INFINITY;
    for (let finer = k - 1; finer >= 0; finer--) {
      const found = this.#levels[finer]?.find((last) => last >= k && wanted++ === 0) ?? null;
      if (found !== null) return found;
    }
    return Number.NEGATIVE_INFINITY;
  }

  /** How many of those that are in the level `at` the level `k` takes. */
  #countTaken(at: number, k: number): number {
    let count = 0;
    for (let last = k; last < LEVELS; last++) count += this.#counts[at * LEVELS + last] ?? 0;
    return count;
  }

  #saved(): SavedRequest[][] {
    const saved: RecentRequest[][] = this.#levels.map(() => []);
    for (const [at, level] of this.#levels.entries()) {
      for (let i = 0; i < level.count; i++) {
        const k = this.#toldAs(level, i, at);
        if (k !== null) (saved[k] ??= []).push(weigh(level.at(i), k));
      }
    }
    return saved.map(saveLevel);
  }

  /** Looks up what the ids of those are that came since it was called last. */
  #name(): void {
    const [names, texts] = [this.#names.current, this.#texts.current];
    if (names === null || texts === null) return;
    for (const level of this.#levels) level.name(names, texts, this.#namedCount);
    this.#namedCount = this.#count;
  }

  /** The oldest of a level go to the next one, if that takes them. */
  #makeRoom(k: number): void {
    const level = this.#levels[k];
    if (level === undefined) return;
    for (let i = 0; i < DROPPED; i++) {
      const last = level.lastAt(i);
      this.#note(k, last, -1);
      if (last <= k) continue;
      const next = (this.#levels[k + 1] ??= new RecentLevel());
      if (next.isFull) this.#makeRoom(k + 1);
      next.pushCopy(level, i);
      this.#note(k + 1, last, 1);
    }
    level.drop(DROPPED);
  }
}

/**
 * A number that depends on the second and the sample only. Of the numbers from it on every second one is even, so that every
 * second request of a sample goes on to the next level; where that begins is as good as chance, as most have few.
 */
function chanceOf(timeSeconds: number, sample: number): number {
  let hash = Math.imul(timeSeconds ^ (sample << 20), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) & 0xffffff;
}

/** Of level `k`, each stands for so many. */
function weigh(request: RecentRequest, k: number): RecentRequest {
  return k === 0 ? request : { ...request, weight: request.weight * 2 ** k };
}

type SavedRequest = v.InferOutput<typeof SavedSchema>[number];

function requestOf(saved: SavedRequest): RecentRequest {
  const [timeSeconds, path, code, source, client, agent, latency, weight] = saved;
  const latencyMs = latency ?? Number.NaN;
  // Lines are not saved: what an alert shows is saved with the alert.
  return { timeSeconds, path, code, source, client, agent, latencyMs, weight, line: NO_LINE };
}

function saveLevel(requests: readonly RecentRequest[]): SavedRequest[] {
  const stride = Math.max(1, Math.ceil(requests.length / SAVED_MAX));
  return requests
    .filter((_, i) => i % stride === 0)
    .slice(0, Math.floor(requests.length / stride))
    .map(({ timeSeconds, path, code, source, client, agent, latencyMs, weight }) => {
      const latency = Number.isNaN(latencyMs) ? null : latencyMs;
      return [timeSeconds, path, code, source, client, agent, latency, weight * stride];
    });
}
