// An alert event as the line people know, and as JSON.
import { RATIO_UNIT } from './rule.ts';
import { formatAmount, formatEnding } from './summary.ts';
import type { AlertEvent, Explanation, Reason } from './rule.ts';

/** Reasons in the line below an alert. */
const REASONS_TOLD_MAX = 4;
/**
 * A share that has grown by so much is told. Who sends so much of all, what is asked for or which error it ends with is told
 * in any case: a server may have failed for longer than is looked back.
 */
const GROWTH_TOLD_MIN = 0.1;
const SHARE_TOLD_MIN = 0.25;
/** What it was before is told of a share that has changed by more than a point or so: else it explains nothing. */
const CHANGE_TOLD_MIN = 0.015;

/**
 * `Monitor on alert 80 requests/sec at time 2020-12-30 21:15:54.643223 +0000 UTC`, and its counterpart. Below it, when
 * reasons are told, a line with why.
 */
export function renderAlertText(event: AlertEvent): string {
  const time = formatTime(event.timeSeconds);
  const what = describeValue(event);
  if (event.state === 'resolved') return `Monitor out of alert ${what} at ${time}`;
  const line = `Monitor ${event.isReminder ? 'still ' : ''}on alert ${what} at time ${time}`;
  const why = describeWhy(event);
  return why === '' ? line : `${line}\n  why: ${why}`;
}

/** Without what was not asked for: the message and the reasons. */
function describeWhy({ explanation, message, summary }: AlertEvent): string {
  const told = message === null ? [] : [message];
  if (explanation !== null) told.push(summary, ...renderTelling(explanation, REASONS_TOLD_MAX));
  return told.join('; ');
}

/** The rule of the seed is told as ever, others by their names. */
function describeValue({ rule, metric, unit, value, ending = 'recovered' }: AlertEvent): string {
  const name = rule === 'traffic' ? '' : `${rule}: `;
  if (ending !== 'recovered') return `${name}${formatEnding(ending, metric)}`;
  if (metric === 'request-rate' && unit !== RATIO_UNIT) return `${name}${Math.ceil(value ?? 0)} requests/sec`;
  if (value === null) return `${name}no verdict`;
  return `${name}${formatAmount(value, metric, unit)}`;
}

export function renderAlertJson(event: AlertEvent): string {
  const { timeSeconds, sinceSeconds, summary, ...rest } = event;
  return JSON.stringify({
    type: 'alert',
    ...rest,
    reason: summary,
    time: new Date(timeSeconds * 1000).toISOString(),
    since: new Date(sinceSeconds * 1000).toISOString(),
    text: renderAlertText(event).split('\n')[0],
  });
}

/** Whether a person is told of it: what is always so is no reason. */
function isTelling({ dimension, name, share, previousShare, isDemanded }: Reason): boolean {
  if (isDemanded === true) return false;
  if (previousShare !== null && share - previousShare >= GROWTH_TOLD_MIN) return true;
  const isError = dimension === 'status' && /^[45]/.test(name);
  return (
    share >= SHARE_TOLD_MIN &&
    (dimension === 'path' || dimension === 'client' || isError) &&
    share - (previousShare ?? 0) > -GROWTH_TOLD_MIN
  );
}

/**
 * One for each reason but those that the rule itself demands, or for each of `reasons`, which are some of them: the first says of
 * what it is a share.
 */
export function renderReasons(
  explanation: Explanation,
  reasons: readonly Reason[] = explanation.reasons.filter(({ isDemanded }) => isDemanded !== true),
): string[] {
  const { of } = explanation;
  return reasons.map((reason, i) => renderReason(reason, i > 0 && of !== undefined ? 'them' : of));
}

/** The same of those that a person is told of, `max` at most. */
export function renderTelling(explanation: Explanation, max: number): string[] {
  return renderReasons(explanation, explanation.reasons.filter(isTelling).slice(0, max));
}

/** `/login 71 % of requests, was 3 %`. `of`: what of, when not of all. */
export function renderReason({ dimension, name, share, previousShare }: Reason, of?: string): string {
  const percent = `${formatShare(share)}${of === undefined ? '' : ` of ${of}`}`;
  const hasChanged = previousShare !== null && Math.abs(share - previousShare) >= CHANGE_TOLD_MIN;
  const was = hasChanged ? `, was ${formatShare(previousShare)}` : '';
  switch (dimension) {
    case 'path':
      return `${name} ${percent}${of === undefined ? ' of requests' : ''}${was}`;
    case 'client':
      return `one client, ${name}, sends ${percent}${was}`;
    case 'status':
      return `status ${name} ${percent}${was}`;
    case 'method':
      return `method ${name} ${percent}${was}`;
    case 'agent':
      return `user agent "${name}" ${percent}${was}`;
  }
}

/** `share`: 0 to 1. Below 10 % with one decimal. */
export function formatShare(share: number): string {
  const percent = share * 100;
  return `${percent < 10 ? Math.round(percent * 10) / 10 : Math.round(percent)} %`;
}

/** Event time is known to the second; the form has microseconds. */
function formatTime(timeSeconds: number): string {
  return `${new Date(timeSeconds * 1000).toISOString().slice(0, 19).replace('T', ' ')}.000000 +0000 UTC`;
}
