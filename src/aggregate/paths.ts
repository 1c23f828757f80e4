// From the bytes of a path to the Series that counts it, without making a string for a path that is known. Bounded:
// a million distinct paths cost what the cap costs, the rest is `(other)`.
import type { AccessRecord } from '../parse/record.ts';
import type { Series } from './second.ts';

export const OTHER_PATH = '(other)';
export const MALFORMED_PATH = '(malformed)';
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
const METHOD_BYTES = METHODS.map((name) => Buffer.from(name, 'latin1'));

interface PathEntry {
  readonly path: string;
  readonly bytes: Buffer;
  readonly hash: number;
  readonly series: Series[];
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
  readonly #other = createEntry(OTHER_PATH, Buffer.alloc(0), 0);
  readonly #malformed = createEntry(MALFORMED_PATH, Buffer.alloc(0), 0);

  constructor(limits: PathTableLimits) {
    this.#limits = limits;
    const size = 2 ** Math.ceil(Math.log2(limits.pathsMax * 4));
    this.#table = Array.from({ length: size }, () => undefined);
    this.#mask = size - 1;
  }

  /** The series that counts `record`. `nowSeconds`: the newest event time so far. */
  find(record: AccessRecord, nowSeconds: number): Series {
    const method = readMethod(record);
    if (record.pathEnd === record.pathStart) return this.#findSeries(this.#malformed, method, record.status);
    const entry = this.#findEntry(record, nowSeconds);
    for (const series of entry.series) {
      if (series.status === record.status && series.method === method) return series;
    }
    const hasRoom = this.#seriesCount < this.#limits.seriesMax || this.#sweep(nowSeconds);
    if (hasRoom || entry === this.#other) return this.#findSeries(entry, method, record.status);
    this.overflowRecords++;
    return this.#findSeries(this.#other, method, record.status);
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
      if (entry.hash === hash && isEqual(entry.bytes, bytes, pathStart, pathEnd)) {
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
    const entry = createEntry(
      decodePath(bytes, pathStart, record.pathEnd),
      Buffer.from(bytes.subarray(pathStart, pathEnd)),
      hash,
    );
    entry.lastSeenSeconds = nowSeconds;
    this.#insert(entry);
    this.#pathCount++;
    return entry;
  }

  #findSeries(entry: PathEntry, method: string, status: number): Series {
    const known = entry.series.find((series) => series.status === status && series.method === method);
    if (known !== undefined) return known;
    const series = { id: this.#nextId++, path: entry.path, method, status };
    entry.series.push(series);
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

function createEntry(path: string, bytes: Buffer, hash: number): PathEntry {
  return { path, bytes, hash, series: [], lastSeenSeconds: Number.NEGATIVE_INFINITY };
}

/** FNV-1a with a final mix, as the low bits choose the place in the table. */
function hashBytes(bytes: Buffer, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193);
  return (hash ^ (hash >>> 15)) | 0;
}

function isEqual(known: Buffer, bytes: Buffer, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let i = 0; i < known.length; i++) if (known[i] !== bytes[start + i]) return false;
  return true;
}

function readMethod(record: AccessRecord): string {
  const { bytes, methodStart, methodEnd } = record;
  if (methodEnd === methodStart) return NO_METHOD;
  for (let i = 0; i < METHOD_BYTES.length; i++) {
    if (isEqual(METHOD_BYTES[i] ?? Buffer.alloc(0), bytes, methodStart, methodEnd))
      return METHODS[i] ?? OTHER_METHOD;
  }
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
