// A memory of the requests of late, bounded: the youngest one by one, of older ones about every second, fourth, eighth …
// So that a short window is known as well as a long one. Fed by the samples of Seconds, and asked when an alert wants its
// reasons. Which request goes how far back depends on its second and its place in there alone: whoever has read a log for
// long enough remembers the same of it, wherever it began to read.
import * as v from 'valibot';
import { NO_LINE } from '../aggregate/sampled-lines.ts';
import type { RequestColumns, Second, SecondConsumer } from '../aggregate/second.ts';
import { AmountSchema, CountSchema, WholeSchema } from '../saved.ts';
import { chanceOf, FAILED, lastOf, LEVELS, OTHERS, sampleOf } from './levels.ts';
import { NamesByOrder } from './names-by-order.ts';
import { RecentLevel } from './recent-level.ts';
import type { RecentNames, RecentRequest } from './recent-level.ts';

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
  /** The same of those that are in no youngest place any more. */
  #oldNamedCount = 0;
  readonly #names: RecentNames;
  /** Requests of which only those before `#taken` are here yet, although those before `#reached` could be. */
  #followed: RequestColumns | null = null;
  #taken = 0;
  #reached = 0;
  #snapshot: RecentSnapshot | null = null;
  #newestSeconds = Number.NEGATIVE_INFINITY;
  #savedSeconds = Number.NEGATIVE_INFINITY;

  constructor() {
    const options = {
      count: () => this.#count,
      oldest: () => this.#places[0]?.orderAt(0) ?? 0,
      keeping: () => this.#nameOld(),
      forgetting: () => this.#name(),
    };
    this.#names = { series: new NamesByOrder(options), texts: new NamesByOrder(options) };
  }

  add({ timeSeconds, samples, names, texts }: Second): void {
    this.#names.series.follow(names);
    this.#names.texts.follow(texts);
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
    this.#names.series.follow(requests.names);
    this.#names.texts.follow(requests.texts);
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
    while (this.#taken < this.#reached) {
      const from = this.#taken;
      let end = requests.secondEnd(from);
      if (end > from + 1) {
        this.#takeSome(requests, from, end, OTHERS);
        this.#takeSome(requests, from, end, FAILED);
      } else {
        while (end < this.#reached && requests.secondEnd(end) === end + 1) end++;
        this.#takeAlone(requests, from, end);
      }
      this.#taken = end;
    }
    this.#newestSeconds = Math.max(this.#newestSeconds, requests.timesSeconds[this.#taken - 1] ?? 0);
  }

  /** Of the second from `from` to `end`, the requests that are of this sample, as `add` does with it. */
  #takeSome(requests: RequestColumns, from: number, end: number, sample: number): void {
    const [youngest] = this.#places;
    if (youngest === undefined) return;
    const timeSeconds = requests.timesSeconds[from] ?? 0;
    let chance = chanceOf(timeSeconds, sample);
    for (let i = from; i < end; i++) {
      if (sampleOf(requests.codes[i] ?? 0) !== sample) continue;
      if (youngest.isFull) this.#makeRoom(0);
      youngest.pushSampled(timeSeconds, requests, i, this.#count++, lastOf(chance++));
    }
  }

  /** Of seconds with one request each. */
  #takeAlone(requests: RequestColumns, from: number, end: number): void {
    const [youngest] = this.#places;
    if (youngest === undefined) return;
    for (let at = from; at < end;) {
      if (youngest.isFull) this.#makeRoom(0);
      const count = youngest.pushAlone(requests, at, end, this.#count);
      this.#count += count;
      at += count;
    }
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

  /** Looks up what all ids stand for. */
  #name(): void {
    for (const place of this.#places) place.name(this.#names, this.#namedCount);
    this.#namedCount = this.#oldNamedCount = this.#count;
    this.#names.series.clear();
    this.#names.texts.clear();
  }

  /** The same for those that have left the youngest place: few of them ever come there. */
  #nameOld(): void {
    for (const place of this.#places.slice(1)) place.name(this.#names, this.#oldNamedCount);
    this.#oldNamedCount = this.#count;
  }

  /** Of the oldest of a place, those go to the next one whose level takes them. */
  #makeRoom(at: number): void {
    const place = this.#places[at];
    if (place === undefined) return;
    const dropped = place.length * DROPPED_SHARE;
    const level = FIRST_LEVELS + at;
    if (level < LEVELS) {
      const next = (this.#places[at + 1] ??= new RecentLevel(LEVEL_LENGTH));
      const count = place.countOldest(dropped, level);
      while (next.count + count > next.length) this.#makeRoom(at + 1);
      next.takeOldest(place, dropped, level);
      next.nameYoungest(this.#names, count, this.#oldNamedCount);
    }
    place.drop(dropped);
  }
}

function createYoungest(): RecentLevel {
  return new RecentLevel(LEVEL_LENGTH * 2 ** FIRST_LEVELS);
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
