// What the page asks of history for a view, and how often: the end of a span that goes on moves in steps, so that pages that
// are open together ask the same. Pure.
import { SERIES_PATH } from '../src/http/series-answer.ts';
import { isLive, RANGES } from './view.ts';
import type { View } from './view.ts';

export interface Question {
  readonly url: string;
  /** The same for as long as only time goes on. */
  readonly subject: string;
}

/** So much later than the monitor told a second it is in the database. */
const COMMIT_SECONDS = 2;
/** An hour is asked for every ten seconds, what is longer once a minute. */
const REFRESH_SECONDS = { short: 10, long: 60 } as const;
const SHORT_SECONDS = 6000;

/** Null when the view is live. `toldSeconds`: event time, up to which everything is told. */
export function questionOf(view: View, toldSeconds: number): Question | null {
  if (isLive(view)) return null;
  const { path, status } = view;
  const { from, to } = spanOf(view, toldSeconds);
  const asked = new URLSearchParams({ from: String(from), to: String(to) });
  if (path !== null) asked.set('path', path);
  if (status !== null) asked.set('status', String(status));
  return {
    url: `${SERIES_PATH}?${asked.toString()}`,
    subject: JSON.stringify([view.range, view.from, view.to, path, status]),
  };
}

function spanOf({ range, from, to }: View, toldSeconds: number): { from: number; to: number } {
  const length = range === null ? (to ?? 0) - (from ?? 0) : RANGES[range];
  const every = length <= SHORT_SECONDS ? REFRESH_SECONDS.short : REFRESH_SECONDS.long;
  const now = Math.floor((toldSeconds - COMMIT_SECONDS) / every) * every;
  if (from === null || to === null) return { from: now - length, to: now };
  // What has just begun has at least one step.
  return { from, to: Math.min(to, Math.max(now, from + 1)) };
}
