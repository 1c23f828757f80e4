// The page: takes the events of the monitor, and draws every panel anew once a second and whenever another view is asked for.
import { createAlertsPanel } from './alerts-panel.ts';
import { connect } from './connection.ts';
import { byId, element, setText } from './element.ts';
import { createFiguresPanel } from './figures-panel.ts';
import { announce, showHeadline } from './headline.ts';
import { createErrorsPanel, createLatencyPanel } from './line-panels.ts';
import { Model } from './model.ts';
import { createRangeBar } from './range-bar.ts';
import { createRulesPanel } from './rules-panel.ts';
import { createRuleView } from './rule-view.ts';
import { SeriesFeed } from './series-feed.ts';
import { installLogOut, leaveIfRefused } from './session.ts';
import { createSourcesPanel } from './sources-panel.ts';
import { createState } from './state.ts';
import type { State } from './state.ts';
import { installTheme } from './theme.ts';
import { createTopsPanels, showFilter } from './tops-panels.ts';
import { createTrafficPanel } from './traffic-panel.ts';
import type { Panel } from './traffic-panel.ts';
import { readView } from './view.ts';
import { formatSpan } from './wording.ts';

const model = new Model();
const feed = new SeriesFeed(draw);
const charts: readonly Panel[] = [createTrafficPanel(), createErrorsPanel(), createLatencyPanel()];
const panels = [
  createRulesPanel(),
  createRangeBar(),
  createFiguresPanel(),
  createTopsPanels(),
  createAlertsPanel(),
  createSourcesPanel(),
  ...charts.map(({ update }) => update),
];
let ruleView: { readonly name: string; readonly panel: Panel } | null = null;

installTheme(() => {
  for (const chart of charts) chart.recolour();
  ruleView?.panel.recolour();
  draw();
});
addEventListener('hashchange', () => {
  const name = ruleView?.name;
  draw();
  if (ruleView?.name === name) return;
  scrollTo(0, 0);
  document.querySelector<HTMLElement>(ruleView === null ? '#main' : '.rule-title')?.focus();
});
connect({
  url: '/api/live',
  received: (event) => {
    const isFirst = model.latest === null;
    model.apply(event);
    // What was there before the page was opened is not news.
    if (!isFirst && !event.isWhole) announce(event.alerts);
    draw();
  },
  changed: showConnection,
  refused: () => void leaveIfRefused(),
});
void installLogOut();

function draw(): void {
  const view = readView(location.hash);
  const range = model.toldSeconds === null ? null : feed.look(view, model.toldSeconds);
  const state = createState(model, view, range);
  if (state === null) return;
  showHeadline(state);
  showFilter(state);
  showFrame(state);
  const isRule = showRuleView(state);
  byId('overview').hidden = isRule;
  byId('rule-view').hidden = !isRule;
  if (isRule) ruleView?.panel.update(state);
  else for (const update of panels) update(state);
}

/** Whether there is such a rule, and its view is there. */
function showRuleView({ event, view }: State): boolean {
  const rule = event.rules.find(({ name }) => name === view.rule);
  if (rule === undefined && ruleView?.name !== view.rule) ruleView = null;
  if (rule !== undefined && ruleView?.name !== rule.name) {
    byId('rule-view').hidden = false;
    ruleView = { name: rule.name, panel: createRuleView(rule) };
  }
  return ruleView !== null;
}

function showFrame({ event }: State): void {
  setText(byId('logs'), event.sources.map(({ path }) => path).join(', '));
  const uptime = formatSpan(Math.max(0, Math.floor((event.nowMs - event.startedMs) / 1000)));
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  setText(byId('footer'), `fluffy ${event.version}, up ${uptime}. Times are those of ${timeZone}.`);
  const problems = byId('problems');
  if (problems.textContent === event.problems.join('')) return;
  problems.replaceChildren(...event.problems.map((text) => element('p', { class: 'problem' }, text)));
}

function showConnection(isConnected: boolean): void {
  const node = byId('connection');
  node.dataset['state'] = isConnected ? 'ok' : 'lost';
  setText(node, isConnected ? 'Live' : 'Connection lost, trying again');
  document.body.classList.toggle('is-stale', !isConnected);
}
