// From the bytes of a path to the Series that counts it, without making a string for a path that is known. Bounded:
// a million distinct paths cost what the cap costs, the rest is `(other)`.
import { createRecord } from '../parse/record.ts';
import type { AccessRecord } from '../parse/record.ts';
import type { Series } from './second.ts';

export const OTHER_PATH = '(other)';
const MALFORMED_PATH = '(malformed)';
const OTHER_METHOD = 'OTHER';
const NO_METHOD = '-';

/** Longer paths are cut: they are told apart by their first bytes only. */
const PATH_BYTES_MAX = 1024;
/** Once the table is full, paths not seen for this long make room. Event time, so that replay equals live. */
const SWEEP_SECONDS = 60;

/** In a table at most a quarter full, only paths made to collide lie further from their place. */
const PROBES_MAX = 128;

/** The methods that get a name of their own; a log full of invented ones must not grow the table. */
const METHODS = [
  'GET',
  'POST',
  'HEAD',
  'PUT',
  'DELETE',
  'OPTIONS',
  'PATCH',
  'CONNECT',
  'TRACE',
  'PROPFIND',
  'MKCOL',
  'REPORT',
  'PURGE',
];

/** ASCII that is printable as it stands. */
const ORDINARY_PATH = /^[ -~]*$/;

interface PathEntry {
  readonly path: string;
  /** Its bytes, one character each; for an ordinary path the same string as `path`. */
  readonly key: string;
  readonly hash: number;
  series: Series[];
  lastSeenSeconds: number;
}

export interface PathTableLimits {
  /** Distinct paths kept apart at a time. */
  readonly pathsMax: number;
  /** Distinct combinations of path, method and status kept apart at a time. */
  readonly seriesMax: number;
}

export class PathTable {
  /** Records that were counted as `(other)`, because the table was full. */
  overflowRecords = 0;
  readonly #limits: PathTableLimits;
  /** Open addressing with linear probing, at most a quarter full. */
  readonly #table: (PathEntry | undefined)[];
  readonly #mask: number;
  #pathCount = 0;
  #seriesCount = 0;
  #nextId = 0;
  #lastSweepSeconds = Number.NEGATIVE_INFINITY;
  readonly #other = createEntry(OTHER_PATH, '', 0);
  readonly #malformed = createEntry(MALFORMED_PATH, '', 0);

  constructor(limits: PathTableLimits) {
    this.#limits = limits;
    const size = 2 ** Math.ceil(Math.log2(limits.pathsMax * 4));
    this.#table = Array.from({ length: size }, () => undefined);
    this.#mask = size - 1;
  }

  /** The series that counts `record`. `nowSeconds`: the newest event time so far. */
  find(record: AccessRecord, nowSeconds: number): Series {
    const method = readMethod(record);
    const { status } = record;
    if (record.pathEnd === record.pathStart) return this.#findSeries(this.#malformed, method, status);
    const entry = this.#findEntry(record, nowSeconds);
    const known = findIn(entry.series, method, status);
    if (known !== undefined) return known;
    const hasRoom = this.#seriesCount < this.#limits.seriesMax || this.#sweep(nowSeconds);
    if (hasRoom || entry === this.#other) return this.#findSeries(entry, method, status);
    this.overflowRecords++;
    return this.#findSeries(this.#other, method, status);
  }

  /** The series of that name: the one that records will be counted by, if the name tells which. */
  findByName(path: string, method: string, status: number, nowSeconds: number): Series {
    if (path === OTHER_PATH) return this.#findSeries(this.#other, method, status);
    if (path === MALFORMED_PATH) return this.#findSeries(this.#malformed, method, status);
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
    const isSame = found.path === path && found.method === method;
    return isSame ? found : { id: this.#nextId++, path, method, status };
  }

  #findEntry(record: AccessRecord, nowSeconds: number): PathEntry {
    const { bytes, pathStart } = record;
    const pathEnd = Math.min(record.pathEnd, pathStart + PATH_BYTES_MAX);
    const hash = hashBytes(bytes, pathStart, pathEnd);
    let place = hash & this.#mask;
    let probes = 0;
    for (; probes < PROBES_MAX; probes++) {
      const entry = this.#table[place];
      if (entry === undefined) break;
      if (entry.hash === hash && isKey(entry.key, bytes, pathStart, pathEnd)) {
        entry.lastSeenSeconds = nowSeconds;
        return entry;
      }
      place = (place + 1) & this.#mask;
    }
    const hasRoom = this.#pathCount < this.#limits.pathsMax || this.#sweep(nowSeconds);
    if (!hasRoom || probes === PROBES_MAX) {
      this.overflowRecords++;
      return this.#other;
    }
    const key = bytes.toString('latin1', pathStart, pathEnd);
    const isOrdinary = pathEnd === record.pathEnd && ORDINARY_PATH.test(key);
    const path = isOrdinary ? key : decodePath(bytes, pathStart, record.pathEnd);
    const entry = createEntry(path, key, hash);
    entry.lastSeenSeconds = nowSeconds;
    this.#insert(entry);
    this.#pathCount++;
    return entry;
  }

  #findSeries(entry: PathEntry, method: string, status: number): Series {
    const known = findIn(entry.series, method, status);
    if (known !== undefined) return known;
    const series = { id: this.#nextId++, path: entry.path, method, status };
    // Most paths have one series: an array that is made with it takes no room for more.
    if (entry.series.length === 0) entry.series = [series];
    else entry.series.push(series);
    if (entry !== this.#other && entry !== this.#malformed) this.#seriesCount++;
    return series;
  }

  /** Makes room by forgetting the paths that were not seen lately; true when there is room now. */
  #sweep(nowSeconds: number): boolean {
    // Also false while no event time is known: infinity less infinity is no number.
    if (!(nowSeconds - this.#lastSweepSeconds >= SWEEP_SECONDS)) return false;
    this.#lastSweepSeconds = nowSeconds;
    const known = this.#table.filter((entry) => entry !== undefined);
    this.#table.fill(undefined);
    this.#pathCount = this.#seriesCount = 0;
    for (const entry of known) {
      if (nowSeconds - entry.lastSeenSeconds >= SWEEP_SECONDS) continue;
      this.#insert(entry);
      this.#pathCount++;
      this.#seriesCount += entry.series.length;
    }
    return this.#pathCount < this.#limits.pathsMax && this.#seriesCount < this.#limits.seriesMax;
  }

  #insert(entry: PathEntry): void {
    let place = entry.hash & this.#mask;
    while (this.#table[place] !== undefined) place = (place + 1) & this.#mask;
    this.#table[place] = entry;
  }
}

function findIn(all: readonly Series[], method: string, status: number): Series | undefined {
  for (const series of all) if (series.status === status && series.method === method) return series;
  return undefined;
}

function createEntry(path: string, key: string, hash: number): PathEntry {
  return { path, key, hash, series: [], lastSeenSeconds: Number.NEGATIVE_INFINITY };
}

/** FNV-1a with a final mix, as the low bits choose the place in the table. */
function hashBytes(bytes: Buffer, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193);
  return (hash ^ (hash >>> 15)) | 0;
}

function isKey(key: string, bytes: Buffer, start: number, end: number): boolean {
  if (key.length !== end - start) return false;
  for (let i = 0; i < key.length; i++) if (key.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}

function readMethod({ bytes, methodStart, methodEnd }: AccessRecord): string {
  if (methodEnd === methodStart) return NO_METHOD;
  for (const name of METHODS) if (isKey(name, bytes, methodStart, methodEnd)) return name;
  return OTHER_METHOD;
}

/** Text that is safe to print on a terminal: a client chooses these bytes. */
function decodePath(bytes: Buffer, start: number, end: number): string {
  const isCut = end - start > PATH_BYTES_MAX;
  const text = bytes.toString('utf8', start, isCut ? start + PATH_BYTES_MAX : end) + (isCut ? '…' : '');
  return text.replaceAll(
    /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
