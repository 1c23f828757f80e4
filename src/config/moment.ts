// Reads a moment as people write it on a command line. Pure.
import type { Zone } from '../parse/zone.ts';
import { readDuration, type Reading } from './duration.ts';

const MOMENT =
  /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)(?:[T ](?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d))?)?(?<offset>Z|[+-]\d\d:?\d\d)?$/;
const WANTED =
  'must be a time such as 2026-11-23, 2026-11-23T22:14 or 2026-11-23T22:14:00+01:00, or how long ago, such as 2h or 7d';

/** Whole seconds since the epoch. `zone` is for a time without an offset, `nowSeconds` for how long ago. */
export function readMoment(text: string, zone: Zone, nowSeconds: number): Reading<number> {
  const parts = MOMENT.exec(text.trim())?.groups;
  if (parts !== undefined) {
    const local = readLocal(parts);
    if (local === null) return { ok: false, message: `${WANTED}; the calendar has no ${text}` };
    const offset = parts['offset'];
    return { ok: true, value: offset === undefined ? zone.toUtc(local) : local - readOffset(offset) };
  }
  const ago = readDuration(text);
  // A bare number would be as likely a year, or an epoch.
  const isAgo = ago.ok && /[a-z]$/.test(text.trim());
  return isAgo ? { ok: true, value: nowSeconds - ago.value } : { ok: false, message: WANTED };
}

/** From the first of these seconds on, and before the second. */
export interface TimeSpan {
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

interface SpanContext {
  readonly zone: Zone;
  readonly nowSeconds: number;
}

/** What `--from` and `--to` say; without one of them the span has no such end. */
export function readTimeSpan(
  { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined },
  { zone, nowSeconds }: SpanContext,
): Reading<TimeSpan> {
  const span = { fromSeconds: Number.NEGATIVE_INFINITY, toSeconds: Number.POSITIVE_INFINITY };
  for (const [option, text, key] of [
    ['--from', from, 'fromSeconds'],
    ['--to', to, 'toSeconds'],
  ] as const) {
    if (text === undefined) continue;
    const reading = readMoment(text, zone, nowSeconds);
    if (!reading.ok) return { ok: false, message: `${option} ${reading.message}, got "${text}"` };
    span[key] = reading.value;
  }
  if (span.fromSeconds < span.toSeconds) return { ok: true, value: span };
  return { ok: false, message: '--to must be after --from' };
}

/** The wall clock, counted as if it were UTC; null when there is no such day or time. */
function readLocal(parts: Readonly<Record<string, string | undefined>>): number | null {
  const part = (name: string): number => Number(parts[name] ?? 0);
  const [year, month, day] = [part('year'), part('month'), part('day')];
  const [hour, minute, second] = [part('hour'), part('minute'), part('second')];
  const midnight = new Date(Date.UTC(year, month - 1, day));
  const isDay = midnight.getUTCMonth() === month - 1 && midnight.getUTCDate() === day && year >= 1970;
  const isTime = hour <= 23 && minute <= 59 && second <= 59;
  return isDay && isTime ? midnight.getTime() / 1000 + hour * 3600 + minute * 60 + second : null;
}

function readOffset(text: string): number {
  if (text === 'Z') return 0;
  const digits = text.replace(':', '');
  const seconds = Number(digits.slice(1, 3)) * 3600 + Number(digits.slice(3, 5)) * 60;
  return digits.startsWith('-') ? -seconds : seconds;
}
