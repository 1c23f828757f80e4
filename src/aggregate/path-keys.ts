// The keys of the paths that are counted, found by their bytes: an index of hashes, and the bytes themselves one behind
// the other. Plain arrays of numbers, as every line of a log looks here.
import { WordView } from '../parse/words.ts';

/** No such key. */
export const NOT_FOUND = -1;
/** No such key, and no place for it: only keys made to collide lie so close. */
export const CROWDED = -2;

/** In an index at most half full, others need far fewer. */
const PROBES_MAX = 128;
const ARENA_BYTES_AT_FIRST = 64 * 1024;

/** A hash of the bytes `[start, end)`, all its bits depending on all of them: MurmurHash3's way. */
export function hashWords(view: DataView, start: number, end: number): number {
  let hash = end - start;
  let i = start;
  for (; i + 4 <= end; i += 4) hash = mixIn(hash, view.getInt32(i, true));
  let rest = 0;
  for (; i < end; i++) rest = (rest << 8) | view.getUint8(i);
  hash = mixIn(hash, rest);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function mixIn(hash: number, word: number): number {
  const mixed = Math.imul(word, 0xcc9e2d51);
  const turned = Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
  const sum = hash ^ turned;
  return (Math.imul((sum << 13) | (sum >>> 19), 5) + 0xe6546b64) | 0;
}

export class PathKeys {
  /** Keys there are; their ids are below `keysMax`. */
  count = 0;
  readonly #keysMax: number;
  /** Pairs: a key's hash, and its id plus one. */
  readonly #index: Int32Array;
  readonly #mask: number;
  #arena = Buffer.alloc(ARENA_BYTES_AT_FIRST);
  readonly #words = new WordView();
  readonly #newWords = new WordView();
  #arenaLength = 0;
  /** By id: where in the arena the key stands, and when it was asked for last; NaN: the id is free. */
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  readonly #hashes: Int32Array;
  readonly #lastSeenSeconds: Float64Array;
  readonly #freeIds: number[] = [];
  #idsUsed = 0;

  constructor(keysMax: number) {
    this.#keysMax = keysMax;
    const size = 2 ** Math.ceil(Math.log2(keysMax * 2));
    this.#index = new Int32Array(size * 2);
    this.#mask = size - 1;
    this.#starts = new Int32Array(keysMax);
    this.#ends = new Int32Array(keysMax);
    this.#hashes = new Int32Array(keysMax);
    this.#lastSeenSeconds = new Float64Array(keysMax);
  }

  get isFull(): boolean {
    return this.count >= this.#keysMax;
  }

  /** The id of the key `[start, end)` of `view`, which is noted as seen at `nowSeconds`; `NOT_FOUND` or `CROWDED`. */
  find(view: DataView, start: number, end: number, hash: number, nowSeconds: number): number {
    const index = this.#index;
    let place = hash & this.#mask;
    for (let probes = 0; probes < PROBES_MAX; probes++) {
      const idPlusOne = index[2 * place + 1] ?? 0;
      if (idPlusOne === 0) return NOT_FOUND;
      if (index[2 * place] === hash && this.#isKey(idPlusOne - 1, view, start, end)) {
        this.#lastSeenSeconds[idPlusOne - 1] = nowSeconds;
        return idPlusOne - 1;
      }
      place = (place + 1) & this.#mask;
    }
    return CROWDED;
  }

  /** Adds a key that was not found; there must be room. Returns its id. */
  add(bytes: Buffer, start: number, end: number, hash: number, nowSeconds: number): number {
    const id = this.#freeIds.pop() ?? this.#idsUsed++;
    const length = end - start;
    if (this.#arenaLength + length > this.#arena.length) this.#growArena(length);
    this.#copyIn(this.#newWords.of(bytes), start, end);
    this.#starts[id] = this.#arenaLength;
    this.#ends[id] = this.#arenaLength += length;
    this.#hashes[id] = hash;
    this.#lastSeenSeconds[id] = nowSeconds;
    this.#enter(id);
    this.count++;
    return id;
  }

  /** Of the keys there are. */
  ids(): number[] {
    const ids: number[] = [];
    for (let id = 0; id < this.#idsUsed; id++) if (!Number.isNaN(this.#lastSeenSeconds[id])) ids.push(id);
    return ids;
  }

  /** The bytes of a key, each as one character. */
  latin1Of(id: number): string {
    return this.#arena.toString('latin1', this.#starts[id], this.#ends[id]);
  }

  /**
   * Forgets the keys that were not asked for since `seconds` and are not in use; their ids go to other keys. Returns those
   * that were forgotten.
   */
  forgetBefore(seconds: number, inUse: ReadonlySet<number>): number[] {
    const kept: number[] = [];
    const forgotten: number[] = [];
    for (let id = 0; id < this.#idsUsed; id++) {
      const lastSeen = this.#lastSeenSeconds[id] ?? Number.NaN;
      if (Number.isNaN(lastSeen)) continue;
      if (lastSeen > seconds || inUse.has(id)) {
        kept.push(id);
      } else {
        forgotten.push(id);
        this.#freeIds.push(id);
        this.#lastSeenSeconds[id] = Number.NaN;
      }
    }
    this.#index.fill(0);
    this.#pack(kept);
    for (const id of kept) this.#enter(id);
    this.count = kept.length;
    return forgotten;
  }

  #isKey(id: number, view: DataView, start: number, end: number): boolean {
    let at = this.#starts[id] ?? 0;
    if ((this.#ends[id] ?? 0) - at !== end - start) return false;
    const arena = this.#words.of(this.#arena);
    let i = start;
    for (; i + 4 <= end; i += 4) {
      if (view.getInt32(i) !== arena.getInt32(at)) return false;
      at += 4;
    }
    for (; i < end; i++) if (view.getUint8(i) !== arena.getUint8(at++)) return false;
    return true;
  }

  /** By words: a call of `copy` makes an object. */
  #copyIn(view: DataView, start: number, end: number): void {
    const arena = this.#words.of(this.#arena);
    const to = this.#arenaLength - start;
    let i = start;
    for (; i + 4 <= end; i += 4) arena.setInt32(to + i, view.getInt32(i));
    for (; i < end; i++) arena.setUint8(to + i, view.getUint8(i));
  }

  #enter(id: number): void {
    const index = this.#index;
    const hash = this.#hashes[id] ?? 0;
    let place = hash & this.#mask;
    while (index[2 * place + 1] !== 0) place = (place + 1) & this.#mask;
    index[2 * place] = hash;
    index[2 * place + 1] = id + 1;
  }

  /** Moves the bytes of the keys `ids` to the front of a new arena. */
  #pack(ids: readonly number[]): void {
    const old = this.#arena;
    this.#arena = Buffer.alloc(old.length);
    this.#arenaLength = 0;
    for (const id of ids) {
      const start = this.#arenaLength;
      this.#arenaLength += old.copy(this.#arena, start, this.#starts[id], this.#ends[id]);
      this.#starts[id] = start;
      this.#ends[id] = this.#arenaLength;
    }
  }

  #growArena(needed: number): void {
    const grown = Buffer.alloc(2 * this.#arena.length + needed);
    this.#arena.copy(grown, 0, 0, this.#arenaLength);
    this.#arena = grown;
  }
}
