// What a person is told of an alert, for every channel: the line that the alert file has, and beneath it how it came
// about. Pure.
import { renderAlertText } from '../alerts/render.ts';
import type { AlertEvent, Explanation, Reason } from '../alerts/rule.ts';

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
  const { reasons, shareError, lookedAt } = explanation;
  const lines = reasons.map((reason) => showable(describeReason(reason)));
  if (shareError > 0)
    lines.push(`(of ${lookedAt} requests that were looked at; shares ± ${percent(shareError)})`);
  return lines;
}

function describeReason({ dimension, name, share, previousShare }: Reason): string {
  const before = previousShare === null ? '' : `, was ${percent(previousShare)}`;
  switch (dimension) {
    case 'path':
      return `${name} ${percent(share)} of requests${before}`;
    case 'client':
      return `one client, ${name}, sends ${percent(share)}${before}`;
    case 'status':
    case 'method':
      return `${dimension} ${name} ${percent(share)}${before}`;
    case 'agent':
      return `user agent "${name}" ${percent(share)}${before}`;
  }
}

/** `share`: 0 to 1. Below 10 % with one decimal. */
function percent(share: number): string {
  const value = share * 100;
  return `${value < 10 ? Math.round(value * 10) / 10 : Math.round(value)} %`;
}

/** Paths and agents are what somebody has sent: nothing in them shall steer the place where they are shown. */
function showable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
}
