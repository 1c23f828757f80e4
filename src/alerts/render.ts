// An alert event as the line people know, and as JSON.
import type { AlertEvent } from './rule.ts';

/** `Monitor on alert 80 requests/sec at time 2020-12-30 21:15:54.643223 +0000 UTC`, and its counterpart. */
export function renderAlertText(event: AlertEvent): string {
  const rate = Math.ceil(event.value);
  const time = formatTime(event.timeSeconds);
  return event.state === 'firing'
    ? `Monitor on alert ${rate} requests/sec at time ${time}`
    : `Monitor out of alert ${rate} requests/sec at ${time}`;
}

export function renderAlertJson(event: AlertEvent): string {
  const { timeSeconds, ...rest } = event;
  return JSON.stringify({
    type: 'alert',
    ...rest,
    time: new Date(timeSeconds * 1000).toISOString(),
    text: renderAlertText(event),
  });
}

/** Event time is known to the second; the form has microseconds. */
function formatTime(timeSeconds: number): string {
  return `${new Date(timeSeconds * 1000).toISOString().slice(0, 19).replace('T', ' ')}.000000 +0000 UTC`;
}
