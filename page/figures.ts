// The numbers of the moment. Pure.
import { recentOf } from './state.ts';
import type { State } from './state.ts';
import { isFiltered } from './view.ts';
import { formatBytes, formatCount, formatMs, formatShare } from './wording.ts';

interface Figure {
  readonly label: string;
  readonly value: string;
  readonly note: string;
}

/** The same labels in every state. */
export function findFigures(state: State): Figure[] {
  const { rows, view } = state;
  const [now, minute, all] = [recentOf(state, 10), recentOf(state, 60), recentOf(state, 900)];
  const last = rows.findLast(({ p95 }) => p95 !== null);
  const bytes = rows.slice(-10);
  const isKept = !isFiltered(view);
  return [
    {
      label: 'Requests',
      value: `${formatCount(now.rate)}/s`,
      note: `last 10 s; ${formatCount(all.rate)}/s over 15 min`,
    },
    { label: 'Server errors', value: formatKnown(minute.share5xx), note: '5xx, last minute' },
    { label: 'Client errors', value: formatKnown(minute.share4xx), note: '4xx, last minute' },
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

function formatKnown(share: number | null): string {
  return share === null ? '–' : formatShare(share);
}
