// How much traffic: requests a second, stacked by class of status, with the threshold and what is compared with it.
import { ChartPanel } from './chart-panel.ts';
import { byId } from './element.ts';
import { findGap, findWideRule, reachOf, recentOf, shadesOf } from './state.ts';
import type { State } from './state.ts';
import { isFiltered } from './view.ts';
import { formatCount, formatSpan } from './wording.ts';

/** From the bottom up: the place of each in `classes`. */
const STACK = [
  { label: '2xx', colour: '--c2', place: 2 },
  { label: '3xx', colour: '--c3', place: 3 },
  { label: 'other', colour: '--c0', place: 0 },
  { label: '4xx', colour: '--c4', place: 4 },
  { label: '5xx', colour: '--c5', place: 5 },
] as const;

export interface Panel {
  readonly update: (state: State) => void;
  readonly recolour: () => void;
}

export function createTrafficPanel(): Panel {
  const panel = new ChartPanel(byId('traffic'), {
    id: 'traffic',
    title: 'Requests per second',
    note: 'by status class, last 15 minutes',
    series: [
      ...STACK.map(({ label, colour }) => ({ label, colour, kind: 'area' as const })),
      { label: 'average that the rule judges', colour: '--ink', kind: 'line', isNoted: true },
    ],
    isStacked: true,
    heightPx: 230,
    format: formatCount,
    formatAxis: formatCount,
  });
  return { update: (state) => draw(panel, state), recolour: () => panel.recolour() };
}

function draw(panel: ChartPanel, state: State): void {
  const gap = findGap(state);
  if (gap !== null) return panel.explain(gap);
  const { classRows, rows, view, range } = state;
  const rule = isFiltered(view) ? null : findWideRule(state, 'request-rate', 'requests/s');
  const columns = STACK.map(({ place }) =>
    // 1xx is too rare for a colour of its own.
    classRows.map(({ classes }) => (classes[place] ?? 0) + (place === 0 ? (classes[1] ?? 0) : 0)),
  );
  // What the rule has judged is known live only.
  const averages =
    rule === null || range !== null ? [] : rows.map(({ values }) => values.get(rule.name) ?? null);
  const { rate } = recentOf(state, range === null ? 60 : Number.POSITIVE_INFINITY);
  panel.update(
    {
      times: classRows.map(({ time }) => time),
      values: [...columns, averages],
      threshold: rule?.threshold ?? null,
      shades: shadesOf(state),
      ...reachOf(state),
    },
    `${formatCount(rate)} a second on average${range === null ? ' over the last minute' : ''}` +
      (rule === null ? '' : `, threshold ${formatCount(rule.threshold)}`),
    rule === null || range !== null
      ? `by status class, in steps of ${formatSpan(state.rowSeconds)}; shaded while an alert fired`
      : `by status class, last 15 minutes; rule ${rule.name} averages over ${formatSpan(rule.windowSeconds)}; shaded while an alert fires`,
  );
}
