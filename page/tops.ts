// The most frequent paths and statuses of the last minutes, and their shares of the time before that. Pure.
import { STATUS_CLASSES, STEP_SECONDS, TOP_SECONDS } from '../src/live/event.ts';
import type { Step } from '../src/live/event.ts';
import { isShown } from './view.ts';
import type { View } from './view.ts';

export interface Top {
  readonly name: string;
  readonly requests: number;
  /** Of all requests that are shown, 0 to 1. */
  readonly share: number;
  /** In the time before; null when it had no requests. */
  readonly previousShare: number | null;
}

/** Of the last `TOP_SECONDS` before `toldSeconds`, most requests first. */
export function findTops(
  steps: readonly Step[],
  toldSeconds: number,
  view: View,
  by: 'path' | 'status',
): Top[] {
  const from = Math.ceil((toldSeconds - TOP_SECONDS) / STEP_SECONDS) * STEP_SECONDS;
  const now = tally(steps, { from, to: toldSeconds }, view, by);
  const before = tally(steps, { from: from - TOP_SECONDS, to: from }, view, by);
  return [...now.names]
    .toSorted(([a, of], [b, ofOther]) => ofOther - of || (a < b ? -1 : 1))
    .map(([name, requests]) => ({
      name,
      requests,
      share: requests / now.requests,
      previousShare: before.requests === 0 ? null : (before.names.get(name) ?? 0) / before.requests,
    }));
}

interface Span {
  readonly from: number;
  readonly to: number;
}

function tally(
  steps: readonly Step[],
  { from, to }: Span,
  view: View,
  by: 'path' | 'status',
): { requests: number; names: ReadonlyMap<string, number> } {
  const names = new Map<string, number>();
  let requests = 0;
  for (const { timeSeconds, cells } of steps) {
    if (timeSeconds < from || timeSeconds >= to) continue;
    for (const [path, status, count] of cells) {
      if (!isShown(view, path, status)) continue;
      const name = by === 'path' ? path : String(status);
      names.set(name, (names.get(name) ?? 0) + count);
      requests += count;
    }
  }
  return { requests, names };
}

/** Requests a second by class of status, in the order of `STATUS_CLASSES`. */
export interface ClassRow {
  readonly time: number;
  readonly classes: readonly number[];
}

export interface Watched {
  readonly steps: readonly Step[];
  /** Seconds that were watched, with requests or without. */
  readonly rows: readonly { readonly time: number }[];
  readonly toldSeconds: number;
}

/** The steps that are over, each with the requests that are shown. Those without any are there if they were watched. */
export function classRowsOf({ steps, rows, toldSeconds }: Watched, view: View): ClassRow[] {
  const cells = new Map(steps.map((step) => [step.timeSeconds, step.cells]));
  for (const { time } of rows) {
    const begin = Math.floor(time / STEP_SECONDS) * STEP_SECONDS;
    if (!cells.has(begin)) cells.set(begin, []);
  }
  return [...cells]
    .filter(([timeSeconds]) => timeSeconds + STEP_SECONDS <= toldSeconds)
    .toSorted(([a], [b]) => a - b)
    .map(([timeSeconds, counted]) => ({
      time: timeSeconds + STEP_SECONDS / 2,
      classes: classesOf(counted, view),
    }));
}

function classesOf(cells: Step['cells'], view: View): number[] {
  const classes = STATUS_CLASSES.map(() => 0);
  for (const [path, status, requests] of cells) {
    if (!isShown(view, path, status)) continue;
    const place = status >= 100 && status <= 599 ? Math.floor(status / 100) : 0;
    classes[place] = (classes[place] ?? 0) + requests / STEP_SECONDS;
  }
  return classes;
}
