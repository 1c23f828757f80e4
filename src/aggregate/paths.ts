// From the bytes of a record to the series that counts it, without making a string for a path that is known. Bounded:
// a million distinct paths cost what the cap costs, the rest is `(other)`. The innermost part of the hot path.
import { createRecord } from '../parse/record.ts';
import type { AccessRecord } from '../parse/record.ts';
import { WordView } from '../parse/words.ts';
import { isPlainPath } from '../scan/plain-path.ts';
import { readMethodId } from './methods.ts';
import { CROWDED, hashWords, NOT_FOUND, PathKeys } from './path-keys.ts';
import type { KeyBytes, PackedKeys } from './path-keys.ts';
import { PathNormaliser } from './path-normaliser.ts';
import { compilePathPattern } from './path-patterns.ts';
import type { PathMatcher } from './path-patterns.ts';
import { codeOf } from './second.ts';
import { NONE, SeriesTable } from './series-table.ts';
import { isPrintable, printText } from './text-table.ts';

export const OTHER_PATH = '(other)';
const MALFORMED_PATH = '(malformed)';
const OTHER_ID = 0;
const MALFORMED_ID = 1;

/** Longer paths are cut: they are told apart by their first bytes only. */
const PATH_BYTES_MAX = 1024;
/** Once the table is full, paths not seen for this long make room. Event time, so that replay equals live. */
const SWEEP_SECONDS = 60;
/** No UTF-8 begins like this, and hardly a path that is none. */
const NAME_MARK = Buffer.from([0xff, 0xff]);

/** Which paths are one. */
export interface PathGrouping {
  /** Numbers, UUIDs, hashes and long tokens in a path are counted as `:id`. */
  readonly templatesIds: boolean;
  /** Groups of paths, such as `/blog/*`; the first that matches counts. */
  readonly patterns: readonly string[];
}

/** What a table of paths holds: whether two of them would have had room in one. */
export interface PathUse {
  readonly keys: PackedKeys;
  /** Of the series of all keys, one key behind the other … */
  readonly codes: Int32Array;
  /** … by place of a key: where its own end. */
  readonly codesEnds: Int32Array;
  /** By the number that codes have for it: the path of a log. */
  readonly sources: readonly string[];
  /** Some path or log found no room, or others were forgotten for it: what it counts depends on the order in which they came. */
  readonly wasFull: boolean;
}

export interface PathOptions extends PathGrouping {
  /** Distinct paths kept apart at a time. */
  readonly pathsMax: number;
  /** Distinct combinations of path, method and status kept apart at a time. */
  readonly seriesMax: number;
}

interface Pattern {
  readonly matches: PathMatcher;
  readonly pathId: number;
}

export class PathTable {
  /** Records that were counted as `(other)`, because the table was full. */
  overflowRecords = 0;
  /** Of the series that `find` gave last, as `codeOf` makes it. */
  code = 0;
  readonly series: SeriesTable;
  readonly #options: PathOptions;
  /** Series that open seconds count: they stay what they are. */
  readonly #seriesInUse: () => Iterable<number>;
  readonly #patterns: readonly Pattern[];
  readonly #keys: PathKeys;
  /** By id of a key: 1 when it is printable as it stands, and so is the path's name. */
  readonly #areNames: Uint8Array;
  readonly #normaliser: PathNormaliser;
  readonly #words = new WordView();
  readonly #keyWords = new WordView();
  /** Paths that are always there, with the first ids; the others' ids are those of their keys, and so much more. */
  readonly #fixedCount: number;
  /** Of the paths that are not always there. */
  #seriesCount = 0;
  #lastSweepSeconds = Number.NEGATIVE_INFINITY;

  constructor(options: PathOptions, seriesInUse: () => Iterable<number>) {
    this.#options = options;
    this.#seriesInUse = seriesInUse;
    const fixed = [OTHER_PATH, MALFORMED_PATH, ...options.patterns];
    this.#fixedCount = fixed.length;
    this.series = new SeriesTable(fixed.length + options.pathsMax, {
      makeName: (pathId) => makeName(this.#keys, this.#areNames, pathId - fixed.length),
      keptNames: () => {
        const [keys, areNames] = [this.#keys.kept(), this.#areNames.slice()];
        return (pathId) => makeName(keys, areNames, pathId - fixed.length);
      },
      placeIn: (keys, pathId, keysMax) =>
        pathId < fixed.length || this.#areNames[pathId - fixed.length] === 0
          ? null
          : keys.placeKeyOf(this.#keys, pathId - fixed.length, keysMax),
    });
    for (const [pathId, path] of fixed.entries()) this.series.beginPath(pathId, path);
    this.#patterns = options.patterns.map((pattern, i) => ({
      matches: compilePathPattern(pattern),
      pathId: MALFORMED_ID + 1 + i,
    }));
    this.#keys = new PathKeys(options.pathsMax);
    this.#areNames = new Uint8Array(options.pathsMax);
    this.#normaliser = new PathNormaliser(PATH_BYTES_MAX, options);
  }

  get wasFull(): boolean {
    const { sources } = this.series;
    return this.overflowRecords > 0 || Number.isFinite(this.#lastSweepSeconds) || sources.wasFull;
  }

  use(): PathUse {
    const ids = this.#keys.ids();
    const codesEnds = new Int32Array(ids.length);
    const codes: number[] = [];
    for (const [i, id] of ids.entries()) {
      for (const code of this.series.codesOf(id + this.#fixedCount)) codes.push(code);
      codesEnds[i] = codes.length;
    }
    return {
      keys: this.#keys.pack(ids),
      codes: Int32Array.from(codes),
      codesEnds,
      sources: this.series.sources.names(),
      wasFull: this.wasFull,
    };
  }

  /** The id of the series that counts `record`. `nowSeconds`: the newest event time so far. */
  find(record: AccessRecord, nowSeconds: number): number {
    const code = (this.code = codeOf(readMethodId(record), record.status, record.sourceId));
    const pathId = record.pathEnd === record.pathStart ? MALFORMED_ID : this.#findPath(record, nowSeconds);
    const known = this.series.find(pathId, code);
    return known === NONE ? this.#addSeries(pathId, code, nowSeconds) : known;
  }

  /** The id of the series of that name: the one that records will be counted by, if the name tells which. */
  findByName(path: string, code: number, nowSeconds: number): number {
    const pathId = this.#findPathByName(path, nowSeconds);
    const known = this.series.find(pathId, code);
    return known === NONE ? this.#addSeries(pathId, code, nowSeconds) : known;
  }

  #findPathByName(path: string, nowSeconds: number): number {
    if (path === OTHER_PATH) return OTHER_ID;
    if (path === MALFORMED_PATH) return MALFORMED_ID;
    const bytes = Buffer.from(path);
    const pathId = this.#findPath({ ...createRecord(), bytes, pathEnd: bytes.length }, nowSeconds);
    if (this.series.nameOf(pathId) === path) return pathId;
    // A name may tell less than the bytes it was made of: then it stands for itself, with a key that is no path's.
    const key = Buffer.concat([NAME_MARK, bytes]);
    return this.#findKey(key, key.length, printMarked, nowSeconds);
  }

  /** The id of the path that counts the record's. */
  #findPath(record: AccessRecord, nowSeconds: number): number {
    const { bytes, pathStart } = record;
    const pathEnd = Math.min(record.pathEnd, pathStart + PATH_BYTES_MAX);
    const view = this.#words.of(bytes);
    const hash = record.pathHash === 0 ? hashWords(view, pathStart, pathEnd) : record.pathHash;
    // Only normalised paths are keys, so what is found needed no change, and no pattern matches it.
    const found = this.#keys.find(view, pathStart, pathEnd, hash, nowSeconds);
    if (found >= 0) return found + this.#fixedCount;
    const print = pathEnd < record.pathEnd ? printCut : null;
    const isNew = found === NOT_FOUND;
    if (isNew && isPlainPath(bytes, pathStart, pathEnd)) {
      const patternId = this.#findPattern(bytes, pathStart, pathEnd);
      return patternId ?? this.#addKey({ bytes, start: pathStart, end: pathEnd, print, hash, nowSeconds });
    }
    this.#normaliser.normalise(bytes, pathStart, pathEnd);
    const { bytes: key, length, isAsItWas } = this.#normaliser;
    const patternId = this.#findPattern(key, 0, length);
    if (patternId !== null) return patternId;
    if (isNew && isAsItWas)
      return this.#addKey({ bytes: key, start: 0, end: length, print, hash, nowSeconds });
    return this.#findKey(key, length, print, nowSeconds);
  }

  /** The id of the first pattern that the path `bytes[start, end)` matches; null when it matches none. */
  #findPattern(bytes: Buffer, start: number, end: number): number | null {
    for (const { matches, pathId } of this.#patterns) if (matches(bytes, start, end)) return pathId;
    return null;
  }

  /** The id of the path whose key is `key[0, length)`; it is added when there is room. `print`: null when the key is its name. */
  #findKey(key: Buffer, length: number, print: Printer | null, nowSeconds: number): number {
    const view = this.#keyWords.of(key);
    const hash = hashWords(view, 0, length);
    const found = this.#keys.find(view, 0, length, hash, nowSeconds);
    if (found >= 0) return found + this.#fixedCount;
    if (found !== CROWDED)
      return this.#addKey({ bytes: key, start: 0, end: length, print, hash, nowSeconds });
    this.overflowRecords++;
    return OTHER_ID;
  }

  #addKey({ bytes, start, end, print, hash, nowSeconds }: NewKey): number {
    if (this.#keys.isFull && !this.#sweep(nowSeconds)) {
      this.overflowRecords++;
      return OTHER_ID;
    }
    const id = this.#keys.add(bytes, start, end, hash, nowSeconds);
    this.#areNames[id] = print === null && isPrintable(bytes, start, end) ? 1 : 0;
    const pathId = id + this.#fixedCount;
    this.series.beginPath(pathId, print === null ? null : print(this.#keys.bytesOf(id)));
    return pathId;
  }

  #addSeries(pathId: number, code: number, nowSeconds: number): number {
    if (pathId < this.#fixedCount) return this.series.add(pathId, code);
    if (this.#seriesCount >= this.#options.seriesMax && !this.#sweep(nowSeconds)) {
      this.overflowRecords++;
      const known = this.series.find(OTHER_ID, code);
      return known === NONE ? this.series.add(OTHER_ID, code) : known;
    }
    this.#seriesCount++;
    return this.series.add(pathId, code);
  }

  /** Makes room by forgetting the paths that were not seen lately; true when there is room now. */
  #sweep(nowSeconds: number): boolean {
    // Also false while no event time is known: infinity less infinity is no number.
    if (!(nowSeconds - this.#lastSweepSeconds >= SWEEP_SECONDS)) return false;
    this.#lastSweepSeconds = nowSeconds;
    this.series.tellForgetting();
    const inUse = new Set<number>();
    for (const seriesId of this.#seriesInUse()) inUse.add(this.series.pathIdOf(seriesId) - this.#fixedCount);
    for (const id of this.#keys.forgetBefore(nowSeconds - SWEEP_SECONDS, inUse)) {
      this.#seriesCount -= this.series.forgetPath(id + this.#fixedCount);
    }
    return !this.#keys.isFull && this.#seriesCount < this.#options.seriesMax;
  }
}

type Printer = (key: Buffer) => string;

/** Of the bytes `[start, end)`; `print`: null when they are the name. */
interface NewKey {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  readonly print: Printer | null;
  readonly hash: number;
  readonly nowSeconds: number;
}

function makeName(keys: KeyBytes, areNames: Uint8Array, id: number): string {
  return areNames[id] === 1 ? keys.latin1Of(id) : printText(keys.bytesOf(id));
}

function printCut(key: Buffer): string {
  return `${printText(key)}…`;
}

function printMarked(key: Buffer): string {
  return key.toString('utf8', NAME_MARK.length);
}
