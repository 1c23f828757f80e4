// From the parameters of `/api/series` to a query: each that makes no sense gives one sentence. Pure.
import * as v from 'valibot';
import { readDuration } from '../config/duration.ts';
import type { Reading } from '../config/duration.ts';
import { readMoment } from '../config/moment.ts';
import { UTC } from '../parse/zone.ts';
import { SERIES_STEPS_MAX } from './series-answer.ts';
import type { SeriesQuery } from './series-answer.ts';

const NAMES = 'from, to, every, path, status, method and source';
const EVERY_MIN_SECONDS = 10;
/** The year 5138: what is beyond was meant as milliseconds. */
const SECONDS_MAX = 1e11;

const TextSchema = v.pipe(v.string(), v.minLength(1, 'must not be empty'), v.maxLength(8192, 'is too long'));

/** As they stand in the address. */
const SeriesParametersSchema = v.strictObject({
  /** Seconds since the epoch, a time such as 2026-11-23T22:14Z, or how long ago, such as 14d. */
  from: v.optional(TextSchema),
  to: v.optional(TextSchema),
  /** A duration such as 10s, 5m or 1h. */
  every: v.optional(TextSchema),
  path: v.optional(TextSchema),
  status: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^(?:\d{1,3}|[1-5]xx)$/i, 'must be a number such as 404, or a class such as 5xx'),
    ),
  ),
  method: v.optional(TextSchema),
  source: v.optional(TextSchema),
});

/** `search`: of the address, without its `?`. The last hour when no time is said. */
export function readSeriesQuery(search: string, nowSeconds: number): Reading<SeriesQuery> {
  const given = new URLSearchParams(search);
  const twice = [...given.keys()].find((name) => given.getAll(name).length > 1);
  if (twice !== undefined) return { ok: false, message: `${twice} is there twice` };
  const parsed = v.safeParse(SeriesParametersSchema, Object.fromEntries(given));
  if (!parsed.success) return { ok: false, message: explain(parsed.issues[0]) };
  const { from = '1h', to = '0s', every, path = null, status, method, source = null } = parsed.output;
  const [begin, end] = [readTime('from', from, nowSeconds), readTime('to', to, nowSeconds)];
  if (!begin.ok) return begin;
  if (!end.ok) return end;
  // Nobody has counted what is yet to come.
  const span = { fromSeconds: begin.value, toSeconds: Math.min(end.value, nowSeconds) };
  if (span.fromSeconds >= span.toSeconds)
    return { ok: false, message: 'from must be before to, and before now' };
  const step = readEvery(every, span.toSeconds - span.fromSeconds);
  if (!step.ok) return step;
  const wanted = { path, status: readStatus(status), method: method?.toUpperCase() ?? null, source };
  return { ok: true, value: { ...span, everySeconds: step.value, ...wanted, nowSeconds } };
}

function explain(issue: v.InferIssue<typeof SeriesParametersSchema>): string {
  const name = v.getDotPath(issue) ?? '';
  if (issue.type === 'strict_object') return `there is no ${name}, but ${NAMES}`;
  return `${name} ${issue.message}`;
}

function readTime(name: string, text: string, nowSeconds: number): Reading<number> {
  if (/^\d{1,15}$/.test(text)) {
    const seconds = Number(text);
    if (seconds <= SECONDS_MAX) return { ok: true, value: seconds };
    return { ok: false, message: `${name} must be in seconds since the epoch, got ${text}` };
  }
  const reading = readMoment(text, UTC, nowSeconds);
  return reading.ok
    ? reading
    : { ok: false, message: `${name} ${reading.message}, or seconds since the epoch` };
}

function readEvery(text: string | undefined, spanSeconds: number): Reading<number | null> {
  if (text === undefined) return { ok: true, value: null };
  const reading = readDuration(text);
  if (!reading.ok) return { ok: false, message: `every ${reading.message}` };
  const seconds = reading.value;
  if (seconds < EVERY_MIN_SECONDS || seconds % EVERY_MIN_SECONDS !== 0)
    return { ok: false, message: `every must be a multiple of ${EVERY_MIN_SECONDS}s` };
  if (spanSeconds / seconds > SERIES_STEPS_MAX)
    return { ok: false, message: `every must be longer: that would be more than ${SERIES_STEPS_MAX} steps` };
  return { ok: true, value: seconds };
}

function readStatus(text: string | undefined): SeriesQuery['status'] {
  if (text === undefined) return null;
  if (/^\d+$/.test(text)) return { first: Number(text), last: Number(text) };
  const first = 100 * Number(text.slice(0, 1));
  return { first, last: first + 99 };
}
