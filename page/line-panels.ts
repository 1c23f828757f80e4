// Errors as shares of the requests, and how long requests took.
import { ChartPanel } from './chart-panel.ts';
import { byId } from './element.ts';
import { findWideRule, reachOf, recentOf, shadesOf, trailingShares } from './state.ts';
import type { State } from './state.ts';
import type { Panel } from './traffic-panel.ts';
import { isFiltered } from './view.ts';
import { formatCount, formatMs } from './wording.ts';

/** Shares of a single second would jump about. */
const SHARE_SECONDS = 30;

export function createErrorsPanel(): Panel {
  const panel = new ChartPanel(byId('errors'), {
    id: 'errors',
    title: 'Errors',
    note: `share of requests over ${SHARE_SECONDS} s`,
    series: [
      { label: '5xx', colour: '--c5', kind: 'line' },
      { label: '4xx', colour: '--c4-line', kind: 'dashed' },
    ],
    isStacked: false,
    heightPx: 170,
    format: formatPercent,
    formatAxis: formatPercent,
  });
  const update = (state: State): void => {
    const { classRows, rowSeconds, view } = state;
    const count = SHARE_SECONDS / rowSeconds;
    const rule = isFiltered(view) ? null : findWideRule(state, 'error-rate', '%');
    const { share5xx } = recentOf(state, SHARE_SECONDS);
    panel.update(
      {
        times: classRows.map(({ time }) => time),
        values: [trailingShares(classRows, 5, count), trailingShares(classRows, 4, count)],
        threshold: rule?.threshold ?? null,
        shades: rule === null ? [] : shadesOf(state, rule.name),
        ...reachOf(state),
      },
      share5xx === null ? 'no requests of late' : `${formatPercent(100 * share5xx)} have a status of 5xx now`,
    );
  };
  return { update, recolour: () => panel.recolour() };
}

export function createLatencyPanel(): Panel {
  const panel = new ChartPanel(byId('latency'), {
    id: 'latency',
    title: 'Latency',
    note: 'percentiles over 10 s',
    series: [
      { label: 'p99', colour: '--p99', kind: 'line' },
      { label: 'p95', colour: '--p95', kind: 'line' },
      { label: 'p50', colour: '--p50', kind: 'line' },
    ],
    isStacked: false,
    heightPx: 170,
    format: formatMs,
    formatAxis: formatMs,
  });
  const update = (state: State): void => {
    const { rows, view } = state;
    const last = rows.findLast(({ p95 }) => p95 !== null);
    if (isFiltered(view)) return panel.explain('Latency is not kept by path or status.');
    if (last === undefined)
      return panel.explain('The log does not say how long requests take. nginx tells it with $request_time.');
    panel.update(
      {
        times: rows.map(({ time }) => time),
        values: [rows.map(({ p99 }) => p99), rows.map(({ p95 }) => p95), rows.map(({ p50 }) => p50)],
        threshold: null,
        shades: [],
        ...reachOf(state),
      },
      `p95 is ${formatMs(last.p95 ?? 0)}, p50 ${formatMs(last.p50 ?? 0)}`,
    );
  };
  return { update, recolour: () => panel.recolour() };
}

function formatPercent(percent: number): string {
  return `${formatCount(percent)} %`;
}
