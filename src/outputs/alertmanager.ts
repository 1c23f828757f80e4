// Channel to Prometheus' Alertmanager, which groups, routes and silences by itself. It takes an alert for over when
// nobody speaks of it any more: what fires is posted again each minute, also after a restart.
import { hostname } from 'node:os';
import type { AlertEvent } from '../alerts/rule.ts';
import type { ChannelConfig } from './channel.ts';
import { isAlertFor } from './channel-output.ts';
import type { ChannelContext, Sender } from './channel-output.ts';
import { latestOf, renderAlert } from './alertmanager-alerts.ts';
import { DeliveryError } from './delivery-error.ts';
import { postJson } from './http-post.ts';

export type AlertmanagerConfig = Extract<ChannelConfig, { type: 'alertmanager' }>;

/** Alerts in one POST at most; with those that fire besides. */
const BATCH_MAX = 100;
const KEEP_ALIVE_MS = 60_000;

/** `hostName` is the label `instance`, if none is configured. */
export function createAlertmanager(
  config: AlertmanagerConfig,
  { clock, secrets, firing }: ChannelContext,
  hostName: string = hostname(),
): Sender {
  const stopping = new AbortController();
  const post = async (told: readonly AlertEvent[], signal: AbortSignal): Promise<void> => {
    const url = apiOf(await secrets.readUrl(config.url));
    const kept = firing().filter((event) => isAlertFor(config, event));
    const surroundings = { hostName, nowMs: clock.now(), labels: config.labels };
    const alerts = latestOf(told, kept).map((event) => renderAlert(event, surroundings));
    await postJson({ url, body: JSON.stringify(alerts), signal }, clock);
  };
  return {
    batchMax: BATCH_MAX,
    keepAliveMs: KEEP_ALIVE_MS,
    // A post of nothing is answered like any other: that the place is gone shows before there is an alert.
    check: () => post([], stopping.signal),
    send: (alerts, signal) => post(alerts, signal),
    close: async () => stopping.abort(),
  };
}

/** Alertmanager may stand below a path of its own, with or without a slash at its end. */
function apiOf(base: string): string {
  const url = URL.parse(base);
  if (url === null) throw new DeliveryError('the URL is not one of http or https');
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/api/v2/alerts`;
  return url.href;
}
