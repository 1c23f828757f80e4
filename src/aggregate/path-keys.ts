// The keys of the paths that are counted, found by their bytes: an index of hashes, and the bytes themselves one behind
// the other. Plain arrays of numbers, as every line of a log looks here.
import { WordView } from '../parse/words.ts';

/** No such key. */
export const NOT_FOUND = -1;
/** No such key, and no place for it: keys made to collide lie too close. */
export const CROWDED = -2;

/** In an index at most half full, others need far fewer. */
const PROBES_MAX = 128;
const ARENA_BYTES_AT_FIRST = 64 * 1024;

/** A row is two places and a time: four places, or two times. */
const PLACES = 4;
const END = 1;
const SEEN_STEP = 2;
const SEEN = 1;

const WORD_BYTES = 4;

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

/** What keys are, by id. */
export interface KeyBytes {
  /** Valid until the next key is added. */
  bytesOf(id: number): Buffer;
  /** The bytes, each as one character. */
  latin1Of(id: number): string;
}

/** Keys as they go from one thread to another. */
export interface PackedKeys {
  /** One behind the other. */
  readonly bytes: Uint8Array;
  /** By place of a key: where its bytes end. */
  readonly ends: Int32Array;
  readonly hashes: Int32Array;
}

export class PathKeys implements KeyBytes {
  /** Keys there are; their ids are below `keysMax`. */
  count = 0;
  readonly #keysMax: number;
  /** A key's id plus one, and above it the bits of its hash that do not choose the place; 0: no key. */
  readonly #index: Int32Array;
  readonly #mask: number;
  #arena = Buffer.alloc(ARENA_BYTES_AT_FIRST);
  readonly #words = new WordView();
  readonly #newWords = new WordView();
  #arenaLength = 0;
  /** By id, in rows: where in the arena the key stands … */
  readonly #places: Int32Array;
  /** … and, in the same memory, when it was asked for last; NaN: the id is free. */
  readonly #seen: Float64Array;
  readonly #hashes: Int32Array;
  readonly #freeIds: number[] = [];
  #idsUsed = 0;

  constructor(keysMax: number) {
    this.#keysMax = keysMax;
    const size = 2 ** Math.ceil(Math.log2(keysMax * 2));
    this.#index = new Int32Array(size);
    this.#mask = size - 1;
    this.#places = new Int32Array(PLACES * keysMax);
    this.#seen = new Float64Array(this.#places.buffer);
    this.#hashes = new Int32Array(keysMax);
  }

  get isFull(): boolean {
    return this.count >= this.#keysMax;
  }

  /** The id of the key `[start, end)` of `view`, which is noted as seen at `nowSeconds`; `NOT_FOUND` or `CROWDED`. */
  find(view: DataView, start: number, end: number, hash: number, nowSeconds: number): number {
    const index = this.#index;
    const mask = this.#mask;
    let place = hash & mask;
    for (let probes = 0; probes < PROBES_MAX; probes++) {
      const entry = index[place] ?? 0;
      if (entry === 0) return NOT_FOUND;
      const id = (entry & mask) - 1;
      if (((entry ^ hash) & ~mask) === 0 && this.#isKey(id, view, start, end)) {
        this.#seen[SEEN_STEP * id + SEEN] = nowSeconds;
        return id;
      }
      place = (place + 1) & mask;
    }
    return CROWDED;
  }

  /** Adds a key that was not found; there must be room. Returns its id. */
  add(bytes: Uint8Array, start: number, end: number, hash: number, nowSeconds: number): number {
    const id = this.#freeIds.pop() ?? this.#idsUsed++;
    const length = end - start;
    if (this.#arenaLength + length > this.#arena.length) this.#growArena(length);
    this.#copyIn(this.#newWords.of(bytes), start, end);
    this.#places[PLACES * id] = this.#arenaLength;
    this.#places[PLACES * id + END] = this.#arenaLength += length;
    this.#hashes[id] = hash;
    this.#seen[SEEN_STEP * id + SEEN] = nowSeconds;
    this.#enter(id);
    this.count++;
    return id;
  }

  /** The id of the key `bytes[start, end)`, which is added when it is not there; `CROWDED` when `keysMax` are there already. */
  place(bytes: Uint8Array, start: number, end: number, hash: number, keysMax: number): number {
    const found = this.find(this.#newWords.of(bytes), start, end, hash, 0);
    if (found !== NOT_FOUND) return found;
    return this.count >= keysMax ? CROWDED : this.add(bytes, start, end, hash, 0);
  }

  /** The same for the key that has the id `id` in `other`. */
  placeKeyOf(other: PathKeys, id: number, keysMax: number): number {
    return this.place(other.#arena, other.#startOf(id), other.#endOf(id), other.#hashes[id] ?? 0, keysMax);
  }

  /** The same for a text. */
  placeText(text: string, keysMax: number): number {
    const bytes = Buffer.from(text);
    return this.place(bytes, 0, bytes.length, hashWords(this.#newWords.of(bytes), 0, bytes.length), keysMax);
  }

  /** The same for the key at the place `i` of keys that were packed. */
  placePacked({ bytes, ends, hashes }: PackedKeys, i: number, keysMax: number): number {
    const start = i === 0 ? 0 : (ends[i - 1] ?? 0);
    return this.place(bytes, start, ends[i] ?? 0, hashes[i] ?? 0, keysMax);
  }

  /** In the order of `ids`. */
  pack(ids: readonly number[]): PackedKeys {
    const length = ids.reduce((sum, id) => sum + this.#endOf(id) - this.#startOf(id), 0);
    const packed = { bytes: new Uint8Array(length), ends: new Int32Array(ids.length) };
    let end = 0;
    for (const [i, id] of ids.entries()) {
      packed.bytes.set(this.bytesOf(id), end);
      packed.ends[i] = end += this.#endOf(id) - this.#startOf(id);
    }
    return { ...packed, hashes: Int32Array.from(ids, (id) => this.#hashes[id] ?? 0) };
  }

  /** Of the keys there are. */
  ids(): number[] {
    const ids: number[] = [];
    for (let id = 0; id < this.#idsUsed; id++)
      if (!Number.isNaN(this.#seen[SEEN_STEP * id + SEEN])) ids.push(id);
    return ids;
  }

  bytesOf(id: number): Buffer {
    return this.#arena.subarray(this.#startOf(id), this.#endOf(id));
  }

  latin1Of(id: number): string {
    return this.#arena.toString('latin1', this.#startOf(id), this.#endOf(id));
  }

  /** The keys there are, as they are now. */
  kept(): KeyBytes {
    const arena = Buffer.from(this.#arena.subarray(0, this.#arenaLength));
    const places = this.#places.slice(0, PLACES * this.#idsUsed);
    const startOf = (id: number): number => places[PLACES * id] ?? 0;
    const endOf = (id: number): number => places[PLACES * id + END] ?? 0;
    return {
      bytesOf: (id) => arena.subarray(startOf(id), endOf(id)),
      latin1Of: (id) => arena.toString('latin1', startOf(id), endOf(id)),
    };
  }

  /**
   * Forgets the keys that were not asked for since `seconds` and are not in use; their ids go to other keys. Returns those
   * that were forgotten.
   */
  forgetBefore(seconds: number, inUse: ReadonlySet<number>): number[] {
    const kept: number[] = [];
    const forgotten: number[] = [];
    for (let id = 0; id < this.#idsUsed; id++) {
      const lastSeen = this.#seen[SEEN_STEP * id + SEEN] ?? Number.NaN;
      if (Number.isNaN(lastSeen)) continue;
      if (lastSeen > seconds || inUse.has(id)) {
        kept.push(id);
      } else {
        forgotten.push(id);
        this.#freeIds.push(id);
        this.#seen[SEEN_STEP * id + SEEN] = Number.NaN;
      }
    }
    this.#index.fill(0);
    this.#pack(kept);
    for (const id of kept) this.#enter(id);
    this.count = kept.length;
    return forgotten;
  }

  #startOf(id: number): number {
    return this.#places[PLACES * id] ?? 0;
  }

  #endOf(id: number): number {
    return this.#places[PLACES * id + END] ?? 0;
  }

  #isKey(id: number, view: DataView, start: number, end: number): boolean {
    const at = this.#startOf(id) - start;
    if (this.#endOf(id) - at !== end) return false;
    const arena = this.#words.of(this.#arena);
    const last = end - WORD_BYTES;
    if (last < start) {
      for (let i = start; i < end; i++) if (view.getUint8(i) !== arena.getUint8(at + i)) return false;
      return true;
    }
    // The last word may overlap the one before: how many bytes are left over can't be foreseen, and costs more.
    if (view.getInt32(last) !== arena.getInt32(at + last)) return false;
    for (let i = start; i < last; i += WORD_BYTES)
      if (view.getInt32(i) !== arena.getInt32(at + i)) return false;
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
    while (index[place] !== 0) place = (place + 1) & this.#mask;
    index[place] = (hash & ~this.#mask) | (id + 1);
  }

  /** Moves the bytes of the keys `ids` to the front of a new arena. */
  #pack(ids: readonly number[]): void {
    const old = this.#arena;
    this.#arena = Buffer.alloc(old.length);
    this.#arenaLength = 0;
    for (const id of ids) {
      const start = this.#arenaLength;
      this.#arenaLength += old.copy(this.#arena, start, this.#startOf(id), this.#endOf(id));
      this.#places[PLACES * id] = start;
      this.#places[PLACES * id + END] = this.#arenaLength;
    }
  }

  #growArena(needed: number): void {
    const grown = Buffer.alloc(2 * this.#arena.length + needed);
    this.#arena.copy(grown, 0, 0, this.#arenaLength);
    this.#arena = grown;
  }
}
