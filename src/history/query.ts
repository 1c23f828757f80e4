// What can be asked of history, and how the answer is put together from the rows of the database.
import { LATENCY_BINS, quantileOf } from '../aggregate/latency.ts';
import { isError } from '../aggregate/status-counts.ts';
import { addBins } from './latency-bins.ts';
import type { Level } from './levels.ts';
import { classOf } from './where.ts';
import type { Condition, SeriesName } from './where.ts';

export const METRICS = ['requests', 'rate', 'errors', 'bytes', 'p50', 'p95', 'p99'] as const;
export type Metric = (typeof METRICS)[number];

export const DIMENSIONS = ['path', 'status', 'class', 'method', 'source', 'client'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

export interface Query {
  /** Event time, a multiple of the level's seconds; the end is not included. */
  readonly fromSeconds: number;
  readonly toSeconds: number;
  /** At most two together with `everySeconds`. */
  readonly by: readonly Dimension[];
  /** One row for each so many seconds; null: for the whole span. */
  readonly everySeconds: number | null;
  readonly where: Condition;
  /** At least one. */
  readonly metrics: readonly Metric[];
  /** Of the keys beside time, those with the most of the first metric. */
  readonly top: number;
  /** Also tell how requests went over time, in so many seconds; null: no. */
  readonly trendSeconds: number | null;
}

/** Rows of one series, added up over a slot of time. */
export interface SeriesRow {
  /** Where the slot begins. */
  readonly slotSeconds: number;
  readonly seriesId: number;
  readonly requests: number;
  readonly bytesSent: number;
  readonly latencies: Uint8Array | null;
}

export interface AnswerRow {
  /** Null without `everySeconds`. */
  readonly timeSeconds: number | null;
  /** In the order of `by`. */
  readonly keys: readonly string[];
  /** In the order of `metrics`; null: no latency is known. */
  readonly values: readonly (number | null)[];
  /** Requests, slot by slot; empty without `trendSeconds`. */
  readonly trend: readonly number[];
}

export interface Answer {
  readonly query: Query;
  readonly level: Level;
  readonly rows: readonly AnswerRow[];
  /** Keys beyond `top`. */
  readonly furtherKeys: number;
  /** The span is complete only from here on; null: all of it is. */
  readonly completeFromSeconds: number | null;
  /** The first that was counted, and is still there; null: nothing was. */
  readonly firstSeconds: number | null;
}

export function hasLatencies({ metrics }: Pick<Query, 'metrics'>): boolean {
  return metrics.some((metric) => metric.startsWith('p'));
}

/** What is counted together. */
class Cell {
  requests = 0;
  errors = 0;
  bytesSent = 0;
  known = 0;
  #bins: Float64Array | null = null;

  addLatencies(packed: Uint8Array): void {
    this.#bins ??= new Float64Array(LATENCY_BINS);
    this.known += addBins(this.#bins, packed);
  }

  value(metric: Metric, seconds: number): number | null {
    if (metric === 'requests') return this.requests;
    if (metric === 'rate') return this.requests / seconds;
    if (metric === 'errors') return this.errors;
    if (metric === 'bytes') return this.bytesSent;
    return this.#bins === null ? null : quantileOf(this.#bins, this.known, Number(metric.slice(1)) / 100);
  }
}

interface Group {
  readonly keys: readonly string[];
  readonly whole: Cell;
  readonly slots: Map<number, Cell>;
  readonly trend: number[];
}

export class Fold {
  readonly #query: Query;
  readonly #groups = new Map<string, Group>();

  constructor(query: Query) {
    this.#query = query;
    // Without anything to tell apart there is one row, whatever was counted.
    if (query.by.length === 0) this.#groupOf([]);
  }

  /** `name` fits the condition. */
  add(row: SeriesRow, name: SeriesName): void {
    const group = this.#groupOf(this.#query.by.map((dimension) => keyOf(dimension, name)));
    this.#count(group, row, isError(name.status) ? row.requests : 0);
  }

  addClient(row: Omit<SeriesRow, 'seriesId'>, client: string, errors: number): void {
    this.#count(this.#groupOf([client]), row, errors);
  }

  /** `countedFromSeconds`: nothing is known of the time before, and no rate is of it; null: there is no such time. */
  rows(countedFromSeconds: number | null): { readonly rows: AnswerRow[]; readonly furtherKeys: number } {
    const { metrics, top, everySeconds, fromSeconds, toSeconds } = this.#query;
    const [first = 'requests'] = metrics;
    const from = Math.max(fromSeconds, countedFromSeconds ?? fromSeconds);
    const span = toSeconds - (from < toSeconds ? from : fromSeconds);
    const size = ({ whole }: Group): number => whole.value(first, span) ?? -1;
    const groups = [...this.#groups.values()].toSorted(
      (a, b) => size(b) - size(a) || (a.keys.join('\n') < b.keys.join('\n') ? -1 : 1),
    );
    const kept = groups.slice(0, top);
    const rows =
      everySeconds === null
        ? kept.map((group) => this.#rowOf(group, null, group.whole, span))
        : kept.flatMap((group) => this.#slotRows(group, everySeconds, from));
    rows.sort((a, b) => (a.timeSeconds ?? 0) - (b.timeSeconds ?? 0));
    return { rows, furtherKeys: groups.length - kept.length };
  }

  #slotRows(group: Group, everySeconds: number, countedFromSeconds: number): AnswerRow[] {
    const { by, fromSeconds, toSeconds } = this.#query;
    const rows: AnswerRow[] = [];
    const first = Math.floor(fromSeconds / everySeconds) * everySeconds;
    for (let slot = first; slot < toSeconds; slot += everySeconds) {
      const cell = group.slots.get(slot);
      // Quiet time is told as such, but not for each of many keys.
      if (cell === undefined && by.length > 0) continue;
      const end = Math.min(slot + everySeconds, toSeconds);
      const from = Math.max(slot, fromSeconds, countedFromSeconds < end ? countedFromSeconds : slot);
      rows.push(this.#rowOf(group, slot, cell ?? new Cell(), end - from));
    }
    return rows;
  }

  #rowOf({ keys, trend }: Group, timeSeconds: number | null, cell: Cell, seconds: number): AnswerRow {
    const values = this.#query.metrics.map((metric) => cell.value(metric, seconds));
    return { timeSeconds, keys, values, trend };
  }

  #groupOf(keys: readonly string[]): Group {
    const id = keys.join('\n');
    const known = this.#groups.get(id);
    if (known !== undefined) return known;
    const group = { keys, whole: new Cell(), slots: new Map<number, Cell>(), trend: this.#emptyTrend() };
    this.#groups.set(id, group);
    return group;
  }

  #emptyTrend(): number[] {
    const { fromSeconds, toSeconds, trendSeconds } = this.#query;
    if (trendSeconds === null) return [];
    const first = Math.floor(fromSeconds / trendSeconds);
    return Array<number>(Math.ceil(toSeconds / trendSeconds) - first).fill(0);
  }

  #count(group: Group, row: Omit<SeriesRow, 'seriesId'>, errors: number): void {
    const { everySeconds, trendSeconds, fromSeconds } = this.#query;
    const cells = everySeconds === null ? [group.whole] : [group.whole, slotOf(group, row.slotSeconds)];
    for (const cell of cells) {
      cell.requests += row.requests;
      cell.errors += errors;
      cell.bytesSent += row.bytesSent;
      if (row.latencies !== null) cell.addLatencies(row.latencies);
    }
    if (trendSeconds === null) return;
    const place = row.slotSeconds / trendSeconds - Math.floor(fromSeconds / trendSeconds);
    group.trend[place] = (group.trend[place] ?? 0) + row.requests;
  }
}

function slotOf(group: Group, slotSeconds: number): Cell {
  const known = group.slots.get(slotSeconds);
  if (known !== undefined) return known;
  const cell = new Cell();
  group.slots.set(slotSeconds, cell);
  return cell;
}

function keyOf(dimension: Dimension, name: SeriesName): string {
  if (dimension === 'class') return classOf(name.status);
  if (dimension === 'client') return '';
  return dimension === 'status' ? String(name.status) : name[dimension];
}
