// What a person is told of an alert, for every channel: the line that the alert file has, and beneath it how it came
// about. Pure.
import { formatShare, renderAlertText, renderReasons } from '../alerts/render.ts';
import type { AlertEvent, Explanation } from '../alerts/rule.ts';

/**
 * The line of the alert file first, then the summary, the rule's own message and the reasons, as far as there are such;
 * none is empty, each is one line.
 */
export function alertDetails(alert: AlertEvent): string[] {
  const [title = ''] = renderAlertText(alert).split('\n', 1);
  const message = alert.message?.split('\n') ?? [];
  return [title, alert.summary, ...message]
    .map((line) => showable(line))
    .concat(describeReasons(alert.explanation))
    .filter((line) => line !== '');
}

/** `/login 71 % of requests, was 3 %`, one for each reason; none without an explanation. */
export function describeReasons(explanation: Explanation | null): string[] {
  if (explanation === null || explanation.reasons.length === 0) return [];
  const { shareError, lookedAt } = explanation;
  const lines = renderReasons(explanation).map((reason) => showable(reason));
  if (shareError > 0)
    lines.push(`(of ${lookedAt} requests that were looked at; shares ± ${formatShare(shareError)})`);
  return lines;
}

/** Paths and agents are what somebody has sent: nothing in them shall steer the place where they are shown. */
export function showable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
}
