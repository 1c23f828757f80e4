// Adds rows up to coarser ones in memory, before they are written: of a backlog one commit has several rows of most series.
import { mergeBins } from '../history/latency-bins.ts';
import { beginOf } from '../history/levels.ts';
import { RowColumns } from './history-columns.ts';
import type { StoredRow } from './history-columns.ts';

/** More than there are rows in a commit. */
const PLACES = 2 ** 20;

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

/** The places of a span in the order of their keys, which are whole; of those with the same key, in that in which they stand. */
export function orderOf(keys: ArrayLike<number>, { begin, end }: Span): Float64Array {
  // Numbers sort many times as fast as objects.
  const order = new Float64Array(end - begin);
  for (let place = begin; place < end; place++) order[place - begin] = (keys[place] ?? 0) * PLACES + place;
  order.sort();
  for (let i = 0; i < order.length; i++) order[i] = (order[i] ?? 0) % PLACES;
  return order;
}

/** In the order of time and series, if those of `rows` are in that of time; a time that comes again has rows of its own. */
export function sumUp(rows: RowColumns, seconds: number): RowColumns {
  const sums = new RowColumns(rows.length);
  forEachTime(rows, seconds, (time, span) => {
    let series = Number.NaN;
    for (const place of orderOf(rows.series, span)) {
      const row = rows.at(place);
      if (row.series !== series) sums.push({ ...row, time });
      else addTo(sums, row);
      series = row.series;
    }
  });
  return sums;
}

/** To the last of them. */
function addTo(sums: RowColumns, row: StoredRow): void {
  const last = sums.length - 1;
  sums.requests[last] = (sums.requests[last] ?? 0) + row.requests;
  sums.bytes[last] = (sums.bytes[last] ?? 0) + row.bytes;
  const known = sums.latencies[last] ?? null;
  if (row.latencies !== null)
    sums.setLatencies(last, known === null ? row.latencies : mergeBins(known, row.latencies));
}
