// Counts what was really produced, from what the write call or the response said and not from any reading back of
// the log. Pure; truth-file.ts writes it down.
import { BROKEN_KINDS, type BrokenKind } from './broken.ts';

export interface ProducedRequest {
  /** Event time, whole seconds since the epoch. */
  readonly second: number;
  readonly pathIndex: number;
  readonly status: number;
  /** Size of the response as logged, bytes. */
  readonly sizeBytes: number;
}

export interface TruthHeader {
  readonly seed: string;
  readonly target: 'file' | 'url';
  /** Null over HTTP. */
  readonly format: string | null;
}

/** Why the run ended: all was produced, someone asked it to stop, or it failed. */
export type Ending = 'complete' | 'stopped' | 'failed';

const STATUS_SPAN = 1000;

export class Truth {
  requests = 0;
  errors = 0;
  lateLines = 0;
  partialLines = 0;
  /** Bytes handed to the log file, line ends and broken lines included. */
  fileBytes = 0;
  #responseBytes = 0;
  readonly #paths: readonly string[];
  readonly #broken = new Map<BrokenKind, number>(BROKEN_KINDS.map((kind) => [kind, 0]));
  readonly #rotations = new Map<string, number>();
  readonly #failures = new Map<string, number>();
  /** Per second of event time: requests by path and status, in one number. */
  readonly #seconds = new Map<number, Map<number, number>>();
  #lastSecond = Number.NaN;
  #lastCells = new Map<number, number>();

  /** `paths`: what the path indexes of the requests mean. */
  constructor(paths: readonly string[]) {
    this.#paths = paths;
  }

  addRequest(request: ProducedRequest): void {
    this.requests++;
    this.#responseBytes += request.sizeBytes;
    if (request.status >= 400) this.errors++;
    increment(this.#cellsOf(request.second), request.pathIndex * STATUS_SPAN + request.status);
  }

  addBroken(kind: BrokenKind): void {
    increment(this.#broken, kind);
  }

  addRotation(mode: string): void {
    increment(this.#rotations, mode);
  }

  /** A request over HTTP that got no response, by the code of its error. */
  addFailure(code: string): void {
    increment(this.#failures, code);
  }

  get brokenLines(): number {
    return sum(this.#broken.values());
  }

  get failedRequests(): number {
    return sum(this.#failures.values());
  }

  /** Lines written, or requests answered. */
  get lines(): number {
    return this.requests + this.brokenLines;
  }

  /** The truth as JSON text, in pieces, as many seconds and paths make a long one. */
  *toJson(header: TruthHeader, ending: Ending): Generator<string> {
    const totals = {
      lines: this.lines,
      requests: this.requests,
      errors: this.errors,
      bytes: this.#responseBytes,
      brokenLines: this.brokenLines,
      lateLines: this.lateLines,
      partialLines: this.partialLines,
      fileBytes: this.fileBytes,
      failedRequests: this.failedRequests,
    };
    yield `{\n"version": 1,\n"ending": "${ending}",\n`;
    yield `"seed": ${JSON.stringify(header.seed)},\n"target": "${header.target}",\n`;
    yield `"format": ${JSON.stringify(header.format)},\n"totals": ${JSON.stringify(totals)},\n`;
    yield `"broken": ${JSON.stringify(Object.fromEntries(this.#broken))},\n`;
    yield `"rotations": ${JSON.stringify(Object.fromEntries(this.#rotations))},\n`;
    yield `"failures": ${JSON.stringify(Object.fromEntries(this.#failures))},\n`;
    const all = this.#sumOfSeconds();
    yield `"statuses": ${JSON.stringify(byStatus(all))},\n"paths": ${this.#byPath(all)},\n"seconds": {`;
    let separator = '\n';
    for (const second of [...this.#seconds.keys()].toSorted((a, b) => a - b)) {
      yield `${separator}"${second}": ${this.#byPath(this.#seconds.get(second) ?? new Map())}`;
      separator = ',\n';
    }
    yield '\n}\n}\n';
  }

  #cellsOf(second: number): Map<number, number> {
    if (second === this.#lastSecond) return this.#lastCells;
    let cells = this.#seconds.get(second);
    if (cells === undefined) {
      cells = new Map();
      this.#seconds.set(second, cells);
    }
    this.#lastSecond = second;
    this.#lastCells = cells;
    return cells;
  }

  #sumOfSeconds(): Map<number, number> {
    const all = new Map<number, number>();
    for (const cells of this.#seconds.values()) {
      for (const [cell, count] of cells) all.set(cell, (all.get(cell) ?? 0) + count);
    }
    return all;
  }

  /**
   * Written piece by piece: an object with statuses for keys is an array with hundreds of holes to the engine, which
   * at a million paths took gigabytes.
   */
  #byPath(cells: ReadonlyMap<number, number>): string {
    let text = '';
    let lastPath = -1;
    for (const [cell, count] of [...cells].toSorted(([a], [b]) => a - b)) {
      const pathIndex = Math.floor(cell / STATUS_SPAN);
      if (pathIndex === lastPath) text += ',';
      else text += `${lastPath === -1 ? '' : '},'}${JSON.stringify(this.#paths[pathIndex] ?? '')}:{`;
      text += `"${cell % STATUS_SPAN}":${count}`;
      lastPath = pathIndex;
    }
    return lastPath === -1 ? '{}' : `{${text}}}`;
  }
}

function byStatus(cells: Map<number, number>): Record<string, number> {
  const statuses: Record<string, number> = {};
  for (const [cell, count] of cells) {
    const status = cell % STATUS_SPAN;
    statuses[status] = (statuses[status] ?? 0) + count;
  }
  return statuses;
}

function increment<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
