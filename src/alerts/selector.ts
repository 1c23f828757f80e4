// Which requests of a Second a rule looks at. What it says of a series is kept while the series is the same.
import { matchesGlob } from 'node:path';
import { METHOD_NAMES } from '../aggregate/methods.ts';
import { compilePathPattern } from '../aggregate/path-patterns.ts';
import { codeOf, methodIdIn, statusIn } from '../aggregate/second.ts';
import type { Second, SeriesNames } from '../aggregate/second.ts';
import type { StatusRange, Where } from './rule.ts';

/** Verdicts on paths that are kept; more are forgotten all at once. */
const VERDICTS_MAX = 20_000;

export class Selector {
  /** The same for two selectors that select the same. */
  readonly key: string;
  readonly #where: Where;
  readonly #isAny: boolean;
  readonly #matchers: readonly ((path: Buffer) => boolean)[];
  readonly #pathVerdicts = new Map<string, boolean>();
  readonly #sourceVerdicts = new Map<string, boolean>();

  constructor(where: Where) {
    this.#where = where;
    this.key = keyOf(where);
    this.#isAny = this.key === '';
    this.#matchers = where.paths.map((pattern) => {
      const matches = compilePathPattern(pattern);
      return (path) => matches(path, 0, path.length);
    });
  }

  /** Requests of `second` that match. */
  countIn(second: Second): number {
    if (this.#isAny) return second.requests;
    const { names, seriesIds, seriesRequests, seriesCount } = second;
    let sum = 0;
    for (let i = 0; i < seriesCount; i++)
      if (this.matches(names, seriesIds[i] ?? 0)) sum += seriesRequests[i] ?? 0;
    return sum;
  }

  /** Bytes that they were answered with. */
  bytesIn(second: Second): number {
    if (this.#isAny) return second.bytesSent;
    const { names, seriesIds, seriesBytesSent, seriesCount } = second;
    let sum = 0;
    for (let i = 0; i < seriesCount; i++)
      if (this.matches(names, seriesIds[i] ?? 0)) sum += seriesBytesSent[i] ?? 0;
    return sum;
  }

  /** Lines of `second` that are no record, in the logs that match. */
  failuresIn({ failures, names }: Second): number {
    let sum = 0;
    for (let i = 0; i < failures.count; i++)
      if (this.matchesSource(names.sourceOf(codeOf(0, 0, failures.ids[i] ?? 0))))
        sum += failures.values[i] ?? 0;
    return sum;
  }

  matches(names: SeriesNames, seriesId: number): boolean {
    if (this.#isAny) return true;
    const code = names.codeOf(seriesId);
    return (
      this.matchesCode(code) &&
      (this.#where.sources.length === 0 || this.matchesSource(names.sourceOf(code))) &&
      this.matchesPath(names.pathOf(seriesId))
    );
  }

  /** Whether method and status of `code` match. */
  matchesCode(code: number): boolean {
    const { methods, statuses } = this.#where;
    if (statuses.length > 0 && !isInRanges(statusIn(code), statuses)) return false;
    return methods.length === 0 || methods.includes(METHOD_NAMES[methodIdIn(code)] ?? '');
  }

  matchesPath(path: string): boolean {
    if (this.#matchers.length === 0) return true;
    const known = this.#pathVerdicts.get(path);
    if (known !== undefined) return known;
    const bytes = Buffer.from(path);
    const verdict = this.#matchers.some((matches) => matches(bytes));
    if (this.#pathVerdicts.size >= VERDICTS_MAX) this.#pathVerdicts.clear();
    this.#pathVerdicts.set(path, verdict);
    return verdict;
  }

  matchesSource(source: string): boolean {
    const { sources } = this.#where;
    if (sources.length === 0) return true;
    const known = this.#sourceVerdicts.get(source);
    if (known !== undefined) return known;
    const verdict = sources.some((pattern) => pattern === source || isGlobMatch(source, pattern));
    this.#sourceVerdicts.set(source, verdict);
    return verdict;
  }
}

/** A pattern without a slash is for the name of the file, wherever that is. */
function isGlobMatch(source: string, pattern: string): boolean {
  if (pattern.includes('/')) return matchesGlob(source, pattern);
  return matchesGlob(source.slice(source.lastIndexOf('/') + 1), pattern);
}

function isInRanges(status: number, ranges: readonly StatusRange[]): boolean {
  for (const { first, last } of ranges) if (status >= first && status <= last) return true;
  return false;
}

function keyOf({ paths, methods, statuses, sources }: Where): string {
  const parts = [paths, methods, statuses.map(({ first, last }) => `${first}-${last}`), sources];
  return parts.every(({ length }) => length === 0) ? '' : JSON.stringify(parts);
}
