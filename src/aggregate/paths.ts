// From the bytes of a path to the Series that counts it, without making a string for a path that is known. Bounded:
// a million distinct paths cost what the cap costs, the rest is `(other)`. The innermost part of the hot path.
import { createRecord } from '../parse/record.ts';
import type { AccessRecord } from '../parse/record.ts';
import { WordView } from '../parse/words.ts';
import { methodIdOf, NO_METHOD, readMethodId } from './methods.ts';
import { CROWDED, hashWords, PathKeys } from './path-keys.ts';
import { PathNormaliser } from './path-normaliser.ts';
import { compilePathPattern } from './path-patterns.ts';
import type { PathMatcher } from './path-patterns.ts';
import { codeOf, CountedSeries } from './second.ts';

export const OTHER_PATH = '(other)';
const MALFORMED_PATH = '(malformed)';
const OTHER_ID = 0;
const MALFORMED_ID = 1;

/** Longer paths are cut: they are told apart by their first bytes only. */
const PATH_BYTES_MAX = 1024;
/** Once the table is full, paths not seen for this long make room. Event time, so that replay equals live. */
const SWEEP_SECONDS = 60;

/** A power of two, of which the shift leaves the bits. */
const RECENT_COUNT = 32_768;
const RECENT_SHIFT = 17;

export interface PathOptions {
  /** Distinct paths kept apart at a time. */
  readonly pathsMax: number;
  /** Distinct combinations of path, method and status kept apart at a time. */
  readonly seriesMax: number;
  /** Numbers, UUIDs, hashes and long tokens in a path are counted as `:id`. */
  readonly templatesIds: boolean;
  /** Groups of paths, the first that matches counts: `/blog/*`. */
  readonly patterns: readonly string[];
}

/** One path that is counted. */
interface PathEntry {
  readonly path: string;
  readonly id: number;
  /** Most paths have one. */
  series: CountedSeries[];
}

interface Pattern {
  readonly matches: PathMatcher;
  readonly entry: PathEntry;
}

export class PathTable {
  /** Records that were counted as `(other)`, because the table was full. */
  overflowRecords = 0;
  readonly #options: PathOptions;
  readonly #patterns: readonly Pattern[];
  /** At the place of the path's id: first those that are always there, then those of the log. */
  readonly #entries: PathEntry[];
  /** Series that were counted lately, each at the place of its path and code. */
  readonly #recent: (CountedSeries | undefined)[];
  readonly #keys: PathKeys;
  readonly #normaliser: PathNormaliser;
  /** Entries that are always there; the others' ids are those of their keys, and so much more. */
  readonly #fixedCount: number;
  readonly #other: PathEntry;
  readonly #words = new WordView();
  #seriesCount = 0;
  #lastSweepSeconds = Number.NEGATIVE_INFINITY;

  constructor(options: PathOptions) {
    this.#options = options;
    this.#other = createEntry(OTHER_PATH, OTHER_ID);
    this.#patterns = options.patterns.map((pattern, i) => ({
      matches: compilePathPattern(pattern),
      entry: createEntry(pattern, MALFORMED_ID + 1 + i),
    }));
    const malformed = createEntry(MALFORMED_PATH, MALFORMED_ID);
    const fixed = [this.#other, malformed, ...this.#patterns.map(({ entry }) => entry)];
    this.#entries = fixed;
    this.#recent = Array.from({ length: RECENT_COUNT }, () => undefined);
    this.#fixedCount = fixed.length;
    this.#keys = new PathKeys(options.pathsMax);
    this.#normaliser = new PathNormaliser(PATH_BYTES_MAX, options);
  }

  /** The series that counts `record`. `nowSeconds`: the newest event time so far. */
  find(record: AccessRecord, nowSeconds: number): CountedSeries {
    const code = codeOf(readMethodId(record), record.status);
    const id = record.pathEnd === record.pathStart ? MALFORMED_ID : this.#findPath(record, nowSeconds);
    const place = placeOf(id, code);
    const recent = this.#recent[place];
    if (recent?.pathId === id && recent.code === code) return recent;
    return (this.#recent[place] = this.#findSeries(id, code, nowSeconds));
  }

  /** The series of that name: the one that records will be counted by, if the name tells which. */
  findByName(path: string, method: string, status: number, nowSeconds: number): CountedSeries {
    const code = codeOf(methodIdOf(method), status);
    if (path === OTHER_PATH) return this.#seriesOf(OTHER_ID, code);
    if (path === MALFORMED_PATH) return this.#seriesOf(MALFORMED_ID, code);
    const pathBytes = Buffer.from(path);
    const methodBytes = Buffer.from(method === NO_METHOD ? '' : method);
    const found = this.find(
      {
        ...createRecord(),
        bytes: Buffer.concat([pathBytes, methodBytes]),
        pathEnd: pathBytes.length,
        methodStart: pathBytes.length,
        methodEnd: pathBytes.length + methodBytes.length,
        status,
      },
      nowSeconds,
    );
    // A name may be shorter than its bytes, and the table may be full: then the series stands for itself.
    const isSame = found.path === path && found.code === code;
    return isSame ? found : new CountedSeries(path, OTHER_ID, code);
  }

  /** The id of the path that counts the record's. */
  #findPath(record: AccessRecord, nowSeconds: number): number {
    const { bytes, pathStart } = record;
    const pathEnd = Math.min(record.pathEnd, pathStart + PATH_BYTES_MAX);
    const view = this.#words.of(bytes);
    const hash = hashWords(view, pathStart, pathEnd);
    // Only normalised paths are keys, so what is found needed no change, and no pattern matches it.
    const found = this.#keys.find(view, pathStart, pathEnd, hash, nowSeconds);
    return found < 0 ? this.#findNormalised(record, pathEnd, nowSeconds) : found + this.#fixedCount;
  }

  #findNormalised(record: AccessRecord, pathEnd: number, nowSeconds: number): number {
    this.#normaliser.normalise(record.bytes, record.pathStart, pathEnd);
    const { bytes, length } = this.#normaliser;
    for (const { matches, entry } of this.#patterns) if (matches(bytes, 0, length)) return entry.id;
    const view = this.#normaliser.view;
    const hash = hashWords(view, 0, length);
    const found = this.#keys.find(view, 0, length, hash, nowSeconds);
    if (found >= 0) return found + this.#fixedCount;
    if (found === CROWDED || (this.#keys.isFull && !this.#sweep(nowSeconds))) {
      this.overflowRecords++;
      return OTHER_ID;
    }
    const id = this.#keys.add(bytes, 0, length, hash, nowSeconds) + this.#fixedCount;
    this.#entries[id] = createEntry(printPath(bytes, 0, length, pathEnd < record.pathEnd), id);
    return id;
  }

  /** The series of a path that is not the one that was counted last. */
  #findSeries(id: number, code: number, nowSeconds: number): CountedSeries {
    const known = this.#knownSeries(id, code);
    if (known !== undefined) return known;
    const isFull = id >= this.#fixedCount && this.#seriesCount >= this.#options.seriesMax;
    if (!isFull || this.#sweep(nowSeconds)) return this.#addSeries(id, code);
    this.overflowRecords++;
    return this.#seriesOf(OTHER_ID, code);
  }

  #seriesOf(id: number, code: number): CountedSeries {
    return this.#knownSeries(id, code) ?? this.#addSeries(id, code);
  }

  #knownSeries(id: number, code: number): CountedSeries | undefined {
    const all = this.#entries[id]?.series ?? [];
    for (let i = 0; i < all.length; i++) {
      const series = all[i];
      if (series?.code === code) return series;
    }
    return undefined;
  }

  #addSeries(id: number, code: number): CountedSeries {
    const entry = this.#entries[id] ?? this.#other;
    const series = new CountedSeries(entry.path, entry.id, code);
    if (id >= this.#fixedCount) this.#seriesCount++;
    // An array that is made with its first element takes no room for more.
    if (entry.series.length === 0) entry.series = [series];
    else entry.series.push(series);
    return series;
  }

  /** Makes room by forgetting the paths that were not seen lately; true when there is room now. */
  #sweep(nowSeconds: number): boolean {
    // Also false while no event time is known: infinity less infinity is no number.
    if (!(nowSeconds - this.#lastSweepSeconds >= SWEEP_SECONDS)) return false;
    this.#lastSweepSeconds = nowSeconds;
    this.#recent.fill(undefined);
    const kept = this.#keys.forgetBefore(nowSeconds - SWEEP_SECONDS);
    this.#seriesCount = 0;
    for (const id of kept) this.#seriesCount += this.#entries[id + this.#fixedCount]?.series.length ?? 0;
    return !this.#keys.isFull && this.#seriesCount < this.#options.seriesMax;
  }
}

/** Where in `#recent` a series of that path and code may be. */
function placeOf(id: number, code: number): number {
  return ((Math.imul(id, 0x9e3779b1) + Math.imul(code, 0x85ebca6b)) >>> RECENT_SHIFT) | 0;
}

function createEntry(path: string, id: number): PathEntry {
  return { path, id, series: [] };
}

/** ASCII that is printable as it stands. */
const ORDINARY_PATH = /^[ -~]*$/;

/** Text that is safe to print on a terminal: a client chooses these bytes. */
function printPath(bytes: Buffer, start: number, end: number, isCut: boolean): string {
  const plain = bytes.toString('latin1', start, end);
  if (!isCut && ORDINARY_PATH.test(plain)) return plain;
  return (bytes.toString('utf8', start, end) + (isCut ? '…' : '')).replaceAll(
    /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
