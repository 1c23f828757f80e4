// The last alerts, newest first, each with its reasons and the way to the view of its rule.
import { isTelling, renderReason } from '../src/alerts/render.ts';
import type { AlertEvent } from '../src/alerts/rule.ts';
import { byId, element, setText } from './element.ts';
import { createKeyedList } from './keyed.ts';
import type { Row } from './keyed.ts';
import { keyOf } from './model.ts';
import type { State } from './state.ts';
import { hashOf, OVERVIEW } from './view.ts';
import { formatClock } from './wording.ts';

const REASONS_MAX = 3;

export function createAlertsPanel(): (state: State) => void {
  const rows = element('ol', { class: 'alerts' });
  const empty = element('p', { class: 'empty' }, 'None since fluffy started.');
  byId('alerts').append(
    element(
      'div',
      { class: 'panel-head' },
      element('h2', { id: 'alerts-title' }, 'Alerts'),
      element('span', { class: 'note' }, 'the last 50'),
    ),
    rows,
    empty,
  );
  const list = createKeyedList<AlertEvent>(rows, keyOf, createAlertRow);
  return ({ alerts }) => {
    list.update(alerts);
    rows.hidden = alerts.length === 0;
    setText(empty, alerts.length === 0 ? 'None since fluffy started.' : '');
    empty.hidden = alerts.length > 0;
  };
}

/** Also for the view of a rule. An alert never changes. */
export function createAlertRow(alert: AlertEvent): Row<AlertEvent> {
  const { id, rule, state, timeSeconds, summary, message, explanation } = alert;
  const reasons = explanation?.reasons.filter(isTelling).slice(0, REASONS_MAX).map(renderReason) ?? [];
  const node = element(
    'li',
    { class: 'alert', 'data-state': state === 'firing' ? 'firing' : 'ok' },
    element('time', { datetime: new Date(timeSeconds * 1000).toISOString() }, formatClock(timeSeconds)),
    element(
      'span',
      { class: 'state' },
      state === 'firing' ? (alert.isReminder ? 'Still firing' : 'Firing') : 'Resolved',
    ),
    element('a', { class: 'rule-name', href: hashOf({ ...OVERVIEW, rule, alert: id }) }, rule),
    element('span', { class: 'alert-text' }, message ?? summary),
    ...(reasons.length === 0 ? [] : [element('span', { class: 'why' }, reasons.join(' · '))]),
  );
  return { node, update: () => {} };
}
