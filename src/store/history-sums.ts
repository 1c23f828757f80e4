// Adds rows up to coarser ones in memory, before they are written: of a backlog one commit has several rows of most series.
import { beginOf } from '../history/levels.ts';
import type { RowColumns } from './history-columns.ts';

/** Keys are sorted by so many of their bits at a time. */
const DIGIT_BITS = 8;
const DIGITS = 2 ** DIGIT_BITS;

/** Places in a list. */
interface Span {
  readonly begin: number;
  readonly end: number;
}

/** Calls `take` for each run of neighbours that have the same time, in units of `seconds`. */
export function forEachTime(
  { length, times }: { readonly length: number; readonly times: ArrayLike<number> },
  seconds: number,
  take: (time: number, span: Span) => void,
): void {
  for (let begin = 0; begin < length;) {
    const time = beginOf(times[begin] ?? 0, seconds);
    let end = begin + 1;
    while (end < length && beginOf(times[end] ?? 0, seconds) === time) end++;
    take(time, { begin, end });
    begin = end;
  }
}

/**
 * The places of a span in the order of their keys, which are whole and not below 0; of those with the same key, in that in which
 * they stand. Digit by digit from the last on: a commit has a hundred thousand, and comparing takes several times as long.
 */
export function orderOf(keys: ArrayLike<number>, { begin, end }: Span): Uint32Array {
  let order = new Uint32Array(end - begin);
  let largest = 0;
  for (let place = begin; place < end; place++) {
    order[place - begin] = place;
    largest = Math.max(largest, keys[place] ?? 0);
  }
  let next = new Uint32Array(order.length);
  const begins = new Uint32Array(DIGITS + 1);
  for (let unit = 1; unit <= largest; unit *= DIGITS) {
    begins.fill(0);
    for (let place = begin; place < end; place++) {
      const digit = digitOf(keys[place] ?? 0, unit);
      begins[digit + 1] = (begins[digit + 1] ?? 0) + 1;
    }
    for (let digit = 1; digit < DIGITS; digit++)
      begins[digit] = (begins[digit] ?? 0) + (begins[digit - 1] ?? 0);
    for (let i = 0; i < order.length; i++) {
      const place = order[i] ?? 0;
      const digit = digitOf(keys[place] ?? 0, unit);
      const to = begins[digit] ?? 0;
      begins[digit] = to + 1;
      next[to] = place;
    }
    [order, next] = [next, order];
  }
  return order;
}

/** Of a whole number up to 2 ** 53, in units of a power of two. */
function digitOf(key: number, unit: number): number {
  return (key / unit) & (DIGITS - 1);
}

/**
 * Fills `sums`, in the order of time and series, if those of `rows` are in that of time; a time that comes again has rows of
 * its own.
 */
export function sumUp(rows: RowColumns, seconds: number, sums: RowColumns): void {
  sums.clear(rows.length);
  forEachTime(rows, seconds, (time, span) => {
    let series = Number.NaN;
    const order = orderOf(rows.series, span);
    for (let i = 0; i < order.length; i++) {
      const place = order[i] ?? 0;
      if (rows.series[place] === series) sums.addToLast(rows, place);
      else sums.push(time, rows, place);
      series = rows.series[place] ?? Number.NaN;
    }
  });
}
