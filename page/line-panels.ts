// Errors as shares of the requests, and how long requests took.
import { ChartPanel } from './chart-panel.ts';
import { byId } from './element.ts';
import { findGap, findWideRule, reachOf, recentOf, shadesOf, trailingShares } from './state.ts';
import type { State } from './state.ts';
import type { Panel } from './traffic-panel.ts';
import { isFiltered } from './view.ts';
import { formatCount, formatMs, formatSpan } from './wording.ts';

/** Shares of a single second would jump about. */
const SHARE_SECONDS = 30;
/** What percentiles of a live second are of. */
const LIVE_LATENCY_SECONDS = 10;

export function createErrorsPanel(): Panel {
  const panel = new ChartPanel(byId('errors'), {
    id: 'errors',
    title: 'Errors',
    note: '',
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
    const gap = findGap(state);
    if (gap !== null) return panel.explain(gap);
    const { classRows, rowSeconds, view, range } = state;
    const count = Math.max(1, SHARE_SECONDS / rowSeconds);
    const rule = isFiltered(view) ? null : findWideRule(state, 'error-rate', '%');
    const { share5xx } = recentOf(state, range === null ? SHARE_SECONDS : Number.POSITIVE_INFINITY);
    panel.update(
      {
        times: classRows.map(({ time }) => time),
        values: [trailingShares(classRows, 5, count), trailingShares(classRows, 4, count)],
        threshold: rule?.threshold ?? null,
        shades: rule === null ? [] : shadesOf(state, rule.name),
        ...reachOf(state),
      },
      share5xx === null
        ? 'no requests'
        : `${formatPercent(100 * share5xx)} have a status of 5xx${range === null ? ' now' : ''}`,
      `share of requests over ${formatSpan(count * rowSeconds)}`,
    );
  };
  return { update, recolour: () => panel.recolour() };
}

export function createLatencyPanel(): Panel {
  const panel = new ChartPanel(byId('latency'), {
    id: 'latency',
    title: 'Latency',
    note: '',
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
    const gap = findGap(state);
    if (gap !== null) return panel.explain(gap);
    const { latencies, view, range } = state;
    const last = latencies.findLast(({ p95 }) => p95 !== null);
    if (isFiltered(view) && range === null)
      return panel.explain('Latency is not kept by path or status. The ranges above have it.');
    if (last === undefined)
      return panel.explain('The log does not say how long requests take. nginx tells it with $request_time.');
    panel.update(
      {
        times: latencies.map(({ time }) => time),
        values: [
          latencies.map(({ p99 }) => p99),
          latencies.map(({ p95 }) => p95),
          latencies.map(({ p50 }) => p50),
        ],
        threshold: null,
        shades: [],
        ...reachOf(state),
      },
      `p95 is ${formatMs(last.p95 ?? 0)}, p50 ${formatMs(last.p50 ?? 0)}`,
      `percentiles over ${formatSpan(range === null ? LIVE_LATENCY_SECONDS : state.rowSeconds)}`,
    );
  };
  return { update, recolour: () => panel.recolour() };
}

function formatPercent(percent: number): string {
  return `${formatCount(percent)} %`;
}
