// Alerts as a message for the incoming webhook of Slack, which Mattermost and Rocket.Chat understand as well. Pure.
import type { AlertEvent, Severity } from '../alerts/rule.ts';
import { alertDetails } from './alert-text.ts';

/** Colours of the bar beside an alert: as numbers, since only Slack knows all the names. */
const COLOURS: Readonly<Record<Severity, string>> = {
  info: '#439fe0',
  warning: '#daa038',
  critical: '#a30200',
};
const RESOLVED_COLOUR = '#2eb886';

/** One attachment for each alert. */
export function renderSlackMessage(alerts: readonly AlertEvent[]): string {
  return JSON.stringify({
    text: headlineOf(alerts),
    attachments: alerts.map((alert) => attachmentOf(alert)),
  });
}

function headlineOf(alerts: readonly AlertEvent[]): string {
  const [first] = alerts;
  if (first !== undefined && alerts.length === 1)
    return `${first.state === 'firing' ? 'Firing' : 'Resolved'}: ${escapeSlack(first.rule)}`;
  const firing = alerts.filter(({ state }) => state === 'firing').length;
  return `${alerts.length} alerts: ${firing} firing, ${alerts.length - firing} resolved`;
}

function attachmentOf(alert: AlertEvent): unknown {
  const [title = '', ...lines] = alertDetails(alert);
  const { severity, state, rule, isReminder, timeSeconds } = alert;
  return {
    color: state === 'resolved' ? RESOLVED_COLOUR : COLOURS[severity],
    fallback: escapeSlack(title),
    title: escapeSlack(title),
    text: escapeSlack(lines.join('\n')),
    fields: [
      { title: 'Rule', value: escapeSlack(rule), short: true },
      { title: 'Severity', value: severity, short: true },
      { title: 'State', value: isReminder ? `${state} (reminder)` : state, short: true },
    ],
    // Asterisks and underscores of a path are no markup.
    mrkdwn_in: [],
    ts: timeSeconds,
  };
}

/**
 * The three characters that Slack wants escaped. A path with `@channel` must not call everybody: behind the `@` stands
 * a space that is not seen, as Mattermost and Rocket.Chat have no escape for it.
 */
export function escapeSlack(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/@(?=all|channel|everyone|here)/gi, '@\u200B');
}
