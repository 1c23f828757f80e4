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
import { RecentLevel } from './recent-level.ts';
import type { RecentRequest } from './recent-level.ts';

/** Each is twice as coarse as the one before; together they reach back some hours at any rate of requests. */
const LEVELS = 10;
/**
 * The first levels have one place together, where all requests are: to go on from level to level, each of them would be copied
 * about twice, which took longer than all else that is done here.
 */
const FIRST_LEVELS = 2;
const LEVEL_LENGTH = 4096;
/** What a full place gives up at once. */
const DROPPED_SHARE = 1 / 4;
/** So many are always there, and no more are told of: what a level holds beyond depends on where it began to fill. */
const TOLD_MAX = LEVEL_LENGTH * (1 - DROPPED_SHARE);
/** The samples of a second, by their places. */
const OTHERS = 0;
const FAILED = 1;
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
  /** The youngest, then what of older ones the levels from `FIRST_LEVELS` on take; made when there is something for them. */
  readonly #places: RecentLevel[] = [createYoungest()];
  #count = 0;
  /** By level, as it was when so many had come: where it begins to tell. */
  readonly #begins = new Float64Array(LEVELS);
  #beginsCount = -1;
  /** So many, the oldest, have their names. */
  #namedCount = 0;
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
    const [youngest] = this.#places;
    for (let s = 0; s < samples.length; s++) {
      const sample = samples[s];
      if (sample === undefined || youngest === undefined) return;
      const chance = chanceOf(timeSeconds, s);
      for (let i = 0; i < sample.count; i++) {
        if (youngest.isFull) this.#makeRoom(0);
        youngest.pushSampled(timeSeconds, sample, i, this.#count++, lastOf(chance + i));
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
    for (const place of this.#places.toReversed()) {
      if (place.newestSeconds < fromSeconds) continue;
      for (let i = 0; i < place.count; i++) {
        if (!place.isBetween(i, fromSeconds, toSeconds)) continue;
        const k = this.#toldAs(place, i);
        if (k !== null) yield weigh(place.at(i), k);
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
    const youngest = createYoungest();
    this.#places.splice(0, Infinity, youngest);
    // The coarsest, which are the oldest, first.
    for (const rows of saved.levels.slice(0, LEVELS).toReversed())
      for (const [i, row] of rows.slice(0, SAVED_MAX * 2).entries())
        youngest.push(requestOf(row), this.#count++, lastOf(chanceOf(row[0], i)));
    return true;
  }

  #catchUp(): void {
    const requests = this.#followed;
    if (requests === null) return;
    for (let from = this.#taken; from < this.#reached; from = this.#taken) {
      this.#taken = requests.secondEnd(from);
      const timeSeconds = requests.timesSeconds[from] ?? 0;
      if (this.#taken === from + 1) {
        this.#takeOne(requests, from, chanceOf(timeSeconds, sampleOf(requests, from)));
      } else {
        this.#takeSome(requests, from, OTHERS);
        this.#takeSome(requests, from, FAILED);
      }
    }
    this.#newestSeconds = Math.max(this.#newestSeconds, requests.timesSeconds[this.#taken - 1] ?? 0);
  }

  /** Of the second that begins at `from`, the requests that are of this sample, as `add` does with it. */
  #takeSome(requests: RequestColumns, from: number, sample: number): void {
    let chance = chanceOf(requests.timesSeconds[from] ?? 0, sample);
    for (let i = from; i < this.#taken; i++)
      if (sampleOf(requests, i) === sample) this.#takeOne(requests, i, chance++);
  }

  #takeOne(requests: RequestColumns, index: number, chance: number): void {
    const [youngest] = this.#places;
    if (youngest === undefined) return;
    if (youngest.isFull) this.#makeRoom(0);
    const timeSeconds = requests.timesSeconds[index] ?? 0;
    youngest.pushSampled(timeSeconds, requests, index, this.#count++, lastOf(chance));
  }

  /** The finest of the levels that tell of the request at `index` of a place; null when none does. */
  #toldAs(place: RecentLevel, index: number): number | null {
    if (this.#beginsCount !== this.#count) this.#findBegins();
    const order = place.orderAt(index);
    const last = place.lastAt(index);
    for (let k = 0; k <= last; k++) if (order >= (this.#begins[k] ?? 0)) return k;
    return null;
  }

  /** A level begins with the `TOLD_MAX`th from the end of those that it takes. */
  #findBegins(): void {
    this.#beginsCount = this.#count;
    this.#begins.fill(Number.NEGATIVE_INFINITY);
    const counts = new Int32Array(LEVELS);
    for (const place of this.#places) {
      for (let i = place.count - 1; i >= 0; i--) {
        for (let k = place.lastAt(i); k >= 0; k--) {
          const count = (counts[k] ?? 0) + 1;
          counts[k] = count;
          if (count === TOLD_MAX) this.#begins[k] = place.orderAt(i);
        }
      }
    }
  }

  #saved(): SavedRequest[][] {
    const saved: RecentRequest[][] = Array.from({ length: LEVELS }, () => []);
    for (const place of this.#places) {
      for (let i = 0; i < place.count; i++) {
        const k = this.#toldAs(place, i);
        if (k !== null) saved[k]?.push(weigh(place.at(i), k));
      }
    }
    return saved.map(saveLevel);
  }

  /** Looks up what the ids of those are that came since it was called last. */
  #name(): void {
    const [names, texts] = [this.#names.current, this.#texts.current];
    if (names === null || texts === null) return;
    for (const place of this.#places) place.name(names, texts, this.#namedCount);
    this.#namedCount = this.#count;
  }

  /** Of the oldest of a place, those go to the next one whose level takes them. */
  #makeRoom(at: number): void {
    const place = this.#places[at];
    if (place === undefined) return;
    const dropped = place.length * DROPPED_SHARE;
    const level = FIRST_LEVELS + at;
    for (let i = 0; i < dropped; i++) {
      if (level >= LEVELS || place.lastAt(i) < level) continue;
      const next = (this.#places[at + 1] ??= new RecentLevel(LEVEL_LENGTH));
      if (next.isFull) this.#makeRoom(at + 1);
      next.pushCopy(place, i);
    }
    place.drop(dropped);
  }
}

function createYoungest(): RecentLevel {
  return new RecentLevel(LEVEL_LENGTH * 2 ** FIRST_LEVELS);
}

/** Which of the samples of its second a request is of. */
function sampleOf(requests: RequestColumns, index: number): number {
  return isError(statusIn(requests.codes[index] ?? 0)) ? FAILED : OTHERS;
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

/** The last level that takes a request: of the bits of its chance, as many of the lowest are 0 as further levels take it. */
function lastOf(chance: number): number {
  const bits = chance | (1 << (LEVELS - 1));
  return 31 - Math.clz32(bits & -bits);
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
