// The last alerts, newest first, each with its reasons and the way to the view of its rule.
import { renderTelling } from '../src/alerts/render.ts';
import { byId, element, setText } from './element.ts';
import { createKeyedList } from './keyed.ts';
import type { Row } from './keyed.ts';
import { keyOf } from './model.ts';
import type { LiveAlert } from '../src/live/event.ts';
import type { State } from './state.ts';
import { hashOf, overviewOf } from './view.ts';
import { formatWhen } from './wording.ts';

const REASONS_MAX = 3;

export interface AlertItem extends LiveAlert {
  readonly when: string;
  readonly href: string;
}

export function createAlertsPanel(): (state: State) => void {
  const rows = element('ol', { class: 'alerts' });
  const empty = element('p', { class: 'empty' });
  const note = element('span', { class: 'note' });
  byId('alerts').append(
    element('div', { class: 'panel-head' }, element('h2', { id: 'alerts-title' }, 'Alerts'), note),
    rows,
    empty,
  );
  const list = createKeyedList<AlertItem>(rows, keyOf, createAlertRow);
  return (state) => {
    const items = alertItems(state);
    list.update(items);
    rows.hidden = items.length === 0;
    empty.hidden = items.length > 0;
    setText(empty, explainNone(state));
    setText(note, describe(state));
  };
}

function explainNone({ range }: State): string {
  if (range === null) return 'None since fluffy started.';
  if (range.found === null) return range.problem === null ? 'Loading…' : `No history: ${range.problem}.`;
  return 'None in this time.';
}

function describe({ range }: State): string {
  if (range === null) return 'the last 50';
  return range.found?.hasMoreAlerts === true
    ? `the last ${range.found.alerts.length} of this time`
    : 'in this time';
}

/** Newest first. */
export function alertItems({ listed, range, toldSeconds, view }: State): AlertItem[] {
  if (range !== null && range.found === null) return [];
  return listed.map((alert) => ({
    ...alert,
    when: formatWhen(alert.timeSeconds, toldSeconds),
    href: hashOf({ ...overviewOf(view), rule: alert.rule, alert: alert.id }),
  }));
}

/** Also for the view of a rule. An alert never changes, but the way to it does, and its day comes to an end. */
export function createAlertRow(alert: AlertItem): Row<AlertItem> {
  const { rule, state, timeSeconds, explanation } = alert;
  const reasons = explanation === null ? [] : renderTelling(explanation, REASONS_MAX);
  const time = element('time', { datetime: new Date(timeSeconds * 1000).toISOString() });
  const link = element('a', { class: 'rule-name' }, rule);
  const node = element(
    'li',
    { class: 'alert', 'data-state': state === 'firing' ? 'firing' : 'ok' },
    time,
    element(
      'span',
      { class: 'state' },
      state === 'firing' ? (alert.isReminder ? 'Still firing' : 'Firing') : 'Resolved',
    ),
    link,
    element('span', { class: 'alert-text' }, textOf(alert)),
    ...(reasons.length === 0 ? [] : [element('span', { class: 'why' }, reasons.join(' · '))]),
  );
  const update = ({ when, href }: AlertItem): void => {
    setText(time, when);
    link.setAttribute('href', href);
  };
  return { node, update };
}

/** What a rule says itself is about its beginning; how it is over, the summary tells. */
function textOf({ state, message, summary }: AlertItem): string {
  return state === 'firing' ? (message ?? summary) : summary;
}
