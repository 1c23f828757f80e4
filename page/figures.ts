// The numbers of the moment, or of a whole span. Pure.
import type { SeriesFound } from '../src/http/series-answer.ts';
import { countedSeconds } from './span.ts';
import { recentOf } from './state.ts';
import type { State } from './state.ts';
import { isFiltered } from './view.ts';
import { formatBytes, formatCount, formatLarge, formatMs, formatShare } from './wording.ts';

interface Figure {
  readonly label: string;
  readonly value: string;
  readonly note: string;
}

/** The same labels in every state. */
export function findFigures(state: State): Figure[] {
  const { rows, view, range } = state;
  if (range !== null) return findSpanFigures(range.found);
  const [now, minute, all] = [recentOf(state, 10), recentOf(state, 60), recentOf(state, 900)];
  const last = rows.findLast(({ p95 }) => p95 !== null);
  const bytes = rows.slice(-10);
  const isKept = !isFiltered(view);
  // Soon after the start there is no whole minute.
  const lately = minute.seconds < 60 ? formatLength(minute.seconds) : 'minute';
  return [
    {
      label: 'Requests',
      value: `${formatCount(now.rate)}/s`,
      note: `last 10 s; ${formatCount(all.rate)}/s over ${formatLength(all.seconds)}`,
    },
    { label: 'Server errors', value: formatKnown(minute.share5xx), note: `5xx, last ${lately}` },
    { label: 'Client errors', value: formatKnown(minute.share4xx), note: `4xx, last ${lately}` },
    {
      label: 'Latency p95',
      value: isKept && last !== undefined ? formatMs(last.p95 ?? 0) : '–',
      note: !isKept
        ? 'not kept by path or status'
        : last === undefined
          ? 'not in the log'
          : 'last 10 s with requests',
    },
    {
      label: 'Sent',
      value: isKept
        ? `${formatBytes(bytes.reduce((sum, row) => sum + row.bytes, 0) / Math.max(1, bytes.length))}/s`
        : '–',
      note: isKept ? 'last 10 s' : 'not kept by path or status',
    },
  ];
}

function findSpanFigures(found: SeriesFound | null): Figure[] {
  const whole = found !== null && found.steps.times.length > 0 ? found.whole : null;
  const seconds = found === null ? 0 : Math.max(1, countedSeconds(found));
  const told = (value: number | null | undefined, format: (known: number) => string): string =>
    value === null || value === undefined ? '–' : format(value);
  const share = (place: number): number | null =>
    whole === null || whole.requests === 0 ? null : (whole.classes[place] ?? 0) / whole.requests;
  const rest = `p50 ${told(whole?.p50, formatMs)}, p99 ${told(whole?.p99, formatMs)}`;
  return [
    {
      label: 'Requests',
      value: told(whole?.requests, formatLarge),
      note: `${told(whole?.requests, (requests) => formatCount(requests / seconds))}/s on average`,
    },
    { label: 'Server errors', value: formatKnown(share(5)), note: '5xx, of the whole time' },
    { label: 'Client errors', value: formatKnown(share(4)), note: '4xx, of the whole time' },
    {
      label: 'Latency p95',
      value: told(whole?.p95, formatMs),
      note: whole !== null && whole.p95 === null ? 'not in the log' : rest,
    },
    {
      label: 'Sent',
      value: told(whole?.bytes, formatBytes),
      note: `${told(whole?.bytes, (bytes) => formatBytes(bytes / seconds))}/s on average`,
    },
  ];
}

/** Of the time that was counted: `29 s`, and from two minutes on `15 min`. */
function formatLength(seconds: number): string {
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

function formatKnown(share: number | null): string {
  return share === null ? '–' : formatShare(share);
}
