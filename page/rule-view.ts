// One rule for itself, maybe because of one of its alerts: its value over the last minutes or around the alert, the reasons, the
// log lines of that time, and its alerts.
import type { LiveRule } from '../src/live/event.ts';
import { createAlertLines } from './alert-lines.ts';
import { alertItems, createAlertRow } from './alerts-panel.ts';
import type { AlertItem } from './alerts-panel.ts';
import { ChartPanel } from './chart-panel.ts';
import { byId, element, setText } from './element.ts';
import { createKeyedList } from './keyed.ts';
import { keyOf } from './model.ts';
import type { LiveAlert } from '../src/live/event.ts';
import { createReasonRow } from './reason-row.ts';
import type { ReasonItem } from './reason-row.ts';
import { reachOf, shadesOf } from './state.ts';
import type { State } from './state.ts';
import type { Panel } from './traffic-panel.ts';
import { hashOf, overviewOf } from './view.ts';
import {
  formatAmount,
  formatClock,
  formatCondition,
  formatRecovery,
  formatRuleValue,
  formatShare,
  formatWhere,
} from './wording.ts';

const WINDOW_NOTE = 'last 15 minutes, shaded while it fires';
/** A short alert is shown with some time around it. */
const AROUND_SECONDS_MIN = 60;

/** Makes the view of that rule in `#rule-view`, in place of another. */
export function createRuleView(rule: LiveRule): Panel {
  const back = element('a', { class: 'plain' }, '← Everything');
  const facts = element('p', { class: 'lede' });
  const chartSection = element('section', { id: 'value', class: 'panel', 'aria-labelledby': 'value-title' });
  const reasonRows = element('ol', { class: 'tops' });
  const reasonNote = element('p', { class: 'note' });
  const alertRows = element('ol', { class: 'alerts' });
  const lines = createAlertLines(rule);
  byId('rule-view').replaceChildren(
    element('p', {}, back),
    element('h2', { class: 'rule-title', tabindex: -1 }, rule.name),
    facts,
    chartSection,
    section('reasons', 'Why', reasonRows, reasonNote),
    lines.section,
    section('history', 'Its alerts', alertRows),
  );
  const chart = createValueChart(chartSection, rule);
  const alertList = createKeyedList<AlertItem>(alertRows, keyOf, createAlertRow);
  const reasonList = createKeyedList<ReasonItem>(reasonRows, ({ key }) => key, createReasonRow);
  const update = (state: State): void => {
    const now = state.event.rules.find(({ name }) => name === rule.name);
    setText(facts, now === undefined ? 'The rule is no longer in the configuration.' : describe(now));
    drawValue(chart, state, now ?? rule);
    back.setAttribute('href', hashOf(overviewOf(state.view)));
    const alerts = alertItems(state).filter(({ rule: name }) => name === rule.name);
    alertList.update(alerts);
    const alert = findAlert(alerts, state.view.alert);
    const reasons = (alert?.explanation?.reasons ?? []).filter(({ isDemanded }) => isDemanded !== true);
    reasonList.update(reasons.map((reason) => ({ ...reason, key: `${reason.dimension} ${reason.name}` })));
    setText(reasonNote, describeReasons(alert));
    lines.update(alerts, alert);
  };
  return { update, recolour: () => chart.recolour() };
}

function section(id: string, title: string, ...children: readonly Node[]): HTMLElement {
  return element(
    'section',
    { class: 'panel', 'aria-labelledby': `${id}-title` },
    element('div', { class: 'panel-head' }, element('h3', { id: `${id}-title` }, title)),
    ...children,
  );
}

function createValueChart(host: HTMLElement, { metric, unit }: LiveRule): ChartPanel {
  const format = (value: number): string => formatAmount(value, metric, unit);
  return new ChartPanel(host, {
    id: 'value',
    title: 'Value',
    note: WINDOW_NOTE,
    series: [{ label: 'value', colour: '--accent', kind: 'line', isNoted: unit.endsWith('/s') }],
    isStacked: false,
    heightPx: 240,
    format,
    formatAxis: (value) => format(value).replace(/ .*/, ''),
  });
}

interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly note: string;
}

/** Of the alert that was asked for, with as much before it; else, and when it began before the window, all there is. */
function stretchOf(state: State): Stretch {
  const whole = { ...reachOf(state), note: WINDOW_NOTE };
  const span = state.spans.find(({ id }) => id === state.view.alert);
  if (span === undefined) return whole;
  const { startSeconds, endSeconds } = span;
  if (startSeconds <= whole.from) return { ...whole, note: `${WINDOW_NOTE}; the alert began before` };
  const lasted = Math.max(AROUND_SECONDS_MIN, (endSeconds ?? whole.to) - startSeconds);
  return {
    from: Math.max(whole.from, startSeconds - lasted),
    to: Math.min(whole.to, startSeconds + lasted),
    note: `the alert from ${formatClock(startSeconds)} on, and the time before`,
  };
}

function drawValue(chart: ChartPanel, state: State, rule: LiveRule): void {
  const { note, from, to } = stretchOf(state);
  const rows = state.rows.filter(({ time }) => time >= from && time <= to);
  chart.update(
    {
      times: rows.map(({ time }) => time),
      values: [rows.map(({ values }) => values.get(rule.name) ?? null)],
      threshold: rule.threshold,
      shades: shadesOf(state, rule.name),
      from,
      to,
      rowSeconds: state.rowSeconds,
    },
    `${formatRuleValue(rule)}, alerts ${formatCondition(rule)}`,
    note,
  );
}

function describe(rule: LiveRule): string {
  const where = formatWhere(rule);
  const standing = { firing: 'Firing', pending: 'Pending', ok: 'OK' }[rule.standing];
  const end = rule.standing === 'firing' ? `, and ${formatRecovery(rule)}` : '';
  const why = rule.neverKnown === null ? '' : `, as ${rule.neverKnown}`;
  return `${standing}: ${formatRuleValue(rule)}${why}. It alerts ${formatCondition(rule)}${where === '' ? '' : `, of ${where}`}${end}. Severity ${rule.severity}.`;
}

/** The one that was asked for, as it began; else the newest that has reasons. */
function findAlert(alerts: readonly LiveAlert[], id: string | null): LiveAlert | null {
  const asked = alerts.findLast((alert) => alert.id === id && alert.explanation !== null);
  return asked ?? alerts.find(({ explanation }) => explanation !== null) ?? null;
}

function describeReasons(alert: LiveAlert | null): string {
  const explanation = alert?.explanation ?? null;
  if (alert === null || explanation === null) return 'There is no alert of it with reasons.';
  const { lookedAt, shareError } = explanation;
  if (lookedAt === 0) return `${alert.summary}.`;
  const sure = shareError === 0 ? 'all of them' : `a sample, shares within ${formatShare(shareError)}`;
  return `${alert.summary}. Of the requests that the rule counts, when it fired; ${lookedAt.toLocaleString('en-US')} looked at, ${sure}.`;
}
