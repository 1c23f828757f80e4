// What a webhook is sent: the alerts as JSON, or the text of an own template, with its signature and an id. Pure.
import { createHash, createHmac } from 'node:crypto';
import type { AlertEvent } from '../alerts/rule.ts';
import { alertDetails } from './alert-text.ts';
import { timesOf } from './alert-times.ts';
import { WEBHOOK_PLACEHOLDERS } from './webhook-placeholders.ts';
import type { ValueOf } from './webhook-placeholders.ts';

/** `{version: "1", alerts: [{…event, startsAt, endsAt, text}]}`; `text` has a line for each thing to say. */
export function renderWebhookJson(alerts: readonly AlertEvent[]): string {
  return JSON.stringify({
    version: '1',
    alerts: alerts.map((alert) => ({ ...alert, ...timesOf(alert), text: alertDetails(alert).join('\n') })),
  });
}

/**
 * `template` with its `{placeholders}` filled in. In one that is JSON values are escaped for use within a string, and a
 * number that there is not becomes `null`. Other braces stay as they are.
 */
export function renderTemplate(template: string, alert: AlertEvent): string {
  const isJson = isJsonTemplate(template);
  return replacePlaceholders(template, (valueOf) => {
    const value = valueOf(alert);
    if (!isJson) return String(value ?? '-');
    return typeof value === 'string' ? JSON.stringify(value).slice(1, -1) : JSON.stringify(value);
  });
}

/** An object or a list, once its placeholders are filled in: `[{state}] {summary}` is text although it has brackets. */
export function isJsonTemplate(template: string): boolean {
  const sample = replacePlaceholders(template, () => '0');
  if (!/^\s*[[{]/.test(sample)) return false;
  try {
    JSON.parse(sample);
    return true;
  } catch {
    return false;
  }
}

function replacePlaceholders(template: string, replace: (valueOf: ValueOf) => string): string {
  return template.replaceAll(/\{([a-z]+(?:-[a-z]+)*)\}/g, (whole, name: string) => {
    const valueOf = Object.hasOwn(WEBHOOK_PLACEHOLDERS, name) ? WEBHOOK_PLACEHOLDERS[name] : undefined;
    return valueOf === undefined ? whole : replace(valueOf);
  });
}

/** The same for the same alerts, so that a receiver knows what it has taken before. 32 hexadecimal digits. */
export function deliveryIdOf(alerts: readonly AlertEvent[]): string {
  const parts = alerts.map(({ id, state, timeSeconds }) => [id, state, timeSeconds]);
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/** Of `X-Fluffy-Signature-256`: HMAC with SHA-256 over the bytes of `body`. */
export function signatureOf(body: string, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}
